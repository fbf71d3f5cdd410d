"""The corpus page: what is searched, under which licences; files of the visitor's own.

The layout and the wiring only; what happens on a click is in `app.visitor.library` and
`app.corpora.holdings`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.corpora import holdings
from app.style.assets import asset
from app.visitor.library import MOST_TUNES, Library, Shelf
from app.visitor.messages import friendly
from app.visitor.sessions import visitor_of
from app.visitor.states import Page, Shared
from mer.errors import InputError
from mer.io import LOADERS

_BESIDE, _ALONE = "beside the shipped tunes", "my files only"
_WAITING = '<p class="empty">Counting…</p>'
_NOTHING = "Choose some files or a zip archive first."


def corpus_page(library: Library, shared: Shared) -> Page:
    """Return the page that shows the corpus, and to which own files are added."""
    with gr.Blocks() as page:
        shared.render()
        with gr.Row(equal_height=False):
            with gr.Column(min_width=320, scale=2):
                contents = gr.HTML(_WAITING, label="Corpus", elem_id="holdings")
            with gr.Column(min_width=320, scale=1):
                gr.HTML(asset("corpora/add.html", most=MOST_TUNES))
                files = gr.File(
                    label="Music files or a zip of them",
                    file_count="multiple",
                    file_types=[*LOADERS, ".zip"],
                    height=160,
                    elem_id="own-files",
                )
                scope = gr.Radio(
                    [_BESIDE, _ALONE], value=_BESIDE, label="Search", elem_classes="chips"
                )
                with gr.Row():
                    add = gr.Button("Add them", variant="primary", elem_id="add-files")
                    remove = gr.Button("Remove mine", elem_id="remove-files")
                state = gr.HTML(holdings.shelf_words(None), label="Your files", elem_id="shelf")
        _wire(library, shared, (contents, files, scope, state), (add, remove))

        told_of = gr.State("")
        gr.api(_shipped(library), api_name="show_corpus")

    def fill_page(shelf: Shelf | None, told: str) -> tuple[Any, Any]:
        """Show what is searched, unless it is shown already."""
        # An answer that comes late must not cover what was added or removed meanwhile.
        if told or shelf is not None:
            return gr.skip(), gr.skip()
        with friendly():
            return holdings.overview(library.shipped.corpus, holdings.manifest()), "shown"

    def on_open(opened: Any) -> None:
        opened(
            fill_page,
            [shared.shelf, told_of],
            [contents, told_of],
            api_name="fill_page",
            api_visibility="private",
            show_progress="hidden",
        )

    return Page(page, on_open)


def _shipped(library: Library) -> Callable[[], str]:
    def show_corpus() -> str:
        """Tell what the shipped corpus holds: collections, licences and histograms, as HTML."""
        with friendly():
            return holdings.overview(library.shipped.corpus, holdings.manifest())

    return show_corpus


def _wire(
    library: Library, shared: Shared, shown: tuple[Any, ...], buttons: tuple[Any, Any]
) -> None:
    contents, files, scope, state = shown
    add, remove = buttons

    def add_files(
        files: list[str] | None, search: str, request: gr.Request
    ) -> tuple[Shelf, str, str]:
        """Add own music files or zip archives for this visit; what was read comes back as HTML."""
        with friendly():
            if not files:
                raise InputError(_NOTHING)
            paths = [Path(file) for file in files]
            visitor = visitor_of(request)
            shelf = library.add(paths, visitor, alone=search == _ALONE)
            corpus = library.index_of(shelf).corpus
            told = holdings.overview(corpus, holdings.manifest())
        return shelf, holdings.shelf_words(shelf), told

    def remove_files(request: gr.Request) -> tuple[None, str, str]:
        """Remove the files added in this visit."""
        with friendly():
            library.remove(visitor_of(request))
            told = holdings.overview(library.shipped.corpus, holdings.manifest())
        return None, holdings.shelf_words(None), told

    results = [shared.shelf, state, contents]
    quiet = {"show_progress": "hidden"}
    private = {"api_visibility": "private", **quiet}
    add.click(None, None, state, js=asset("corpora/reading.js"))
    read = add.click(add_files, [files, scope], results, api_name="add_files", **quiet)
    read.success(lambda: None, None, files, **private)
    # What could not be read changes nothing.
    read.failure(holdings.shelf_words, shared.shelf, state, **private)
    remove.click(remove_files, None, results, api_name="remove_files", **quiet)
