"""Columns -> the same with all but one aspect of them gone: what is alike then is alike in that.

Who compares these columns as any others compares one aspect alone: there is no second way to
compare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Array
from mer.notes.columns import Columns
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.viewpoints import contour

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
ASPECTS: dict[str, Callable[[Columns], Columns]] = {
    "pitch and rhythm": as_it_is,
    "pitch": pitch_alone,
    "rhythm": rhythm_alone,
    "contour": contour_alone,
}


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
