"""Pages -> one app: a masthead, and a tab for each page, whose name stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import gradio as gr

from app.style.assets import asset
from app.style.words import DESCRIPTION, TITLE
from app.visitor.states import Opening, Shared, shared_states


def tabbed(pages: Mapping[str, Callable[[gr.Blocks, Shared], Opening]]) -> gr.Blocks:
    """Return the app; its first page is the one that is open.

    Parameters
    ----------
    pages
        Name in the address -> what lays out a page in its tab. The events that a page wires to the
        whole app fire only if it is no `gradio.Blocks` of its own.
    """
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, 3600)) as app:
        shared = shared_states()
        gr.HTML(asset("serve/masthead.html", title=TITLE, description=DESCRIPTION))
        with gr.Tabs(selected=next(iter(pages)), elem_id="pages"):
            for name, lay_out in pages.items():
                with gr.Tab(name.capitalize(), id=name) as tab:
                    on_open = lay_out(app, shared)
                tab.select(None, js=asset("serve/scripts/tabs.js", tab=name))
                on_open(tab.select)
    return app
