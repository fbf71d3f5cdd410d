"""Nothing -> the style sheet of the pages beside the first: map, comparison, corpus."""

from __future__ import annotations

PAGES_CSS = """
.chart { display: block; width: 100%; height: auto; }
.chart text { fill: var(--body-text-color-subdued); font-size: 12px; font-family: inherit; }
.chart .bar { fill: var(--accent); }
.chart .bar:hover { opacity: .75; }
.chart .axis { stroke: var(--barline); }
figure.card { margin: 0; }
.charts .card + .card, .collections .card + .card { margin-top: 0; }
figure.card figcaption { font-size: .9rem; font-weight: 600; margin: 0 0 8px; }

.holdings + .holdings { margin-top: 24px; }
.holdings .charts { display: grid; gap: 16px; margin-top: 12px;
  grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; margin: 8px 0 16px; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { font-size: .8rem; color: var(--body-text-color-subdued); }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.collections { list-style: none; margin: 0; padding: 0; }
.collections { display: grid; gap: 12px; }
.collections li { margin: 0; }
.collections p { display: block; margin: 0 0 4px; font-size: .9rem; overflow-wrap: anywhere; }
.collections summary { cursor: pointer; font-size: .875rem; color: var(--accent); }
.collections details p { color: var(--body-text-color-subdued); margin-top: 4px; }

.tab-container button.selected { color: var(--accent); font-weight: 600; }
.tab-container button.selected::after { background: var(--accent); }
.about { margin: 0; font-size: .9rem; color: var(--body-text-color-subdued); }

.map-stage { position: relative; border: 1px solid var(--border-color-primary);
  border-radius: 8px; background: var(--block-background-fill); }
.map canvas { display: block; width: 100%; height: 540px; border-radius: 8px; cursor: crosshair;
  touch-action: pan-y; }
.map canvas.lasso, .map canvas.near { touch-action: none; }
.map canvas.hand { cursor: grab; }
.map-stage::after { content: attr(data-hold); position: absolute; inset: auto 0 12px; margin: auto;
  width: fit-content; padding: 6px 12px; border-radius: 6px; font-size: .85rem; opacity: 0;
  pointer-events: none; transition: opacity .2s;
  background: var(--body-text-color); color: var(--body-background-fill); }
.map-stage[data-told]::after { opacity: 1; }
.map-zoom { align-items: center; margin-left: auto; }
.map .map-zoom button { min-width: 32px; min-height: 32px; }
.map .map-zoom [aria-disabled=true] { opacity: .5; cursor: default; }
.map-size { font-size: .85rem; color: var(--body-text-color-subdued); margin-right: 4px;
  font-variant-numeric: tabular-nums; }
.map canvas:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.map-hint { position: absolute; transform: translate(-50%, -100%); pointer-events: none;
  max-width: 240px; padding: 4px 8px; border-radius: 4px; font-size: .8rem; line-height: 1.3;
  background: var(--body-text-color); color: var(--body-background-fill); }
.map-hint[hidden] { display: none; }
.map-tools { display: flex; flex-wrap: wrap; gap: 8px; justify-content: space-between;
  margin: 0 0 8px; }
.map-tools > div { display: flex; flex-wrap: wrap; gap: 4px; }
.map button { padding: 4px 10px; border: 1px solid var(--border-color-primary);
  border-radius: 6px; font-size: .85rem; font-weight: 400; line-height: 1.4; margin: 0;
  color: var(--body-text-color);
  background: var(--block-background-fill); cursor: pointer; }
.map button[aria-pressed=true] { background: var(--button-primary-background-fill); color: white;
  border-color: transparent; }
.map button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.map .map-modes { display: none; }
.map-legend, .map-marks { list-style: none; margin: 8px 0 0; padding: 0; display: flex;
  flex-wrap: wrap; gap: 4px; font-size: .85rem; }
.map-legend li, .map-marks li { margin: 0; }
.map-legend button { display: flex; align-items: center; gap: 6px; }
.map-legend .swatch { flex: none; width: 10px; height: 10px; border-radius: 50%; }
.map-marks { gap: 8px 16px; align-items: center; color: var(--accent); }
.map .map-marks button { color: var(--accent); }
.map-axes, .map-keys { margin: 8px 0 0; font-size: .85rem;
  color: var(--body-text-color-subdued); }
.map-now { margin: 4px 0 0; min-height: 1.5em; font-size: .9rem; }

.reasons { list-style: none; margin: 0; }
.reasons li { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; margin: 0;
  padding: 8px 0; border-top: 1px solid var(--border-color-primary); }
.reasons li:first-child { border-top: none; padding-top: 0; }
.reasons .why { font-weight: 600; }
.reasons .line { margin: 0; grid-column: 1 / -1; }
.reasons .size { font-size: .8rem; color: var(--body-text-color-subdued); }
.reasons .size.large { color: var(--accent); font-weight: 600; }

.file-preview .download-link { color: var(--accent); }
/* A button inside a button, which a keyboard cannot reach; files are chosen anew after clearing. */
#own-files .icon-button[aria-label="common.upload"] { display: none; }
.step p { margin: 2px 0 0; color: var(--body-text-color-subdued); }
.figures.three { grid-template-columns: repeat(3, 1fr); }
.sides { display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); }
.sides .card { margin: 0 !important; }
.differ { margin-top: 24px; }
.differ h2 { margin-bottom: 12px; }
.ranking ol { list-style: none; margin: 0; padding: 0; }
.ranking li { display: flex; align-items: baseline; gap: 10px; margin: 0; padding: 5px 0;
  border-top: 1px solid var(--border-color-primary); }
.ranking .what { flex: 1; min-width: 0; }
.ranking .what .subdued { display: block; font-size: .8rem; }
.ranking .there { flex: none; font-size: .8rem; color: var(--body-text-color-subdued); }
.ranking .both .there { color: var(--accent); font-weight: 600; }
.why-notes { display: block; margin: 10px 0 4px; font-size: .9rem; }
.strip .roll { height: 64px; }
.dumbbells .name { fill: var(--body-text-color); }
.dumbbells .way { stroke: var(--unmatched); stroke-width: 2; }
.dumbbells .was { fill: var(--block-background-fill); stroke: var(--unmatched); stroke-width: 2; }
.dumbbells .is { fill: var(--unmatched); }
.dumbbells .kept .way { stroke: var(--accent); }
.dumbbells .kept .is { fill: var(--accent); }

@media (pointer: coarse) {
  .map .map-modes { display: flex; }
  .map button { min-height: 36px; }
  .map .map-zoom button { min-width: 40px; min-height: 40px; }
}
@media (max-width: 640px) {
  .gradio-container .app { padding: 16px !important; }
  .tab-container button { padding: 0 10px; }
  .map canvas { height: 360px; }
  .figures { grid-template-columns: repeat(2, 1fr); }
}
"""
