"""A corpus and a number of notes -> the runs of the corpus that are too long to be copied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from generate.originality.originality import Originality
from generate.sampling.sampler import Closed
from mer.notes.arrays import Ints, Keys
from mer.notes.hashing import extend_key

Place = TypeVar("Place")
Value = TypeVar("Value")

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_PITCHES = 128
_INTERVAL_SPAN = 256
# How many rhythms are kept, and how many of them over their alphabets.
_MOST_KEPT = 2000


class CopyBound:
    """The runs of `notes` notes of a corpus: one more than may be copied.

    Parameters
    ----------
    originality
        Knows the corpus.
    notes
        Length of the shortest run that is forbidden.
    rhythm
        Whether a run is copied only with its rhythm; else its intervals alone count.
    """

    def __init__(self, originality: Originality, notes: int, rhythm: bool = True) -> None:
        self.originality, self.notes = originality, notes
        self.rhythm = rhythm

    @property
    def name(self) -> str:
        """Name of the constraint in messages."""
        how = "(max-copy)" if self.rhythm else "whatever the rhythm (max-copy-pitch)"
        return f"at most {self.notes - 1} notes copied in a row {how}"

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
            keys = proportion_keys(lengths, self.notes)
            starts = np.flatnonzero(left[: len(keys)] >= self.notes)
            order = np.argsort(keys[starts], kind="stable")
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
    """Put a value into a store of limited size."""
    if len(store) >= _MOST_KEPT:
        store.pop(next(iter(store)), None)
    store[place] = value


def proportion_keys(lengths: Ints, notes: int) -> Keys:
    """Return a key of the proportions of `notes` - 1 successive lengths, from each note on."""
    values = np.asarray(lengths, dtype=np.float64)
    ratio = (values[1:] / values[:-1]).view(np.uint64)
    count = len(ratio) - notes + 3
    keys = np.zeros(count, dtype=np.uint64)
    for place in range(notes - 2):
        keys = extend_key(keys, ratio[place : place + count])
    return keys
