"""Columns -> histograms: how much of each scale degree or interval a sequence holds, in any order.

Krumhansl (1990) showed that listeners infer the key from how long each pitch class sounds, so the
pitch-class histogram is weighted by duration. A departure: it begins at the tonic, which is the
notated one or, where none is, estimated (`mer.notes.viewpoints.tonic`). The interval histogram
counts intervals up to an octave, larger ones as an octave.

References
----------
Krumhansl, C. L. (1990). Cognitive Foundations of Musical Pitch. Oxford University Press.
Tzanetakis, G., Ermolinskyi, A. and Cook, P. (2003). Pitch histograms in audio and symbolic music
information retrieval. Journal of New Music Research 32(2).
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.viewpoints import UNDEFINED, interval, pitch_class_weights, tonic

WIDEST = 12  # semitones


def pitch_class_histogram(columns: Columns) -> Floats:
    """Return the share of time on each scale degree, in semitones above the tonic, shape (S, 12).

    Examples
    --------
    Two quarters on the tonic, one a tone above it.

    >>> from mer.notes.key import Key
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[67, 69], onset=[0, 960], duration=[960, 480], key=Key(7, "major"))
    >>> pitch_class_histogram(Columns.from_melodies([tune]))[0, :3].round(2).tolist()
    [0.67, 0.0, 0.33]
    """
    weights = pitch_class_weights(columns)
    turned = (np.arange(12) + tonic(columns)[:, None]) % 12
    return np.asarray(np.take_along_axis(weights, turned, axis=1) / weights.sum(axis=1)[:, None])


def interval_histogram(columns: Columns) -> Floats:
    """Return the share of each interval from an octave down to an octave up, shape (S, 25).

    Column 12 is the repeated note. A sequence of one note has no interval: its row is zeros.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62, 61], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> np.flatnonzero(interval_histogram(Columns.from_melodies([tune]))[0]).tolist()
    [11, 14]
    """
    step = interval(columns)
    there = step != UNDEFINED
    bins = 2 * WIDEST + 1
    cell = columns.sequence[there] * bins + np.clip(step[there], -WIDEST, WIDEST) + WIDEST
    counts = np.bincount(cell, minlength=bins * len(columns)).reshape(len(columns), bins)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
