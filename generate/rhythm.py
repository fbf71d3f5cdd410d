"""Neighbours -> rhythm of a piece: whole bars, taken from tunes and arranged so that they recur.

A bar of rhythm is quoted as it stands in a tune and cited note by note. The plan is that of the
common period, a b a c | a b a d: bars come back, and both halves close on a longer note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.composition import Fragment, Place, Source
from generate.frame import Frame
from generate.material import Neighbour
from mer.melody import TICKS_PER_QUARTER, Melody

_SHORTEST_NOTE = TICKS_PER_QUARTER // 8
_SECTION = "abac"
_CONTRAST = "efeg"
_ENDINGS = ("", "d", "ad", "abd", "abad")
_CADENCES = "cdg"
HALF_CLOSES = "cg"


@dataclass(frozen=True)
class Bar:
    """The rhythm of one bar.

    Parameters
    ----------
    onset, duration
        Ticks; onsets count from the barline, the first is 0.
    places
        The note that each was taken from; None where the rhythm is even beats.
    """

    onset: tuple[int, ...]
    duration: tuple[int, ...]
    places: tuple[Place | None, ...]


@dataclass(frozen=True)
class Slot:
    """A note before it has a pitch, or, in a statement of the motif, with it.

    Parameters
    ----------
    onset, duration
        Ticks, from the beginning of the piece.
    place
        The note whose duration it takes; None in statements and even beats.
    pitch, source
        Set where the motif is stated.
    pauses
        Whether the note closes a section before the last.
    """

    onset: int
    duration: int
    place: Place | None = None
    pitch: int | None = None
    source: Source | None = None
    pauses: bool = False


def plan(bars: int) -> str:
    """Return one letter per bar: equal letters share their rhythm; c, g, d close a section.

    Examples
    --------
    >>> plan(8), plan(6), plan(2)
    ('abacabad', 'abacad', 'ad')
    """
    sections, rest = divmod(bars - 1, 4)
    body = [_CONTRAST if number % 4 == 2 else _SECTION for number in range(sections)]
    return "".join(body) + _ENDINGS[rest + 1]


def bars_of(melody: Melody, neighbour: Neighbour | None = None) -> list[Bar]:
    """Return the bars of a melody that begin with a note and that no note crosses."""
    length = melody.bar_ticks
    number = (melody.onset - melody.downbeat) // length
    position = melody.bar_position
    found = []
    for bar in range(int(number[0]), int(number[-1]) + 1):
        notes = np.flatnonzero(number == bar)
        if not len(notes) or position[notes[0]] != 0:
            continue
        if position[notes[-1]] + melody.duration[notes[-1]] > length:
            continue
        if 2 * int(melody.duration[notes].sum()) < length:
            continue
        places = tuple(
            Place("", 0, note) if neighbour is None else neighbour.place(note)
            for note in notes.tolist()
        )
        found.append(
            Bar(tuple(position[notes].tolist()), tuple(melody.duration[notes].tolist()), places)
        )
    return found


def even_bar(frame: Frame) -> Bar:
    """Return a bar of plain beats, for metres in which the corpus has no tune."""
    beat = frame.beat_ticks
    onset = tuple(range(0, frame.bar_ticks, beat))
    return Bar(onset, tuple(min(beat, frame.bar_ticks - o) for o in onset), (None,) * len(onset))


def choose_bars(
    frame: Frame, theme: Melody, neighbours: Sequence[Neighbour], rng: np.random.Generator
) -> dict[str, Bar]:
    """Return a bar of rhythm for every letter of the plan.

    The bars of the opening keep the motif's own rhythm. The others come from one tune as far as
    that goes, drawn by similarity and by how near its bars come to the motif in notes per bar.
    """
    letters = plan(frame.bars)
    chosen = _opening_bars(frame, letters)
    fitting = [n for n in neighbours if n.tune.melody.meter == frame.meter]
    stock = [(bars, n.weight) for n in fitting if (bars := bars_of(n.tune.melody, n))]
    if not stock:
        stock = [([even_bar(frame)], 1.0)]
    pool = stock[_drawn([weight for _, weight in stock], rng)][0]
    density = len(theme) * frame.bar_ticks / max(int(theme.end[-1]), 1)
    closeness = np.array([np.exp(-abs(len(bar.onset) - density) / 2) for bar in pool])
    for letter in sorted(set(letters) - set(chosen)):
        fresh = [0.2 if bar in chosen.values() else 1.0 for bar in pool]
        bar = pool[_drawn((closeness * fresh).tolist(), rng)]
        chosen[letter] = closed(bar, frame) if letter in _CADENCES else bar
    return chosen


def _drawn(weights: Sequence[float], rng: np.random.Generator) -> int:
    reached = np.cumsum(weights)
    return min(int(np.searchsorted(reached, rng.random() * reached[-1])), len(reached) - 1)


def _opening_bars(frame: Frame, letters: str) -> dict[str, Bar]:
    chosen: dict[str, Bar] = {}
    if frame.opening is None:
        return chosen
    melody = frame.opening.melody
    full = (int(melody.end[-1]) - melody.downbeat) // frame.bar_ticks
    for letter, bar in zip(letters[:full], bars_of(melody), strict=False):
        if letter not in _CADENCES:
            chosen.setdefault(letter, bar)
    return chosen


def closed(bar: Bar, frame: Frame) -> Bar:
    """Return the bar brought to rest: its last beat up to the middle is held to the barline."""
    rest = max(
        i
        for i, onset in enumerate(bar.onset)
        if 2 * onset <= frame.bar_ticks and onset % frame.beat_ticks == 0
    )
    held = (*bar.duration[:rest], frame.bar_ticks - bar.onset[rest])
    return Bar(bar.onset[: rest + 1], held, bar.places[: rest + 1])


def lay_out(frame: Frame, bars: dict[str, Bar]) -> list[Slot]:
    """Return the notes of the piece in order, statements of the motif in their places.

    The motif opens the piece, and comes back at the half where that leaves a bar for the ending.
    """
    statements = _statements(frame)
    fixed = [slot for statement in statements for slot in statement]
    walls = [(s[0].onset, s[-1].onset + s[-1].duration) for s in statements]
    slots = list(fixed)
    for number, letter in enumerate(plan(frame.bars)):
        start = frame.pickup + number * frame.bar_ticks
        hold = letter in _CADENCES
        for low, high in _free(start, start + frame.bar_ticks, walls):
            slots.extend(_filled(bars[letter], start, (low, high), hold))
        if letter in HALF_CLOSES and slots and slots[-1].pitch is None:
            slots[-1] = replace(slots[-1], pauses=True)
    return sorted(slots, key=lambda slot: slot.onset)


def _statements(frame: Frame) -> list[list[Slot]]:
    """Return the notes of the opening, and of its head where it comes back."""
    if frame.opening is None:
        return []
    statements = [_stated(frame.opening, 0)]
    half = frame.bars // 2 * frame.bar_ticks
    end = frame.opening.melody.end
    if frame.bars < 4 or 4 * int(end[-1]) > 3 * half:
        return statements
    head = int(np.searchsorted(end, frame.pickup + half // 2, side="right"))
    if head:
        statements.append(_stated(frame.opening.cut(0, head), half))
    return statements


def _stated(fragment: Fragment, start: int) -> list[Slot]:
    melody = fragment.melody
    columns = (melody.onset.tolist(), melody.duration.tolist(), melody.pitch.tolist())
    return [
        Slot(start + onset, duration, pitch=pitch, source=source)
        for onset, duration, pitch, source in zip(*columns, fragment.sources, strict=True)
    ]


def _free(low: int, high: int, walls: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of (low, high) outside the walls, long enough for a note."""
    stretches, at = [], low
    for begin, end in [*walls, (high, high)]:
        if min(begin, high) - at >= _SHORTEST_NOTE:
            stretches.append((at, min(begin, high)))
        at = max(at, min(end, high))
    return stretches


def _filled(bar: Bar, start: int, stretch: tuple[int, int], hold: bool) -> list[Slot]:
    """Return the notes of a bar that sound within a stretch, cut to it; `hold` fills it up."""
    low, high = stretch
    slots: list[Slot] = []
    for onset, duration, place in zip(bar.onset, bar.duration, bar.places, strict=True):
        begin, end = max(start + onset, low), min(start + onset + duration, high)
        if end - begin >= _SHORTEST_NOTE:
            slots.append(Slot(begin, end - begin, place))
    if slots and hold:
        last = slots[-1]
        slots[-1] = Slot(last.onset, high - last.onset, last.place)
    return slots
