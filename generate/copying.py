"""Rhythm + copy bound -> the runs that a piece must not hold, found as they are needed.

Rhythm is fixed before pitches are drawn, so at each place only those runs of the corpus count that
have the rhythm of the piece there. Short ones (up to 5 notes) are looked up for all pitches at once
and closed in the tables of the sampler. Of the longer ones there are too many to keep states for:
sequences are drawn, and where all of a batch hold a forbidden run, these runs are added to the
automaton and new sequences are drawn. An accepted sequence follows the exact distribution at every
stage, because a stage only leaves out what is forbidden anyway; and each stage forbids more, so
that the search ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from generate.automaton import Runs
from generate.composition import Source
from generate.originality import Originality, exempt
from generate.rhythm import Slot
from generate.sampling import Chain, Mask, Sampler, supports
from mer.errors import InputError
from mer.melody import IntArray

Keys = npt.NDArray[np.uint64]

# Runs of up to so many notes are closed at once, over alphabets of up to so many combinations.
_SHORT = 5
_LARGEST_MASK = 400_000
_LARGEST_TABLE = 1 << 24
_MIX = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_BATCHES = (16, *(32,) * 30, *(128,) * 30)


@dataclass(frozen=True, eq=False)
class CopyBound:
    """The runs of `notes` notes of a corpus: one more than may be copied.

    Parameters
    ----------
    originality
        Knows the corpus.
    notes
        Length of the shortest run that is forbidden.
    """

    originality: Originality
    notes: int

    @property
    def name(self) -> str:
        """How the constraint is named to the user."""
        return f"at most {self.notes - 1} notes copied in a row (max-copy)"

    @cached_property
    def _rhythms(self) -> tuple[Keys, Keys]:
        """Return, where each run begins, a key of its proportions, by duration and by onset."""
        columns = self.originality.columns
        between = np.maximum(np.diff(columns.onset, append=columns.onset[-1:]), 1)
        return _keys(columns.duration, self.notes), _keys(between, self.notes)

    @cached_property
    def _begins(self) -> Mask:
        """Return whether a run of the corpus begins at each note."""
        columns = self.originality.columns
        left = np.repeat(columns.bounds[1:], columns.lengths) - np.arange(len(columns.pitch))
        begins: Mask = left >= self.notes
        return begins

    @cached_property
    def _tables(self) -> dict[tuple[int, int, int], Mask]:
        return {}

    def table(self, duration: IntArray, between: IntArray, span: int) -> Mask:
        """Return which successions of intervals are copied on a rhythm.

        Parameters
        ----------
        duration, between
            Shape (notes - 1,): of the run, and the times between its onsets.
        span
            The widest interval. The table has a place for each of -span to span, for each interval.
        """
        own = [int(_keys(lengths, self.notes)[0]) for lengths in (duration, between)]
        place = (own[0], own[1], span)
        if place not in self._tables:
            alike = np.zeros(len(self._begins), dtype=bool)
            for key in set(own):
                for keys in self._rhythms:
                    alike[: len(keys)] |= keys == np.uint64(key)
            starts = np.flatnonzero(alike & self._begins)
            pitch = self.originality.columns.pitch[starts[:, None] + np.arange(self.notes)]
            interval = np.diff(pitch.astype(np.int64), axis=1)
            interval = interval[(np.abs(interval) <= span).all(axis=1)] + span
            table = np.zeros((2 * span + 1,) * (self.notes - 1), dtype=bool)
            table[tuple(interval.T)] = True
            self._tables[place] = table
        return self._tables[place]


def _keys(lengths: IntArray, notes: int) -> Keys:
    """Return a key of the proportions of `notes` - 1 successive lengths, from each note on."""
    values = np.asarray(lengths, dtype=np.float64)
    ratio = (values[1:] / values[:-1]).view(np.uint64)
    ratio = ratio * _MIX[1] ^ (ratio >> np.uint64(23))
    count = len(ratio) - notes + 3
    keys = np.zeros(count, dtype=np.uint64)
    for place in range(notes - 2):
        keys = (keys + ratio[place : place + count]) * _MIX[0]
    return keys


@dataclass(frozen=True, eq=False)
class CopyGuard:
    """A copy bound for one rhythm.

    Parameters
    ----------
    bound
        What must not be copied.
    symbols
        Shape (pitches,): the alphabet.
    slots
        The notes of the piece, their rhythm known; statements of the motif are exempt.
    exempt_fixed
        Whether runs of nothing but fixed notes are exempt too.
    """

    bound: CopyBound
    symbols: IntArray
    slots: Sequence[Slot]
    exempt_fixed: bool = False

    @property
    def name(self) -> str:
        """How the constraint is named to the user."""
        return self.bound.name

    @cached_property
    def _lengths(self) -> tuple[IntArray, IntArray]:
        onset = np.array([slot.onset for slot in self.slots])
        duration = np.array([slot.duration for slot in self.slots])
        return duration, np.maximum(np.diff(onset, append=onset[-1] + 1), 1)

    @cached_property
    def _watched(self) -> Mask:
        """Return at which notes a run may end that must not be copied, shape (notes,)."""
        watched = np.zeros(len(self.slots), dtype=bool)
        ends = np.arange(self.bound.notes - 1, len(self.slots))
        sources = [slot.source or _NEW for slot in self.slots]
        watched[ends] = ~exempt(sources, ends, self.bound.notes)
        if self.exempt_fixed:
            new = np.cumsum([0, *(slot.pitch is None for slot in self.slots)])
            watched[ends] &= new[ends + 1] > new[ends - self.bound.notes + 1]
        return watched

    def closed(self, possible: Sequence[IntArray]) -> dict[int, Mask] | None:
        """Return masks for `Sampler.closed`; None if the runs are too long for that."""
        notes, span = self.bound.notes, int(self.symbols[-1] - self.symbols[0])
        sizes = np.array([len(symbols) for symbols in possible])
        windows = np.lib.stride_tricks.sliding_window_view(sizes, min(notes, len(sizes)))
        if (
            notes > _SHORT
            or (2 * span + 1) ** (notes - 1) > _LARGEST_TABLE
            or windows.prod(axis=1).max() > _LARGEST_MASK
        ):
            return None
        duration, between = self._lengths
        masks = {}
        # Where nothing is free, a copy cannot be helped: that is found out first.
        choices = dict(enumerate(windows.prod(axis=1).tolist(), notes - 1))
        for end in sorted(np.flatnonzero(self._watched).tolist(), key=lambda end: choices[end]):
            places = slice(end - notes + 1, end)
            table = self.bound.table(duration[places], between[places], span)
            pitches = [self.symbols[possible[n]] for n in range(end - notes + 1, end + 1)]
            flat = np.zeros((1,) * notes, dtype=np.int32)
            for axis in range(notes - 1):
                step = (pitches[axis + 1] - pitches[axis][:, None] + span).astype(np.int32)
                shape = [1] * notes
                shape[axis : axis + 2] = step.shape
                flat = flat * (2 * span + 1) + step.reshape(shape)
            masks[end] = table.ravel()[flat]
            if choices[end] == 1 and masks[end].all():
                raise InputError(f"{self.name}: the notes that are fixed are a copy")
        return masks

    def found(self, drawn: IntArray) -> Mask:
        """Return which notes end a forbidden run, shape (sequences, notes)."""
        onset = np.array([slot.onset for slot in self.slots])
        copied = self.bound.originality.copied(
            self.symbols[drawn], onset, self._lengths[0], self.bound.notes
        )
        return copied & self._watched

    def runs(self, drawn: IntArray, found: Mask) -> Runs:
        """Return the runs found, at all places that have their rhythm."""
        notes = self.bound.notes
        row, end = np.nonzero(found)
        symbols = drawn[row[:, None], end[:, None] + np.arange(1 - notes, 1)]
        alike = self._alike
        again = [np.flatnonzero(alike == alike[e]) for e in end.tolist()]
        ends = np.concatenate(again)
        return Runs(ends, np.repeat(symbols, [len(places) for places in again], axis=0))

    @cached_property
    def _alike(self) -> IntArray:
        """Return, for each note, a number for the rhythm of the run that ends there."""
        notes = self.bound.notes
        keys = np.zeros((len(self.slots), 2), dtype=np.uint64)
        for kind, lengths in enumerate(self._lengths):
            own = _keys(lengths, notes)
            keys[notes - 1 :, kind] = own[: len(self.slots) - notes + 1]
        keys[~self._watched] = 0
        _, number = np.unique(keys, axis=0, return_inverse=True)
        alike: IntArray = np.where(self._watched, number.ravel(), -1 - np.arange(len(keys)))
        return alike


_NEW = Source("corpus", 0, 0)


def draw_original(
    chain: Chain,
    weights: npt.NDArray[np.float64],
    guard: CopyGuard,
    rng: np.random.Generator,
    count: int = 1,
) -> IntArray:
    """Return sequences from the exact distribution of those without a forbidden run.

    Returns
    -------
    numpy.ndarray
        Shape (count, notes).

    Raises
    ------
    InputError
        If there is none, or if none is found in some thousands of draws.
    """
    closed = None
    if len(weights) >= guard.bound.notes:
        closed = guard.closed(supports(weights))
    sampler = Sampler(chain, weights, closed=closed)
    if closed is not None or len(weights) < guard.bound.notes:
        return sampler.draw_many(rng, count)
    learned: list[Runs] = []
    accepted: list[IntArray] = []
    for size in (count, *_BATCHES):
        drawn = sampler.draw_many(rng, size)
        found = guard.found(drawn)
        copies = found.any(axis=1)
        accepted.append(drawn[~copies])
        if sum(len(rows) for rows in accepted) >= count:
            return np.concatenate(accepted)[:count]
        if copies.any():
            learned.append(guard.runs(drawn, found))
            every = Runs(
                np.concatenate([runs.ends for runs in learned]),
                np.concatenate([runs.symbols for runs in learned]),
            )
            sampler = Sampler(chain, weights, runs=every)
    raise InputError(f"{guard.name}: nothing was found in {sum(_BATCHES)} draws")
