"""Melodies -> columns: the notes of many sequences one after another, with their boundaries.

Everything that is computed from notes is written over columns, so that one melody and a million
phrases run through the same code. A *sequence* is whatever lies between two boundaries: a phrase or
a whole melody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mer.errors import InputError
from mer.notes.arrays import Array
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody, concatenate
from mer.notes.meter import TICKS_PER_WHOLE, Meter


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """The notes of S sequences, N notes in all.

    Parameters
    ----------
    pitch, onset, duration
        Shape (N,): MIDI numbers and ticks. Onsets count from the start of the sequence's tune.
    bounds
        Shape (S + 1,): sequence s owns the notes ``bounds[s]`` to ``bounds[s + 1]`` (not included).
    meter
        Shape (S, 2): numerator and denominator, 0 where unknown.
    downbeat
        Shape (S,): tick of a barline.
    tonic, mode
        Shape (S,): pitch class and index into `mer.notes.key.MODES`, -1 where unknown.
    tempo_bpm
        Shape (S,): quarter notes per minute, 0 where unknown.
    phrase_start
        Shape (N,), True where a phrase begins; None if no phrases are known.
    beat_strength
        Shape (N,): metrical weight given from outside, NaN where unknown; None if never known.
    """

    pitch: Array
    onset: Array
    duration: Array
    bounds: Array
    meter: Array
    downbeat: Array
    tonic: Array
    mode: Array
    tempo_bpm: Array
    phrase_start: Array | None = None
    beat_strength: Array | None = None

    @classmethod
    def from_melodies(cls, melodies: Sequence[Melody]) -> Columns:
        """Return the columns of `melodies`, one sequence each.

        Examples
        --------
        >>> a = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480])
        >>> Columns.from_melodies([a, a.transpose(2)]).pitch.tolist()
        [60, 62, 62, 64]
        """
        pitch, onset, duration, bounds = concatenate(melodies)
        marked = np.zeros(len(pitch), dtype=bool)
        strength = np.full(len(pitch), np.nan, dtype=np.float32)
        for melody, start in zip(melodies, bounds[:-1].tolist(), strict=True):
            marked[start + np.array(melody.phrase_starts, dtype=np.int64)] = True
            if melody.beat_strength is not None:
                strength[start : start + len(melody)] = melody.beat_strength
        return cls(
            pitch=pitch.astype(np.uint8),
            onset=onset.astype(np.int32),
            duration=duration.astype(np.int32),
            bounds=bounds,
            meter=np.array([m.meter or (0, 0) for m in melodies], dtype=np.uint8).reshape(-1, 2),
            downbeat=np.array([m.downbeat for m in melodies], dtype=np.int32),
            tonic=np.array([m.key.tonic if m.key else -1 for m in melodies], dtype=np.int8),
            mode=np.array([MODES.index(m.key.mode) if m.key else -1 for m in melodies], np.int8),
            tempo_bpm=np.array([m.tempo_bpm or 0.0 for m in melodies], dtype=np.float32),
            phrase_start=marked if marked.any() else None,
            beat_strength=None if np.isnan(strength).all() else strength,
        )

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def lengths(self) -> Array:
        """Notes in each sequence, shape (S,)."""
        return np.diff(self.bounds)

    @property
    def sequence(self) -> Array:
        """The sequence that each note belongs to, shape (N,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def is_first(self) -> Array:
        """Whether each note is the first of its sequence, shape (N,)."""
        first = np.zeros(len(self.pitch), dtype=bool)
        first[self.bounds[:-1]] = True
        return first

    @property
    def bar_ticks(self) -> Array:
        """Length of a bar of each sequence in ticks, 4/4 where the metre is unknown, shape (S,)."""
        known = self.meter[:, 1] > 0
        numerator = np.where(known, self.meter[:, 0], 4).astype(np.int64)
        return numerator * TICKS_PER_WHOLE // np.where(known, self.meter[:, 1], 4)

    def take(self, sequences: npt.ArrayLike) -> Columns:
        """Return the columns of the chosen sequences, in the order given."""
        chosen = np.asarray(sequences, dtype=np.int64)
        start = self.bounds[:-1][chosen]
        lengths = self.bounds[1:][chosen] - start  # of few among many: not all are measured
        bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        notes = np.arange(bounds[-1]) + np.repeat(start - bounds[:-1], lengths)
        return replace(
            self,
            pitch=self.pitch[notes],
            onset=self.onset[notes],
            duration=self.duration[notes],
            bounds=bounds,
            meter=self.meter[chosen],
            downbeat=self.downbeat[chosen],
            tonic=self.tonic[chosen],
            mode=self.mode[chosen],
            tempo_bpm=self.tempo_bpm[chosen],
            phrase_start=None if self.phrase_start is None else self.phrase_start[notes],
            beat_strength=None if self.beat_strength is None else self.beat_strength[notes],
        )

    def melody(self, sequence: int, *, title: str = "") -> Melody:
        """Return one sequence as a `Melody` that begins at tick 0."""
        notes = slice(int(self.bounds[sequence]), int(self.bounds[sequence + 1]))
        onset = self.onset[notes].astype(np.int64)
        above, below = self.meter[sequence].tolist()
        meter = Meter(above, below) if below else None
        bar_ticks = Meter.assumed(meter).bar_ticks
        tonic, mode = int(self.tonic[sequence]), int(self.mode[sequence])
        strength = None if self.beat_strength is None else self.beat_strength[notes]
        starts: tuple[int, ...] = ()
        if self.phrase_start is not None:
            starts = tuple(np.flatnonzero(self.phrase_start[notes]).tolist())
        return Melody(
            pitch=self.pitch[notes],
            onset=onset - onset[0],
            duration=self.duration[notes],
            meter=meter,
            key=Key(tonic, MODES[mode]) if tonic >= 0 else None,
            tempo_bpm=float(self.tempo_bpm[sequence]) or None,
            downbeat=(int(self.downbeat[sequence]) - int(onset[0])) % bar_ticks,
            phrase_starts=starts if starts[:1] == (0,) else (),
            beat_strength=None if strength is None or np.isnan(strength).any() else strength,
            title=title,
        )


# What a representation takes.
Sequences = Columns | Sequence[Melody]


def as_columns(given: Sequences) -> Columns:
    """Return columns as they are, and the columns of a list of melodies.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480])
    >>> len(as_columns([tune, tune])), len(as_columns(as_columns([tune])))
    (2, 1)
    """
    if isinstance(given, Columns):
        return given
    if not isinstance(given, list | tuple) or not all(isinstance(one, Melody) for one in given):
        raise InputError(
            f"a representation takes a list of melodies or Columns, such as corpus.columns(); "
            f"not {type(given).__name__} {given!r:.40}"
        )
    return Columns.from_melodies(given)
