"""Melodies -> distances that the library does not use, for comparison; many candidates at once.

References
----------
Rubner, Y., Tomasi, C. and Guibas, L. (2000). The earth mover's distance as a metric for image
retrieval. International Journal of Computer Vision 40(2).
Levenshtein, V. (1966). Binary codes capable of correcting deletions, insertions, and reversals.
Soviet Physics Doklady 10(8).
Sakoe, H. and Chiba, S. (1978). Dynamic programming algorithm optimization for spoken word
recognition. IEEE Transactions on Acoustics, Speech, and Signal Processing 26(1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats, Ints

GROUP = 32  # candidates of similar length that are compared in one go


def jaccard(query: Ints, members: Sequence[Ints]) -> Floats:
    """Return shared over all members of two sets, shape (S,); each set holds its members once."""
    shared = np.array([np.isin(other, query, assume_unique=True).sum() for other in members])
    either = len(query) + np.array([len(other) for other in members]) - shared
    return np.asarray(shared / np.maximum(either, 1))


def earth_mover(query: Floats, histograms: Floats, shifts: npt.ArrayLike) -> Floats:
    """Return the work of moving one pitch histogram onto each other, in semitones, shape (S,).

    Of all transpositions of the query in `shifts`, the cheapest counts. In one dimension the work
    is the sum of the absolute differences of the cumulative sums. Histograms have shape (S, P) and
    add up to 1.
    """
    cumulative = np.cumsum(histograms, axis=1)
    work = []
    for shift in np.asarray(shifts).tolist():
        own = np.cumsum(np.roll(query, shift))
        work.append(np.abs(cumulative - own).sum(axis=1))
    return np.asarray(np.min(work, axis=0))


def edit_distances(query: Ints, candidates: Sequence[Ints]) -> Floats:
    """Return insertions, deletions and substitutions over the longer length, shape (S,), 0 to 1."""
    lengths = np.array([len(other) for other in candidates])
    order = np.argsort(lengths, kind="stable")
    distance = np.empty(len(candidates))
    for start in range(0, len(order), GROUP):
        part = order[start : start + GROUP]
        distance[part] = _edits(query, [candidates[number] for number in part])
    return np.asarray(distance / np.maximum(np.maximum(lengths, len(query)), 1))


def _edits(query: Ints, candidates: Sequence[Ints]) -> Floats:
    lengths = np.array([len(other) for other in candidates])
    padded = np.full((len(candidates), int(lengths.max()) + 1), np.iinfo(np.int64).max)
    for number, other in enumerate(candidates):
        padded[number, : len(other)] = other
    place = np.arange(padded.shape[1] + 1)
    last: Ints = np.tile(place, (len(candidates), 1))
    for number, interval in enumerate(query.tolist(), start=1):
        row: Ints = last + 1
        row[:, 1:] = np.minimum(row[:, 1:], last[:, :-1] + (padded != interval))
        row[:, 0] = number
        # An insertion costs 1 a note: the best one that ends here is a running minimum.
        last = np.minimum.accumulate(row - place, axis=1) + place
    return np.asarray(last[np.arange(len(candidates)), lengths], dtype=np.float64)


def time_warp(query: Floats, curves: Floats, band: int) -> Floats:
    """Return the dynamic time warping distance of one curve from each other, shape (S,).

    The symmetric form of Sakoe and Chiba (1978) without slope limit: a diagonal step counts twice,
    and the sum is divided by both lengths. Curves have shape (S, n); moments further apart than
    `band` are not matched. All candidates advance together along the anti-diagonals.
    """
    size = len(query)
    best = np.full((size + 1, size + 1, len(curves)), np.inf)
    best[0, 0] = 0.0
    for total in range(2, 2 * size + 1):
        i = np.arange(max(1, total - size), min(size, total - 1) + 1)
        i = i[np.abs(2 * i - total) <= band]
        j = total - i
        cost = np.abs(query[i - 1, None] - curves.T[j - 1])
        straight = np.minimum(best[i - 1, j], best[i, j - 1]) + cost
        best[i, j] = np.minimum(straight, best[i - 1, j - 1] + 2 * cost)
    return np.asarray(best[size, size] / (2 * size))
