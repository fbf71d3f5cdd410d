"""The components of the first page by name: the page builds them, events wire them.

What an event changes are their values, by component.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.compose.wishes import Wishes
from app.visitor.motifs import Motif
from app.visitor.passages import tempo_shown
from app.visitor.states import Shared

Values = dict[Any, Any]  # component -> value
SEARCHING = '<p class="empty">Searching…</p>'
WRITING = '<div class="waiting-take" role="status">Writing…</div>'
NOTHING_YET = (
    '<p class="empty">Press “Find and compose”: the nearest phrases and the new music appear '
    "here.</p>"
)


def together(first: Values, shown: Values) -> Values:
    """Return what both change; nothing if the second changes nothing, for it comes too late."""
    return shown if shown == nothing() else {**first, **shown}


def nothing() -> Values:
    """Return that nothing changes: gradio takes an empty dict for a value."""
    skipped: Values = gr.skip()
    return skipped


@dataclass(frozen=True, kw_only=True)
class Components:
    """The components that events read or change.

    Parameters
    ----------
    shared
        The states that other pages read, too.
    example, recording, upload
        Where a motif comes from.
    notes, use_notes
        The text box, and its button.
    motif_card
        The card of the motif.
    number
        The number of the request that the motif on the page answers; the browser sends it back.
    passage
        The control of each part of a `Passage`, by its name.
    settings
        The control of each wish, by the name of the wish.
    compose, compose_more
        The buttons "Find and compose" and "New takes".
    status, neighbours, bar, takes
        What is shown of a result: status line, neighbours, tabs, a card for each take.
    trail
        What was made in this visit, to go back to.
    result, link
        The state that holds the result, and the query of the address that leads to it.
    """

    shared: Shared
    example: Any
    recording: Any
    upload: Any
    notes: Any
    use_notes: Any
    motif_card: Any
    number: Any
    passage: Mapping[str, Any]
    settings: Mapping[str, Any]
    compose: Any
    compose_more: Any
    status: Any
    trail: Any
    neighbours: Any
    bar: Any
    takes: tuple[Any, ...]
    result: Any
    link: Any

    @property
    def sources(self) -> tuple[Any, ...]:
        """Where a motif comes from; a source that was not used last is empty."""
        return self.example, self.recording, self.upload

    @property
    def motif(self) -> tuple[Any, ...]:
        """What changes with the motif."""
        return (
            self.shared.motif,
            self.notes,
            self.motif_card,
            self.settings["tempo_bpm"],
            self.settings["progression"],
            *self.of_the_motif,
            *self.passage.values(),
            self.number,
        )

    @property
    def of_the_motif(self) -> tuple[Any, ...]:
        """The wishes that are about one motif, and begin anew with the next."""
        return self.settings["key"], self.settings["take"]

    @property
    def usual(self) -> Values:
        """What the settings stand at that are asked of one motif and not of the next."""
        usual = Wishes()
        return {self.settings["key"]: usual.key, self.settings["take"]: usual.take}

    def wishes_told(self, values: Values, motif: Motif, *, late: bool) -> Wishes:
        """Return the wishes for a motif; a tempo that nobody has changed is the motif's own.

        Parameters
        ----------
        values
            What the page sends.
        late
            Whether the page showed another motif: what was asked of that one is not of this.
        """
        values = {**values, **self.usual} if late else values
        told = {name: values[control] for name, control in self.settings.items()}
        at_hand, beats = values[self.shared.motif], told["tempo_bpm"]
        own = late or beats == tempo_shown(at_hand)["value"]
        told["tempo_bpm"] = motif.tempo_bpm if own else motif.meter.quarters_a_minute(beats)
        return Wishes.of(told)

    @property
    def results(self) -> tuple[Any, ...]:
        """What changes with what was made of the motif."""
        return (
            self.status,
            self.neighbours,
            self.bar,
            *self.takes,
            self.result,
            self.shared.takes,
            self.link,
        )
