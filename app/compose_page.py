"""The landing page: a motif goes in; its neighbours and new music come out.

The layout and the wiring only; what happens on a click is in `app.visits` and `app.actions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from app import actions
from app.actions import Motif, Wishes
from app.library import Library, Shelf
from app.messages import friendly
from app.sessions import Sessions
from app.shared import Page, Shared
from app.visits import Visits
from generate.audio import INSTRUMENTS
from mer.errors import InputError
from mer.io import LOADERS
from mer.shipped import data_folder

_EMPTY = '<p class="empty">Choose an example or upload a file: your motif appears here.</p>'
_SLOWEST, _FASTEST = 40, 240
_TEMPO = 4
_FIRST_EXAMPLE = "Londonderry Air"
# The results lie below the settings, on a phone far below.
_SHOW_RESULTS = """() => document.getElementById("status").scrollIntoView({behavior: "smooth"})"""
_NO_MOTIF = "Choose an example or upload a file first."


class _Layout(NamedTuple):
    motif: Any
    shelf: Any
    example: Any
    upload: Any
    motif_card: Any
    settings: list[Any]
    button: Any
    status: Any
    neighbours: Any
    result: Any
    midi: Any
    wav: Any


def compose_page(
    library: Library, soundfont: Path | None, sessions: Sessions, shared: Shared
) -> Page:
    """Return the page on which a motif is searched for and grown into new music.

    Parameters
    ----------
    library
        Knows which index each visitor searches.
    soundfont
        Soundfont to play with; None for the one that is found.
    sessions
        Where each visitor's files are kept.
    shared
        What the pages of one visitor have in common; the motif is set here.
    """
    examples = actions.example_motifs(data_folder() / "motifs")
    visits = Visits(library.shipped, soundfont, sessions, examples)
    with gr.Blocks() as page:
        shared.render()
        layout = _layout(list(examples), shared)
        _wire(page, layout, visits, library)
    return Page(page, lambda opened: None)


def _layout(examples: list[str], shared: Shared) -> _Layout:
    motif = shared.motif
    first = next((name for name in (_FIRST_EXAMPLE, *examples) if name in examples), None)
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            gr.HTML(_step("1. Your motif"))
            example = gr.Radio(
                examples,
                value=first,
                label="Start from an example",
                elem_classes="chips",
            )
            upload = gr.File(
                label="Or from a file: MIDI, MusicXML, ABC, kern",
                file_types=list(LOADERS),
                height=150,
                elem_id="motif-file",
            )
            motif_card = gr.HTML(_EMPTY, label="Motif", elem_id="motif-card")
        with gr.Column(min_width=320):
            gr.HTML(_step("2. What to make of it"))
            settings = _settings()
            button = gr.Button("Find and compose", variant="primary", size="lg", elem_id="compose")
            status = gr.HTML("", label="Status", elem_id="status")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320):
            neighbours = gr.HTML("", label="Neighbours", elem_id="neighbours")
        with gr.Column(min_width=320, elem_classes="beside"):
            result = gr.HTML("", label="Result", elem_id="result")
            with gr.Row():
                midi = gr.DownloadButton("Download MIDI", visible=False, elem_id="download-midi")
                wav = gr.DownloadButton("Download WAV", visible=False, elem_id="download-wav")
    return _Layout(
        motif,
        shared.shelf,
        example,
        upload,
        motif_card,
        settings,
        button,
        status,
        neighbours,
        result,
        midi,
        wav,
    )


def _settings() -> list[Any]:
    # In the order of the parameters of `compose`; the tempo stands at _TEMPO.
    usual = Wishes()
    methods = list(actions.METHOD_NAMES)
    with gr.Group():
        method = gr.Radio(methods, value=usual.method, label="Method", elem_classes="chips")
        with gr.Row():
            key = gr.Dropdown(actions.keys_offered(), value=usual.key, label="Key", min_width=140)
            instrument = gr.Dropdown(
                list(INSTRUMENTS), value=usual.instrument, label="Instrument", min_width=140
            )
        with gr.Row():
            bars = gr.Slider(4, 32, value=usual.bars, step=1, label="Bars", min_width=200)
            tempo = gr.Slider(
                _SLOWEST,
                _FASTEST,
                value=usual.tempo_bpm,
                step=1,
                label="Tempo (bpm)",
                min_width=200,
            )
        max_copy = gr.Slider(
            3,
            16,
            value=usual.max_copy,
            step=1,
            label="Notes in a row from any one tune, at most",
        )
        take = gr.Number(
            value=usual.take,
            precision=0,
            minimum=1,
            maximum=999_999,
            label="Take",
            info="Another number gives other music; the same number gives the same again.",
        )
    return [method, key, instrument, bars, tempo, max_copy, take]


def _step(text: str) -> str:
    return f'<div class="step"><h2>{text}</h2></div>'


def _wire(page: gr.Blocks, layout: _Layout, visits: Visits, library: Library) -> None:
    def choose_example(example: str, request: gr.Request) -> tuple[Any, ...]:
        """Take an example motif; its card comes back as HTML."""
        with friendly():
            motif, card = visits.choose_example(example, _visitor(request))
        return motif, card, _tempo(motif), None, *_nothing_yet()

    def upload(file: str, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif in a MIDI, MusicXML, ABC or kern file; its card comes back as HTML."""
        with friendly():
            motif, card = visits.upload(file, _visitor(request))
        return motif, card, _tempo(motif), None, *_nothing_yet()

    def compose(
        motif: Motif | None,
        shelf: Shelf | None,
        method: str,
        key: str,
        instrument: str,
        bars: float,
        tempo_bpm: float,
        max_copy: float,
        take: float,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """Find the phrases nearest the motif taken last, and compose; HTML and files come back."""
        # Many parameters, because they are the names that programs see in the page's API.
        with friendly():
            if motif is None:
                raise InputError(_NO_MOTIF)
            wishes = Wishes(
                method=method,
                key=key,
                instrument=instrument,
                bars=_whole("bars", bars),
                tempo_bpm=tempo_bpm,
                max_copy=_whole("notes in a row", max_copy),
                take=_whole("take", take),
            )
            searched = replace(visits, index=library.index_of(shelf))
            for ready in searched.find_and_compose(motif, wishes, _visitor(request)):
                yield (
                    ready.status,
                    ready.neighbours,
                    ready.result,
                    _file(ready.midi),
                    _file(ready.wav),
                )

    def leave(request: gr.Request) -> None:
        visits.sessions.remove(_visitor(request))

    results = [layout.status, layout.neighbours, layout.result, layout.midi, layout.wav]
    shown = [layout.motif, layout.motif_card, layout.settings[_TEMPO]]
    if visits.examples:
        page.load(
            choose_example,
            layout.example,
            [*shown, layout.upload, *results],
            api_name="open_page",
            api_visibility="private",
            show_progress="hidden",
        )
    layout.example.input(
        choose_example,
        layout.example,
        [*shown, layout.upload, *results],
        api_name="choose_example",
        show_progress="hidden",
    )
    # A file that cannot be used must not stay beside the motif that is still in use.
    layout.upload.upload(
        upload,
        layout.upload,
        [*shown, layout.example, *results],
        api_name="upload",
        show_progress="hidden",
    ).failure(lambda: None, None, layout.upload, api_visibility="private")
    layout.button.click(
        compose,
        [layout.motif, layout.shelf, *layout.settings],
        results,
        api_name="compose",
        show_progress="hidden",
    ).success(None, js=_SHOW_RESULTS)
    page.unload(leave)


def _tempo(motif: Motif) -> Any:
    own = motif.melody.tempo_bpm
    return gr.skip() if own is None else round(min(max(own, _SLOWEST), _FASTEST))


def _nothing_yet() -> tuple[Any, ...]:
    # Results of another motif must not stay beside the new one.
    return "", "", "", _file(None), _file(None)


def _file(path: Path | None) -> Any:
    return gr.update(value=None if path is None else str(path), visible=path is not None)


def _whole(name: str, value: float | None) -> int:
    if value is None or value != int(value):
        raise InputError(f"{name} is {value}; a whole number is needed")
    return int(value)


def _visitor(request: gr.Request) -> str:
    return request.session_hash or "nobody"
