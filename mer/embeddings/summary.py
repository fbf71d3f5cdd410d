"""Columns -> a dozen summary features: the weakest baseline, kept to show why it fails.

Averages over a whole tune tell a jig from a slow air, and one singer's range from another's. They
say nothing about the order of notes, which is what makes a tune; and variants of one tune differ in
just these averages (key, range, ornament, notation in eighths or quarters). So such features place
tunes of one *genre* next to each other, and the variants of one *tune* nowhere in particular. The
features are in the spirit of the statistics of jSymbolic (McKay and Fujinaga 2006) and FANTASTIC
(Muellensiefen 2009).

References
----------
McKay, C. and Fujinaga, I. (2006). jSymbolic: a feature extractor for MIDI files. ICMC.
Muellensiefen, D. (2009). FANTASTIC: Feature ANalysis Technology Accessing STatistics (In a Corpus).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mer.notes.arrays import Array, Floats
from mer.notes.columns import Columns
from mer.notes.melody import TICKS_PER_QUARTER
from mer.notes.viewpoints import (
    STEP_SEMITONES,
    UNDEFINED,
    inter_onset_interval,
    interval,
    pitch_class_weights,
)


def _total(columns: Columns, values: Array) -> Floats:
    return np.add.reduceat(values.astype(np.float64), columns.bounds[:-1])


def _mean(columns: Columns, values: Array) -> Floats:
    return np.asarray(_total(columns, values) / columns.lengths)


def _deviation(columns: Columns, values: Array) -> Floats:
    about_mean = values - np.repeat(_mean(columns, values), columns.lengths)
    return np.asarray(np.sqrt(_mean(columns, about_mean**2)))


def _steps(columns: Columns) -> Array:
    step = interval(columns)
    return np.where(step == UNDEFINED, 0, step)


def _per_step(columns: Columns, values: Array) -> Floats:
    return np.asarray(_total(columns, values) / np.maximum(columns.lengths - 1, 1))


def _repeats(columns: Columns) -> Floats:
    return _per_step(columns, interval(columns) == 0)


def _leaps(columns: Columns) -> Floats:
    return _per_step(columns, np.abs(_steps(columns)) > STEP_SEMITONES)


def _quarters(columns: Columns) -> Array:
    return np.asarray(inter_onset_interval(columns) / TICKS_PER_QUARTER)


def _range(columns: Columns) -> Floats:
    pitch, starts = columns.pitch.astype(np.float64), columns.bounds[:-1]
    return np.asarray(np.maximum.reduceat(pitch, starts) - np.minimum.reduceat(pitch, starts))


def _pitch_classes(columns: Columns) -> Floats:
    return np.asarray((pitch_class_weights(columns) > 0).sum(axis=1), dtype=np.float64)


FEATURES: dict[str, Callable[[Columns], Floats]] = {
    "mean pitch (MIDI number)": lambda c: _mean(c, c.pitch),
    "spread of pitch (semitones)": lambda c: _deviation(c, c.pitch),
    "range (semitones)": _range,
    "pitch classes": _pitch_classes,
    "mean interval (semitones)": lambda c: _per_step(c, _steps(c)),
    "mean size of interval (semitones)": lambda c: _per_step(c, np.abs(_steps(c))),
    "share of repeated notes": _repeats,
    "share of leaps": _leaps,
    "share of rising steps": lambda c: _per_step(c, _steps(c) > 0),
    "notes per quarter": lambda c: 1.0 / _mean(c, _quarters(c)),
    "spread of log inter-onset intervals": lambda c: _deviation(c, np.log2(_quarters(c))),
    "log number of notes": lambda c: np.log(c.lengths),
}


def summary_features(columns: Columns) -> Floats:
    """Return the numbers named in `FEATURES`, shape (S, 12), each in its own unit.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> row = summary_features(Columns.from_melodies([tune]))[0]
    >>> dict(zip(FEATURES, row.round(2).tolist()))["share of leaps"]
    0.5
    """
    return np.stack([feature(columns) for feature in FEATURES.values()], axis=1)
