"""Columns -> hashes of all runs of so many notes, by which what is equal in melodies is found.

A *run* of n notes is the same in two melodies if both hold n successive notes with the same n - 1
intervals and the same proportions between the first n - 1 of them in time. So neither transposition
nor tempo hides anything, and the length of the last note does not matter. Proportions are taken
both between durations and between inter-onset intervals, and agreement of either with either
counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Flags, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import MULTIPLIERS, stir
from mer.notes.melody import Melody

_BASE = np.uint64(0x100000001B3)
_SPAN = 256  # more than any interval between MIDI numbers
_BLOCK = 1 << 14
KINDS = (0, 1)  # proportions of durations, and of inter-onset intervals


def blocks(start: int, stop: int) -> Iterator[slice]:
    """Yield slices that cover start to stop; what is worked out in one stays in the cache."""
    for begin in range(start, stop, _BLOCK):
        yield slice(begin, min(begin + _BLOCK, stop))


def _step_hashes(pitch: Ints) -> Keys:
    """Return, at each note, a hash of the interval that leads to it."""
    table = stir(np.arange(_SPAN, 3 * _SPAN, dtype=np.uint64))
    interval = np.zeros(len(pitch), dtype=np.int16)
    np.subtract(pitch[1:], pitch[:-1], out=interval[1:], dtype=np.int16, casting="unsafe")
    interval += _SPAN
    return table[interval]


def _full_hashes(step: Keys, lengths: Ints) -> Keys:
    """Return hashes of the interval to a note and the proportion of the two lengths before it."""
    full = np.empty_like(step)
    for part in blocks(0, len(step)):
        # Division is correctly rounded, so equal proportions give equal bits.
        last, before = lengths[part.start + 1 : part.stop + 1], lengths[part]
        ratio = np.divide(last, before, dtype=np.float64).view(np.uint64)
        ratio *= MULTIPLIERS[2]
        ratio += step[part]
        full[part] = stir(ratio)
    return full


class Prints:
    """Per note of some columns, the hashes from which those of runs are rolled.

    Parameters
    ----------
    first
        Shape (N,): the interval to each note, alone; begins a run.
    full
        Two arrays of shape (N,): interval and proportion, by duration and by onset; continue it.
    room
        Shape (N,): how many notes of the sequence come before each note.
    """

    def __init__(self, first: Keys, full: tuple[Keys, Keys], room: npt.NDArray[np.int32]) -> None:
        self.first, self.full = first, full
        self.room = room

    @classmethod
    def of(cls, pitch: Ints, onset: Ints, duration: Ints, bounds: Ints) -> Prints:
        """Return the prints of sequences in columns."""
        step = _step_hashes(pitch)
        room = np.arange(len(pitch), dtype=np.int32)
        room -= np.repeat(np.asarray(bounds[:-1], dtype=np.int32), np.diff(bounds))
        by_duration = np.concatenate([step[:2], _full_hashes(step[2:], duration)])
        between = np.maximum(onset[1:] - onset[:-1], 1)  # no matter from tune to tune
        by_onset = np.concatenate([step[:2], _full_hashes(step[2:], between)])
        return cls(step, (by_duration, by_onset), room)

    @classmethod
    def of_columns(cls, columns: Columns) -> Prints:
        """Return the prints of columns."""
        return cls.of(columns.pitch, columns.onset, columns.duration, columns.bounds)

    @classmethod
    def of_melody(cls, melody: Melody) -> Prints:
        """Return the prints of one melody."""
        bounds = np.array([0, len(melody)])
        return cls.of(melody.pitch, melody.onset, melody.duration, bounds)

    @property
    def without_rhythm(self) -> Prints:
        """The prints of the intervals alone, whatever the rhythm."""
        return Prints(self.first, (self.first, self.first), self.room)

    @cached_property
    def _is_uneven(self) -> Flags:
        """Whether the two kinds differ somewhere in the sequence of each note, shape (N,)."""
        sequence = np.cumsum(self.room == 0) - 1
        differs = (self.full[0] != self.full[1]) & (self.room >= 2)
        found: Flags = np.bincount(sequence, differs)[sequence] > 0
        return found

    def starts(self, kind: int, notes: int) -> Ints:
        """Return where the runs of `notes` notes begin; of the second kind, where they may differ.

        Parameters
        ----------
        kind
            0 for proportions of durations, 1 for those of inter-onset intervals.
        """
        inside = self.room[notes - 1 :] >= notes - 1
        if kind:
            inside &= self._is_uneven[notes - 1 :]
        return np.flatnonzero(inside)

    def runs(self, notes: int) -> tuple[tuple[Keys, Keys], Ints]:
        """Return the hashes of all runs of `notes` notes (2 or more), and where each run ends."""
        inside = self.room[notes - 1 :] >= notes - 1
        ends = np.flatnonzero(inside) + notes - 1
        return (self.rolled(0, notes)[inside], self.rolled(1, notes)[inside]), ends

    def rolled(self, kind: int, notes: int) -> Keys:
        """Return the hashes of the runs that end at note `notes` - 1 and after, tunes ignored."""
        count = max(len(self.first) - notes + 1, 0)
        rolled = np.empty(count, dtype=np.uint64)
        for part in blocks(0, count):
            value = self.first[part.start + 1 : part.stop + 1].copy()
            for place in range(2, notes):
                value *= _BASE
                value += self.full[kind][part.start + place : part.stop + place]
            rolled[part] = value
        return rolled


def longer(values: Keys, prints: Prints, kind: int, starts: Ints, notes: int) -> Keys:
    """Return the hashes of runs of `notes` notes, from those of the runs one note shorter.

    Parameters
    ----------
    values
        Shape (runs,).
    kind
        0 for proportions of durations, 1 for those of inter-onset intervals.
    starts
        The first note of each run.
    """
    return values * _BASE + prints.full[kind][starts + notes - 1]


def whole_runs(pitch: Ints, onset: Ints, duration: Ints, *, rhythm: bool = True) -> Keys:
    """Return the hashes of runs by themselves, those that `Prints.runs` gives; shape (2, runs).

    Parameters
    ----------
    pitch
        Shape (runs, notes).
    onset, duration
        Shape (runs, notes), or (notes,) if they are on one rhythm.
    rhythm
        Whether their rhythm counts; else their intervals alone do.

    Examples
    --------
    >>> pitch, ticks = np.array([[60, 62, 64, 65]]), np.array([0, 480, 720, 960])
    >>> prints = Prints.of(pitch[0], ticks, np.array([480, 240, 240, 480]), np.array([0, 4]))
    >>> whole = whole_runs(pitch, ticks, np.array([480, 240, 240, 480]))
    >>> bool((whole == prints.runs(4)[0]).all())
    True
    """
    step = stir((np.diff(pitch.astype(np.int64), axis=1) + 2 * _SPAN).astype(np.uint64))
    power = _BASE ** np.arange(step.shape[1])[::-1].astype(np.uint64)
    if not rhythm:
        return np.array([(step * power).sum(axis=1)] * 2)
    begun, rolled = step[:, 0] * power[0], {}
    # Of most rhythms both kinds of proportions are the same.
    for lengths in (duration[..., :-1], np.maximum(np.diff(onset), 1)):
        ratio = np.divide(lengths[..., 1:], lengths[..., :-1], dtype=np.float64).view(np.uint64)
        if (known := ratio.tobytes()) not in rolled:
            full = stir(ratio * MULTIPLIERS[2] + step[:, 1:])
            rolled[known] = begun + (full * power[1:]).sum(axis=1)
    return np.array([*rolled.values(), *rolled.values()][:2])
