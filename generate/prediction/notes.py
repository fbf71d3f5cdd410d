"""Columns -> `Notes`: what the viewpoints look at, note by note, over many melodies at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from mer.notes.arrays import Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody

# Stands for "there is no such note": before the first one, or an interval that needs two.
NOTHING = -9999
# A pause is a note this many times as long as the mean so far, or a rest of this many ticks.
_LONG, _SILENCE = 1.9, 120


class Notes:
    """The notes of many melodies, and what came before each.

    Parameters
    ----------
    columns
        One sequence per melody.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 59], onset=[0, 480, 960], duration=[480] * 3)
    >>> notes = Notes.of([tune])
    >>> notes.interval.tolist(), notes.from_first.tolist(), notes.before(notes.pitch, 2).tolist()
    ([-9999, 2, -3], [0, 2, -1], [-9999, -9999, 60])
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @classmethod
    def of(cls, melodies: Sequence[Melody]) -> Notes:
        """Return the notes of `melodies`."""
        return cls(Columns.from_melodies(melodies))

    def __len__(self) -> int:
        return len(self.columns.pitch)

    @cached_property
    def pitch(self) -> Ints:
        """MIDI numbers, shape (N,)."""
        return self.columns.pitch.astype(np.int64)

    @cached_property
    def duration(self) -> Ints:
        """Ticks, shape (N,)."""
        return self.columns.duration.astype(np.int64)

    @cached_property
    def melody(self) -> Ints:
        """Number of the melody that each note belongs to, shape (N,)."""
        return np.asarray(self.columns.sequence, dtype=np.int64)

    @cached_property
    def place(self) -> Ints:
        """How many notes of the melody stand before each, shape (N,)."""
        return np.arange(len(self)) - self.columns.bounds[self.melody]

    def before(self, values: Ints, steps: int) -> Ints:
        """Return the value `steps` notes earlier in the same melody, or `NOTHING`; shape (N,)."""
        earlier = np.full(len(self), NOTHING, dtype=np.int64)
        there = self._after.get(steps)
        if there is None:
            there = self._after[steps] = np.flatnonzero(self.place >= steps)
        earlier[there] = values[there - steps]
        return earlier

    def earlier(self, values: Ints, start: int, count: int) -> Ints:
        """Return the values `start` notes earlier, and of those before; shape (N, count).

        Examples
        --------
        >>> notes = Notes.of([Melody(pitch=[60, 62, 59], onset=[0, 480, 960], duration=[480] * 3)])
        >>> notes.earlier(notes.pitch, 1, 2)[2].tolist()
        [62, 60]
        """
        steps = np.arange(start, start + count)
        at = np.maximum(np.arange(len(self))[:, None] - steps, 0)
        return np.where(self.place[:, None] >= steps, values[at], NOTHING)

    @cached_property
    def _after(self) -> dict[int, Ints]:
        """Which notes have so many before them in their melody, by how many."""
        return {}

    def difference(self, values: Ints, others: Ints) -> Ints:
        """Return ``values - others``, or `NOTHING` where either is; shape (N,)."""
        undefined = (values == NOTHING) | (others == NOTHING)
        return np.where(undefined, NOTHING, values - others)

    @cached_property
    def interval(self) -> Ints:
        """Semitones from the note before, shape (N,)."""
        return self.difference(self.pitch, self.before(self.pitch, 1))

    @cached_property
    def contour(self) -> Ints:
        """Whether the melody went up (1), down (-1) or stayed (0), shape (N,)."""
        return np.where(self.interval == NOTHING, NOTHING, np.sign(self.interval))

    @cached_property
    def first(self) -> Ints:
        """Pitch of the first note of the melody, shape (N,)."""
        return self.pitch[self.columns.bounds[:-1]][self.melody]

    @cached_property
    def from_first(self) -> Ints:
        """Semitones above the first note of the melody, shape (N,)."""
        return self.pitch - self.first

    @cached_property
    def highest(self) -> Ints:
        """Highest pitch before each note, `NOTHING` for the first; shape (N,)."""
        return self.before(self._running(np.maximum), 1)

    @cached_property
    def lowest(self) -> Ints:
        """Lowest pitch before each note, `NOTHING` for the first; shape (N,)."""
        return self.before(self._running(np.minimum), 1)

    def _running(self, extreme: np.ufunc) -> Ints:
        return self._accumulated(extreme, self.pitch)

    def _accumulated(self, join: np.ufunc, values: Ints) -> Ints:
        """Return what all values of a melody up to each come to, shape (N,)."""
        lengths = np.diff(self.columns.bounds)
        if len(lengths) and (lengths == lengths[0]).all():
            return np.asarray(join.accumulate(values.reshape(len(lengths), -1), axis=1).ravel())
        parts = [join.accumulate(part) for part in np.split(values, self.columns.bounds[1:-1])]
        return np.concatenate(parts) if parts else values

    @cached_property
    def heard(self) -> Ints:
        """Pitch classes before each note, counted from the first note: a sum of powers of two."""
        bit = np.left_shift(1, self.from_first % 12)
        return self.before(self._accumulated(np.bitwise_or, bit), 1)

    @cached_property
    def onset(self) -> Ints:
        """Ticks from the first barline, or from tick 0 where none is known; shape (N,)."""
        return self.columns.onset.astype(np.int64) - self.columns.downbeat[self.melody]

    @cached_property
    def in_bar(self) -> Ints:
        """Ticks from the barline, bars of 4/4 where the metre is unknown; shape (N,)."""
        return np.asarray(self.onset % self.columns.bar_ticks[self.melody], dtype=np.int64)

    def in_span(self, ticks: int) -> Ints:
        """Ticks since the last multiple of a span of time, shape (N,)."""
        return self.onset % ticks

    @cached_property
    def rest(self) -> Ints:
        """Ticks of silence before each note, `NOTHING` for the first; shape (N,)."""
        return self.difference(self.onset, self.before(self.onset + self.duration, 1))

    @cached_property
    def since_pause(self) -> Ints:
        """Notes since the last pause: a rest, or a note about twice as long as usual; shape (N,).

        Only what is known when the note begins is used.
        """
        total = np.cumsum(self.duration)
        start = self.columns.bounds[:-1][self.melody]
        earlier = total - self.duration - (total - self.duration)[start]
        usual = earlier / np.maximum(self.place, 1)
        step = self.onset - self.before(self.onset, 1)
        pause = (self.place == 0) | (step >= _LONG * usual) | (self.rest >= _SILENCE)
        return np.arange(len(self)) - np.maximum.accumulate(
            np.where(pause, np.arange(len(self)), 0)
        )

    def ago(self, ticks: int) -> Ints:
        """Return which note began last at or before a time span ago, or `NOTHING`; shape (N,)."""
        start = self.columns.bounds[:-1][self.melody]
        late = int(self.columns.onset.max(initial=0)) + 1
        clock = self.melody * 2 * late + self.columns.onset
        at = np.searchsorted(clock, clock - ticks, side="right") - 1
        return np.where(at >= start, at, NOTHING)
