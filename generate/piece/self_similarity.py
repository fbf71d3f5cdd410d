"""Tune -> which earlier bar each of its bars takes after, and how: the plan that it has.

A bar may return exactly, moved by scale steps, with another middle, or in its rhythm alone; else it
is new. What returns is what a listener knows a tune by; a piece that borrows a tune's plan, and
nothing else of it, returns where that tune does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from generate.piece.degrees import to_degrees
from mer.notes.arrays import Ints
from mer.notes.key import Key

NEW, EXACT, MOVED, VARIED, RHYTHM = "new", "exact", "moved", "varied", "rhythm"
# How much of a bar must be the same, head and tail together, for it to be a variation.
_LEAST_SHARED = 0.5
_FEWEST_MOVED = 3  # notes: two that move by a step are no return


class BarNotes(NamedTuple):
    """The notes of one bar.

    Parameters
    ----------
    onset, duration
        Shape (notes,): ticks; onsets count from the barline.
    pitch
        Shape (notes,): MIDI numbers.
    """

    onset: Ints
    duration: Ints
    pitch: Ints

    @property
    def rhythm(self) -> tuple[int, ...]:
        """Onsets and durations, for comparing."""
        return (*self.onset.tolist(), *self.duration.tolist())


class Recurrence(NamedTuple):
    """How a bar takes after an earlier one.

    Parameters
    ----------
    kind
        ``"new"``, ``"exact"``, ``"moved"``, ``"varied"`` or ``"rhythm"``.
    bar
        The earlier bar, from 0; -1 for a new one.
    steps
        Scale steps by which it is moved.
    head, tail
        Of a variation: ticks from the barline up to which, and from which on, the two are the same.
    """

    kind: str
    bar: int = -1
    steps: int = 0
    head: int = 0
    tail: int = 0


_NOTHING = Recurrence(NEW)
_UNIT = 2  # bars
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def recurrences(bars: Sequence[BarNotes], key: Key, bar_ticks: int) -> tuple[Recurrence, ...]:
    """Return for each bar what it takes from the earliest bar that it is most like.

    Parameters
    ----------
    key
        In which steps are counted.
    bar_ticks
        Length of a bar.

    Examples
    --------
    >>> beats = np.arange(4) * 480
    >>> pitches = [[60, 62, 64, 65], [67, 65, 64, 62], [62, 64, 65, 67], [60, 62, 64, 67]]
    >>> bars = [BarNotes(beats, np.full(4, 480), np.array(pitch)) for pitch in pitches]
    >>> [(found.kind, found.bar) for found in recurrences(bars, Key(0), 1920)]
    [('new', -1), ('rhythm', 0), ('moved', 0), ('varied', 0)]
    """
    found: list[Recurrence] = []
    for number, bar in enumerate(bars):
        best, rank = _NOTHING, 0.0
        for earlier in range(number):
            if found[earlier].kind == EXACT:  # the bar that this one repeats is asked instead
                continue
            recurrence, far = _recurrence(bars[earlier], bar, earlier, key, bar_ticks)
            if far > rank:
                best, rank = recurrence, far
        found.append(best)
    return tuple(found)


def letters(found: Sequence[Recurrence]) -> str:
    """Return a plan as it is spoken of: a letter for every two bars, the same for what comes again.

    Two bars come again if at least one of them takes notes from its place in an earlier two.

    Examples
    --------
    >>> new, again = Recurrence(NEW), [Recurrence(EXACT, bar) for bar in range(4)]
    >>> letters([new, new, new, new, *again[:2], new, new]), letters([new, new, *again[:2]])
    ('A B A C', 'A A')
    """
    named: list[str] = []
    fresh = 0
    for unit in range(-(-len(found) // _UNIT)):
        bars = range(unit * _UNIT, min((unit + 1) * _UNIT, len(found)))
        again = [
            _root(found, bar) // _UNIT
            for bar in bars
            if found[bar].kind not in (NEW, RHYTHM) and _root(found, bar) % _UNIT == bar % _UNIT
        ]
        earlier = [one for one in again if one < unit]
        named.append(named[earlier[0]] if earlier else _LETTERS[fresh % len(_LETTERS)])
        fresh += not earlier
    return " ".join(named)


def _root(found: Sequence[Recurrence], bar: int) -> int:
    """Return the bar that begins the row of bars each of which takes notes from the one before."""
    while found[bar].kind not in (NEW, RHYTHM):
        bar = found[bar].bar
    return bar


def _recurrence(
    first: BarNotes, second: BarNotes, number: int, key: Key, bar_ticks: int
) -> tuple[Recurrence, float]:
    """Return how the second bar takes after the first, and how much that is, 0 to 4."""
    same_rhythm = first.rhythm == second.rhythm
    if same_rhythm and np.array_equal(first.pitch, second.pitch):
        return Recurrence(EXACT, number), 4.0
    head, tail = _shared(first, second, bar_ticks)
    share = (head + bar_ticks - tail) / bar_ticks
    if share >= _LEAST_SHARED:
        return Recurrence(VARIED, number, head=head, tail=tail), 2.0 + share
    if same_rhythm:
        steps = _steps(first.pitch, second.pitch, key)
        if steps and len(first.pitch) >= _FEWEST_MOVED:
            return Recurrence(MOVED, number, steps=steps), 2.0
        return Recurrence(RHYTHM, number), 1.0
    return _NOTHING, 0.0


def _shared(first: BarNotes, second: BarNotes, bar_ticks: int) -> tuple[int, int]:
    """Return the ticks up to which, and from which on, two bars have the same notes."""
    one, other = (
        [*zip(bar.onset, bar.duration, bar.pitch, strict=True)] for bar in (first, second)
    )
    head, tail = 0, bar_ticks
    for (onset, duration, pitch), there in zip(one, other, strict=False):
        if (onset, duration, pitch) != there:
            break
        head = int(onset + duration)
    for (onset, duration, pitch), there in zip(reversed(one), reversed(other), strict=False):
        if (onset, duration, pitch) != there or onset < head:
            break
        tail = int(onset)
    return head, tail


def _steps(first: Ints, second: Ints, key: Key) -> int:
    """Return by how many scale steps the second is the first moved; 0 if it is not."""
    (one, altered), (other, changed) = to_degrees(first, key), to_degrees(second, key)
    moved = other - one
    if altered.any() or changed.any() or (moved != moved[0]).any():
        return 0
    return int(moved[0])
