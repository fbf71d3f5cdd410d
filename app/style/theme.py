"""Nothing -> the theme and the style sheet of the page.

One accent colour (teal), one spacing step, the system's own fonts: nothing is loaded from outside.
The colours come from gradio's variables, so that light and dark follow the theme.
"""

from __future__ import annotations

from typing import Any

from app.style.compose import COMPOSE_CSS
from app.style.opening import COVER_CSS
from app.style.pages import PAGES_CSS


def theme() -> Any:
    """Return the gradio theme."""
    import gradio as gr

    fonts = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=fonts,
        font_mono=["ui-monospace", "Consolas", "monospace"],
    ).set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        slider_color="*primary_700",
        slider_color_dark="*primary_500",
        checkbox_background_color_selected="*primary_700",
        checkbox_background_color_selected_dark="*primary_600",
        checkbox_border_color_selected="*primary_700",
        checkbox_border_color_selected_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        body_background_fill="*neutral_50",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        block_label_text_color="*body_text_color",
        block_title_text_color="*body_text_color",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
    )


CSS = """
.gradio-container { max-width: 1280px !important; margin: 0 auto !important; }
.gradio-container .html-container { padding: 0; }
footer .divider { display: none; }
:root { --accent: #0f766e; --barline: #cbd5e1; --unmatched: #94a3b8; }
.dark { --accent: #2dd4bf; --barline: #334155; --unmatched: #64748b; }

.masthead { padding: 16px 0 8px; }
.masthead h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 4px; }
.masthead p { font-size: 1.05rem; margin: 0; color: var(--body-text-color-subdued); }
.chips label { padding: 4px 12px; border: 1px solid var(--border-color-primary); }
.chips label input { position: absolute; opacity: 0; pointer-events: none; }
.chips label span { margin-left: 0; }
.chips label.selected { background: var(--button-primary-background-fill); color: white;
  border-color: transparent; }
.chips label:focus-within { outline: 2px solid var(--accent); outline-offset: 1px; }
.step h2, .results h2 { font-size: 1.15rem; line-height: 1.3; margin: 0; font-weight: 600; }
.results .lead { margin: 2px 0 12px; color: var(--body-text-color-subdued); }

.card {
  background: var(--block-background-fill);
  border: 1px solid var(--border-color-primary);
  border-radius: 8px;
  padding: 16px;
}
.card + .card { margin-top: 16px; }
.card h3 {
  display: flex; align-items: baseline; gap: 8px;
  font-size: 1rem; line-height: 1.35; font-weight: 600; margin: 0;
}
.card .line { margin: 2px 0 12px; font-size: .875rem; color: var(--body-text-color-subdued); }
.card .rank {
  flex: none; min-width: 1.6em; text-align: center; border-radius: 4px;
  font-size: .8rem; line-height: 1.6; font-weight: 600;
  color: var(--body-text-color-subdued); border: 1px solid var(--border-color-primary);
}
.card .similarity { margin-left: auto; color: var(--accent); font-variant-numeric: tabular-nums; }

.roll { display: block; width: 100%; height: 104px; }
.generated .roll { height: 152px; }
.lanes .roll { height: 176px; }
.lanes span { display: block; font-size: .75rem; color: var(--body-text-color-subdued); }
.roll .note:not(.source) { fill: var(--accent); }
.roll .note.faded { fill: var(--unmatched); }
.roll .note:hover { opacity: .75; }
.roll .barline { stroke: var(--barline); stroke-width: 1; }
.roll .join { stroke: var(--accent); stroke-width: 1; opacity: .7; }
.roll .join.changed { stroke: var(--unmatched); stroke-dasharray: 3 3; }

audio.player, .player.waiting { display: block; width: 100%; height: 40px; margin: 12px 0 0; }
.dark audio.player { color-scheme: dark; }
.player.waiting { border-radius: 20px; background: var(--border-color-primary); opacity: .5; }

.legend { list-style: none; margin: 12px 0 0; padding: 0; font-size: .875rem; }
.legend li { display: flex; align-items: baseline; gap: 8px; padding: 3px 0; margin: 0; }
.legend .swatch { flex: none; width: 12px; height: 12px; border-radius: 3px; }
.legend .swatch.accent { background: var(--accent) !important; }
.legend .count { margin-left: auto; white-space: nowrap; font-variant-numeric: tabular-nums; }
.legend .subdued { display: block; font-size: .8rem; }
.legend .count, .subdued { color: var(--body-text-color-subdued); }
.remarks li { color: inherit; }
.remarks { margin: 12px 0 0; padding: 0 0 0 18px; font-size: .875rem;
  color: var(--body-text-color-subdued); }

.beside { position: sticky; top: 16px; align-self: flex-start; }
.status { min-height: 28px; font-size: .9rem; color: var(--body-text-color-subdued); }
.status.refused { color: #b91c1c; }
.dark .status.refused { color: #fca5a5; }
.status .aside { display: block; margin-top: 4px; font-size: .85rem;
  color: var(--body-text-color-subdued); }
.status .track { height: 4px; border-radius: 2px; margin-top: 6px; overflow: hidden;
  background: var(--border-color-primary); }
.status .bar { height: 100%; background: var(--accent); transition: width .2s; }
.empty { border: 1px dashed var(--border-color-primary); border-radius: 8px; padding: 24px 16px;
  text-align: center; color: var(--body-text-color-subdued); }

@media (max-width: 640px) {
  .masthead h1 { font-size: 1.4rem; }
  .masthead p { font-size: 1rem; }
  .card { padding: 12px; }
  .beside { position: static; }
  .roll { height: 84px; }
  .generated .roll { height: 124px; }
  .lanes .roll { height: 144px; }
}
"""

CSS += PAGES_CSS + COMPOSE_CSS + COVER_CSS
