"""Columns -> the same with all but one aspect of them gone: what is alike then is alike in that.

Who compares these columns as any others compares one aspect alone: there is no second way to
compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Array, Ints
from mer.notes.columns import Columns
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.names import pitch_name
from mer.notes.viewpoints import contour, inter_onset_interval, ioi_ratio

_MIDDLE = 60


def as_it_is(columns: Columns) -> Columns:
    """Return the columns: intervals and proportions of time."""
    return columns


def pitch_alone(columns: Columns) -> Columns:
    """Return the same pitches in even notes."""
    return _evened(columns, columns.pitch)


def rhythm_alone(columns: Columns) -> Columns:
    """Return the same rhythm on one pitch."""
    pitch = np.full_like(columns.pitch, _MIDDLE)
    return replace(columns, pitch=pitch, tonic=np.full_like(columns.tonic, -1))


def contour_alone(columns: Columns) -> Columns:
    """Return even notes that only go up, down or stay.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 67, 64, 64], onset=[0, 480, 960, 1920], duration=[480] * 4)
    >>> only = contour_alone(Columns.from_melodies([tune]))
    >>> np.diff(only.pitch).tolist(), np.diff(only.onset).tolist()
    ([1, -1, 0], [480, 480, 480])
    """
    step = contour(columns)
    step[columns.is_first] = 0
    # Only differences count: each sequence begins where the one before it ended.
    return _evened(columns, np.cumsum(step) + _MIDDLE)


def _evened(columns: Columns, pitch: Array) -> Columns:
    place = np.arange(len(columns.pitch)) - np.repeat(columns.bounds[:-1], columns.lengths)
    return replace(
        columns,
        pitch=pitch,
        onset=place * TICKS_PER_QUARTER,
        duration=np.full(len(place), TICKS_PER_QUARTER),
    )


# What a run may be shared in, and how it is said.
BOTH = "pitch and rhythm"
_WITH_RHYTHM = (BOTH, "rhythm")
ASPECTS: dict[str, Callable[[Columns], Columns]] = {
    BOTH: as_it_is,
    "pitch": pitch_alone,
    "rhythm": rhythm_alone,
    "contour": contour_alone,
}


def aspects_of(melody: Melody) -> list[str]:
    """Return the aspects that a melody has: none with rhythm where that is not known.

    Examples
    --------
    >>> chant = Melody(pitch=[62, 65], onset=[0, 480], duration=[480, 480], rhythm_known=False)
    >>> aspects_of(chant)
    ['pitch', 'contour']
    """
    return [name for name in ASPECTS if melody.rhythm_known or name not in _WITH_RHYTHM]


def check_rhythm(melody: Melody, asked: str) -> None:
    """Raise if rhythm alone is asked for and a melody has none.

    Parameters
    ----------
    asked
        The name of an aspect, a method or a representation.

    Raises
    ------
    InputError
        If it is so.
    """
    if not melody.rhythm_known and asked.removeprefix("by-") == "rhythm":
        raise InputError("the melody has no rhythm to compare; choose pitch or contour")


# Those without pitches, and the steps that are compared in them.
STEPPED: dict[str, Callable[[Columns], Ints]] = {"rhythm": ioi_ratio, "contour": contour}


def aspect_named(name: str) -> Callable[[Columns], Columns]:
    """Return what leaves only one aspect, by its name.

    Raises
    ------
    InputError
        If there is none; the message lists all.
    """
    if name not in ASPECTS:
        raise InputError(f"unknown aspect {name!r}; choose one of {', '.join(ASPECTS)}")
    return ASPECTS[name]


def is_pitched(aspect: str) -> bool:
    """Return whether pitches count in an aspect; "" stands for all that there is."""
    return aspect not in STEPPED


def values_of(melody: Melody, aspect: str) -> Ints:
    """Return what is compared of each note: its pitch, or the step to it, shape (notes,).

    `mer.notes.viewpoints.UNDEFINED` where there is no step.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 67, 64], onset=[0, 480, 720], duration=[480, 240, 480])
    >>> values_of(tune, "contour")[1:].tolist(), values_of(tune, "rhythm")[1:].tolist()
    ([1, -1], [-4, 4])
    """
    if is_pitched(aspect):
        return melody.pitch
    return STEPPED[aspect](Columns.from_melodies([melody]))


def names_of(melody: Melody, aspect: str) -> list[str]:
    """Return how each note is called where nothing but an aspect counts.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 67, 64], onset=[0, 480, 720], duration=[480, 240, 480])
    >>> [names_of(tune, aspect) for aspect in ("pitch", "rhythm", "contour")]
    [['C4', 'G4', 'E4'], ['1', '1/2', '1'], ['*', 'up', 'down']]
    """
    if is_pitched(aspect):
        return [pitch_name(pitch) for pitch in melody.pitch.tolist()]
    columns = Columns.from_melodies([melody])
    if aspect == "rhythm":
        from fractions import Fraction

        times = inter_onset_interval(columns).tolist()
        return [str(Fraction(time, TICKS_PER_QUARTER).limit_denominator(48)) for time in times]
    words = {-1: "down", 0: "same", 1: "up"}
    return [words.get(step, "*") for step in contour(columns).tolist()]


def drawn(melody: Melody, aspect: str) -> Melody:
    """Return a melody as a picture shows it where nothing but an aspect counts.

    A contour is drawn as its steps: each note above the middle, below it or on it.
    """
    if aspect == "contour":
        only = pitch_alone(Columns.from_melodies([melody]))
        steps = np.maximum(values_of(melody, aspect), -1)
        steps[0] = 0
        return replace(only, pitch=_MIDDLE + 2 * steps).melody(0)
    alone = ASPECTS.get(aspect, as_it_is)
    return alone(Columns.from_melodies([melody])).melody(0) if aspect else melody
