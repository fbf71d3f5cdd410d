"""Columns -> viewpoints: one integer or number per note, for every sequence at once.

A viewpoint is a function from a sequence of events to one kind of element (Conklin and Witten
1995). Each function here takes `Columns` and returns an array of shape (N,). Where a viewpoint has
no value (an interval before the first note, say) it holds `UNDEFINED`, which only happens at the
first note of a sequence.

References
----------
Conklin, D. and Witten, I. H. (1995). Multiple viewpoint systems for music prediction. Journal of
New Music Research 24(1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mer.notes.arrays import Array, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import profile_matrix

UNDEFINED = -(2**31)
STEP_SEMITONES = 2  # the largest interval that counts as a step


def _since_previous(columns: Columns, values: Array) -> Ints:
    change = np.full(len(values), UNDEFINED, dtype=np.int64)
    change[1:] = values[1:].astype(np.int64) - values[:-1]
    change[columns.is_first] = UNDEFINED
    return change


def pitch(columns: Columns) -> Ints:
    """Return the MIDI number of each note."""
    return columns.pitch.astype(np.int64)


def interval(columns: Columns) -> Ints:
    """Return the semitones from the note before; undefined at a first note.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> interval(Columns.from_melodies([tune]))[1:].tolist()
    [4, -2]
    """
    return _since_previous(columns, columns.pitch)


def contour(columns: Columns) -> Ints:
    """Return the direction from the note before: -1, 0 or 1 (the Parsons code)."""
    step = interval(columns)
    return np.where(step == UNDEFINED, UNDEFINED, np.sign(step))


def step_contour(columns: Columns) -> Ints:
    """Return the direction and size from the note before: -2 leap down, -1 step down ... 2."""
    step = interval(columns)
    size = np.sign(step) * (1 + (np.abs(step) > STEP_SEMITONES))
    return np.where(step == UNDEFINED, UNDEFINED, size)


def inter_onset_interval(columns: Columns) -> Ints:
    """Return the ticks from each onset to the next; at a last note, its duration."""
    gap = columns.duration.astype(np.int64)
    onset = columns.onset.astype(np.int64)
    gap[:-1] = np.where(columns.is_first[1:], gap[:-1], onset[1:] - onset[:-1])
    return np.maximum(gap, 1)


def duration(columns: Columns) -> Ints:
    """Return the duration of each note in ticks."""
    return columns.duration.astype(np.int64)


def ioi_ratio(columns: Columns) -> Ints:
    """Return log2 of the inter-onset interval over the one before, in quarter steps.

    0 is "as long as before", 4 "twice as long", -4 "half as long". Tempo-invariant.
    """
    length = np.log2(inter_onset_interval(columns))
    ratio = np.full(len(length), UNDEFINED, dtype=np.int64)
    ratio[1:] = np.round(4.0 * (length[1:] - length[:-1])).astype(np.int64)
    ratio[columns.is_first] = UNDEFINED
    return ratio


def tonic(columns: Columns) -> Ints:
    """Return the tonic pitch class of each *sequence*, shape (S,): notated, else estimated.

    The estimate is that of `mer.notes.key.estimate_key`, for all sequences in one matrix product.
    """
    return np.where(columns.tonic >= 0, columns.tonic, estimated_tonic(columns)).astype(np.int64)


def estimated_tonic(columns: Columns) -> Ints:
    """Return the tonic that the notes themselves suggest, shape (S,)."""
    weights = pitch_class_weights(columns)
    last = columns.pitch[columns.bounds[1:] - 1].astype(np.int64) % 12
    weights[np.arange(len(columns)), last] += 0.5 * weights.sum(axis=1)
    weights -= weights.mean(axis=1, keepdims=True)
    best = np.argmax(weights @ profile_matrix().T, axis=1)
    return np.asarray(best % 12, dtype=np.int64)


def pitch_class_weights(columns: Columns) -> Floats:
    """Return the time spent on each pitch class, shape (S, 12), in ticks."""
    cell = columns.sequence * 12 + columns.pitch.astype(np.int64) % 12
    flat = np.bincount(cell, weights=columns.duration, minlength=12 * len(columns))
    return flat.astype(np.float64).reshape(len(columns), 12)


def scale_degree(columns: Columns) -> Ints:
    """Return the semitones of each note above the tonic, 0 to 11."""
    return (columns.pitch.astype(np.int64) - np.repeat(tonic(columns), columns.lengths)) % 12


def tonic_interval(columns: Columns) -> Ints:
    """Return the semitones from the tonic nearest to the sequence's mean pitch, with octave."""
    sums = np.add.reduceat(columns.pitch.astype(np.int64), columns.bounds[:-1])
    mean = sums / columns.lengths
    home = tonic(columns)
    reference = home + 12 * np.round((mean - home) / 12.0).astype(np.int64)
    return columns.pitch.astype(np.int64) - np.repeat(reference, columns.lengths)


def bar_position(columns: Columns) -> Ints:
    """Return the ticks from the barline before each note; 4/4 where the metre is unknown."""
    # Numbers of half the size are divided in half the time.
    kind = np.promote_types(columns.onset.dtype, np.int32)
    downbeat = np.repeat(columns.downbeat.astype(kind), columns.lengths)
    bar = np.repeat(columns.bar_ticks.astype(kind), columns.lengths)
    return np.asarray((columns.onset - downbeat) % bar, dtype=np.int64)


def phrase_position(columns: Columns, *, to_last_onset: bool = False) -> Floats:
    """Return how far through its phrase each note begins, 0 to 1 (not included).

    Where no phrase is marked, the whole sequence is one phrase.

    Parameters
    ----------
    to_last_onset
        Whether the phrase ends where its last note begins, which is then at 1, however long it is.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 960])
    >>> columns = Columns.from_melodies([tune])
    >>> phrase_position(columns).tolist(), phrase_position(columns, to_last_onset=True).tolist()
    ([0.0, 0.25, 0.5], [0.0, 0.5, 1.0])
    """
    start = columns.is_first
    if columns.phrase_start is not None:
        start = start | columns.phrase_start
    begins = np.flatnonzero(start)
    lengths = np.diff(np.append(begins, len(start)))
    onset = columns.onset.astype(np.int64)
    last = begins + lengths - 1
    span = onset[last] - onset[begins]
    if not to_last_onset:
        span = span + columns.duration[last]
    since = onset - np.repeat(onset[begins], lengths)
    return np.asarray(since / np.repeat(np.maximum(span, 1), lengths), dtype=np.float64)


VIEWPOINTS: dict[str, Callable[[Columns], Any]] = {
    "pitch": pitch,
    "interval": interval,
    "contour": contour,
    "step_contour": step_contour,
    "inter_onset_interval": inter_onset_interval,
    "duration": duration,
    "ioi_ratio": ioi_ratio,
    "scale_degree": scale_degree,
    "tonic_interval": tonic_interval,
    "bar_position": bar_position,
    "phrase_position": phrase_position,
}
