"""Rhythm + copy bound -> a veto on pitches that would complete a copied run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from generate.composition import MOTIF, Source
from generate.originality import CopyCheck, Originality, Prints
from generate.rhythm import Slot
from mer.melody import IntArray, Melody


class CopyVeto:
    """Forbids the pitch that would complete a run of `notes` notes found in the corpus.

    Parameters
    ----------
    originality
        Knows the runs of the corpus.
    notes
        Length of the shortest run that is forbidden.
    symbols
        Shape (pitches,): the alphabet.
    slots
        The notes of the piece, their rhythm known; statements of the motif are exempt.
    """

    def __init__(
        self, originality: Originality, notes: int, symbols: IntArray, slots: Sequence[Slot]
    ) -> None:
        self._originality = originality
        self._notes = notes
        self._symbols = symbols
        self._onset = np.array([slot.onset for slot in slots])
        self._duration = np.array([slot.duration for slot in slots])
        self._sources = [slot.source or _NEW for slot in slots]
        self._refused = False

    def accepts(self, drawn: Sequence[int]) -> bool:
        """Return whether a whole sequence holds no forbidden run."""
        melody = self._melody(self._symbols[list(drawn)])
        if self._refused:
            copied = self._check.copied_ends(melody, self._sources)
        else:
            copied = self._originality.copied_ends(melody, self._sources, self._notes)
        self._refused = self._refused or len(copied) > 0
        return not len(copied)

    @cached_property
    def _check(self) -> CopyCheck:
        # Made when the first melody has been refused: making it takes longer than using it once.
        return self._originality.check(self._notes)

    def forbids(self, drawn: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Return which symbols would complete a forbidden run, shape (pitches,)."""
        notes, end = self._notes, len(drawn)
        start = end - notes + 1
        if start < 0:
            return np.zeros(len(self._symbols), dtype=bool)
        sources = self._sources[start : end + 1]
        if sources[0].kind == MOTIF and self._one_statement(start, end):
            return np.zeros(len(self._symbols), dtype=bool)
        before = self._symbols[list(drawn[start:])]
        pitch = np.empty((len(self._symbols), notes), dtype=np.int64)
        pitch[:, :-1], pitch[:, -1] = before, self._symbols
        copies = len(self._symbols)
        bounds = np.arange(copies + 1) * notes
        prints = Prints.of(
            pitch.ravel(),
            np.tile(self._onset[start : end + 1], copies),
            np.tile(self._duration[start : end + 1], copies),
            bounds,
        )
        (by_duration, by_onset), _ = prints.runs(notes)
        return self._check.contains(by_duration) | self._check.contains(by_onset)

    def _one_statement(self, start: int, end: int) -> bool:
        notes = [s.note if s.kind == MOTIF else -1 for s in self._sources[start : end + 1]]
        return all(a >= 0 and b == a + 1 for a, b in pairwise(notes))

    def _melody(self, pitch: IntArray) -> Melody:
        return Melody(pitch=pitch, onset=self._onset, duration=self._duration)


_NEW = Source("corpus", 0, 0)
