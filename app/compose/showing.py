"""A motif, what is ready of a result, what the page opens with -> what its components show.

Each is a dict of component to value; what is not in it stays as it is.
"""

from __future__ import annotations

import gradio as gr

from app.compose.landing import Landing
from app.compose.layout import WRITING, Components, Values
from app.compose.take_card import take_tabs
from app.compose.visits import Progress, Result
from app.compose.wishes import MOST_TAKES, Wishes
from app.visitor.motifs import Motif
from app.visitor.passages import passage_shown, tempo_shown


class Showing:
    """What the components of the page show, bound to what it opens with."""

    def __init__(self, components: Components, landing: Landing) -> None:
        self.components = components
        self.landing = landing

    def begun(self, ready: Progress, wishes: Wishes) -> Values:
        """Return what the page shows while the first take is waited for."""
        parts = self.components
        names = [f"Take {wishes.take + place}" for place in range(wishes.takes)]
        cards = [WRITING] * wishes.takes + [""] * (MOST_TAKES - wishes.takes)
        return {
            parts.status: ready.status,
            parts.bar: take_tabs(names, ready.folder),
            **dict(zip(parts.takes, cards, strict=True)),
            # Nothing can be done with takes that are no longer shown.
            parts.result: None,
        }

    def changed(self, ready: Progress, before: Progress) -> Values:
        """Return what changes on the page; what is there already is left alone, for it may play."""
        parts = self.components
        fresh = slice(len(before.cards), len(ready.cards))
        values = {parts.status: ready.status}
        values |= zip(parts.takes[fresh], ready.cards[fresh], strict=True)
        if ready.neighbours != before.neighbours:
            values[parts.neighbours] = ready.neighbours
        if ready.result is not None:
            values |= self.states(ready.result, ready.result.address)
            if ready.result.asked.rerolls:
                values[parts.bar] = ready.result.tabs
        return values

    def motif_with(self, motif: Motif, card: str) -> Values:
        """Return what shows a motif, by its card."""
        parts = self.components
        return {
            parts.shared.motif: motif,
            parts.notes: motif.text,
            parts.motif_card: card,
            parts.settings["tempo_bpm"]: gr.update(**tempo_shown(motif)),
            parts.settings["progression"]: motif.progression,
            **self.passage(motif),
        }

    def passage(self, motif: Motif) -> Values:
        """Return what the controls show that say what of its file a motif is."""
        shown = passage_shown(motif).items()
        return {self.components.passage[name]: gr.update(**told) for name, told in shown}

    def sure(self, motif: Motif, card: str, asked: int) -> Values:
        """Return what makes sure that the motif is shown that music was made of."""
        parts = self.components
        return {
            parts.shared.motif: motif,
            parts.motif_card: card,
            parts.example: motif.name if motif.example else None,
            parts.number: asked,
        }

    def about(self, motif: Motif, asked: int, *, shown: object, sent: Values) -> Values:
        """Return what a page would send that shows a motif, where it sends another.

        The page may still show the motif before it, or show that one again: an older answer may
        have come after it. Notes that somebody has typed stay.

        Parameters
        ----------
        asked
            The number of the request for the motif.
        shown
            The motif that the page shows, as far as that is known.
        sent
            What it sends.
        """
        parts = self.components
        untyped = (shown, sent[parts.shared.motif], self.landing.motif)
        texts = [one.text.split() for one in untyped if isinstance(one, Motif)]
        values: Values = {parts.number: asked, parts.shared.motif: motif}
        if sent.get(parts.notes, "").split() in texts:
            values[parts.notes] = motif.text
        return values

    def no_sources(self, motif: Motif) -> Values:
        """Return that the motif comes from none of the sources but, maybe, from the examples."""
        example = motif.name if motif.example else None
        return {**dict.fromkeys(self.components.sources), self.components.example: example}

    def settings(self, wishes: Wishes, motif: Motif) -> Values:
        """Return what the controls stand at, for wishes about a motif."""
        controls = self.components.settings
        tempo = {controls["tempo_bpm"]: gr.update(**tempo_shown(motif, wishes.tempo_bpm))}
        return {control: getattr(wishes, name) for name, control in controls.items()} | tempo

    def states(self, result: Result | None, link: str) -> Values:
        """Return a result, and the query of the address that leads to it."""
        parts = self.components
        return {
            parts.result: result,
            parts.shared.takes: () if result is None else result.newest_first,
            parts.link: link,
        }

    def plain(self) -> Values:
        """Return what tells the page what it shows already."""
        motif = self.landing.motif
        return {
            self.components.shared.motif: motif,
            **self.states(self.landing.progress.result, ""),
        }

    def landed(self) -> Values:
        """Return what shows the first example again."""
        parts, motif, ready = self.components, self.landing.motif, self.landing.progress
        if motif is None or ready.result is None:
            return self.plain()
        absent = [""] * (MOST_TAKES - len(ready.cards))
        return {
            **self.motif_with(motif, self.landing.card),
            parts.example: motif.name,
            **self.settings(Wishes(tempo_bpm=motif.tempo_bpm), motif),
            parts.status: "",
            parts.neighbours: ready.neighbours,
            parts.bar: ready.result.tabs,
            **dict(zip(parts.takes, [*ready.cards, *absent], strict=True)),
            **self.states(ready.result, ""),
        }
