"""Rhythm + copy bound -> the runs that a piece must not hold, found as they are needed.

Rhythm is fixed before pitches are drawn, so at each place only those runs of the corpus count that
have the rhythm of the piece there. Short ones (up to 5 notes) are looked up for all pitches at once
and closed for the sampler from the start. Of the longer ones there are too many to keep states for:
sequences are drawn, and where all of a batch hold a forbidden run, these runs are added to the
automaton and new sequences are drawn. An accepted sequence follows the exact distribution at every
stage, because a stage only leaves out what is forbidden anyway; and each stage forbids more, so
that the search ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from generate.originality.bound import CopyBound, proportion_keys
from generate.originality.originality import exempt
from generate.piece.composition import Source
from generate.plan.rhythm import Slot
from generate.sampling.automaton import Runs
from generate.sampling.chain import Chain, supports
from generate.sampling.sampler import Closed, Sampler
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints

_BATCHES = (16, *(32,) * 30, *(128,) * 30)


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
    also
        A second bound, on longer runs. What it forbids is not looked ahead to: sequences that hold
        it are given up.
    """

    def __init__(
        self,
        bound: CopyBound,
        symbols: Ints,
        slots: Sequence[Slot],
        exempt_fixed: bool = False,
        also: CopyGuard | None = None,
    ) -> None:
        self.bound, self.symbols = bound, symbols
        self.slots, self.exempt_fixed = slots, exempt_fixed
        self.also = also

    @property
    def name(self) -> str:
        """Name of the constraint in messages."""
        return self.bound.name

    @cached_property
    def _lengths(self) -> tuple[Ints, Ints]:
        onset = np.array([slot.onset for slot in self.slots])
        duration = np.array([slot.duration for slot in self.slots])
        return duration, np.maximum(np.diff(onset, append=onset[-1] + 1), 1)

    @cached_property
    def _watched(self) -> Flags:
        """Return at which notes a run may end that must not be copied, shape (notes,)."""
        watched = np.zeros(len(self.slots), dtype=bool)
        ends = np.arange(self.bound.notes - 1, len(self.slots))
        sources = [slot.source or _NEW for slot in self.slots]
        watched[ends] = ~exempt(sources, ends, self.bound.notes)
        if self.exempt_fixed:
            new = np.cumsum([0, *(slot.pitch is None for slot in self.slots)])
            watched[ends] &= new[ends + 1] > new[ends - self.bound.notes + 1]
        return watched

    def closed(self, possible: Sequence[Ints]) -> dict[int, Closed]:
        """Return, by position, which of the possible symbols complete a run.

        Raises
        ------
        InputError
            If what is fixed is a copy.
        """
        notes = self.bound.notes
        sizes = np.array([len(symbols) for symbols in possible])
        choices = np.lib.stride_tricks.sliding_window_view(sizes, notes).prod(axis=1)
        if self.unavoidable(possible):
            raise InputError(f"{self.name}: the fixed notes are a copy")
        by_duration, by_onset = (
            proportion_keys(lengths, notes).tolist() for lengths in self._lengths
        )
        found = {}
        # Where few notes are free, a copy may be unavoidable: that is checked first.
        ends = np.flatnonzero(self._watched)
        ends = ends[choices[ends - notes + 1] > 1]
        for end in ends[np.argsort(choices[ends - notes + 1], kind="stable")].tolist():
            first = end - notes + 1
            pitches = [self.symbols[symbols] for symbols in possible[first : end + 1]]
            closed = self.bound.closed((by_duration[first], by_onset[first]), pitches)
            contexts = int(sizes[first:end].prod())
            if len(closed.codes) == contexts and not closed.open.any():
                raise InputError(f"{self.name}: the fixed notes are a copy")
            if len(closed.codes):
                found[end] = closed
        return found

    def unavoidable(self, possible: Sequence[Ints]) -> bool:
        """Return whether a run of notes none of which can be another one is copied."""
        only = np.array([len(symbols) == 1 for symbols in possible])
        first = np.array([symbols[0] if len(symbols) else 0 for symbols in possible])
        return self._copied_among(only, first)

    @cached_property
    def fixed_copy(self) -> bool:
        """Whether a run of the fixed notes is copied, whatever else is asked."""
        fixed = np.array([slot.pitch is not None for slot in self.slots])
        pitch = np.array([slot.pitch or 0 for slot in self.slots])
        copied = self._copied_among(fixed, np.searchsorted(self.symbols, pitch))
        return copied or (self.also is not None and self.also.fixed_copy)

    def _copied_among(self, decided: Flags, symbols: Ints) -> bool:
        """Return whether a run of nothing but decided notes is copied."""
        notes = self.bound.notes
        if len(decided) < notes:
            return False
        inside = np.zeros(len(decided), dtype=bool)
        inside[notes - 1 :] = np.lib.stride_tricks.sliding_window_view(decided, notes).all(axis=1)
        inside &= self._watched
        return bool(inside.any() and (self.found(symbols[None])[0] & inside).any())

    def found(self, drawn: Ints) -> Flags:
        """Return which notes end a forbidden run, shape (sequences, notes)."""
        onset = np.array([slot.onset for slot in self.slots])
        copied = self.bound.originality.copied(
            self.symbols[drawn],
            onset,
            self._lengths[0],
            self.bound.notes,
            rhythm=self.bound.rhythm,
        )
        return copied & self._watched

    def found_at_end(self, drawn: Ints) -> Flags:
        """Return which sequences, of so many notes, end a forbidden run, shape (sequences,)."""
        count, notes = drawn.shape[1], self.bound.notes
        if count < notes or not self._watched[count - 1]:
            return np.zeros(len(drawn), dtype=bool)
        last = slice(count - notes, count)
        onset = np.array([slot.onset for slot in self.slots[last]])
        return self.bound.originality.copied_at_end(
            self.symbols[drawn[:, last]],
            onset,
            self._lengths[0][last],
            rhythm=self.bound.rhythm,
        )

    def given_up(self, drawn: Ints) -> Flags:
        """Return which sequences end what the second bound forbids, shape (sequences,)."""
        if self.also is None:
            return np.zeros(len(drawn), dtype=bool)
        return self.also.found_at_end(drawn)

    def runs(self, drawn: Ints, found: Flags) -> Runs:
        """Return the runs found, at all places that have their rhythm."""
        notes = self.bound.notes
        row, end = np.nonzero(found)
        symbols = drawn[row[:, None], end[:, None] + np.arange(1 - notes, 1)]
        alike = self._alike
        again = [np.flatnonzero(alike == alike[e]) for e in end.tolist()]
        ends = np.concatenate(again)
        return Runs(ends, np.repeat(symbols, [len(places) for places in again], axis=0))

    @cached_property
    def _alike(self) -> Ints:
        """Return, for each note, a number for the rhythm of the run that ends there."""
        notes = self.bound.notes
        keys = np.zeros((len(self.slots), 2), dtype=np.uint64)
        for kind, lengths in enumerate(self._lengths if self.bound.rhythm else ()):
            own = proportion_keys(lengths, notes)
            keys[notes - 1 :, kind] = own[: len(self.slots) - notes + 1]
        keys[~self._watched] = 0
        _, number = np.unique(keys, axis=0, return_inverse=True)
        alike: Ints = np.where(self._watched, number.ravel(), -1 - np.arange(len(keys)))
        return alike


_NEW = Source("corpus", 0, 0)


def guarded(chain: Chain, weights: Floats, guard: CopyGuard) -> tuple[Sampler, bool]:
    """Return the sampler, and whether it leaves out all forbidden runs by itself.

    It knows those that are at most two notes longer than the chain looks back.

    Raises
    ------
    InputError
        If the fixed notes are a copy, or no sequence has a positive probability.
    """
    notes = guard.bound.notes
    if len(weights) < notes:
        return Sampler(chain, weights), True
    possible = supports(weights)
    if notes > chain.order + 2 or not guard.bound.rhythm:
        if guard.unavoidable(possible):
            raise InputError(f"{guard.name}: the fixed notes are a copy")
        return Sampler(chain, weights), False
    closed = guard.closed(possible)
    # Two notes more than the chain looks back: its tables do not hold them.
    if notes == chain.order + 2:
        return Sampler(chain, weights, longer=closed), True
    masks = {end: _mask(one, possible[end - notes + 1 : end + 1]) for end, one in closed.items()}
    return Sampler(chain, weights, closed=masks), True


def draw_original(
    chain: Chain,
    weights: Floats,
    guard: CopyGuard,
    rng: np.random.Generator,
    count: int = 1,
    *,
    stop: int | None = None,
) -> Ints:
    """Return sequences from the exact distribution of those without a forbidden run.

    Parameters
    ----------
    stop
        How many notes of each are used; None for all. Only the runs that begin among them are left
        out, as the rest will be drawn again.

    Returns
    -------
    numpy.ndarray
        Shape (count, notes).

    Raises
    ------
    InputError
        If there is none, or if none is found in some thousands of draws.
    """
    sampler, whole = guarded(chain, weights, guard)
    if whole and guard.also is None:
        return sampler.draw_many(rng, count)
    until = len(weights) if stop is None else stop + guard.bound.notes - 1
    learned: list[Runs] = []
    accepted: list[Ints] = []
    for size in (count, *_BATCHES):
        drawn = sampler.draw_many(rng, max(size, count - sum(map(len, accepted))))
        found = np.zeros(drawn.shape, dtype=bool) if whole else guard.found(drawn)
        found[:, until:] = False
        copies = found.any(axis=1)
        if guard.also is not None:
            longer = until + guard.also.bound.notes - guard.bound.notes
            copies |= guard.also.found(drawn)[:, :longer].any(axis=1)
        accepted.append(drawn[~copies])
        if sum(len(rows) for rows in accepted) >= count:
            return np.concatenate(accepted)[:count]
        if found.any():
            learned.append(guard.runs(drawn, found))
            ends = np.concatenate([runs.ends for runs in learned])
            symbols = np.concatenate([runs.symbols for runs in learned])
            early = ends < until
            sampler = Sampler(chain, weights, runs=Runs(ends[early], symbols[early]))
    raise InputError(f"{guard.name}: no piece was found in {sum(_BATCHES)} draws")


def _mask(closed: Closed, possible: Sequence[Ints]) -> Flags:
    """Return what is closed as a mask with an axis for each note."""
    sizes = [len(symbols) for symbols in possible]
    mask = np.zeros((int(np.prod(sizes[:-1])), sizes[-1]), dtype=bool)
    mask[closed.codes] = ~closed.open
    shaped: Flags = mask.reshape(sizes)
    return shaped
