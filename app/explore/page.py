"""The explore page: the phrases as points on a map, with the motif among them.

The layout and the wiring only; what is drawn comes from `app.explore.map`, what is told from
`app.explore.tours`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from app.explore import map as maps
from app.explore.layouts import LAYOUTS
from app.explore.map import NamedMelody
from app.explore.measures import DESCRIPTIONS, name_of
from app.explore.tours import Tours
from app.style.assets import asset
from app.visitor.library import Shelf
from app.visitor.messages import friendly
from app.visitor.motifs import Motif, named_motif
from app.visitor.states import Opening, Shared
from mer.notes.drawing import escape

# Among those that are drawn at once, the one in which what the search finds lies nearest the motif.
_FIRST = "parsons"
_FIRST_LAYOUT = "directions"
_NO_PHRASE = '<p class="empty">Click a point: the phrase appears here, to see and to hear.</p>'
_NO_GROUP = (
    '<p class="empty">Draw a line around some points, or choose a name below the map: what sets '
    "these phrases apart is told here.</p>"
)
# The representation and the layout of a map, and the own files that are on it.
_Drawn = tuple[tuple[str, str], Shelf | None]


class _ExploreComponents(NamedTuple):
    choice: Any
    placing: Any
    about: Any
    drawn: Any
    map: Any
    number: Any
    card: Any
    use: Any
    numbers: Any
    reasons: Any


def explore_page(tours: Tours, shared: Shared) -> Opening:
    """Lay out the page on which the phrases are points of a map."""
    components = _lay_out()
    draw = _wire_map(tours, shared, components)
    _wire_phrase(tours, shared, components, draw)
    _wire_group(tours, shared, components)

    def on_open(opened: Any) -> None:
        # Under a name of its own, because the page's own event is the one for programs.
        opened(draw, *_drawn(shared, components), api_visibility="private", show_progress="hidden")

    return on_open


def _lay_out() -> _ExploreComponents:
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320, scale=3):
            choice = gr.Dropdown(
                [(description.label, name) for name, description in DESCRIPTIONS.items()],
                value=_FIRST,
                label="Phrases lie near each other if they are alike in",
                elem_id="map-by",
            )
            placing = gr.Radio(
                [(layout.label, name) for name, layout in LAYOUTS.items()],
                value=_FIRST_LAYOUT,
                label="Layout",
                elem_id="map-layout",
                elem_classes="chips",
            )
            about = gr.HTML(_about(_FIRST), label="What it hears", elem_id="map-about")
            shown = gr.HTML(
                "",
                label="Map, as JSON",
                html_template=maps.template(),
                js_on_load=maps.script(),
                elem_id="map",
            )
        with gr.Column(min_width=320, scale=2):
            number = gr.Number(label="Number of the phrase", precision=0, visible=False)
            card = gr.HTML(_NO_PHRASE, label="Phrase", elem_id="map-phrase")
            use = gr.Button("Use it as the motif", visible=False, elem_id="map-use")
            numbers = gr.Textbox(label="Numbers of phrases, with commas", visible=False)
            reasons = gr.HTML(_NO_GROUP, label="What sets a group apart", elem_id="map-why")
    drawn = gr.State(None)
    return _ExploreComponents(
        choice, placing, about, drawn, shown, number, card, use, numbers, reasons
    )


def _about(name: str) -> str:
    description = DESCRIPTIONS[name]
    told = f"It compares {description.hears}. {description.misses}"
    return f'<p class="about">{escape(told)}</p>'


def _drawn(shared: Shared, components: _ExploreComponents) -> tuple[list[Any], list[Any]]:
    return (
        [
            components.choice,
            components.placing,
            components.drawn,
            shared.motif,
            shared.takes,
            shared.shelf,
        ],
        [components.map, components.about, components.drawn],
    )


def _wire_map(
    tours: Tours, shared: Shared, components: _ExploreComponents
) -> Callable[..., tuple[str, str, _Drawn]]:
    def draw_map(
        representation: str,
        placing: str,
        before: _Drawn | None,
        motif: Motif | None,
        takes: tuple[NamedMelody, ...],
        shelf: Shelf | None,
    ) -> tuple[str, str, _Drawn]:
        """Draw the map of phrases in one representation and layout."""
        with friendly():
            way = (representation, placing)
            same = before is not None and before[1] == shelf and before[0] != way
            old = before[0] if before is not None and same else None
            drawn = tours.drawing(way, motif, takes, shelf, before=old)
            return drawn, _about(name_of(representation, DESCRIPTIONS)), (way, shelf)

    choices = [components.choice.input, components.placing.input]
    for choice in choices:
        choice(None, None, None, js=asset("explore/scripts/wait.js"), api_visibility="private")
    drawn = gr.on(
        choices,
        draw_map,
        *_drawn(shared, components),
        api_name="draw_map",
        api_visibility="private",
        trigger_mode="always_last",
        show_progress="minimal",
        show_progress_on=components.about,
    )
    drawn.failure(None, None, None, js=asset("explore/scripts/calm.js"), api_visibility="private")
    drawn.success(
        lambda: _NO_GROUP,
        None,
        components.reasons,
        api_visibility="private",
        show_progress="hidden",  # else gradio dims what is there for a moment
    )
    return draw_map


def _wire_phrase(
    tours: Tours,
    shared: Shared,
    components: _ExploreComponents,
    draw: Callable[..., tuple[str, str, _Drawn]],
) -> None:
    def show_phrase(number: float, shelf: Shelf | None) -> tuple[str, Any, float]:
        """Show one phrase by its number."""
        with friendly():
            card = tours.card(tours.phrase(number, shelf))
        return card, gr.Button(visible=True), number

    def use_phrase(number: float, shelf: Shelf | None) -> tuple[Motif, Motif]:
        """Take a phrase, by its number, as the motif of all pages."""
        with friendly():
            phrase = tours.phrase(number, shelf)
            name = f"{phrase.title or 'Untitled'}, phrase {phrase.number}"
            motif = named_motif(phrase.melody, name)
        return motif, motif

    components.map.pick(
        show_phrase,
        [components.number, shared.shelf],
        [components.card, components.use, components.number],
        js=asset("explore/scripts/picked.js"),
        api_name="show_phrase",
        api_visibility="private",
        trigger_mode="always_last",
        show_progress="hidden",
    )
    components.use.click(
        use_phrase,
        [components.number, shared.shelf],
        [shared.motif, shared.chosen],
        api_name="use_phrase",
        api_visibility="private",
    ).success(draw, *_drawn(shared, components), api_visibility="private", show_progress="hidden")


def _wire_group(tours: Tours, shared: Shared, components: _ExploreComponents) -> None:
    def explain_group(numbers: str, shelf: Shelf | None) -> str:
        """Tell what sets some phrases, named by their numbers, apart from the others."""
        with friendly():
            return tours.reasons(numbers, shelf)

    components.map.lasso(
        explain_group,
        [components.numbers, shared.shelf],
        components.reasons,
        js=asset("explore/scripts/chosen.js"),
        api_name="explain_group",
        api_visibility="private",
        show_progress="hidden",
    )
