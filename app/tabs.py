"""Pages -> one app: a masthead, and a tab for each page, whose name stands in the address."""

from __future__ import annotations

from collections.abc import Mapping

import gradio as gr

from app.visitor.states import Page

_MASTHEAD = """<header class="masthead"><h1>From a motif to new music</h1>
<p>Give a few notes: see the phrases of real tunes that are nearest to them, and hear new music
that grows out of those.</p></header>"""
# The tab that is open stands in the address as "tab", beside whatever else stands there. ("page"
# would be taken: gradio has a use for it.) The first tab is opened, and says so, when the page is
# ready: that is when the address is read.
_NOTE_TAB = """() => {
  const address = new URL(window.location);
  const wanted = address.searchParams.get("tab");
  const ready = window.merTabsReady;
  window.merTabsReady = true;
  if (!ready) {
    const button = document.querySelector(`[role=tab][data-tab-id="${CSS.escape(wanted || "")}"]`);
    if (button && wanted !== "NAME") button.click();
    return;
  }
  address.searchParams.set("tab", "NAME");
  history.replaceState(null, "", address);
}"""


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
        gr.HTML(_MASTHEAD)
        with gr.Tabs(selected=next(iter(pages)), elem_id="pages"):
            for name, page in pages.items():
                with gr.Tab(name.capitalize(), id=name) as tab:
                    page.blocks.render()
                tab.select(None, js=_NOTE_TAB.replace("NAME", name))
                page.on_open(tab.select)
    return app
