"""Nothing -> the style sheet of the pages beside the first: map, comparison, corpus."""

from __future__ import annotations

PAGES_CSS = """
.chart { display: block; width: 100%; height: auto; }
.chart text { fill: var(--body-text-color-subdued); font-size: 12px; font-family: inherit; }
.chart .bar { fill: var(--accent); }
.chart .bar:hover { opacity: .75; }
.chart .axis { stroke: var(--barline); }
figure.card { margin: 0; }
figure.card figcaption { font-size: .9rem; font-weight: 600; margin: 0 0 8px; }

.holdings + .holdings { margin-top: 24px; }
.holdings .charts { display: grid; gap: 16px; margin-top: 12px;
  grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 8px; margin: 8px 0 16px; }
.figures div { display: flex; flex-direction: column-reverse; }
.figures dt { font-size: .8rem; color: var(--body-text-color-subdued); }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.collections { list-style: none; margin: 0; padding: 0; }
.collections li { margin: 0; }
.collections li + li { margin-top: 12px; }
.collections p { margin: 0 0 4px; font-size: .9rem; overflow-wrap: anywhere; }
.collections summary { cursor: pointer; font-size: .875rem; color: var(--accent); }
.collections details p { color: var(--body-text-color-subdued); margin-top: 4px; }

@media (max-width: 640px) {
  .figures { grid-template-columns: repeat(2, 1fr); }
}
"""
