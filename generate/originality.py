"""Notes + corpus -> runs that are copied, and the longest of them.

A *run* of n notes is copied if a corpus tune holds n successive notes with the same n - 1 intervals
and the same proportions between the first n - 1 of them in time. So neither transposition nor
tempo hides a copy, and the length of the last note does not matter. Proportions are taken both
between durations and between inter-onset intervals, and agreement of either with either counts.

Runs are compared by 64-bit hashes, rolled over the columns of the whole corpus at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from generate.composition import Source, statement_runs
from mer.columns import Columns
from mer.melody import IntArray, Melody

Hashes = npt.NDArray[np.uint64]

_MIX = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_BASE = np.uint64(0x100000001B3)
_SHIFT = np.uint64(29)
_SPAN = 256  # more than any interval between MIDI numbers
_TABLE_BITS = 23
_TABLE_MASK = np.uint64((1 << _TABLE_BITS) - 1)
# Runs shorter than this are common to all tunes: the search for the longest begins here.
_USUAL_RUN = 5
_BLOCK = 1 << 14


def _mixed(values: Hashes) -> Hashes:
    """Return the values with all their bits stirred; the array is overwritten."""
    values *= _MIX[0]
    values ^= values >> _SHIFT
    values *= _MIX[1]
    values ^= values >> _SHIFT
    return values


def _blocks(start: int, stop: int) -> Iterator[slice]:
    """Yield slices that cover start to stop; what is worked out in one stays in the cache."""
    for begin in range(start, stop, _BLOCK):
        yield slice(begin, min(begin + _BLOCK, stop))


def _step_hashes(pitch: IntArray) -> Hashes:
    """Return, at each note, a hash of the interval that leads to it."""
    table = _mixed(np.arange(_SPAN, 3 * _SPAN, dtype=np.uint64))
    interval = np.zeros(len(pitch), dtype=np.int16)
    np.subtract(pitch[1:], pitch[:-1], out=interval[1:], dtype=np.int16, casting="unsafe")
    interval += _SPAN
    return table[interval]


def _full_hashes(step: Hashes, before: IntArray, last: IntArray) -> Hashes:
    """Return hashes of the interval to a note and of `last` over `before`, the lengths up to it."""
    full = np.empty_like(step)
    for part in _blocks(0, len(step)):
        # Division is correctly rounded, so equal proportions give equal bits.
        ratio = np.divide(last[part], before[part], dtype=np.float64).view(np.uint64)
        ratio *= _MIX[2]
        ratio += step[part]
        full[part] = _mixed(ratio)
    return full


@dataclass(frozen=True, eq=False)
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

    first: Hashes
    full: tuple[Hashes, Hashes]
    room: npt.NDArray[np.int32]

    @classmethod
    def of(cls, pitch: IntArray, onset: IntArray, duration: IntArray, bounds: IntArray) -> Prints:
        """Return the prints of sequences in columns."""
        step = _step_hashes(pitch)
        room = np.arange(len(pitch), dtype=np.int32)
        room -= np.repeat(np.asarray(bounds[:-1], dtype=np.int32), np.diff(bounds))
        own = _full_hashes(step[2:], duration[:-2], duration[1:-1])
        by_duration = np.concatenate([step[:2], own])
        # Onsets differ from durations only around rests: the rest is not worked out again.
        by_onset = by_duration.copy()
        between = onset[1:] - onset[:-1]
        rest = np.zeros(len(pitch), dtype=bool)  # before each note
        rest[1:] = between != duration[:-1]
        rest[2:] |= rest[1:-1].copy()
        ends = np.flatnonzero(rest & (room > 1))
        by_onset[ends] = _full_hashes(step[ends], between[ends - 2], between[ends - 1])
        return cls(step, (by_duration, by_onset), room)

    @classmethod
    def of_melody(cls, melody: Melody) -> Prints:
        """Return the prints of one melody."""
        bounds = np.array([0, len(melody)])
        return cls.of(melody.pitch, melody.onset, melody.duration, bounds)

    def runs(self, notes: int) -> tuple[tuple[Hashes, Hashes], IntArray]:
        """Return the hashes of all runs of `notes` notes (2 or more), and where each run ends."""
        inside = self.room[notes - 1 :] >= notes - 1
        ends = np.flatnonzero(inside) + notes - 1
        return (self.rolled(0, notes)[inside], self.rolled(1, notes)[inside]), ends

    def found(self, kind: int, notes: int) -> tuple[Hashes, IntArray]:
        """Return the hashes of runs of `notes` notes and where each ends.

        Kind 0 gives all runs by duration; kind 1 those by onset, only where they differ.
        """
        long_enough = self.room >= notes - 1
        if kind == 0:
            inside = long_enough[notes - 1 :]
            return self.rolled(0, notes)[inside], np.flatnonzero(inside) + notes - 1
        reached = np.zeros(len(self.room) + notes, dtype=bool)
        differ = np.flatnonzero(self.full[0] != self.full[1])
        for after in range(notes - 2):
            reached[differ + after] = True
        ends = np.flatnonzero(reached[: len(self.room)] & long_enough)
        value = self.first[ends - notes + 2]
        for back in range(notes - 3, -1, -1):
            value *= _BASE
            value += self.full[1][ends - back]
        return value, ends

    def rolled(self, kind: int, notes: int) -> Hashes:
        """Return the hashes of the runs that end at note `notes` - 1 and after, tunes ignored."""
        count = max(len(self.first) - notes + 1, 0)
        rolled = np.empty(count, dtype=np.uint64)
        for part in _blocks(0, count):
            value = self.first[part.start + 1 : part.stop + 1].copy()
            for place in range(2, notes):
                value *= _BASE
                value += self.full[kind][part.start + place : part.stop + place]
            rolled[part] = value
        return rolled


class CopyCheck:
    """Which runs of `notes` notes occur in the corpus, by duration or by onset."""

    def __init__(self, prints: Prints, notes: int) -> None:
        self.notes = notes
        self._hashes = np.concatenate([prints.found(kind, notes)[0] for kind in (0, 1)])
        # A table of the low bits rejects most runs at once; the rest are looked up in full.
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._table[(self._hashes & _TABLE_MASK).view(np.int64)] = True
        self._seen: dict[int, bool] = {}

    def contains(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Return which of the hashes occur, in the shape given."""
        found = self._table[(hashes & _TABLE_MASK).astype(np.int64)]
        for place in np.argwhere(found):
            found[tuple(place)] = self._confirmed(hashes[tuple(place)])
        return found

    def _confirmed(self, value: np.uint64) -> bool:
        if int(value) not in self._seen:
            self._seen[int(value)] = bool((self._hashes == value).any())
        return self._seen[int(value)]

    def copied_ends(self, melody: Melody, sources: Sequence[Source]) -> IntArray:
        """Return the last notes of runs that are copied and not wholly the user's motif."""
        prints = Prints.of_melody(melody)
        hashes, ends = prints.runs(self.notes)
        copied = self.contains(hashes[0]) | self.contains(hashes[1])
        return ends[copied & ~exempt(sources, ends, self.notes)]


def exempt(sources: Sequence[Source], ends: IntArray, notes: int) -> npt.NDArray[np.bool_]:
    """Return which runs of `notes` notes lie wholly in one statement of the motif."""
    statement = statement_runs(sources)
    inside: npt.NDArray[np.bool_] = statement[ends] >= 0
    inside &= statement[ends] == statement[ends - notes + 1]
    return inside


@dataclass(frozen=True)
class Run:
    """The longest copied run: notes, where it begins in the output, and where in the corpus."""

    notes: int
    start: int = 0
    tune: int = -1
    note: int = 0


@dataclass(frozen=True, eq=False)
class Originality:
    """The prints of a corpus, made once and used for every output.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
    >>> known = Originality(Columns.from_melodies([scale]))
    >>> other = Melody(pitch=[69, 67, 69, 71], onset=[0, 2, 4, 6], duration=[2, 2, 2, 2])
    >>> known.longest_run(other, [Source("corpus", 0, 0)] * 4)
    Run(notes=3, start=1, tune=0, note=0)
    """

    columns: Columns

    @cached_property
    def prints(self) -> Prints:
        """Hashes of every note of the corpus."""
        columns = self.columns
        return Prints.of(columns.pitch, columns.onset, columns.duration, columns.bounds)

    def check(self, notes: int) -> CopyCheck:
        """Return the check for runs of `notes` notes."""
        return CopyCheck(self.prints, notes)

    def longest_run(self, melody: Melody, sources: Sequence[Source]) -> Run:
        """Return the longest run that a corpus tune shares, the user's own motif not counted."""
        mine = Prints.of_melody(melody)
        run = self._longest(mine, sources, _USUAL_RUN)
        return run if run.notes >= _USUAL_RUN else self._longest(mine, sources, 2)

    def _longest(self, mine: Prints, sources: Sequence[Source], shortest: int) -> Run:
        """Return the longest run of at least `shortest` notes; of one note if there is none."""
        best = Run(1)
        if shortest > len(sources):
            return best
        for kind, (ends, rolled) in enumerate(self._starts(mine, shortest)):
            notes = shortest
            while len(ends):
                kinds, own_ends = mine.runs(notes)
                hashes = np.concatenate(kinds)
                hit = _among(rolled, hashes)
                ends, rolled = ends[hit], rolled[hit]
                counted = np.tile(~exempt(sources, own_ends, notes), 2)
                own = np.flatnonzero(counted & np.isin(hashes, rolled))
                if len(own) and notes > best.notes:
                    end = int(ends[np.flatnonzero(rolled == hashes[own[0]])[0]])
                    best = self._located(notes, int(own_ends[own[0] % len(own_ends)]), end)
                # Only where a shorter run matched can a longer one match.
                ends, rolled = self._longer(kind, ends, rolled)
                notes += 1
        return best

    def _starts(self, mine: Prints, notes: int) -> Iterator[tuple[IntArray, Hashes]]:
        """Yield where runs end that match some run of the melody, and their hashes, by kind."""
        hashes = np.concatenate(mine.runs(notes)[0])
        by_duration, ends = self.prints.found(0, notes)
        hit = _among(by_duration, hashes)
        by_duration, ends = by_duration[hit], ends[hit]
        yield ends, by_duration
        by_onset, differing = self.prints.found(1, notes)
        same = ~np.isin(ends, differing)
        yield (
            np.concatenate([ends[same], differing]),
            np.concatenate([by_duration[same], by_onset]),
        )

    def _longer(self, kind: int, ends: IntArray, rolled: Hashes) -> tuple[IntArray, Hashes]:
        inside = ends + 1 < len(self.prints.room)
        ends, rolled = ends[inside] + 1, rolled[inside]
        same = self.prints.room[ends] > 0
        ends = ends[same]
        return ends, rolled[same] * _BASE + self.prints.full[kind][ends]

    def _located(self, notes: int, own_end: int, end: int) -> Run:
        tune = int(np.searchsorted(self.columns.bounds, end, side="right")) - 1
        note = end - notes + 1 - int(self.columns.bounds[tune])
        return Run(notes, own_end - notes + 1, tune, note)


def _among(values: Hashes, few: Hashes) -> npt.NDArray[np.bool_]:
    """Return which of many values are among few: a table of low bits first, then exactly."""
    low = np.uint64(0xFFFF)
    table = np.zeros(0x10000, dtype=bool)
    table[(few & low).astype(np.int64)] = True
    maybe = table[(values & low).astype(np.int64)]
    maybe[maybe] = np.isin(values[maybe], few)
    return maybe
