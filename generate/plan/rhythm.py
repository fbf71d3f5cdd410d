"""Neighbours -> rhythm of a piece: whole bars, taken from tunes and arranged so that they recur.

A bar of rhythm is quoted as it stands in a tune and cited note by note. Sections of one letter
share their bars, and pauses close on a longer note.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from generate.piece.composition import Fragment, Source
from generate.piece.places import Place
from generate.piece.planned import Bar
from generate.plan.form import RUNS_ON
from generate.plan.frame import Frame
from generate.plan.material import Neighbour
from mer.notes.melody import TICKS_PER_QUARTER, Melody

# The shortest note that cutting leaves, and that a bar may have unless the motif has shorter ones.
SHORTEST_NOTE = TICKS_PER_QUARTER // 8
SHORTEST_QUOTED = TICKS_PER_QUARTER // 4
_USED_BEFORE = 0.2
# How many notes a bar may have more or less than the motif has, before it becomes unlikely.
DENSITY_SPREAD = 1.5


class Slot(NamedTuple):
    """A note before it has a pitch, or, where it is fixed, with it.

    Parameters
    ----------
    onset, duration
        Ticks, from the beginning of the piece.
    place
        The note whose duration it takes; None in fixed notes and even beats.
    pitch, source
        Set where the note is fixed: in statements of the motif and in bars that are kept.
    ending
        ``"open"`` or ``"closed"`` if the note ends a section so.
    echo, steps
        Onset of the earlier note that it repeats, and by how many scale steps it is moved; None for
        a note of its own.
    near
        The pitch that the lender of the plan has there, for its register; None where none is lent.
    """

    onset: int
    duration: int
    place: Place | None = None
    pitch: int | None = None
    source: Source | None = None
    ending: str = RUNS_ON
    echo: int | None = None
    steps: int = 0
    near: int | None = None


def bars_of(melody: Melody, neighbour: Neighbour | None = None) -> list[Bar]:
    """Return the bars of a melody that begin with a note and that no note crosses."""
    return list(numbered_bars(melody, neighbour).values())


def numbered_bars(melody: Melody, neighbour: Neighbour | None = None) -> dict[int, Bar]:
    """Return the same by their number, from 0; a pick-up is none."""
    length = melody.bar_ticks
    number = (melody.onset - melody.downbeat) // length
    position, duration = tuple(melody.bar_position.tolist()), tuple(melody.duration.tolist())
    edges = (np.flatnonzero(np.diff(number)) + 1).tolist()
    found = {}
    for first, stop in pairwise((0, *edges, len(number))):
        if position[first] != 0 or position[stop - 1] + duration[stop - 1] > length:
            continue
        if 2 * sum(duration[first:stop]) < length:
            continue
        places = tuple(
            Place("", 0, note) if neighbour is None else neighbour.place(note)
            for note in range(first, stop)
        )
        found[int(number[first])] = Bar(position[first:stop], duration[first:stop], places)
    return found


def with_lead(bar: Bar, melody: Melody) -> Bar:
    """Return a bar with the rhythm of a melody's pick-up at its end, as far as that is free.

    A motif with a pick-up mostly stops where its next round would begin: what stands there leads
    into whatever follows.
    """
    move = melody.bar_ticks - melody.downbeat
    free = bar.onset[-1] + bar.duration[-1]
    onset, duration = melody.onset.tolist(), melody.duration.tolist()
    led = [
        note
        for note in range(int(np.searchsorted(melody.onset, melody.downbeat)))
        if onset[note] + move >= free and onset[note] + duration[note] <= melody.downbeat
    ]
    return Bar(
        (*bar.onset, *(onset[note] + move for note in led)),
        (*bar.duration, *(duration[note] for note in led)),
        (*bar.places, *(Place("", 0, note) for note in led)),
    )


def even_bar(frame: Frame) -> Bar:
    """Return a bar of plain beats."""
    beat = frame.beat_ticks
    onset = tuple(range(0, frame.bar_ticks, beat))
    return Bar(onset, tuple(min(beat, frame.bar_ticks - o) for o in onset), (None,) * len(onset))


Stock = Sequence[tuple[Sequence[Bar], float]]


def bar_stock(frame: Frame, theme: Melody, neighbours: Sequence[Neighbour]) -> Stock:
    """Return the bars of each neighbour in the metre of the piece, and its weight."""
    shortest = min(SHORTEST_QUOTED, int(theme.duration.min()))
    stock = []
    for neighbour in neighbours:
        if neighbour.tune.melody.meter == frame.meter:
            own = bars_of(neighbour.tune.melody, neighbour)
            own = [bar for bar in own if min(bar.duration) >= shortest]
            stock += [(own, neighbour.weight)] if own else []
    return stock


def choose_bars(
    frame: Frame, theme: Melody, stock: Stock, rng: np.random.Generator
) -> tuple[Bar, ...]:
    """Return a bar of rhythm for every bar of the piece.

    Bars of the first letter keep the motif's own rhythm where it has any. The others come from one
    tune as far as that goes, drawn by similarity and by how near its bars come to the motif in
    notes per bar. The last bar before a pause is closed.
    """
    motif = [] if frame.opening is None else bars_of(frame.opening.melody)
    pool = stock[drawn([weight for _, weight in stock], rng)][0]
    density = len(theme) * frame.bar_ticks / max(int(theme.end[-1]), 1)
    closeness = np.array([np.exp(-abs(len(bar.onset) - density) / DENSITY_SPREAD) for bar in pool])
    chosen: dict[tuple[str, int], Bar] = {}
    piece = []
    for section in frame.sections:
        for number in range(section.bars):
            place = (section.letter, number)
            if place not in chosen and section.letter == frame.sections[0].letter and motif:
                chosen[place] = motif[number % len(motif)]
            if place not in chosen:
                used = chosen.values()
                fresh = [_USED_BEFORE if bar in used else 1.0 for bar in pool]
                chosen[place] = pool[drawn((closeness * fresh).tolist(), rng)]
            bar = chosen[place]
            if number == section.bars - 1 and frame.opening is not None:
                bar = with_lead(bar, frame.opening.melody)
            ends = section.ending and number == section.bars - 1
            piece.append(closed(chosen[place], frame) if ends else bar)
    return tuple(piece)


def repeated_bars(frame: Frame, own: Sequence[Bar]) -> tuple[Bar, ...]:
    """Return bars of rhythm, over and over, for every bar of the piece; pauses closed."""
    pauses = {section.stop - 1 for section in frame.sections if section.ending}
    bars = [own[number % len(own)] for number in range(frame.bars)]
    return tuple(closed(bar, frame) if n in pauses else bar for n, bar in enumerate(bars))


def drawn(weights: Sequence[float], rng: np.random.Generator) -> int:
    """Return a place, drawn in proportion to its weight."""
    reached = np.cumsum(weights)
    return min(int(np.searchsorted(reached, rng.random() * reached[-1])), len(reached) - 1)


def closed(bar: Bar, frame: Frame) -> Bar:
    """Return the bar brought to rest: its last beat up to the middle is held to the barline."""
    beats = [
        i
        for i, onset in enumerate(bar.onset)
        if 2 * onset <= frame.bar_ticks and onset % frame.beat_ticks == 0
    ]
    rest = max(beats, default=0)
    held = (*bar.duration[:rest], frame.bar_ticks - bar.onset[rest])
    return Bar(bar.onset[: rest + 1], held, bar.places[: rest + 1])


def lay_out(frame: Frame, bars: Sequence[Bar], given: Sequence[Sequence[Slot]]) -> list[Slot]:
    """Return the notes of the piece in order.

    Parameters
    ----------
    bars
        The rhythm of each bar.
    given
        Groups of notes that are fixed; between the notes of a group nothing is put.
    """
    # A rest with which the motif begins stays empty wherever it is stated.
    rest = 0 if frame.opening is None else int(frame.opening.melody.onset[0])
    walls = [(group[0].onset - rest, group[-1].onset + group[-1].duration) for group in given]
    slots = [slot for group in given for slot in group]
    pauses = {section.stop - 1: section.ending for section in frame.sections if section.ending}
    for number, bar in enumerate(bars):
        start = frame.pickup + number * frame.bar_ticks
        fresh: list[Slot] = []
        for low, high in _free(start, start + frame.bar_ticks, walls):
            fresh.extend(filled(bar, start, (low, high), number in pauses))
        if number in pauses and fresh:
            # What stands after it is fixed: a pick-up of the next section.
            fresh[-1] = fresh[-1]._replace(ending=pauses[number])
        slots.extend(fresh)
    return sorted(slots, key=lambda slot: slot.onset)


def stated(fragment: Fragment, start: int) -> list[Slot]:
    """Return the notes of a fragment as fixed slots from tick `start` on."""
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
        if min(begin, high) - at >= SHORTEST_NOTE:
            stretches.append((at, min(begin, high)))
        at = max(at, min(end, high))
    return stretches


def filled(bar: Bar, start: int, stretch: tuple[int, int], hold: bool) -> list[Slot]:
    """Return the notes of a bar that sound within a stretch, cut to it; `hold` fills it up."""
    low, high = stretch
    slots: list[Slot] = []
    for onset, duration, place in zip(bar.onset, bar.duration, bar.places, strict=True):
        begin, end = max(start + onset, low), min(start + onset + duration, high)
        if end - begin >= SHORTEST_NOTE:
            slots.append(Slot(begin, end - begin, place))
    if slots and hold:
        last = slots[-1]
        slots[-1] = Slot(last.onset, high - last.onset, last.place)
    return slots
