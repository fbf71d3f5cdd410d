"""An event of the first page -> what its components show next: a dict of component to value.

What is not in the dict stays as it is. For programs there are endpoints of their own
(`app.share.programs`); these here are the page's alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from app.compose.landing import Landing
from app.compose.layout import (
    NOTHING_YET,
    SEARCHING,
    Components,
    Values,
    nothing,
    together,
)
from app.compose.links import Link, read_link
from app.compose.showing import Showing
from app.compose.visits import NOTHING, Result, Visits
from app.pictures.cards import done_line, status_line
from app.visitor.library import Library, Shelf
from app.visitor.messages import friendly, refusal_line
from app.visitor.motifs import Motif, named_motif
from app.visitor.passages import passage_shown, tempo_shown
from app.visitor.runs import Visitors
from app.visitor.sessions import visitor_of
from app.visitor.whole import barred
from mer.errors import InputError

_NOT_OPENED = "The link could not be opened: {}. What the page opens with is shown instead."
_OLDER = (
    "What is shown was composed before your own files were added or removed; compose again to "
    "search what is there now."
)
_REROLLING = "another take is being re-rolled; wait until it is there"


class Answers:
    """What each event of the page is answered with."""

    def __init__(
        self, components: Components, visits: Visits, library: Library, landing: Landing
    ) -> None:
        self.components = components
        self.visits = visits
        self.library = library
        self.show = Showing(components, landing)
        self._visitors = Visitors()

    def choose_example(self, example: str, request: gr.Request) -> Values:
        """Take an example motif."""
        with self._told(request, beside=True):
            asked = self._visitors.ask()
            motif = self.visits.choose_example(example)
            return self._another(motif, asked, request, now=True)

    def upload(self, file: str, request: gr.Request) -> Values:
        """Take the motif in a file of any notation that is read."""
        with self._told(request, beside=True):
            asked = self._visitors.ask()
            self.visits.sessions.uploaded(visitor_of(request), file)
            motif = self.visits.upload(file)
            return self._another(motif, asked, request, source=self.components.upload, now=True)

    def hear(self, recording: str | None, request: gr.Request) -> Values:
        """Take the motif that was hummed, whistled or played."""
        with self._told(request, beside=True):
            if recording is None:
                return nothing()
            asked = self._visitors.ask()
            self.visits.sessions.uploaded(visitor_of(request), recording)
            motif = self.visits.hear(recording)
            return self._another(motif, asked, request, source=self.components.recording, now=True)

    hear_file = hear

    def use_notes(self, values: Values, request: gr.Request) -> Values:
        """Take the motif that the text box holds."""
        with self._told(request, beside=True):
            values = self._up_to_date(values, request)
            at_hand, notes = values[self.components.shared.motif], values[self.components.notes]
            asked = self._visitors.ask()
            return self._another(self.visits.edited(at_hand, notes), asked, request, now=True)

    def passage(self, name: str) -> Callable[[Values, gr.Request], Values]:
        """Return what takes another passage of the motif's file when one control is changed."""

        def take_passage(values: Values, request: gr.Request) -> Values:
            """Take another tune, track, metre or other bars."""
            value = values[self.components.passage[name]]
            motif = self._as_barred(values, request)
            if value == passage_shown(motif)[name]["value"]:
                return nothing()  # a menu tells of one choice twice
            with self._told(request, beside=True):
                asked = self._visitors.ask()
                shown = self._another(self.visits.passage(motif, name, value), asked, request)
                return self._of_the_file(shown)

        return take_passage

    def take_bars(self, values: Values, event: gr.EventData, request: gr.Request) -> Values:
        """Take other bars of the tune as the motif."""
        motif = self._as_barred(values, request)
        with self._told(request, beside=True):
            asked = self._visitors.ask()
            first, last = int(event.first), int(event.last)
            shown = self._another(self.visits.chosen_bars(motif, first, last), asked, request)
            return self._of_the_file(shown)

    def _of_the_file(self, shown: Values) -> Values:
        """Return what changes with a motif that is still one of the file that was uploaded."""
        kept = (self.components.upload, self.components.recording)
        return {part: shown[part] for part in shown if part not in kept}

    def take_phrase(self, shelf: Shelf | None, event: gr.EventData, request: gr.Request) -> Motif:
        """Take a phrase that was found as the motif of all pages."""
        with self._told(request):
            phrase = self.library.index_of(shelf).phrase(int(event.phrase))
            return named_motif(
                phrase.melody, f"{phrase.title or 'Untitled'}, phrase {phrase.number}"
            )

    def take_up(self, values: Values, request: gr.Request) -> Values:
        """Show a motif that another page has chosen."""
        chosen = self.components.shared.chosen
        if values[chosen] is None:
            return nothing()
        with self._told(request):
            shown = self._another(values[chosen], self._visitors.ask(), request)
            # Emptied, so that the same motif can be chosen once more.
            return together({chosen: None}, shown)

    def reuse(self, result: Result | None, event: gr.EventData, request: gr.Request) -> Values:
        """Take one of the takes as the next motif."""
        with self._told(request, beside=True):
            asked = self._visitors.ask()
            motif = self.visits.reuse(result, int(event.number))
            shown = self._another(motif, asked, request)
            # What was made of the old motif stays: the take is one of it.
            made = set(self.components.results) - {self.components.status}
            return {part: shown[part] for part in shown if part not in made}

    def to_check(self, result: Result | None, event: gr.EventData, request: gr.Request) -> str:
        """Return the name of the take that the page "Is it new?" is asked about."""
        with self._told(request, beside=True):
            if result is None:
                raise InputError("there is no take yet; compose first")
            return result.takes[result.place(int(event.number))].name

    def compose(self, values: Values, request: gr.Request) -> Iterator[Values]:
        """Search and compose, and show what is ready as soon as it is."""
        with self._told(request):
            yield from self._grown(values, later=False, request=request)

    def compose_now(self, values: Values, request: gr.Request) -> Iterator[Values]:
        """Compose from a motif that was just taken, once."""
        if not self._visitors.take_fresh(visitor_of(request)):
            yield nothing()
            return
        # Not what the browser shows: an older answer may have come there after the motif.
        yield from self.compose(values, request)

    def compose_more(self, values: Values, request: gr.Request) -> Iterator[Values]:
        """Compose the takes after those that are shown, and show the number of the first."""
        # One event with the composing: a second click cannot count further than what is composed.
        with self._told(request):
            yield from self._grown(values, later=True, request=request)

    def open_page(self, query: str, request: gr.Request) -> Iterator[Values]:
        """Show what the address asks for; else only tell the page what it shows already."""
        yield from self._opened(query, request, opening=True)

    def go_back(self, query: str, request: gr.Request) -> Iterator[Values]:
        """Show again what an address of this visit leads to, or what the page opened with."""
        self._visitors.begin(visitor_of(request))
        yield from self._opened(query, request, opening=False)

    def _opened(self, query: str, request: gr.Request, *, opening: bool) -> Iterator[Values]:
        """Yield what an address asks for; if it asks for nothing, what the page opens with.

        Somebody may have chosen a motif before the address was read: then that one stays.
        """
        visitor = visitor_of(request)
        # What the page opens with was asked for before all else, whenever that is found out.
        asked = 0 if opening else self._visitors.ask()
        number = {self.components.number: asked}
        with self._told(request):
            try:
                link = read_link(query.lstrip("?"), self.visits.examples)
                if link is None and opening:  # what is composed meanwhile goes on
                    unchanged = self._visitors.is_met(visitor, 0)
                    yield self.show.plain() if unchanged else nothing()
                    return
                first = self.show.landed() if link is None else self._linked(link)
                motif = self.show.landing.motif if link is None else link.motif
                if not self._visitors.meet(visitor, asked, motif):
                    yield nothing()
                    return
                if link is None:
                    yield first | number
                    return
                for shown in self._composed(link, None, request, asked):
                    yield together(first | number, shown)
                    first, number = {}, {}
            except InputError as error:
                if self._visitors.is_met(visitor, asked):
                    yield self.show.landed() | {self.components.number: asked}
                raise InputError(_NOT_OPENED.format(error)) from error

    def _linked(self, link: Link) -> Values:
        """Return what shows the motif and the wishes of a link."""
        return {
            **self._motif(link.motif),
            **self.show.settings(link.wishes, link.motif),
            self.components.example: link.motif.name if link.motif.example else None,
        }

    def reroll(self, result: Result | None, event: gr.EventData, request: gr.Request) -> Values:
        """Keep the bars that are locked, and draw the others of a take anew."""
        with self._told(request, beside=True):
            run = self._visitors.run(visitor_of(request))
            began = time.perf_counter()
            number = int(event.number)
            # Of two at once each would forget the other.
            with self._visitors.alone(visitor_of(request), _REROLLING):
                self.visits.sessions.take_turn(request)
                made, card = self.visits.reroll(result, number, str(event.keep)[:100])
            if self._visitors.run(visitor_of(request)) != run:
                return nothing()
            return {
                self.components.status: done_line(time.perf_counter() - began, own=made.own),
                self.components.takes[made.place(number)]: card,
                self.components.bar: made.tabs,
                **self.show.states(made, made.address),
            }

    def refused(self, request: gr.Request) -> str:
        """Return the status line after something was refused: the sentence that says why."""
        return refusal_line(self._visitors.refusal(visitor_of(request)))

    def shelf_changed(self, result: Result | None) -> Any:
        """Say of what is shown that it was searched for in another corpus."""
        return gr.skip() if result is None else status_line(_OLDER)

    def leave(self, request: gr.Request) -> None:
        """Remove the files of a visitor who closes the page."""
        self.visits.sessions.remove(visitor_of(request))
        self._visitors.forget(visitor_of(request))

    def _told(self, request: gr.Request, *, beside: bool = False) -> AbstractContextManager[None]:
        # What is said beside the control that asked needs no message over the page.
        noted = partial(self._visitors.refuse, visitor_of(request))
        return friendly(noted, message=not beside)

    def _folder(self, request: gr.Request) -> Path:
        return self.visits.sessions.folder(visitor_of(request))

    def _up_to_date(self, values: Values, request: gr.Request) -> Values:
        """Return what the page sends, about the motif that was met last."""
        visitor = visitor_of(request)
        asked, motif = self._visitors.met(visitor)
        if not isinstance(motif, Motif):
            return values
        _, shown = self._visitors.met(visitor, values[self.components.number])
        return {**values, **self.show.about(motif, asked, shown=shown, sent=values)}

    def _as_barred(self, values: Values, request: gr.Request) -> Any:
        """Return the motif that was met last, with the bars in which it is shown."""
        parts, result = self.components, values.get(self.components.result)
        motif = self._up_to_date(values, request)[parts.shared.motif]
        if motif is None or result is None or result.asked.motif.text != motif.text:
            return motif
        return barred(motif, result.brief.frame.meter)

    def _grown(self, values: Values, *, later: bool, request: gr.Request) -> Iterator[Values]:
        """Compose from what the text box holds; the motif is shown anew if it is another."""
        parts, given = self.components, self._up_to_date(values, request)
        asked, at_hand = given[parts.number], given[parts.shared.motif]
        motif = self.visits.edited(at_hand, given[parts.notes])
        late = asked != values[parts.number]
        wishes = parts.wishes_told(values, motif, late=late)
        wishes = wishes.later if later and not late else wishes
        wishes.settings()
        first: Values = {parts.settings["take"]: wishes.take}
        if late or motif is not at_hand:
            # What was found and made for the motif before it is not shown beside this one.
            first |= {
                **self._motif(motif),
                parts.number: asked,
                parts.settings["tempo_bpm"]: gr.update(**tempo_shown(motif, wishes.tempo_bpm)),
                **self.show.no_sources(motif),
                parts.neighbours: SEARCHING,
                **self.show.states(None, ""),
            }
        link, shelf = Link(motif, wishes), values[parts.shared.shelf]
        for shown in self._composed(link, shelf, request, asked):
            yield together(first, shown)
            first = {}

    def _composed(
        self, link: Link, shelf: Shelf | None, request: gr.Request, asked: int
    ) -> Iterator[Values]:
        """Yield what changes, for as long as the visitor asks for nothing else.

        Parameters
        ----------
        asked
            The number of the request for the motif.
        """
        self.visits.sessions.take_turn(request)
        run = self._visitors.begin(visitor_of(request), asked, link.motif)
        searched = replace(self.visits, index=self.library.index_of(shelf), own=shelf is not None)
        yielded = NOTHING
        for ready in searched.find_and_compose(link, self._folder(request)):
            if self._visitors.run(visitor_of(request)) != run:
                # The server repeats what came last when all has come: that must be nothing.
                yield nothing()
                return
            if yielded is NOTHING:
                yield self.show.begun(ready, link.wishes)
            elif ready.result is None:
                yield self.show.changed(ready, yielded)
            else:
                # The answer for another motif, older than this one, may have come after it.
                shown = barred(link.motif, ready.result.brief.frame.meter)
                card = self.visits.motif_card(shown, link.motif.tempo_bpm)
                sure = self.show.sure(link.motif, card, asked)
                if shown is not link.motif:
                    sure |= self.show.passage(shown)
                yield self.show.changed(ready, yielded) | sure
            yielded = ready

    def _motif(self, motif: Motif) -> Values:
        """Return what shows a motif."""
        return self.show.motif_with(motif, self.visits.motif_card(motif))

    def _another(
        self,
        motif: Motif,
        asked: int,
        request: gr.Request,
        *,
        source: Any = None,
        now: bool = False,
    ) -> Values:
        """Return what shows a motif, with nothing made of it yet; nothing if it comes too late.

        Parameters
        ----------
        asked
            The number of the request for it.
        source
            The component that it comes from; the others are emptied.
        now
            Whether it is composed from without another click.
        """
        shown = self._motif(motif)
        # What is composed of the motif before it is not shown any more.
        if not self._visitors.meet(visitor_of(request), asked, motif, fresh=now):
            return nothing()
        parts = self.components
        sources = self.show.no_sources(motif)
        sources.pop(source, None)
        return {
            **shown,
            parts.number: asked,
            **sources,
            **parts.usual,
            parts.status: "",
            parts.neighbours: SEARCHING if now else NOTHING_YET,
            parts.bar: "",
            **dict.fromkeys(parts.takes, ""),
            **self.show.states(None, ""),
        }
