"""The landing page: a motif goes in; its neighbours and new music come out.

What it looks like only. The wiring is in `app.compose.events`; what an event is answered with, in
`app.compose.answers`.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.compose import wishes as offered
from app.compose.answers import Answers
from app.compose.events import wire
from app.compose.landing import Landing, compose_landing, first_example
from app.compose.layout import NOTHING_YET, Components
from app.compose.visits import Visits
from app.compose.wishes import MOST_TAKES, Wishes
from app.pictures.piano import piano_html
from app.style.assets import asset
from app.visitor.library import Library
from app.visitor.motifs import FASTEST, LONGEST_PROGRESSION, SLOWEST
from app.visitor.notation import LONGEST_TEXT
from app.visitor.passages import passage_shown, tempo_shown
from app.visitor.states import Opening, Shared
from generate.sound.instruments import INSTRUMENTS
from mer.io import LOADERS

_EMPTY = '<p class="empty">Choose an example, play, hum or upload: your motif appears here.</p>'
# On a phone the takes lie far below: what is open there plays from here.
_PLAY_NOW = (
    '<button type="button" class="play" data-do="play-open" aria-label="Play the new music">'
    "</button>"
)
_TRAIL = (
    '<div class="trail"><button type="button" class="undo" aria-disabled="true">Undo</button>'
    '<button type="button" class="redo" aria-disabled="true">Redo</button>'
    '<ul class="visited" aria-label="Made in this visit"></ul></div>'
)


def compose_page(
    site: gr.Blocks,
    library: Library,
    visits: Visits,
    shared: Shared,
) -> Opening:
    """Lay out the page on which a motif is searched for and grown into new music.

    Parameters
    ----------
    site
        What is being laid out, and opened and left by visitors.
    library
        Knows which index each visitor searches.
    visits
        What can be done on it.
    shared
        What the pages of one visitor have in common; motif and takes are set here.
    """
    landing = compose_landing(visits)
    # What every visit begins with, so that the other pages know it however soon they are opened.
    shared.motif.value = landing.motif
    if landing.progress.result is not None:
        shared.takes.value = landing.progress.result.newest_first
    components = lay_out(shared, visits, landing)
    wire(site, components, Answers(components, visits, library, landing))
    return lambda opened: None


def lay_out(shared: Shared, visits: Visits, landing: Landing) -> Components:
    """Make the components part of the page that is being laid out; return them by name."""
    result, link = gr.State(None), gr.Textbox(visible=False, label="Link")
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320, scale=5):
            gr.HTML(
                '<a class="skip" href="#compose">Skip to “Find and compose”</a>'
                '<div class="step"><h2>1. Your motif</h2></div>'
            )
            example, recording, upload = _sources(visits)
            notes = gr.Textbox(
                value="" if landing.motif is None else landing.motif.text,
                label="Notes",
                info="Type names, such as C4 D E:2 F#:1/2, or paste ABC, MEI, "
                "an incipit or chant; or change what is here.",
                lines=2,
                max_lines=8,
                max_length=LONGEST_TEXT,
                elem_id="notes",
            )
            use_notes = gr.Button("Use these notes", size="sm", elem_id="use-notes")
            motif_card = gr.HTML(
                landing.card or _EMPTY,
                label="Motif",
                js_on_load=asset("compose/scripts/motif.js"),
                elem_id="motif-card",
            )
            passage = _passage(landing)
            gr.HTML(
                '<div class="step"><h2>2. What to make of it</h2></div>',
                js_on_load=asset("compose/scripts/form.js"),
            )
            settings = _settings(landing)
            status = gr.HTML("", label="Status", elem_id="status")
            with gr.Row(elem_classes="actions"):
                gr.HTML(_PLAY_NOW, label="Play", elem_classes="play-now", min_width=44)
                compose = gr.Button(
                    "Find and compose", variant="primary", size="lg", elem_id="compose", scale=3
                )
                compose_more = gr.Button("New takes", size="lg", elem_id="new-takes", min_width=110)
        with gr.Column(min_width=320, scale=7):
            bar, takes = _takes(landing)
            trail = gr.HTML(
                _TRAIL,
                label="This visit",
                js_on_load=asset("compose/scripts/trail.js"),
                elem_id="trail",
            )
            neighbours = gr.HTML(
                landing.progress.neighbours or NOTHING_YET,
                label="Neighbours",
                js_on_load=asset("pictures/scripts/neighbours.js"),
                elem_id="neighbours",
            )
    return Components(
        shared=shared,
        example=example,
        recording=recording,
        upload=upload,
        notes=notes,
        use_notes=use_notes,
        motif_card=motif_card,
        number=gr.Number(0, visible=False, precision=0, label="Motif number"),
        passage=passage,
        settings=settings,
        compose=compose,
        compose_more=compose_more,
        status=status,
        trail=trail,
        neighbours=neighbours,
        bar=bar,
        takes=takes,
        result=result,
        link=link,
    )


def _sources(visits: Visits) -> tuple[Any, Any, Any]:
    with gr.Tabs(elem_id="sources"):
        with gr.Tab("Examples", id="examples"):
            example = gr.Radio(
                list(visits.examples),
                value=first_example(visits.examples),
                label="Well-known beginnings",
                elem_classes="chips",
            )
        with gr.Tab("Piano", id="piano"):
            gr.HTML(piano_html(), js_on_load=asset("pictures/scripts/piano.js"), elem_id="piano")
        with gr.Tab("Hum", id="hum"):
            recording = gr.Audio(
                sources=["microphone", "upload"],
                type="filepath",
                label="Hum, whistle or play one note at a time",
                elem_id="recording",
                buttons=["download"],
            )
        with gr.Tab("File", id="file"):
            upload = gr.File(
                label="MIDI, MusicXML, MEI, ABC, kern, chant or a recording",
                file_types=list(LOADERS),
                height=150,
                elem_id="motif-file",
            )
    return example, recording, upload


def _passage(landing: Landing) -> dict[str, Any]:
    """Return the controls that say what of its file the motif is, by the names of `Passage`."""
    with gr.Row(elem_id="passage"):
        return {
            name: gr.Dropdown(
                **shown,
                min_width=100,
                allow_custom_value=name == "meter",
                interactive=True,
                elem_id=f"passage-{name.replace('_', '-')}",
            )
            for name, shown in passage_shown(landing.motif).items()
        }


def _takes(landing: Landing) -> tuple[Any, tuple[Any, ...]]:
    cards, result = landing.progress.cards, landing.progress.result
    script_of_take = asset("compose/scripts/take.js")
    with gr.Column(elem_id="takes"):
        bar = gr.HTML(
            "" if result is None else result.tabs,
            label="Takes",
            js_on_load=asset("compose/scripts/takes.js"),
        )
        takes = tuple(
            gr.HTML(
                cards[place] if place < len(cards) else "",
                label=f"Take {place + 1}",
                js_on_load=script_of_take,
                elem_classes=["take", f"take-{place}"],
            )
            for place in range(MOST_TAKES)
        )
    return bar, takes


def _settings(landing: Landing) -> dict[str, Any]:
    """Return the controls by the name of the wish, in the order of `Wishes`."""
    usual = Wishes()
    made: dict[str, Any] = {}

    def chips(name: str, choices: list[str], label: str, info: str | None = None) -> None:
        value = getattr(usual, name)
        made[name] = gr.Radio(choices, value=value, label=label, info=info, elem_classes="chips")

    def menu(name: str, choices: list[str], label: str, info: str | None = None) -> None:
        # What has something to say on its entries takes others, too.
        made[name] = gr.Dropdown(
            choices,
            value=getattr(usual, name),
            label=label,
            info=info,
            min_width=140,
            allow_custom_value=info is not None,
            elem_id=name,
        )

    def slider(name: str, ends: tuple[int, int], label: str, value: float | None = None) -> None:
        value = getattr(usual, name) if value is None else value
        made[name] = gr.Slider(*ends, value=value, step=1, label=label, min_width=200)

    chips("verb", list(offered.VERB_NAMES), "What becomes of the motif")
    chips("closeness", list(offered.CLOSENESS), "Closeness to the motif")
    chips("surprise", list(offered.SURPRISES), "Surprise (Continue, Answer and B part)")
    with gr.Row():
        made["bars"] = gr.Dropdown(
            offered.bars_offered(),
            value=usual.bars,
            label="Bars",
            info="Answer and B part follow the motif.",
            min_width=140,
            elem_id="bars",
        )
        slider("tempo_bpm", (SLOWEST, FASTEST), **tempo_shown(landing.motif))
    with gr.Row():
        menu("instrument", list(INSTRUMENTS), "Instrument")
        menu("chords", list(offered.CHORDS), "Accompaniment")
    made["progression"] = gr.Textbox(
        value="" if landing.motif is None else landing.motif.progression,
        label="Over the chords",
        info="Those of the song, where it has any: one a bar, or bars between strokes, again and "
        "again. Empty: chords that suit the melody.",
        placeholder="Am F C G",
        max_length=LONGEST_PROGRESSION,
        elem_id="progression",
    )
    with gr.Accordion("Key, form and more", open=False, elem_id="more"):
        menu("key", offered.keys_offered(), "Key")
        with gr.Row():
            menu(
                "form",
                list(offered.FORMS),
                "Form (Continue)",
                "Or type a plan of your own, such as A B.",
            )
            menu("rhythm", list(offered.RHYTHMS), "Rhythm (Continue, Answer, B part)")
        slider("max_copy", (3, 16), "Notes in a row from any one tune, at most")
        made["max_copy_pitch"] = gr.Dropdown(
            offered.pitch_bounds_offered(),
            value=usual.max_copy_pitch,
            label="Pitches in a row, whatever their rhythm",
            min_width=140,
            elem_id="max-copy-pitch",
        )
        slider("takes", (1, MOST_TAKES), "Takes")
        made["take"] = gr.Number(
            value=usual.take,
            precision=0,
            minimum=0,
            maximum=offered.LARGEST_TAKE,
            label="Number of the first take",
            info="Another number gives other music; the same number gives the same again.",
            elem_id="first-take",
        )
    return made
