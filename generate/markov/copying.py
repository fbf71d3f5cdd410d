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
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from generate.originality.originality import Originality, exempt
from generate.piece.composition import Source
from generate.plan.rhythm import Slot
from generate.sampling.automaton import Runs
from generate.sampling.sampler import Chain, Closed, Sampler, supports
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints, Keys
from mer.notes.hashing import extend_key

Place = TypeVar("Place")
Value = TypeVar("Value")

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_PITCHES = 128
_INTERVAL_SPAN = 256
# How many rhythms are kept, and how many of them over their alphabets.
_MOST_KEPT = 2000
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
    def _rhythms(self) -> tuple[tuple[Keys, Ints], ...]:
        """Return keys of the proportions of all runs, by duration and by onset, in rising order.

        Beside each key stands the note at which the run begins.
        """
        columns = self.originality.columns
        between = np.maximum(np.diff(columns.onset, append=columns.onset[-1:]), 1)
        left = np.repeat(columns.bounds[1:], columns.lengths) - np.arange(len(columns.pitch))
        found = []
        for lengths in (columns.duration, between):
            keys = _keys(lengths, self.notes)
            starts = np.flatnonzero(left[: len(keys)] >= self.notes)
            order = np.argsort(keys[starts])
            found.append((keys[starts][order], starts[order]))
        return tuple(found)

    @cached_property
    def _intervals(self) -> dict[tuple[int, ...], npt.NDArray[np.int8]]:
        return {}

    @cached_property
    def _closed(self) -> dict[tuple[object, ...], Closed]:
        return {}

    def intervals(self, rhythm: tuple[int, int]) -> npt.NDArray[np.int8]:
        """Return the successions of intervals that the corpus has on a rhythm, each once.

        Parameters
        ----------
        rhythm
            Keys of the proportions of its durations, and of the times between its onsets.

        Returns
        -------
        numpy.ndarray
            Shape (successions, notes - 1).
        """
        own = tuple(sorted(set(rhythm)))
        if own not in self._intervals:
            parts = []
            for keys, starts in self._rhythms:
                for key in own:
                    ends = [np.searchsorted(keys, np.uint64(key), side) for side in _SIDES]
                    parts.append(starts[ends[0] : ends[1]])
            starts = np.concatenate(parts)
            pitch = self.originality.columns.pitch[starts[:, None] + np.arange(self.notes)]
            interval = np.diff(pitch.astype(np.int64), axis=1)
            code = np.zeros(len(interval), dtype=np.int64)
            for column in interval.T:
                code = code * _INTERVAL_SPAN + column + _PITCHES
            once, columns = np.unique(code), []
            for _ in range(self.notes - 1):
                once, column = np.divmod(once, _INTERVAL_SPAN)
                columns.append((column - _PITCHES).astype(np.int8))
            _kept(self._intervals, own, np.column_stack(columns[::-1]))
        return self._intervals[own]

    def closed(self, rhythm: tuple[int, int], pitches: Sequence[Ints]) -> Closed:
        """Return which notes complete a run on a rhythm.

        Parameters
        ----------
        rhythm
            See `intervals`.
        pitches
            Those that are possible at each note of the run.
        """
        place = (*rhythm, *(values.tobytes() for values in pitches))
        if place not in self._closed:
            intervals = self.intervals(rhythm)
            number = np.full((self.notes, 3 * _PITCHES), -1)
            for note, values in enumerate(pitches):
                number[note, values + _PITCHES] = np.arange(len(values))
            row = np.tile(np.arange(len(intervals)), len(pitches[0]))
            pitch = np.repeat(pitches[0], len(intervals)) + _PITCHES
            code = np.repeat(np.arange(len(pitches[0])), len(intervals))
            symbol = code
            for note in range(1, self.notes):
                pitch = pitch + intervals[row, note - 1]
                symbol = number[note, pitch]
                kept = np.flatnonzero(symbol >= 0)
                row, pitch, code, symbol = row[kept], pitch[kept], code[kept], symbol[kept]
                if note < self.notes - 1:
                    code = code * len(pitches[note]) + symbol
            found = np.zeros(int(np.prod([len(values) for values in pitches[:-1]])), dtype=bool)
            found[code] = True
            codes, context = np.flatnonzero(found), np.cumsum(found) - 1
            open_ = np.ones((len(codes), len(pitches[-1])), dtype=bool)
            open_[context[code], symbol] = False
            _kept(self._closed, place, Closed(codes, open_))
        return self._closed[place]


def _kept(store: dict[Place, Value], place: Place, value: Value) -> None:
    """Put a value into a store that does not grow without end."""
    if len(store) >= _MOST_KEPT:
        store.pop(next(iter(store)), None)
    store[place] = value


def _keys(lengths: Ints, notes: int) -> Keys:
    """Return a key of the proportions of `notes` - 1 successive lengths, from each note on."""
    values = np.asarray(lengths, dtype=np.float64)
    ratio = (values[1:] / values[:-1]).view(np.uint64)
    count = len(ratio) - notes + 3
    keys = np.zeros(count, dtype=np.uint64)
    for place in range(notes - 2):
        keys = extend_key(keys, ratio[place : place + count])
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
    symbols: Ints
    slots: Sequence[Slot]
    exempt_fixed: bool = False

    @property
    def name(self) -> str:
        """How the constraint is named to the user."""
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
            raise InputError(f"{self.name}: the notes that are fixed are a copy")
        by_duration, by_onset = (_keys(lengths, notes).tolist() for lengths in self._lengths)
        found = {}
        # Where little is free, a copy cannot be helped: that is found out first.
        ends = np.flatnonzero(self._watched)
        ends = ends[choices[ends - notes + 1] > 1]
        for end in ends[np.argsort(choices[ends - notes + 1], kind="stable")].tolist():
            first = end - notes + 1
            pitches = [self.symbols[symbols] for symbols in possible[first : end + 1]]
            closed = self.bound.closed((by_duration[first], by_onset[first]), pitches)
            contexts = int(sizes[first:end].prod())
            if len(closed.codes) == contexts and not closed.open.any():
                raise InputError(f"{self.name}: the notes that are fixed are a copy")
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
        return self._copied_among(fixed, np.searchsorted(self.symbols, pitch))

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
            self.symbols[drawn], onset, self._lengths[0], self.bound.notes
        )
        return copied & self._watched

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
        for kind, lengths in enumerate(self._lengths):
            own = _keys(lengths, notes)
            keys[notes - 1 :, kind] = own[: len(self.slots) - notes + 1]
        keys[~self._watched] = 0
        _, number = np.unique(keys, axis=0, return_inverse=True)
        alike: Ints = np.where(self._watched, number.ravel(), -1 - np.arange(len(keys)))
        return alike


_NEW = Source("corpus", 0, 0)


def draw_original(
    chain: Chain,
    weights: Floats,
    guard: CopyGuard,
    rng: np.random.Generator,
    count: int = 1,
) -> Ints:
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
    notes = guard.bound.notes
    if len(weights) < notes:
        return Sampler(chain, weights).draw_many(rng, count)
    if notes <= chain.order + 2:
        possible = supports(weights)
        closed = guard.closed(possible)
        # Two notes more than the chain looks back: its tables do not hold them.
        if notes == chain.order + 2:
            return Sampler(chain, weights, longer=closed).draw_many(rng, count)
        masks = {
            end: _mask(one, possible[end - notes + 1 : end + 1]) for end, one in closed.items()
        }
        return Sampler(chain, weights, closed=masks).draw_many(rng, count)
    if guard.unavoidable(supports(weights)):
        raise InputError(f"{guard.name}: the notes that are fixed are a copy")
    sampler = Sampler(chain, weights)
    learned: list[Runs] = []
    accepted: list[Ints] = []
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


def _mask(closed: Closed, possible: Sequence[Ints]) -> Flags:
    """Return what is closed as a mask with an axis for each note."""
    sizes = [len(symbols) for symbols in possible]
    mask = np.zeros((int(np.prod(sizes[:-1])), sizes[-1]), dtype=bool)
    mask[closed.codes] = ~closed.open
    shaped: Flags = mask.reshape(sizes)
    return shaped
