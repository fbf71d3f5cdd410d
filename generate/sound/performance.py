"""Melody, or parts that sound together -> timed notes for a synthesiser: seconds, velocities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.io.sheet.sheet import MOST_PARTS, Part, played_notes
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import TICKS_PER_QUARTER, Melody

DURATION_LIMIT_SEC = 600.0
NOTE_LIMIT = 20_000
DEFAULT_TEMPO_BPM = 120.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Performance:
    """Notes as they are played: `pitch` and `velocity` (MIDI), `start_sec` and `end_sec`.

    All arrays have shape (notes,), in order of time; the first note begins at 0. `part` says which
    part a note belongs to, and `programs` the General MIDI instrument, 0 to 127, of each part.
    """

    pitch: Ints
    velocity: Ints
    start_sec: Floats
    end_sec: Floats
    part: Ints
    programs: tuple[int, ...]

    @property
    def duration_sec(self) -> float:
        """Seconds from the first onset to the end of the last note."""
        return float(self.end_sec.max())


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
    return perform_parts([Part(melody=melody, program=program)], tempo_bpm=tempo_bpm)


def perform_parts(parts: Sequence[Part], *, tempo_bpm: float | None = None) -> Performance:
    """Return parts as they are played together, each as loud as its velocity says.

    Parameters
    ----------
    parts
        At most 15, on one time line. The first one's metre and tempo hold for all.
    tempo_bpm
        Quarter notes per minute; by default the first part's own tempo, or 120.

    Raises
    ------
    InputError
        If an option is out of range or the music would be too long to render.

    Examples
    --------
    >>> high = Melody(pitch=[69, 71], onset=[0, 480], duration=[480, 480])
    >>> low = Melody(pitch=[45], onset=[0], duration=[960])
    >>> both = perform_parts([Part(melody=high, program=73), Part(melody=low, velocity=40)])
    >>> both.part.tolist(), both.velocity.tolist()
    ([1, 0, 0], [52, 104, 94])
    """
    _check_parts(parts)
    leader = parts[0].melody
    tempo = leader.tempo_bpm or DEFAULT_TEMPO_BPM if tempo_bpm is None else tempo_bpm
    if not 1.0 <= tempo <= 1000.0:
        raise InputError(f"tempo is {tempo} quarters a minute; 1 to 1000 is supported")
    played = [played_notes(part, leader) for part in parts]
    rows = np.array([one[:4] for notes in played for one in notes], dtype=np.int64)
    pitch, onset, end, velocity = rows.T
    number = np.repeat(np.arange(len(parts)), [len(notes) for notes in played])
    if len(pitch) > NOTE_LIMIT:
        raise InputError(f"{len(pitch)} notes to render; at most {NOTE_LIMIT} are supported")
    seconds_per_tick = 60.0 / tempo / TICKS_PER_QUARTER
    origin = int(onset.min())
    check_length(int(end.max()) - origin, tempo)
    order = np.lexsort((pitch, onset))
    return Performance(
        pitch=pitch[order],
        velocity=velocity[order],
        start_sec=np.multiply(onset[order] - origin, seconds_per_tick, dtype=np.float64),
        end_sec=np.multiply(end[order] - origin, seconds_per_tick, dtype=np.float64),
        part=number[order],
        programs=tuple(part.program for part in parts),
    )


def check_length(ticks: int, tempo_bpm: float | None) -> None:
    """Raise an error that says how long the music lasts if that is too long to render.

    Parameters
    ----------
    tempo_bpm
        Quarter notes per minute; None stands for 120.

    Raises
    ------
    InputError
        If it lasts more than ten minutes.

    Examples
    --------
    >>> check_length(480 * 120, 120.0)
    """
    tempo = tempo_bpm or DEFAULT_TEMPO_BPM
    total_sec = ticks / TICKS_PER_QUARTER * 60.0 / tempo
    if total_sec > DURATION_LIMIT_SEC:
        raise InputError(
            f"the music lasts {total_sec:.0f} seconds at {tempo:g} quarters a minute; "
            f"at most {DURATION_LIMIT_SEC:.0f} are rendered"
        )


def _check_parts(parts: Sequence[Part]) -> None:
    if not 1 <= len(parts) <= MOST_PARTS:
        raise InputError(f"{len(parts)} parts to render; 1 to {MOST_PARTS} are supported")
    for part in parts:
        if not 0 <= part.program <= 127:
            raise InputError(f"instrument is program {part.program}; General MIDI has 0 to 127")
        if not 1 <= part.velocity <= 127:
            raise InputError(f"velocity is {part.velocity}; 1 to 127 is supported")
