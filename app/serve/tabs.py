"""Pages -> one app: a masthead, and a tab for each page, whose name stands in the address."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from app.style.assets import asset
from app.visitor.states import Page


def tabbed(pages: Mapping[str, Page]) -> gr.Blocks:
    """Return the app; its first page is the one that is open.

    Parameters
    ----------
    pages
        Name in the address -> page. The pages must not have been rendered yet.
    """
    with gr.Blocks(
        title="From a motif to new music", analytics_enabled=False, delete_cache=(3600, 3600)
    ) as app:
        gr.HTML(asset("serve/masthead.html"))
        with gr.Tabs(selected=next(iter(pages)), elem_id="pages"):
            for name, page in pages.items():
                with gr.Tab(name.capitalize(), id=name) as tab:
                    page.blocks.render()
                tab.select(None, js=asset("serve/tabs.js", tab=name))
                page.on_open(tab.select)
    return app
