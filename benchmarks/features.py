"""Sets of melodies -> nine features of each, and how much the spread within two sets overlaps.

The features and the comparison are those of Yang and Lerch (2018). Within a set every melody is
compared with every other, between two sets every melody of one with every one of the other
(Euclidean distance of the features). Both sets of distances become densities by a Gaussian kernel
of Scott's width. Two figures compare them: the overlapping area (1 = the same), and the
Kullback-Leibler divergence (0 = the same).

Deviations: times are in quarter notes, not seconds, because tunes in notation have no tempo; all
histograms and matrices sum to 1, so that the number of notes counts once and not nine times;
lengths fall into the nearest of twelve classes by ratio.

References
----------
Yang, L.-C. and Lerch, A. (2018). On the evaluation of generative models in music. Neural Computing
and Applications 32, 4773-4784.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats
from mer.notes.melody import Melody

# In quarters: whole, half, quarter, eighth, sixteenth, the same dotted, and three triplets.
LENGTHS = np.array([4, 2, 1, 0.5, 0.25, 6, 3, 1.5, 0.75, 4 / 3, 2 / 3, 1 / 3])
_GRID = 1024


def pitch_count(melody: Melody) -> Floats:
    """Return the number of different pitches."""
    return np.array([len(np.unique(melody.pitch))], dtype=np.float64)


def pitch_class_histogram(melody: Melody) -> Floats:
    """Return how long each pitch class sounds, shape (12,), summing to 1."""
    time = np.bincount(melody.pitch % 12, weights=melody.duration, minlength=12)
    share: Floats = time / time.sum()
    return share


def pitch_class_transitions(melody: Melody) -> Floats:
    """Return how often each pitch class follows each, shape (144,), summing to 1."""
    return _transitions(melody.pitch % 12)


def pitch_range(melody: Melody) -> Floats:
    """Return the semitones from the lowest to the highest note."""
    return np.array([float(melody.pitch.max() - melody.pitch.min())])


def pitch_interval(melody: Melody) -> Floats:
    """Return the mean size of an interval in semitones."""
    return np.array([float(np.abs(melody.interval).mean())])


def note_count(melody: Melody) -> Floats:
    """Return the number of notes."""
    return np.array([float(len(melody))])


def inter_onset(melody: Melody) -> Floats:
    """Return the mean time between onsets in quarters."""
    return np.array([float(np.diff(melody.onset_quarter).mean())])


def length_histogram(melody: Melody) -> Floats:
    """Return how often each class of note length occurs, shape (12,), summing to 1."""
    share: Floats = np.bincount(_length_class(melody), minlength=12) / len(melody)
    return share


def length_transitions(melody: Melody) -> Floats:
    """Return how often each class of note length follows each, shape (144,), summing to 1."""
    return _transitions(_length_class(melody))


FEATURES: dict[str, Callable[[Melody], Floats]] = {
    "pitch count": pitch_count,
    "pitch-class histogram": pitch_class_histogram,
    "pitch-class transitions": pitch_class_transitions,
    "pitch range": pitch_range,
    "mean interval": pitch_interval,
    "note count": note_count,
    "mean inter-onset interval": inter_onset,
    "note-length histogram": length_histogram,
    "note-length transitions": length_transitions,
}


def _length_class(melody: Melody) -> npt.NDArray[np.int64]:
    ratio = np.abs(np.log(melody.duration_quarter[:, None] / LENGTHS))
    return np.argmin(ratio, axis=1)


def _transitions(symbols: npt.NDArray[np.int64]) -> Floats:
    counts = np.bincount(12 * symbols[:-1] + symbols[1:], minlength=144)
    share: Floats = counts / max(counts.sum(), 1)
    return share


def measured(melodies: Sequence[Melody]) -> dict[str, Floats]:
    """Return the nine features, each of shape (melodies, values)."""
    return {name: np.array([of(m) for m in melodies]) for name, of in FEATURES.items()}


def distances(left: Floats, right: Floats) -> Floats:
    """Return the Euclidean distance of each row of `left` from each of `right`, flat."""
    square = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
    distance: Floats = np.sqrt(np.maximum(square, 0.0)).ravel()
    return distance


def distances_within(rows: Floats) -> Floats:
    """Return the distance of each row from each other row, both ways, flat."""
    table = distances(rows, rows).reshape(len(rows), len(rows))
    return table[~np.eye(len(rows), dtype=bool)]


def densities(left: Floats, right: Floats) -> tuple[Floats, Floats, float]:
    """Return the kernel densities of both samples on one grid, and the step of the grid."""
    low, high = min(left.min(), right.min()), max(left.max(), right.max())
    pad = 3 * max(_width(left), _width(right))
    edges = np.linspace(low - pad, high + pad, _GRID + 1)
    step = float(edges[1] - edges[0])
    found = []
    for sample in (left, right):
        share = np.histogram(sample, edges)[0] / len(sample)
        reach = int(np.ceil(5 * _width(sample) / step))
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / _width(sample)) ** 2)
        smooth = np.convolve(share, kernel / kernel.sum())[reach : reach + _GRID]
        found.append(smooth / (smooth.sum() * step))
    return found[0], found[1], step


def _width(sample: Floats) -> float:
    """Return the width of Scott's rule; samples without spread get a little."""
    return max(float(sample.std(ddof=1)), 1e-3) * len(sample) ** -0.2


def overlap(left: Floats, right: Floats) -> float:
    """Return the overlapping area of the densities of two samples, 0 to 1."""
    a, b, step = densities(left, right)
    return float(np.minimum(a, b).sum() * step)


def divergence(left: Floats, right: Floats) -> float:
    """Return the Kullback-Leibler divergence of the second density from the first, in nats."""
    a, b, step = densities(left, right)
    tiny = 1e-12
    return float((a * np.log((a + tiny) / (b + tiny))).sum() * step)
