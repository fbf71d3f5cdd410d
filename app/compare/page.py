"""The compare page: one motif under two measures, and what sliders do to its neighbours.

The layout and the wiring only; what happens is in `app.compare.trials`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.compare.changes import Change
from app.compare.trials import Trials
from app.explore.measures import MEASURES
from app.style.assets import asset
from app.visitor.library import Shelf
from app.visitor.messages import friendly
from app.visitor.motifs import Motif
from app.visitor.states import Opening, Shared

_LEFT, _RIGHT = "interval", "step-curve"
_WAITING = '<p class="empty">Comparing…</p>'


class _CompareComponents(NamedTuple):
    left: Any
    right: Any
    overall: Any
    lists: Any
    sliders: list[Any]
    reset: Any
    changed: Any
    ranks: Any


def compare_page(trials: Trials, shared: Shared) -> Opening:
    """Lay out the page on which two measures are compared."""
    return _wire(trials, shared, _lay_out())


def _lay_out() -> _CompareComponents:
    offered = [(description.label, name) for name, description in MEASURES.items()]
    with gr.Row():
        left = gr.Dropdown(offered, value=_LEFT, label="One measure", min_width=220)
        right = gr.Dropdown(offered, value=_RIGHT, label="The other", min_width=220)
    overall = gr.HTML(_WAITING, label="Over the whole corpus", elem_id="compare-overall")
    lists = gr.HTML(_WAITING, label="Two rankings", elem_id="compare-lists")
    gr.HTML(asset("compare/change.html"))
    with gr.Row(equal_height=False):
        with gr.Column(min_width=320, scale=1):
            sliders = _sliders()
            reset = gr.Button("As it was", size="sm", elem_id="compare-reset")
            changed = gr.HTML("", label="The changed motif", elem_id="compare-motif")
        with gr.Column(min_width=320, scale=2):
            ranks = gr.HTML(_WAITING, label="Ranks", elem_id="compare-ranks")
    return _CompareComponents(left, right, overall, lists, sliders, reset, changed, ranks)


def _sliders() -> list[Any]:
    # In the order of the parameters of `change_motif`.
    with gr.Group():
        return [
            gr.Slider(-12, 12, value=0, step=1, label="Transpose (semitones)"),
            gr.Slider(0, 100, value=0, step=10, label="Ornament (% of where there is room)"),
            gr.Slider(0, 80, value=0, step=10, label="Thin (% of inner notes left out)"),
            gr.Slider(0.5, 2.0, value=1.0, step=0.25, label="Stretch (times as slow)"),
            gr.Slider(0, 100, value=0, step=10, label="Uneven rhythm (%)"),
        ]


def _wire(trials: Trials, shared: Shared, components: _CompareComponents) -> Opening:
    def compare(motif: Motif | None, left: str, right: str, shelf: Shelf | None) -> str:
        """Rank all phrases for the motif by two measures; both lists come back as HTML."""
        with friendly():
            return trials.compare(motif, left, right, shelf)

    def change_motif(
        motif: Motif | None,
        left: str,
        right: str,
        shelf: Shelf | None,
        transpose: float,
        ornament_percent: float,
        thin_percent: float,
        stretch: float,
        uneven_percent: float,
    ) -> tuple[str, str]:
        """Change the motif and rank its neighbours again; the ranks come back as HTML."""
        # Many parameters, because they are the names that programs see in the page's API.
        with friendly():
            change = Change(
                transpose=round(transpose),
                ornament=ornament_percent / 100,
                thin=thin_percent / 100,
                stretch=stretch,
                uneven=uneven_percent / 100,
            )
            return trials.follow(motif, (left, right), change, shelf)

    def overall(left: str, right: str, shelf: Shelf | None) -> str:
        """Tell how far two measures agree over the whole corpus."""
        with friendly():
            return trials.overall(left, right, shelf)

    told = {
        "fn": overall,
        "inputs": [components.left, components.right, shared.shelf],
        "outputs": components.overall,
        "show_progress": "hidden",
        "api_visibility": "private",
    }
    chosen = [shared.motif, components.left, components.right, shared.shelf]
    moved = {
        "fn": change_motif,
        "inputs": [*chosen, *components.sliders],
        "outputs": [components.changed, components.ranks],
        "show_progress": "hidden",
    }
    gr.on(
        [slider.change for slider in components.sliders],
        **moved,
        api_name="change_motif",
        api_visibility="private",
        trigger_mode="always_last",
    )
    gr.on(
        [components.left.input, components.right.input],
        compare,
        chosen,
        components.lists,
        api_name="compare",
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="always_last",
    ).success(**moved, api_visibility="private").success(**told)
    components.reset.click(
        None, None, components.sliders, js=asset("compare/reset.js"), api_visibility="private"
    )

    def on_open(opened: Any) -> None:
        opened(
            compare,
            chosen,
            components.lists,
            api_visibility="private",
            show_progress="hidden",
        ).success(**moved, api_visibility="private").success(**told)

    return on_open
