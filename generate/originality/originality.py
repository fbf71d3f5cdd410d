"""Notes + corpus -> runs that are copied, and the longest of them.

A run is copied if a corpus tune shares it, as `mer.search.sharing.prints` defines that, and it is
not wholly the user's own motif.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from generate.piece.composition import Source, statement_runs
from mer.notes.arrays import Flags, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import KeySet
from mer.notes.melody import Melody
from mer.search.sharing.prints import Prints, whole_runs
from mer.search.sharing.runs import LEAST_RUN, Run, SharedRuns, within

_KEPT_CHECKS = 4


class CopyCheck:
    """Which runs of `notes` notes occur in the corpus, by duration or by onset.

    Where `rhythm` is False, their intervals alone count.
    """

    def __init__(self, prints: Prints, notes: int, *, rhythm: bool = True) -> None:
        self.notes, self.rhythm = notes, rhythm
        prints = prints if rhythm else prints.without_rhythm
        (by_duration, by_onset), _ = prints.runs(notes)
        self._hashes = KeySet.of(np.concatenate([by_duration, by_onset[by_onset != by_duration]]))

    def contains(self, hashes: Keys) -> Flags:
        """Return which of the hashes occur, in the shape given."""
        return self._hashes.contains(hashes)

    def copied_ends(self, melody: Melody, sources: Sequence[Source]) -> Ints:
        """Return the last notes of runs that are copied and not wholly the user's motif."""
        prints = Prints.of_melody(melody)
        hashes, ends = (prints if self.rhythm else prints.without_rhythm).runs(self.notes)
        copied = self.contains(hashes[0]) | self.contains(hashes[1])
        return ends[copied & ~exempt(sources, ends, self.notes)]


class JointCheck(NamedTuple):
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
    return within(statement_runs(sources), ends, notes)


class Originality:
    """A corpus in which copies are looked for.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
    >>> known = Originality(Columns.from_melodies([scale]))
    >>> other = Melody(pitch=[69, 67, 69, 71], onset=[0, 2, 4, 6], duration=[2, 2, 2, 2])
    >>> known.longest_run(other, [Source("corpus", 0, 0)] * 4)
    Run(notes=3, start=1, tune=0, note=0)
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @cached_property
    def _runs(self) -> SharedRuns:
        return SharedRuns(self.columns)

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
            check = checks[notes, rhythm] = CopyCheck(self._runs.prints, notes, rhythm=rhythm)
        return check

    @cached_property
    def _checks(self) -> dict[tuple[int, bool], CopyCheck]:
        return {}

    def copied_ends(self, melody: Melody, sources: Sequence[Source], notes: int) -> Ints:
        """Return the last notes of copied runs of `notes` notes, the user's motif not counted."""
        return self._runs.ends(melody, notes, statement_runs(sources))

    def longest_run(self, melody: Melody, sources: Sequence[Source]) -> Run:
        """Return the longest run that a corpus tune shares, the user's own motif not counted."""
        return self._runs.longest(melody, statement_runs(sources))

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

    def copied_at_end(self, pitch: Ints, onset: Ints, duration: Ints, *, rhythm: bool) -> Flags:
        """Return which of some runs on one rhythm are copied, shape (runs,).

        Parameters
        ----------
        pitch
            Shape (runs, notes).
        onset, duration
            Shape (notes,).
        rhythm
            See `check`.
        """
        if pitch.shape[1] >= LEAST_RUN:
            return self._runs.hold(pitch, onset, duration, rhythm=rhythm)
        hashes = whole_runs(pitch, onset, duration, rhythm=rhythm)
        return np.asarray(self.check(pitch.shape[1], rhythm=rhythm).contains(hashes).any(axis=0))
