"""Melody -> timed notes for a synthesiser: seconds, velocities, one instrument.

Notes on barlines and beats are a little louder than the others, so that the metre can be heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.melody import TICKS_PER_QUARTER, FloatArray, IntArray, Melody

DURATION_LIMIT_SEC = 600.0
NOTE_LIMIT = 20_000
DEFAULT_TEMPO_BPM = 120.0

_BARLINE, _BEAT, _BETWEEN = 104, 94, 84


@dataclass(frozen=True, eq=False, kw_only=True)
class Performance:
    """Notes as they are played: `pitch` and `velocity` (MIDI), `start_sec` and `end_sec`.

    All arrays have shape (notes,), in order of time; the first note begins at 0. `program` is the
    General MIDI instrument, 0 to 127.
    """

    pitch: IntArray
    velocity: IntArray
    start_sec: FloatArray
    end_sec: FloatArray
    program: int

    @property
    def duration_sec(self) -> float:
        """Seconds from the first onset to the end of the last note."""
        return float(self.end_sec[-1])


def perform(melody: Melody, *, program: int, tempo_bpm: float | None = None) -> Performance:
    """Return `melody` as it is played: from its first note, at one tempo, with light accents.

    Parameters
    ----------
    program
        General MIDI instrument, 0 to 127.
    tempo_bpm
        Quarter notes per minute; by default the melody's own tempo, or 120.

    Raises
    ------
    InputError
        If an option is out of range or the music would be too long to render.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71], onset=[480, 960], duration=[480, 480])
    >>> perform(tune, program=73, tempo_bpm=60).start_sec.tolist()
    [0.0, 1.0]
    """
    tempo = melody.tempo_bpm or DEFAULT_TEMPO_BPM if tempo_bpm is None else tempo_bpm
    if not 1.0 <= tempo <= 1000.0:
        raise InputError(f"tempo is {tempo} quarters a minute; 1 to 1000 is supported")
    if not 0 <= program <= 127:
        raise InputError(f"instrument is program {program}; General MIDI has 0 to 127")
    if len(melody) > NOTE_LIMIT:
        raise InputError(f"{len(melody)} notes to render; at most {NOTE_LIMIT} are supported")
    seconds_per_tick = 60.0 / tempo / TICKS_PER_QUARTER
    origin = int(melody.onset[0])
    total = (int(melody.end[-1]) - origin) * seconds_per_tick
    if total > DURATION_LIMIT_SEC:
        raise InputError(
            f"the music lasts {total:.0f} seconds at {tempo:g} quarters a minute; "
            f"at most {DURATION_LIMIT_SEC:.0f} are rendered"
        )
    return Performance(
        pitch=melody.pitch,
        velocity=_accents(melody),
        start_sec=np.multiply(melody.onset - origin, seconds_per_tick, dtype=np.float64),
        end_sec=np.multiply(melody.end - origin, seconds_per_tick, dtype=np.float64),
        program=program,
    )


def _accents(melody: Melody) -> IntArray:
    beat = TICKS_PER_QUARTER * 4 // (melody.meter or (4, 4))[1]
    position = melody.bar_position
    accents = np.where(position % beat == 0, _BEAT, _BETWEEN)
    return np.where(position == 0, _BARLINE, accents).astype(np.int64)
