"""Nothing -> the style sheet of the first page: inputs, neighbours, takes."""

from __future__ import annotations

COMPOSE_CSS = """
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.step { margin-top: 8px; }
.column > .block:first-child .step { margin-top: 0; }
.column > .block:first-child { margin-top: 0 !important; }
.stage { position: relative; cursor: pointer; }
.stage .cursor { position: absolute; top: 0; bottom: 0; left: 0; width: 2px; opacity: 0;
  background: var(--body-text-color); pointer-events: none; }
.stage.playing .cursor { opacity: .8; }
.roll .sounding { stroke: var(--body-text-color); stroke-width: 2;
  vector-effect: non-scaling-stroke; }
.surprise { display: block; width: 100%; height: 36px; margin-top: 4px; }
.surprise rect { fill: var(--unmatched); }
.hint { margin: 6px 0 0; min-height: 1.4em; font-size: .8rem; line-height: 1.4;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
  color: var(--body-text-color-subdued); }

.scores { margin-top: 8px; color: var(--body-text-color); }
.score { display: block; width: 100%; height: auto; fill: currentColor; }
.generated .score.narrow { display: none; }
.score .note[style], .score .note[style] * { color: var(--source); fill: var(--source); }
.dark .score .note[style*="#"], .dark .roll .note.source, .dark .legend .swatch:not(.accent) {
  filter: brightness(1.35); }
.score .note.sounding, .score .note.sounding * { color: var(--body-text-color);
  fill: var(--body-text-color); }

.neighbour summary { display: flex; align-items: center; gap: 10px; cursor: pointer;
  list-style: none; }
.neighbour summary::-webkit-details-marker { display: none; }
.neighbour summary .what { min-width: 0; }
.neighbour summary .what strong { display: block; font-weight: 600; overflow-wrap: anywhere; }
.neighbour summary .line { display: block; margin: 0; overflow: hidden; text-overflow: ellipsis; }
.neighbour summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px;
  border-radius: 4px; }
.neighbour .similarity::after { content: "▾"; margin-left: 8px;
  color: var(--body-text-color-subdued); }
.neighbour[open] .similarity::after { content: "▴"; }
.card.neighbour { padding: 12px 16px; }
.card.neighbour + .card.neighbour { margin-top: 8px; }
.card.neighbour > .line { margin-top: 10px; }

.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; margin: 12px 0 0;
  font-size: .875rem; }
.facts dt { font-weight: 600; }
.facts dd { margin: 0; }
.chords { margin: 12px 0 0; font-size: .875rem; overflow-wrap: anywhere; }
.chords span { font-weight: 600; margin-right: 8px; }

.again { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--border-color-primary); }
.again .label { margin: 0 0 6px; font-size: .875rem; font-weight: 600; }
.locks { display: flex; flex-wrap: wrap; gap: 4px; }
.card button, .piano-tools button, a.download {
  margin: 0;
  font: inherit; font-size: .875rem; line-height: 1.2; cursor: pointer; min-height: 36px;
  padding: 6px 12px; border-radius: 6px; border: 1px solid var(--border-color-primary);
  color: var(--body-text-color); background: var(--button-secondary-background-fill); }
.card button:hover, .piano-tools button:hover, a.download:hover { border-color: var(--accent); }
.card button:focus-visible, .piano-tools button:focus-visible, a.download:focus-visible,
.piano:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.card button[aria-disabled="true"] { opacity: .6; cursor: progress; }
.card button.lock { flex: 1 1 32px; max-width: 64px; padding: 6px 0; text-align: center;
  font-variant-numeric: tabular-nums; }
.lock[aria-pressed="true"] { background: var(--button-primary-background-fill) !important;
  color: white !important; border-color: transparent !important; }
.again .buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.downloads { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 16px 0 0;
  font-size: .875rem; }
.downloads > span { font-weight: 600; }
a.download { display: inline-flex; align-items: center; text-decoration: none; }

.takes-heading { font-size: 1.15rem; line-height: 1.3; margin: 16px 0 0; font-weight: 600; }
.take-tabs { display: flex; gap: 4px; margin-top: 8px; overflow-x: auto;
  border-bottom: 1px solid var(--border-color-primary); }
.take-tabs button, .piano button { margin: 0 !important; }
.take-tabs button { border-radius: 0; font: inherit; font-size: .9rem; padding: 8px 14px;
  cursor: pointer;
  white-space: nowrap; background: none; border: none; border-bottom: 2px solid transparent;
  color: var(--body-text-color); }
.take-tabs button[aria-selected="true"] { color: var(--accent); font-weight: 600;
  border-bottom-color: var(--accent); }
.take-tabs button:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
#takes { gap: 12px; }
#takes:not([data-open]) .take:not(.take-0), #takes[data-open="0"] .take:not(.take-0),
#takes[data-open="1"] .take:not(.take-1), #takes[data-open="2"] .take:not(.take-2),
#takes[data-open="3"] .take:not(.take-3), #takes[data-open="4"] .take:not(.take-4) {
  display: none; }
.waiting-take { border: 1px dashed var(--border-color-primary); border-radius: 8px;
  min-height: 320px; display: grid; place-items: center; color: var(--body-text-color-subdued); }
.actions { position: sticky; bottom: 12px; z-index: 6; flex-wrap: nowrap !important; }
.actions button { white-space: nowrap; min-width: 0 !important; }
@media (max-width: 480px) {
  .actions { gap: 8px !important; }
  .actions button { padding-inline: 6px !important; font-size: .9rem !important; }
}
#recording time, #recording button.playback, #recording .playback span {
  color: var(--body-text-color-subdued); }
#recording button.playback { border-color: currentColor; }
.status .track.done { visibility: hidden; }

.piano { position: relative; display: flex; height: 150px; border-radius: 6px;
  touch-action: none; user-select: none; --white: calc(100% / 15); }
.piano button { font: inherit; font-size: .7rem; line-height: 1.2; padding: 0 0 6px;
  cursor: pointer; display: flex; flex-direction: column; justify-content: flex-end;
  align-items: center;
  border: 1px solid #64748b; border-radius: 0 0 5px 5px; }
.piano .white { flex: 1 1 0; min-width: 0; background: #ffffff; color: #334155; }
.piano .black { position: absolute; top: 0; z-index: 1; height: 62%;
  width: calc(var(--white) * .62);
  left: calc(var(--white) * (var(--place) - .31)); background: #1e293b; color: #e2e8f0; }
.piano button.down { background: var(--accent); color: white; }
.dark .piano button.down { color: #0f172a; }
.piano button * { color: inherit !important; }
.piano-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 10px;
  font-size: .875rem; }
.piano-tools .played { margin-left: auto; color: var(--body-text-color-subdued); }
.piano-tools label { display: flex; align-items: center; gap: 6px; min-height: 36px; }

@media (max-width: 640px) {
  .generated .score.wide { display: none; }
  .generated .score.narrow { display: block; }
  .piano { --white: calc(100% / 8); height: 140px; }
  .piano .upper { display: none; }
  .piano .letter { display: none; }
  .locks { display: grid; grid-template-columns: repeat(8, 1fr); }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 8px; }
}
"""
