"""An event of the first page -> what its components show next, in the order they are wired in.

For programs there are endpoints of their own (`app.programs`); these here are the page's, except
that files and recordings are read through them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import gradio as gr

from app.landing import Landing
from app.library import Library, Shelf
from app.links import Link, read_link
from app.messages import friendly
from app.motifs import Motif
from app.sessions import Sessions
from app.take_card import take_tabs
from app.visits import NOTHING, Progress, Result, Visits
from app.wishes import LARGEST_TAKE, MOST_TAKES, Wishes, whole
from mer.errors import InputError

WISHES = tuple(field.name for field in fields(Wishes))
_WHOLE = {"bars": "bars", "max_copy": "notes in a row", "takes": "takes", "take": "take"}
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

    def choose_example(self, example: str, request: gr.Request) -> tuple[Any, ...]:
        """Take an example motif."""
        with friendly():
            motif = self.visits.choose_example(example)
            return *self._motif(motif, request), None, None, *_no_results()

    def upload(self, file: str, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif in a MIDI, MusicXML, ABC or kern file; its notes come back as text.

        Args:
            file: the file; at most two megabytes.

        Returns
        -------
            the notes, as text that the other endpoints take; a picture of them, as HTML; their
            tempo in quarters a minute; what is left empty until something is composed.
        """
        with friendly():
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
        with friendly():
            if recording is None:
                return tuple(gr.skip() for _ in range(5 + len(_no_results())))
            self.visits.sessions.uploaded(visitor(request), recording)
            return self._taken(self.visits.hear(recording), request)

    hear_file = hear

    def use_notes(self, motif: Motif | None, notes: str, request: gr.Request) -> tuple[Any, ...]:
        """Take the motif that the text box holds."""
        with friendly():
            motif = self.visits.edited(motif, notes)
            return *self._motif(motif, request), None, None, None, *_no_results()

    def take_up(self, motif: Motif | None, shown: str, request: gr.Request) -> tuple[Any, ...]:
        """Show a motif that another page has chosen; what is shown already stays as it is."""
        if motif is None or motif.text == shown:
            return (gr.skip(),) * (7 + len(_no_results()))
        with friendly():
            return *self._motif(motif, request)[1:], None, None, None, *_no_results()

    def reuse(
        self, result: Result | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        """Take one of the takes as the next motif."""
        with friendly():
            motif = self.visits.reuse(result, int(event.number))
            return *self._motif(motif, request), None, None, None

    def compose(
        self,
        motif: Motif | None,
        shelf: Shelf | None,
        notes: str,
        request: gr.Request,
        *settings: Any,
    ) -> Iterator[tuple[Any, ...]]:
        """Search and compose, and show what is ready as soon as it is."""
        with friendly():
            wishes = wishes_of(settings)
            wishes.settings()
            taken = self.visits.edited(motif, notes)
            same = (gr.skip(),) * 5
            told = same if taken is motif else (*self._motif(taken, request)[:4], gr.skip())
            for shown in self._composed(Link(taken, wishes), shelf, request):
                yield *told, *shown
                told = same

    def open_page(self, query: str, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Show what the address asks for; else only tell the page what it shows already."""
        rest = (gr.skip(),) * (1 + len(WISHES))
        landing = self.landing
        text = "" if landing.motif is None else landing.motif.text
        told = (landing.motif, text, gr.skip(), gr.skip(), gr.skip())
        found = landing.progress.result
        takes = () if found is None else takes_of(found)
        plain = (*told, *rest, *_skipped(), found, takes, "")
        with friendly():
            try:
                link = read_link(query.lstrip("?"), self.visits.examples)
            except InputError:
                yield plain
                raise
            if link is None:
                yield plain
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

    def reroll(
        self,
        result: Result | None,
        shelf: Shelf | None,
        event: gr.EventData,
        request: gr.Request,
    ) -> tuple[Any, ...]:
        """Keep the bars that are locked, and draw the others of a take anew."""
        with friendly():
            take_turn(self.visits.sessions, request)
            searched = replace(self.visits, index=self.library.index_of(shelf))
            number = int(event.number)
            made, card = searched.reroll(result, number, str(event.keep)[:100])
            bar = take_tabs([take.name for take in made.takes], made.folder.name)
            return "", card, bar, made, takes_of(made), made.link

    def next_takes(self, take: float, takes: float) -> int:
        """Return the number of the first of the takes after those that are shown."""
        with friendly():
            return min(whole("take", take) + whole("takes", takes), LARGEST_TAKE)

    def not_composed(self) -> str:
        """Return the status line after something went wrong."""
        return '<div class="status" role="status">Nothing composed: the message says why.</div>'

    def leave(self, request: gr.Request) -> None:
        """Remove the files of a visitor who closes the page."""
        self.visits.sessions.remove(visitor(request))

    def _folder(self, request: gr.Request) -> Path:
        return self.visits.sessions.folder(visitor(request))

    def _motif(self, motif: Motif, request: gr.Request) -> tuple[Any, ...]:
        """Return what shows a motif: the motif, what is shown, notes, card, tempo."""
        card = self.visits.motif_card(motif, self._folder(request))
        return motif, motif.text, motif.text, card, motif.tempo_bpm

    def _taken(self, motif: Motif, request: gr.Request) -> tuple[Any, ...]:
        state, *shown = self._motif(motif, request)
        return *shown, state, *_no_results()

    def _composed(
        self, link: Link, shelf: Shelf | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        take_turn(self.visits.sessions, request)
        searched = replace(self.visits, index=self.library.index_of(shelf))
        before = NOTHING
        for ready in searched.find_and_compose(link, self._folder(request)):
            yield _shown(ready, before, link.wishes)
            before = ready


def wishes_of(settings: tuple[Any, ...]) -> Wishes:
    """Return the wishes that the controls, in the order of `WISHES`, stand at."""
    told = dict(zip(WISHES, settings, strict=True))
    for name, words in _WHOLE.items():
        told[name] = whole(words, told[name])
    return Wishes(**told)


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
    states = (gr.skip(),) * 3 if found is None else (found, takes_of(found), found.link)
    return ready.status, neighbours, bar, *cards, *states


def _no_results() -> tuple[Any, ...]:
    # Results of another motif must not stay beside the new one.
    return "", NOTHING_YET, "", *("",) * MOST_TAKES, None, (), ""


def _skipped() -> tuple[Any, ...]:
    return (gr.skip(),) * (3 + MOST_TAKES)


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
