"""The corpus page: what is searched, under which licences; files of the visitor's own.

The layout and the wiring only; what happens on a click is in `app.visitor.library` and
`app.corpora.holdings`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from app.corpora import holdings
from app.pictures.sources import manifest
from app.style.assets import asset
from app.visitor.library import MOST_TUNES, Library, Shelf
from app.visitor.messages import friendly
from app.visitor.sessions import visitor_of
from app.visitor.states import Opening, Shared
from mer.errors import InputError
from mer.io import LOADERS

_BESIDE, _ALONE = "beside the shipped tunes", "my files only"
_WAITING = '<p class="empty">Counting…</p>'
_NOTHING = "Choose some files or a zip archive first."


class _CorpusComponents(NamedTuple):
    contents: Any
    files: Any
    scope: Any
    add: Any
    remove: Any
    shelf_words: Any


def corpus_page(library: Library, shared: Shared) -> Opening:
    """Lay out the page that shows the corpus, and to which own files are added."""
    components = _lay_out()
    _wire(library, shared, components)
    told_of = gr.State("")

    def fill_page(shelf: Shelf | None, told: str) -> Any:
        """Show what is searched, unless it is shown already."""
        # An answer that comes late must not cover what was added or removed meanwhile.
        if told or shelf is not None:
            return gr.skip()
        with friendly():
            overview = holdings.overview(library.shipped.corpus, manifest())
            return {components.contents: overview, told_of: "shown"}

    def on_open(opened: Any) -> None:
        opened(
            fill_page,
            [shared.shelf, told_of],
            [components.contents, told_of],
            api_name="fill_page",
            api_visibility="private",
            show_progress="hidden",
        )

    return on_open


def _lay_out() -> _CorpusComponents:
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
            scope = gr.Radio([_BESIDE, _ALONE], value=_BESIDE, label="Search", elem_classes="chips")
            with gr.Row():
                add = gr.Button("Add them", variant="primary", elem_id="add-files")
                remove = gr.Button("Remove mine", elem_id="remove-files")
            words = gr.HTML(holdings.shelf_words(None), label="Your files", elem_id="shelf")
    return _CorpusComponents(contents, files, scope, add, remove, words)


def _wire(library: Library, shared: Shared, components: _CorpusComponents) -> None:
    def shown(shelf: Shelf | None) -> dict[Any, Any]:
        corpus = library.index_of(shelf).corpus
        return {
            shared.shelf: shelf,
            components.shelf_words: holdings.shelf_words(shelf),
            components.contents: holdings.overview(corpus, manifest()),
            components.scope: scope_of(shelf),
        }

    def scope_of(shelf: Shelf | None) -> str:
        """Return which of the two is searched now."""
        return _ALONE if shelf is not None and shelf.alone else _BESIDE

    def search_in(
        shelf: Shelf | None, files: list[str] | None, search: str, request: gr.Request
    ) -> Any:
        """Search the visitor's files alone, or beside the shipped tunes, from now on."""
        # Of files that are chosen but not added yet, it says how they are to be added.
        if shelf is None and (files or search == _BESIDE):
            return gr.skip()
        with friendly():
            return shown(library.limited(shelf, visitor_of(request), alone=search == _ALONE))

    def add_files(files: list[str] | None, search: str, request: gr.Request) -> dict[Any, Any]:
        """Add own music files or zip archives for this visit."""
        with friendly():
            if not files:
                raise InputError(_NOTHING)
            paths = [Path(file) for file in files]
            return shown(library.add(paths, visitor_of(request), alone=search == _ALONE))

    def remove_files(request: gr.Request) -> dict[Any, Any]:
        """Remove the files added in this visit."""
        with friendly():
            library.remove(visitor_of(request))
            return shown(None)

    changes = [shared.shelf, components.shelf_words, components.contents, components.scope]
    private = {"api_visibility": "private", "show_progress": "hidden"}
    components.add.click(None, None, components.shelf_words, js=asset("corpora/reading.js"))
    read = components.add.click(
        add_files, [components.files, components.scope], changes, api_name="add_files", **private
    )
    read.success(lambda: None, None, components.files, **private)
    # What could not be read changes nothing.
    read.failure(holdings.shelf_words, shared.shelf, components.shelf_words, **private)
    limited = components.scope.input(
        search_in,
        [shared.shelf, components.files, components.scope],
        changes,
        api_name="search_in",
        trigger_mode="always_last",
        **private,
    )
    # What was refused must not look as if it held.
    limited.failure(scope_of, shared.shelf, components.scope, **private)
    components.remove.click(remove_files, None, changes, api_name="remove_files", **private)
