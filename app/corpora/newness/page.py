"""The page "Is it new?": what a melody shares with the corpus, and all variants of a tune.

The layout and the wiring only; what is shown comes from `app.corpora.newness.checks`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from app.corpora.newness.checkables import MOTIF, Checkable, checkables, uploaded
from app.corpora.newness.checks import Checks, Row
from app.style.assets import asset
from app.visitor.library import Shelf
from app.visitor.messages import friendly
from app.visitor.motifs import Motif
from app.visitor.sessions import visitor_of
from app.visitor.states import Opening, Shared
from mer.io import LOADERS
from mer.notes.melody import Melody

_WAITING = '<p class="empty">Comparing…</p>'
_NO_VARIANTS = (
    '<p class="empty">All variants of a tune, note under note: press the button of a tune.</p>'
)


class _CheckComponents(NamedTuple):
    choice: Any
    file: Any
    found: Any
    variants: Any
    checkable: Any
    rows: Any
    shown_of: Any


def check_page(checks: Checks, shared: Shared) -> Opening:
    """Lay out the page on which a melody is checked against the corpus."""
    return _wire(checks, shared, _lay_out())


def _lay_out() -> _CheckComponents:
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320, scale=2):
            gr.HTML(asset("corpora/newness/check.html"))
            choice = gr.Dropdown(
                [("The motif", MOTIF)], value=MOTIF, label="Check", elem_id="check-what"
            )
            file = gr.File(
                label="or a file of yours",
                file_types=list(LOADERS),
                height=160,
                elem_id="check-file",
            )
        with gr.Column(min_width=320, scale=5):
            found = gr.HTML(
                _WAITING,
                label="What it shares",
                js_on_load=asset("corpora/newness/variants.js"),
                elem_id="check-found",
            )
    variants = gr.HTML(_NO_VARIANTS, label="Variants of a tune", elem_id="variants")
    checkable, rows, shown_of = gr.State(None), gr.State(()), gr.State(None)
    return _CheckComponents(choice, file, found, variants, checkable, rows, shown_of)


def _wire(checks: Checks, shared: Shared, parts: _CheckComponents) -> Opening:
    shown = [parts.found, parts.checkable, parts.rows, parts.shown_of]
    known = [shared.motif, shared.takes, shared.shelf]

    def checked(
        checkable: Checkable | None, rows: tuple[Row, ...], shelf: Shelf | None, request: gr.Request
    ) -> dict[Any, Any]:
        found, rows = checks.check(checkable, rows, shelf, visitor_of(request))
        return dict(zip(shown, (found, checkable, rows, shelf), strict=True))

    def check_chosen(
        choice: str,
        motif: Motif | None,
        takes: tuple[tuple[str, Melody], ...],
        shelf: Shelf | None,
        rows: tuple[Row, ...],
        request: gr.Request,
    ) -> dict[Any, Any]:
        """Check the motif or a take; what it shares comes back as HTML."""
        with friendly():
            checkable = checkables(motif, takes).get(choice)
            if checkable is not None:
                checks.sessions.take_turn(request)
            return checked(checkable, rows, shelf, request) | {parts.file: None}

    def check_file(
        file: str, shelf: Shelf | None, rows: tuple[Row, ...], request: gr.Request
    ) -> dict[Any, Any]:
        """Check the melody in a file; what it shares comes back as HTML."""
        with friendly():
            checks.sessions.uploaded(visitor_of(request), file)
            checks.sessions.take_turn(request)  # a recording takes longer to read than to check
            return checked(uploaded(Path(file)), rows, shelf, request)

    def lay_side_by_side(
        checkable: Checkable | None, shelf: Shelf | None, event: gr.EventData, request: gr.Request
    ) -> str:
        """Lay the variants of a tune side by side; they come back as HTML."""
        with friendly():
            checks.sessions.take_turn(request)
            return checks.variants(str(event.tune or ""), checkable, shelf, visitor_of(request))

    def open_check(
        choice: str,
        motif: Motif | None,
        takes: tuple[tuple[str, Melody], ...],
        shelf: Shelf | None,
        rows: tuple[Row, ...],
        checkable: Checkable | None,
        shown_of: Shelf | None,
        asked: str,
        request: gr.Request,
    ) -> dict[Any, Any]:
        """Offer what there is to check, and check what is chosen, unless that is shown already."""
        there = checkables(motif, takes)
        named = [key for key, one in there.items() if asked and one.name == asked]
        chosen = next(iter(named), choice if choice in there else MOTIF)
        names = [(one.name, key) for key, one in there.items()] or [("The motif", MOTIF)]
        offered = {parts.choice: gr.Dropdown(names, value=chosen), shared.to_check: ""}
        stays = checkable is not None and checkable.of_a_file and not named
        wanted = checkable if stays else there.get(chosen)
        if named:
            offered[parts.file] = None
        if wanted is not None and wanted.is_same(checkable) and shelf == shown_of:
            return offered
        with friendly():
            if wanted is not None:
                checks.sessions.take_turn(request)
            return checked(wanted, rows, shelf, request) | offered

    private = {"api_visibility": "private"}
    opened_with = [
        parts.choice,
        *known,
        parts.rows,
        parts.checkable,
        parts.shown_of,
        shared.to_check,
    ]
    parts.choice.input(
        check_chosen,
        [parts.choice, *known, parts.rows],
        [*shown, parts.file],
        api_name="check_chosen",
        trigger_mode="always_last",
        **private,
    )
    parts.file.upload(
        check_file,
        [parts.file, shared.shelf, parts.rows],
        shown,
        api_name="check_file",
        trigger_mode="always_last",
        **private,
    )
    parts.found.variants(
        lay_side_by_side,
        [parts.checkable, shared.shelf],
        parts.variants,
        api_name="show_variants",
        trigger_mode="always_last",
        **private,
    )

    def on_open(opened: Any) -> None:
        opened(
            open_check,
            opened_with,
            [*shown, parts.choice, parts.file, shared.to_check],
            api_name="open_check",
            show_progress="hidden",
            **private,
        )

    return on_open
