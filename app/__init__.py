"""The web page: pages are functions of an index and a soundfont; `python -m app` serves them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.sessions import Sessions

if TYPE_CHECKING:
    from mer.index import PhraseIndex

__all__ = ["build_app"]


def build_app(index: PhraseIndex, soundfont: Path | None, sessions: Sessions) -> Any:
    """Return the whole app, a `gradio.Blocks` that is ready to launch.

    Parameters
    ----------
    index
        The phrases to search.
    soundfont
        Soundfont to play with; None for the one that is found.
    sessions
        Where each visitor's files are kept; the folder must be below gradio's own, which is served.
    """
    import gradio as gr

    from app.compose_page import compose_page

    # Made first and rendered then: made inside, its "visitor leaves" event would never fire.
    page = compose_page(index, soundfont, sessions)
    with gr.Blocks(
        title="From a motif to new music", analytics_enabled=False, delete_cache=(3600, 3600)
    ) as app:
        page.render()
    return app.queue(max_size=16, default_concurrency_limit=2)
