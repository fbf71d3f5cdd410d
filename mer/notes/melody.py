"""Notes -> `Melody` and `Phrase`: the two values that every layer passes on.

Time is kept in integer ticks, 480 to the quarter note, so that triplets and quintuplets are exact.
Anything in another unit carries the unit in its name (`onset_quarter`, `onset_sec`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.key import Key
from mer.notes.meter import TICKS_PER_QUARTER, Meter

__all__ = ["TICKS_PER_QUARTER", "Melody", "Phrase", "concatenate"]


def _column(name: str, values: npt.ArrayLike) -> Ints:
    array = np.asarray(values)
    if array.ndim != 1:
        raise InputError(f"{name} has {array.ndim} dimensions; one value per note is needed")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise InputError(f"{name} holds NaN or infinity; finite numbers are needed")
        if (array != np.round(array)).any():
            raise InputError(f"{name} holds fractions; whole ticks or MIDI numbers are needed")
    elif array.dtype.kind not in "iu" and array.size:
        raise InputError(f"{name} holds {array.dtype} values; whole numbers are needed")
    column = array.astype(np.int64)
    column.flags.writeable = False
    return column


@dataclass(frozen=True, eq=False, kw_only=True)
class Melody:
    """A monophonic sequence of notes, with what is known of its metre, key and phrases.

    Parameters
    ----------
    pitch
        Shape (notes,): MIDI numbers, 0 to 127.
    onset, duration
        Shape (notes,): ticks, 480 to the quarter. Onsets rise strictly; durations are at least 1; a
        note ends before or when the next begins. Gaps are rests.
    meter
        The time signature as a pair such as (6, 8), kept as a `Meter`; None if unknown.
    key
        The notated key, or None if unknown.
    tempo_bpm
        Quarter notes per minute, or None if unknown.
    downbeat
        Tick of the first barline: notes before it are the pick-up. Less than one bar.
    phrase_starts
        Indices of the notes that begin a phrase, if known: () or rising from 0.
    beat_strength
        Shape (notes,), or None: metrical weight if it was given from outside (1 = downbeat).
    title
        Title, or the empty string.
    rhythm_known
        False where no rhythm is told, as of chant: durations then say nothing, and a search leaves
        them out.

    Raises
    ------
    InputError
        If a value is out of range; the message names it and the limit.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 960])
    >>> len(tune), tune.interval.tolist(), tune.onset_quarter.tolist()
    (3, [2, 2], [0.0, 1.0, 2.0])
    >>> tune.transpose(5).pitch.tolist()
    [65, 67, 69]
    """

    pitch: Ints
    onset: Ints
    duration: Ints
    meter: tuple[int, int] | None = None
    key: Key | None = None
    tempo_bpm: float | None = None
    downbeat: int = 0
    phrase_starts: tuple[int, ...] = ()
    beat_strength: Floats | None = None
    title: str = ""
    rhythm_known: bool = True

    def __post_init__(self) -> None:
        for name in ("pitch", "onset", "duration"):
            object.__setattr__(self, name, _column(name, getattr(self, name)))
        notes = len(self.pitch)
        if notes == 0:
            raise InputError("a melody needs at least one note")
        if not notes == len(self.onset) == len(self.duration):
            raise InputError(
                f"pitch, onset and duration differ in length: "
                f"{notes}, {len(self.onset)}, {len(self.duration)}"
            )
        self._check_notes()
        self._check_context(notes)

    def _check_notes(self) -> None:
        low, high = int(self.pitch.min()), int(self.pitch.max())
        if low < 0 or high > 127:
            raise InputError(f"pitch {low if low < 0 else high} is outside the MIDI range 0 to 127")
        shortest = int(self.duration.min())
        if shortest < 1:
            raise InputError(f"a note lasts {shortest} ticks; at least 1 is needed")
        if self.onset[0] < 0:
            raise InputError(f"the first onset is {self.onset[0]} ticks; at least 0 is needed")
        early = np.flatnonzero(self.onset[1:] < self.onset[:-1] + self.duration[:-1])
        if early.size:
            note = int(early[0]) + 1
            raise InputError(
                f"note {note} begins at tick {self.onset[note]}, before note {note - 1} ends "
                f"(tick {self.onset[note - 1] + self.duration[note - 1]}); a melody has one voice"
            )

    def _check_context(self, notes: int) -> None:
        if self.meter is not None:
            meter = Meter.checked(self.meter)
            object.__setattr__(self, "meter", meter)
            meter.check()
        if self.tempo_bpm is not None and not 1.0 <= self.tempo_bpm <= 1000.0:
            raise InputError(f"tempo is {self.tempo_bpm} quarters a minute; 1 to 1000 is supported")
        if not 0 <= self.downbeat < max(self.bar_ticks, 1):
            raise InputError(
                f"the first barline is at tick {self.downbeat}; 0 to {self.bar_ticks - 1} is needed"
            )
        starts = tuple(int(start) for start in self.phrase_starts)
        object.__setattr__(self, "phrase_starts", starts)
        rising = all(a < b for a, b in itertools.pairwise(starts))
        if starts and (starts[0] != 0 or starts[-1] >= notes or not rising):
            raise InputError(
                f"phrase starts must rise from 0 and stay below {notes}, the number of notes"
            )
        if self.beat_strength is not None:
            strength = np.array(self.beat_strength, dtype=np.float64)
            if strength.shape != (notes,) or not np.isfinite(strength).all():
                raise InputError(f"beat strength needs {notes} finite numbers, one for each note")
            strength.flags.writeable = False
            object.__setattr__(self, "beat_strength", strength)

    def __len__(self) -> int:
        return len(self.pitch)

    def _identity(self) -> tuple[Any, ...]:
        strength = None if self.beat_strength is None else self.beat_strength.tobytes()
        arrays = (self.pitch.tobytes(), self.onset.tobytes(), self.duration.tobytes(), strength)
        rest = (self.meter, self.key, self.tempo_bpm, self.downbeat, self.phrase_starts, self.title)
        return (*arrays, *rest, self.rhythm_known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Melody) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    @property
    def end(self) -> Ints:
        """Tick at which each note stops, shape (notes,)."""
        return self.onset + self.duration

    @property
    def interval(self) -> Ints:
        """Semitones from each note to the next, shape (notes - 1,)."""
        return np.diff(self.pitch)

    def _repr_svg_(self) -> str:
        """Return the picture that a notebook shows: a piano roll."""
        from mer.notes.drawing import piano_roll  # only those who look pay for it

        return piano_roll(self, label=f"{self.title or 'a melody'}, {len(self)} notes")

    @property
    def bar_ticks(self) -> int:
        """Length of a bar in ticks; 4/4 is assumed where the metre is unknown."""
        return Meter.assumed(self.meter).bar_ticks

    @property
    def beat_ticks(self) -> int:
        """Length of a beat in ticks (see `Meter`); 4/4 is assumed where the metre is unknown."""
        return Meter.assumed(self.meter).beat_ticks

    @property
    def bar_position(self) -> Ints:
        """Ticks from the barline before each note to its onset, shape (notes,)."""
        return (self.onset - self.downbeat) % self.bar_ticks

    @property
    def bars(self) -> int:
        """Number of bars begun, the pick-up not counted."""
        return max(0, -(-(int(self.end[-1]) - self.downbeat) // self.bar_ticks))

    @property
    def onset_quarter(self) -> Floats:
        """Onsets in quarter notes, shape (notes,)."""
        return self.onset / TICKS_PER_QUARTER

    @property
    def duration_quarter(self) -> Floats:
        """Durations in quarter notes, shape (notes,)."""
        return self.duration / TICKS_PER_QUARTER

    @property
    def onset_sec(self) -> Floats:
        """Onsets in seconds at `tempo_bpm`, or at 120 where it is unknown; shape (notes,)."""
        return self.onset_quarter * 60.0 / (self.tempo_bpm or 120.0)

    @property
    def duration_sec(self) -> Floats:
        """Durations in seconds at `tempo_bpm`, or at 120 where it is unknown; shape (notes,)."""
        return self.duration_quarter * 60.0 / (self.tempo_bpm or 120.0)

    def transpose(self, semitones: int) -> Melody:
        """Return the melody `semitones` higher, its key moved with it.

        Raises
        ------
        InputError
            If a note would leave the MIDI range.
        """
        key = None if self.key is None else self.key.transpose(semitones)
        return replace(self, pitch=self.pitch + semitones, key=key)

    def cut(self, start: int, stop: int) -> Melody:
        """Return notes `start` to `stop` (not included) as a melody that begins at tick 0.

        The position in the bar of every note is kept.

        Raises
        ------
        InputError
            If no note is left.
        """
        if not 0 <= start < stop <= len(self):
            raise InputError(f"cannot cut notes {start} to {stop} out of {len(self)}")
        origin = int(self.onset[start])
        inner = tuple(s - start for s in self.phrase_starts if start < s < stop)
        return replace(
            self,
            pitch=self.pitch[start:stop],
            onset=self.onset[start:stop] - origin,
            duration=self.duration[start:stop],
            downbeat=(self.downbeat - origin) % self.bar_ticks,
            phrase_starts=(0, *inner) if self.phrase_starts else (),
            beat_strength=None if self.beat_strength is None else self.beat_strength[start:stop],
        )


class Phrase(NamedTuple):
    """A stretch of a tune: its notes and where they stand.

    Parameters
    ----------
    melody
        The notes, beginning at tick 0.
    tune_id, title, collection
        The tune that the phrase was cut from.
    number
        Place of the phrase in its tune, from 1.
    start, stop
        Note indices in the tune; `stop` is not included.
    """

    melody: Melody
    tune_id: str
    title: str
    collection: str
    number: int
    start: int
    stop: int


def concatenate(parts: Sequence[Melody]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return pitch, onset, duration of all parts one after another, and their boundaries.

    Onsets stay relative to each part. Boundaries have shape (parts + 1,).
    """
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, bounds
    return (
        np.concatenate([part.pitch for part in parts]),
        np.concatenate([part.onset for part in parts]),
        np.concatenate([part.duration for part in parts]),
        bounds,
    )
