"""Notes + corpus -> runs that are copied, and the longest of them.

A *run* of n notes is copied if a corpus tune holds n successive notes with the same n - 1 intervals
and the same proportions between the first n - 1 of them in time. So neither transposition nor
tempo hides a copy, and the length of the last note does not matter. Proportions are taken both
between durations and between inter-onset intervals, and agreement of either with either counts.

Runs are compared by 64-bit hashes, rolled over columns of notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from generate.piece.composition import Source, statement_runs
from mer.notes.arrays import Flags, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import MULTIPLIERS, stir
from mer.notes.melody import Melody

_BASE = np.uint64(0x100000001B3)
_SPAN = 256  # more than any interval between MIDI numbers
_TABLE_BITS = 23
_TABLE_MASK = np.uint64((1 << _TABLE_BITS) - 1)
# Nearly every melody shares runs of so many notes: the search for the longest begins here.
_USUAL_RUN = 6
_BLOCK = 1 << 14
_KEPT_CHECKS = 4
_SEED_MIX = tuple(np.uint32(n) for n in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D))


def _blocks(start: int, stop: int) -> Iterator[slice]:
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
    for part in _blocks(0, len(step)):
        # Division is correctly rounded, so equal proportions give equal bits.
        last, before = lengths[part.start + 1 : part.stop + 1], lengths[part]
        ratio = np.divide(last, before, dtype=np.float64).view(np.uint64)
        ratio *= MULTIPLIERS[2]
        ratio += step[part]
        full[part] = stir(ratio)
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

    first: Keys
    full: tuple[Keys, Keys]
    room: npt.NDArray[np.int32]

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
    def of_melody(cls, melody: Melody) -> Prints:
        """Return the prints of one melody."""
        bounds = np.array([0, len(melody)])
        return cls.of(melody.pitch, melody.onset, melody.duration, bounds)

    @property
    def without_rhythm(self) -> Prints:
        """The prints of the intervals alone, whatever the rhythm."""
        return Prints(self.first, (self.first, self.first), self.room)

    def runs(self, notes: int) -> tuple[tuple[Keys, Keys], Ints]:
        """Return the hashes of all runs of `notes` notes (2 or more), and where each run ends."""
        inside = self.room[notes - 1 :] >= notes - 1
        ends = np.flatnonzero(inside) + notes - 1
        return (self._rolled(0, notes)[inside], self._rolled(1, notes)[inside]), ends

    def _rolled(self, kind: int, notes: int) -> Keys:
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
    """Which runs of `notes` notes occur in the corpus, by duration or by onset.

    Where `rhythm` is False, their intervals alone count.
    """

    def __init__(self, prints: Prints, notes: int, *, rhythm: bool = True) -> None:
        self.notes, self.rhythm = notes, rhythm
        prints = prints if rhythm else prints.without_rhythm
        (by_duration, by_onset), _ = prints.runs(notes)
        self._hashes = np.sort(np.concatenate([by_duration, by_onset[by_onset != by_duration]]))
        # A table of the low bits rejects most runs at once; the rest are looked up in full.
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._table[(self._hashes & _TABLE_MASK).view(np.int64)] = True

    def contains(self, hashes: Keys) -> Flags:
        """Return which of the hashes occur, in the shape given."""
        found = self._table[(hashes & _TABLE_MASK).astype(np.int64)]
        places = np.nonzero(found)
        values = hashes[places]
        nearest = np.minimum(np.searchsorted(self._hashes, values), len(self._hashes) - 1)
        found[places] = self._hashes[nearest] == values if len(self._hashes) else False
        return found

    def copied_ends(self, melody: Melody, sources: Sequence[Source]) -> Ints:
        """Return the last notes of runs that are copied and not wholly the user's motif."""
        prints = Prints.of_melody(melody)
        hashes, ends = (prints if self.rhythm else prints.without_rhythm).runs(self.notes)
        copied = self.contains(hashes[0]) | self.contains(hashes[1])
        return ends[copied & ~exempt(sources, ends, self.notes)]


@dataclass(frozen=True)
class JointCheck:
    """Several checks as one."""

    checks: tuple[CopyCheck, ...]

    @property
    def notes(self) -> int:
        """Length of the longest run that is looked for."""
        return max(check.notes for check in self.checks)

    @property
    def name(self) -> str:
        """What is checked, in messages."""
        names = ("max-copy-pitch", "max-copy")
        return " and ".join(f"{names[c.rhythm]} {c.notes - 1}" for c in self.checks)

    def copied_ends(self, melody: Melody, sources: Sequence[Source]) -> Ints:
        """Return the last notes of runs that any check finds, each once."""
        found = [check.copied_ends(melody, sources) for check in self.checks]
        return np.unique(np.concatenate(found))


def exempt(sources: Sequence[Source], ends: Ints, notes: int) -> Flags:
    """Return which runs of `notes` notes lie wholly in one statement of the motif."""
    statement = statement_runs(sources)
    inside: Flags = statement[ends] >= 0
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
    """A corpus in which copies are looked for.

    A whole melody is compared through *seeds*, hashes of three successive intervals: only where the
    seeds of the corpus follow each other as they may in the melody are the hashes of runs rolled.

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
    def _seeds(self) -> npt.NDArray[np.uint16]:
        return _seeds_of(self.columns.pitch)

    @cached_property
    def _prints(self) -> Prints:
        columns = self.columns
        return Prints.of(columns.pitch, columns.onset, columns.duration, columns.bounds)

    def check(self, notes: int, *, rhythm: bool = True) -> CopyCheck:
        """Return the check for all runs of `notes` notes, for a melody that is still to be made.

        The last few are kept.

        Parameters
        ----------
        rhythm
            Whether a run is copied only with its rhythm; else its intervals alone count.
        """
        checks = self._checks
        check = checks.get((notes, rhythm))
        if check is None:
            if len(checks) >= _KEPT_CHECKS:
                checks.pop(next(iter(checks)), None)
            check = checks[notes, rhythm] = CopyCheck(self._prints, notes, rhythm=rhythm)
        return check

    @cached_property
    def _checks(self) -> dict[tuple[int, bool], CopyCheck]:
        return {}

    def copied_ends(self, melody: Melody, sources: Sequence[Source], notes: int) -> Ints:
        """Return the last notes of copied runs of `notes` notes, the user's motif not counted."""
        (_, hashes), (own, own_ends) = self._alike(melody, self._like(melody), notes)
        copied = _among(own[0], hashes) | _among(own[1], hashes)
        return own_ends[copied & ~exempt(sources, own_ends, notes)]

    def longest_run(self, melody: Melody, sources: Sequence[Source]) -> Run:
        """Return the longest run that a corpus tune shares, the user's own motif not counted."""
        best = Run(1)
        like = self._like(melody)
        # What holds for a run holds for its parts: go up from a usual length, or else down.
        for notes in range(max(2, min(_USUAL_RUN, len(melody))), len(melody) + 1):
            run = self._run_of(melody, sources, like, notes)
            if run is None:
                break
            best = run
        for notes in range(_USUAL_RUN - 1, 1, -1):
            run = self._run_of(melody, sources, like, notes) if best.notes == 1 else None
            best = run or best
        return best

    def _run_of(
        self, melody: Melody, sources: Sequence[Source], like: Flags, notes: int
    ) -> Run | None:
        """Return a copied run of `notes` notes, if there is one."""
        if notes > len(melody):
            return None
        (ends, hashes), (own, own_ends) = self._alike(melody, like, notes)
        copied = _among(own[0], hashes) | _among(own[1], hashes)
        found = np.flatnonzero(copied & ~exempt(sources, own_ends, notes))
        if not len(found):
            return None
        here = np.flatnonzero(_among(hashes, np.array(own)[:, found[0]]))[0] % len(ends)
        tune = int(np.searchsorted(self.columns.bounds, ends[here], side="right")) - 1
        note = int(ends[here] - notes + 1 - self.columns.bounds[tune])
        return Run(notes, int(own_ends[found[0]]) - notes + 1, tune, note)

    def _like(self, melody: Melody) -> Flags:
        """Return, for each note of the corpus, whether its seed occurs in the melody."""
        table = np.zeros(1 << 16, dtype=bool)
        table[_seeds_of(melody.pitch)[3:]] = True
        like: Flags = table[self._seeds]
        return like

    def _alike(
        self, melody: Melody, like: Flags, notes: int
    ) -> tuple[tuple[Ints, Keys], tuple[tuple[Keys, Keys], Ints]]:
        """Return ends and hashes of runs that may be the melody's, and the melody's own runs."""
        return self._known(like, notes), Prints.of_melody(melody).runs(notes)

    def _known(self, like: Flags, notes: int) -> tuple[Ints, Keys]:
        """Return ends and hashes of the runs of the corpus all of whose seeds are alike.

        The hashes come with those by duration first, those by onset after them.
        """
        columns = self.columns
        alive = like[notes - 1 :].copy() if notes > 3 else np.ones_like(like[notes - 1 :])
        for back in range(1, notes - 3):
            alive &= like[notes - 1 - back : max(len(like) - back, notes - 1 - back)]
        ends = np.flatnonzero(alive) + notes - 1
        tune = np.searchsorted(columns.bounds, ends, side="right") - 1
        ends = ends[ends - notes + 1 >= columns.bounds[tune]]
        places = (ends[:, None] + np.arange(1 - notes, 1)).ravel()
        bounds = np.arange(len(ends) + 1) * notes
        prints = Prints.of(
            columns.pitch[places], columns.onset[places], columns.duration[places], bounds
        )
        (by_duration, by_onset), _ = prints.runs(notes)
        return ends, np.concatenate([by_duration, by_onset])

    def copied(
        self, pitch: Ints, onset: Ints, duration: Ints, notes: int, *, rhythm: bool = True
    ) -> Flags:
        """Return which notes of melodies on one rhythm end a copied run of `notes` notes.

        Parameters
        ----------
        pitch
            Shape (melodies, length).
        onset, duration
            Shape (length,).
        rhythm
            See `check`.
        """
        count, length = pitch.shape
        copied = np.zeros(pitch.shape, dtype=bool)
        bounds = np.arange(count + 1) * length
        columns = (pitch.ravel(), np.tile(onset, count), np.tile(duration, count))
        prints = Prints.of(*columns, bounds)
        hashes, ends = (prints if rhythm else prints.without_rhythm).runs(notes)
        check = self.check(notes, rhythm=rhythm)
        copied.ravel()[ends] = check.contains(np.array(hashes)).any(axis=0)
        return copied


def _seeds_of(pitch: Ints) -> npt.NDArray[np.uint16]:
    """Return, at each note, a hash of the three intervals that lead to it; the first 3 are void."""
    interval = np.zeros(len(pitch), dtype=np.uint32)
    np.subtract(pitch[1:], pitch[:-1], out=interval[1:], dtype=np.uint32, casting="unsafe")
    code = interval * _SEED_MIX[0]
    code[1:] += interval[:-1] * _SEED_MIX[1]
    code[2:] += interval[:-2] * _SEED_MIX[2]
    code >>= np.uint32(16)
    return code.astype(np.uint16)


def _among(values: Keys, others: Keys) -> Flags:
    """Return which of the values are among the others."""
    if not len(others):
        return np.zeros(len(values), dtype=bool)
    ordered = np.sort(others)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Flags = ordered[place] == values
    return found
