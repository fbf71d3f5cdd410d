"""The theme of all pages, their style sheet, and what stands in their head.

One accent colour (teal), one spacing step, the system's own fonts: nothing is loaded from outside.
The colours come from gradio's variables, so that light and dark follow the theme.
"""

from __future__ import annotations

from typing import Any

from app.style.assets import asset

_SHEETS = ("theme", "pages", "checks", "compose", "opening")


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


def style_sheet() -> str:
    """Return the style sheet of all pages.

    Examples
    --------
    >>> "--accent" in style_sheet()
    True
    """
    return "\n".join(asset(f"style/{name}.css") for name in _SHEETS)


def head() -> str:
    """Return what stands in the head of the document: scripts that run before all is drawn."""
    scripts = (
        *("style/opening.js", "style/groups.js", "serve/scripts/stream.js"),
        *(f"pictures/scripts/{name}.js" for name in ("player", "playable", "microphone")),
    )
    return "\n".join(f"<script>\n{asset(script)}</script>" for script in scripts)
