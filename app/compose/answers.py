"""An event of the first page -> what its components show next, in the order they are wired in.

For programs there are endpoints of their own (`app.compose.programs`); these here are the page's,
except that files and recordings are read through them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from app.compose.landing import Landing
from app.compose.links import Link, read_link
from app.compose.take_card import take_tabs
from app.compose.visits import NOTHING, Progress, Result, Visits, done_line, status_line
from app.compose.wishes import LARGEST_TAKE, MOST_TAKES, Wishes, whole
from app.messages import friendly, refusal_line
from app.visitor.library import Library, Shelf
from app.visitor.motifs import Motif
from app.visitor.runs import Visitors
from app.visitor.sessions import Sessions
from mer.errors import InputError

WISHES = tuple(field.name for field in fields(Wishes))
_WHOLE = {"bars": "bars", "max_copy": "notes in a row", "takes": "takes", "take": "take"}
_NOT_OPENED = "The link could not be opened"
_SHOWN_INSTEAD = "What the page opens with is shown instead."
_OLDER = (
    "What is shown was composed before your own files were added or removed; compose again to "
    "search what is there now."
)
_WRITING = '<div class="waiting-take" role="status">Writing…</div>'
NOTHING_YET = (
    '<p class="empty">Press “Find and compose”: the nearest phrases and the new music appear '
    "here.</p>"
)


class Answers:
    """What each event of the page is answered with."""

    def __init__(self, visits: Visits, library: Library, landing: Landing) -> None:
        self.visits = visits
        self.library = library
        self.landing = landing
        self._visitors = Visitors()

    def choose_example(self, example: str, request: gr.Request) -> tuple[Any, ...]:
        """Take an example motif."""
        with self._told(request):
            motif = self.visits.choose_example(example)
            return *self._another(motif, request), None, None, *_no_results()

    def upload(self, file: str, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif in a MIDI, MusicXML, ABC or kern file; its notes come back as text.

        Args:
            file: the file; at most two megabytes.

        Returns
        -------
            the notes, as text that the other endpoints take; a picture of them, as HTML; their
            tempo in quarters a minute; what is left empty until something is composed.
        """
        with self._told(request):
            self.visits.sessions.uploaded(visitor(request), file)
            return self._taken(self.visits.upload(file), request)

    def hear(self, recording: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif that was hummed, whistled or played; its notes come back as text.

        Args:
            recording: a WAV, FLAC, Ogg or MP3 file of at most a minute, one note at a time.

        Returns
        -------
            as for /upload.
        """
        with self._told(request):
            if recording is None:
                return tuple(gr.skip() for _ in range(5 + len(_no_results())))
            self.visits.sessions.uploaded(visitor(request), recording)
            return self._taken(self.visits.hear(recording), request)

    hear_file = hear

    def use_notes(self, motif: Motif | None, notes: str, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif that the text box holds."""
        with self._told(request):
            motif = self.visits.edited(motif, notes)
            return *self._another(motif, request), None, None, None, *_no_results()

    def take_up(self, motif: Motif | None, shown: str, request: gr.Request) -> tuple[Any, ...]:
        """Show a motif that another page has chosen; what is shown already stays as it is."""
        if motif is None or motif.text == shown:
            return (gr.skip(),) * (7 + len(_no_results()))
        with self._told(request):
            return *self._another(motif, request)[1:], None, None, None, *_no_results()

    def reuse(
        self, result: Result | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        """Take one of the takes as the next motif."""
        with self._told(request):
            motif = self.visits.reuse(result, int(event.number))
            # What was made of the old motif stays: the take is one of it.
            return *self._motif(motif, request), None, None, None, ""

    def compose(
        self,
        motif: Motif | None,
        shelf: Shelf | None,
        notes: str,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[tuple[Any, ...]]:
        """Search and compose, and show what is ready as soon as it is."""
        with self._told(request):
            yield from self._grown((motif, notes), shelf, wishes_of(settings), request)

    def compose_more(
        self,
        motif: Motif | None,
        shelf: Shelf | None,
        notes: str,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[tuple[Any, ...]]:
        """Compose the takes after those that are shown; the number of the first comes last."""
        # One event with the composing: a second click cannot count further than what is composed.
        with self._told(request):
            wishes = later(wishes_of(settings))
            number: Any = wishes.take
            for shown in self._grown((motif, notes), shelf, wishes, request):
                yield *shown, number
                number = gr.skip()

    def open_page(self, query: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Show what the address asks for; else only tell the page what it shows already."""
        with self._told(request):
            try:
                link = read_link(query.lstrip("?"), self.visits.examples)
                if link is None:
                    yield self._plain()
                    return
                first: tuple[Any, ...] = (
                    *self._motif(link.motif, request)[:4],
                    link.wishes.tempo_bpm,
                    link.motif.name if link.motif.example else None,
                    *(getattr(link.wishes, name) for name in WISHES),
                )
                for shown in self._composed(link, None, request):
                    yield *first, *shown
                    first = (gr.skip(),) * len(first)
            except InputError as error:
                yield self._landed()
                raise InputError(f"{_NOT_OPENED}: {error}. {_SHOWN_INSTEAD}") from error

    def reroll(
        self,
        result: Result | None,
        shelf: Shelf | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Keep the bars that are locked, and draw the others of a take anew."""
        with self._told(request):
            run = self._visitors.run(visitor(request))
            take_turn(self.visits.sessions, request)
            began = time.perf_counter()
            number = int(event.number)
            searched = self._searched(shelf)
            made, card = searched.reroll(result, number, str(event.keep)[:100])
            if self._visitors.run(visitor(request)) != run:
                return (gr.skip(),) * 6
            bar = take_tabs([take.name for take in made.takes], made.folder.name)
            status = done_line(time.perf_counter() - began, own=searched.own)
            return status, card, bar, made, takes_of(made), made.link

    def refused(self, request: gr.Request) -> str:
        """Return the status line after something was refused: the sentence that says why."""
        return refusal_line(self._visitors.refusal(visitor(request)))

    def shelf_changed(self, result: Result | None) -> Any:
        """Say of what is shown that it was searched for in another corpus."""
        return gr.skip() if result is None else status_line(_OLDER)

    def leave(self, request: gr.Request) -> None:
        """Remove the files of a visitor who closes the page."""
        self.visits.sessions.remove(visitor(request))
        self._visitors.forget(visitor(request))

    def _told(self, request: gr.Request) -> AbstractContextManager[None]:
        return friendly(partial(self._visitors.refuse, visitor(request)))

    def _searched(self, shelf: Shelf | None) -> Visits:
        index = self.library.index_of(shelf)
        return replace(self.visits, index=index, own=shelf is not None)

    def _folder(self, request: gr.Request) -> Path:
        return self.visits.sessions.folder(visitor(request))

    def _motif(self, motif: Motif, request: gr.Request) -> tuple[Any, ...]:
        """Return what shows a motif: the motif, what is shown, notes, card, tempo."""
        card = self.visits.motif_card(motif, self._folder(request))
        return motif, motif.text, motif.text, card, motif.tempo_bpm

    def _another(self, motif: Motif, request: gr.Request) -> tuple[Any, ...]:
        # What is composed of the motif before it is not shown any more.
        self._visitors.begin(visitor(request))
        return self._motif(motif, request)

    def _taken(self, motif: Motif, request: gr.Request) -> tuple[Any, ...]:
        state, *shown = self._another(motif, request)
        return *shown, state, *_no_results()

    def _grown(
        self,
        told: tuple[Motif | None, str],
        shelf: Shelf | None,
        wishes: Wishes,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """Compose from what the text box holds; the motif is shown anew if it is another."""
        wishes.settings()
        motif = self.visits.edited(*told)
        same = (gr.skip(),) * 5
        first = same
        if motif is not told[0]:
            first = (*self._motif(motif, request)[:4], gr.skip())
        for shown in self._composed(Link(motif, wishes), shelf, request):
            yield *first, *shown
            first = same

    def _composed(
        self, link: Link, shelf: Shelf | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        """Yield what changes, for as long as the visitor asks for nothing else."""
        take_turn(self.visits.sessions, request)
        run = self._visitors.begin(visitor(request))
        searched = self._searched(shelf)
        before = NOTHING
        for ready in searched.find_and_compose(link, self._folder(request)):
            if self._visitors.run(visitor(request)) != run:
                return
            yield _shown(ready, before, link.wishes)
            before = ready

    def _plain(self) -> tuple[Any, ...]:
        """Return what tells the page what it shows already."""
        landing = self.landing
        text = "" if landing.motif is None else landing.motif.text
        told = (landing.motif, text, *(gr.skip(),) * (4 + len(WISHES)))
        return *told, *_skipped(), *_states_of(landing.progress.result, "")

    def _landed(self) -> tuple[Any, ...]:
        """Return what shows the first example again."""
        motif, ready = self.landing.motif, self.landing.progress
        if motif is None or ready.result is None:
            return self._plain()
        wishes = Wishes(tempo_bpm=motif.tempo_bpm)
        return (
            *(motif, motif.text, motif.text, self.landing.card, motif.tempo_bpm, motif.name),
            *(getattr(wishes, name) for name in WISHES),
            "",
            ready.neighbours,
            take_tabs([take.name for take in ready.result.takes], ready.run),
            *(ready.cards[n] if n < len(ready.cards) else "" for n in range(MOST_TAKES)),
            *_states_of(ready.result, ""),
        )


def wishes_of(settings: tuple[Any, ...]) -> Wishes:
    """Return the wishes that the controls, in the order of `WISHES`, stand at."""
    told = dict(zip(WISHES, settings, strict=True))
    for name, words in _WHOLE.items():
        told[name] = whole(words, told[name])
    return Wishes(**told)


def later(wishes: Wishes) -> Wishes:
    """Return the wishes for the takes after those that are asked for.

    Examples
    --------
    >>> later(Wishes(take=1, takes=3)).take
    4
    """
    return replace(wishes, take=min(wishes.take + wishes.takes, LARGEST_TAKE))


def _shown(ready: Progress, before: Progress, wishes: Wishes) -> tuple[Any, ...]:
    """Return what changes on the page; what is there already is left alone, for it may play."""
    bar: Any = gr.skip()
    cards: list[Any] = [gr.skip()] * MOST_TAKES
    if before is NOTHING:
        names = [f"Take {wishes.take + place}" for place in range(wishes.takes)]
        bar = take_tabs(names, ready.run)
        cards = [_WRITING if place < wishes.takes else "" for place in range(MOST_TAKES)]
    for place in range(len(before.cards), len(ready.cards)):
        cards[place] = ready.cards[place]
    found = ready.result
    if found is not None and found.rerolls:
        bar = take_tabs([take.name for take in found.takes], ready.run)
    neighbours = gr.skip() if ready.neighbours == before.neighbours else ready.neighbours
    states: tuple[Any, ...] = (gr.skip(),) * 3
    if found is not None:
        states = _states_of(found, found.link)
    elif before is NOTHING:
        # Nothing can be done with takes that are no longer shown.
        states = (None, gr.skip(), gr.skip())
    return ready.status, neighbours, bar, *cards, *states


def _no_results() -> tuple[Any, ...]:
    # Results of another motif must not stay beside the new one.
    return "", NOTHING_YET, "", *("",) * MOST_TAKES, None, (), ""


def _skipped() -> tuple[Any, ...]:
    return (gr.skip(),) * (3 + MOST_TAKES)


def _states_of(result: Result | None, link: str) -> tuple[Any, ...]:
    return result, () if result is None else takes_of(result), link


def takes_of(result: Result) -> tuple[tuple[str, Any], ...]:
    """Return name and melody of each take, newest first, as the other pages want them."""
    named = [(take.name, take.composition.melody) for take in result.takes]
    return tuple(reversed(named))


def visitor(request: gr.Request) -> str:
    """Return the key of the visitor."""
    return request.session_hash or "nobody"


def take_turn(sessions: Sessions, request: gr.Request) -> None:
    """Count a composition of the visitor, or refuse it if there were too many this minute."""
    address = request.client.host if request.client else None
    sessions.turns.take(visitor(request), address)
