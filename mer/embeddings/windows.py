"""Columns -> windows: the pitch curve over a few notes, and their mean in a kernel's feature space.

A window reaches over 6, 9 or 12 notes. Its pitch curve is read at 12 equally spaced moments, so
that an ornament, a split note or a dotted rhythm changes it little, where it would break an n-gram.
To these numbers come how high the window lies in its sequence and how far through. Two sequences
are alike if many windows of one are near windows of the other: the mean of a Gaussian kernel over
all pairs of windows. Cosines of random projections (Rahimi and Recht 2008) turn that double sum
into the product of two means, one per sequence, of fixed length.

References
----------
Rahimi, A. and Recht, B. (2008). Random features for large-scale kernel machines. NIPS 20.
Smola, A., Gretton, A., Song, L. and Schoelkopf, B. (2007). A Hilbert space embedding for
distributions. Algorithmic Learning Theory.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mer.notes.arrays import Array, Ints, Singles
from mer.notes.columns import Columns
from mer.notes.viewpoints import inter_onset_interval

SPANS = (6, 9, 12)  # notes
MOMENTS = 12
WIDTH = MOMENTS + 2  # numbers that describe a window
_NOTES_AT_ONCE = 500  # keeps the cosines in the processor's cache


def windows(columns: Columns) -> tuple[Singles, Ints]:
    """Return all windows, shape (windows, 14), and the sequence of each; sequences rise.

    The first 12 numbers are semitones about the window's mean, the next is that mean about the
    mean pitch of the sequence (each weighted by time), the last the place of the window's middle in
    the sequence, 0 to 1. A sequence of fewer than 6 notes is one window.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64], onset=[0, 480], duration=[480, 480])
    >>> curve, sequence = windows(Columns.from_melodies([tune]))
    >>> curve[0, [0, 5, 6, 11]].tolist(), sequence.tolist()
    ([-2.0, -2.0, 2.0, 2.0], [0])
    """
    first, last = _spans(columns)
    sequence = columns.sequence
    length = inter_onset_interval(columns)
    begin = np.cumsum(length) - length  # sequences laid end to end
    end = begin + length
    span = end[last] - begin[first]
    moments = begin[first, None] + span[:, None] * ((np.arange(MOMENTS) + 0.5) / MOMENTS)
    note = np.searchsorted(begin, moments, side="right") - 1
    curve = columns.pitch[note].astype(np.float64)
    level = curve.mean(axis=1)
    total = np.add.reduceat(length, columns.bounds[:-1])
    means = np.add.reduceat(columns.pitch * length, columns.bounds[:-1]) / total
    own = sequence[first]
    height = level - means[own]
    place = ((begin[first] + end[last]) / 2 - begin[columns.bounds[:-1]][own]) / total[own]
    rows = np.column_stack([curve - level[:, None], height, place])
    return rows.astype(np.float32), own


def _spans(columns: Columns) -> tuple[Ints, Ints]:
    """Return the first and last note of every window, in the order of the first notes."""
    note = np.arange(len(columns.pitch))
    end = np.repeat(columns.bounds[1:], columns.lengths)
    found = [(note[note + size <= end], size - 1) for size in SPANS]
    short = np.flatnonzero(columns.lengths < SPANS[0])
    first = np.concatenate([columns.bounds[:-1][short], *(start for start, _ in found)])
    steps = [columns.lengths[short] - 1, *(np.full(len(s), step) for s, step in found)]
    last = first + np.concatenate(steps)
    order = np.argsort(first, kind="stable")
    return first[order].astype(np.int64), last[order].astype(np.int64)


def mean_cosines(columns: Columns, frequencies: Array, phases: Array) -> Singles:
    """Return the mean over windows of ``cos(window @ frequencies + phases)``, shape (S, D).

    Parameters
    ----------
    frequencies
        Shape (14, D): drawn from a Gaussian that is as narrow as the kernel is wide.
    phases
        Shape (D,): drawn evenly from 0 to 2 pi.
    """
    means = np.zeros((len(columns), len(phases)), dtype=np.float32)
    start = 0
    while start < len(columns):  # parts of bounded memory
        limit = columns.bounds[start] + _NOTES_AT_ONCE
        stop = max(start + 1, int(np.searchsorted(columns.bounds, limit, side="right")) - 1)
        rows, own = windows(columns.take(np.arange(start, stop)))
        angle = rows @ frequencies.astype(np.float32, copy=False)
        angle += phases
        np.cos(angle, out=angle)
        bounds = np.searchsorted(own, np.arange(stop - start + 1)).tolist()
        for number, (begin, end) in enumerate(pairwise(bounds), start):
            angle[begin:end].mean(axis=0, out=means[number])
        start = stop
    return means
