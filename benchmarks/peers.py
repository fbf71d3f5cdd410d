"""Melodies -> rankings by measures that others have published, rebuilt from their descriptions.

``opti3`` (Muellensiefen and Frieler 2004) adds what three measures say, with the weights that they
fitted to the judgments of listeners: Ukkonen's measure of interval trigrams, the edit distance of
classes of duration, and that of implied harmonies. ``spline shape`` (Urbano et al. 2010) aligns
spans of three notes by the shape of the curve through them. Both were made for tunes with rhythm.

Departures. Duration classes are relative to the most frequent inter-onset interval, with limits at
2 to the power of -1.5, -.5, .5 and 1.5. A harmony is the best of 24 key profiles for a bar (four
quarters where no metre is known), relative to the tonic of the melody, so that transposition
changes nothing. Spans are aligned locally, with one cost for every gap; a span that both have earns
more the rarer it is.

References
----------
Muellensiefen, D. and Frieler, K. (2004). Cognitive adequacy in the measurement of melodic
similarity: algorithmic vs. human judgments. Computing in Musicology 13.
Urbano, J., Llorens, J., Morato, J. and Sanchez-Cuadrado, S. (2010). Using the shape of music to
compute the similarity between symbolic musical pieces. CMMR.
Ukkonen, E. (1992). Approximate string-matching with q-grams and maximal matches. Theoretical
Computer Science 92(1).
"""

from __future__ import annotations

import sys
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from distances import GROUP, edit_distances
from measures import Rank, ranking

from mer.notes.arrays import Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import profile_matrix
from mer.notes.viewpoints import bar_position, estimated_tonic, inter_onset_interval
from mer.search.stack.pool import Pool

# Shares of opti3: trigrams, durations, harmonies; and what is subtracted.
TRIGRAMS, DURATIONS, HARMONIES, CONSTANT = 0.505, 0.417, 0.24, 0.146
CLASS_LIMITS = (-1.5, -0.5, 0.5, 1.5)  # log2 of a duration over the usual one
# What spans that differ cost: of the same shape, of other shapes, of opposite shapes. And a gap.
SAME_SHAPE, OTHER_SHAPE, OPPOSITE, GAP = 0.5, 1.0, 8.0, 1.0
_INTERVALS = 256  # an interval and the next one as a single number


def opti3(pool: Pool) -> Rank:
    """Rank by ``opti3``."""
    intervals = _intervals(pool.columns)
    grams = [
        Counter(zip(i[:-2], i[1:-1], i[2:], strict=True)) for i in map(np.ndarray.tolist, intervals)
    ]
    sizes = np.array([max(len(i) - 2, 0) for i in intervals])
    classes, harmonies = duration_classes(pool.columns), implied_harmonies(pool.columns)

    def similarity(query: int) -> Floats:
        shared = np.array([(grams[query] & other).total() for other in grams])
        # The sum of differences of counts is what both have, less twice what they share.
        either = np.maximum(sizes + sizes[query], 1)
        trigrams = 1.0 - (sizes + sizes[query] - 2 * shared) / either
        durations = 1.0 - edit_distances(classes[query], classes)
        chords = 1.0 - edit_distances(harmonies[query], harmonies)
        return np.asarray(
            TRIGRAMS * trigrams + DURATIONS * durations + HARMONIES * chords - CONSTANT
        )

    return ranking(similarity)


def duration_classes(columns: Columns) -> list[Ints]:
    """Return the class of each inter-onset interval, 0 (very short) to 4 (very long).

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60] * 4, onset=[0, 480, 960, 1920], duration=[480, 480, 960, 120])
    >>> duration_classes(Columns.from_melodies([tune]))[0].tolist()
    [2, 2, 3, 0]
    """
    found = []
    for lengths in _split(columns, inter_onset_interval(columns)):
        values, counts = np.unique(lengths, return_counts=True)
        usual = values[np.argmax(counts)]
        found.append(np.digitize(np.log2(lengths / usual), CLASS_LIMITS).astype(np.int64))
    return found


def implied_harmonies(columns: Columns) -> list[Ints]:
    """Return the key profile that fits each bar best, relative to the tonic, 0 to 23."""
    at = columns.onset.astype(np.int64) - bar_position(columns)
    new = columns.is_first.copy()
    new[1:] |= at[1:] != at[:-1]
    bar = np.cumsum(new) - 1
    cells = bar * 12 + columns.pitch.astype(np.int64) % 12
    weights = np.bincount(cells, columns.duration, minlength=12 * (int(bar[-1]) + 1)).reshape(
        -1, 12
    )
    best = np.argmax((weights - weights.mean(axis=1, keepdims=True)) @ profile_matrix().T, axis=1)
    owner = columns.sequence[np.flatnonzero(new)]
    relative = (best % 12 - estimated_tonic(columns)[owner]) % 12 + 12 * (best // 12)
    return np.split(relative.astype(np.int64), np.flatnonzero(np.diff(owner)) + 1)


def spline_shape(pool: Pool) -> Rank:
    """Rank by the alignment of spans of three notes, by the shape of the spline through them."""
    spans = [_spans(intervals) for intervals in _intervals(pool.columns)]
    known, places = np.unique(np.concatenate(spans), return_inverse=True)
    parts = np.split(places.astype(np.int64), np.cumsum([len(span) for span in spans])[:-1])
    table = span_table(known, np.bincount(places))

    def similarity(query: int) -> Floats:
        lengths = np.array([max(len(part), 1) for part in parts])
        return local_totals(parts[query], parts, table) / np.sqrt(lengths * lengths[query])

    return ranking(similarity)


def span_table(spans: Ints, counts: Ints) -> Floats:
    """Return what each span earns with each other, shape (spans, spans).

    The spline of degree 2 through three notes begins in the direction of the first interval and
    ends in that of the second: so two signs are its shape, rising, falling, a peak or a trough.

    Examples
    --------
    >>> spans = _spans(np.array([2, 2, -2, 2]))
    >>> span_table(spans, np.array([1, 1, 2])).round(2).tolist()
    [[0.75, -1.0, -1.0], [-1.0, 0.75, -8.0], [-1.0, -8.0, 0.5]]
    """
    first, second = np.divmod(spans, _INTERVALS)
    shape = np.sign(np.stack([first, second]) - _INTERVALS // 2)
    alike = shape[:, :, None] * shape[:, None, :]
    earned = np.full((len(spans), len(spans)), -OTHER_SHAPE)
    earned[(shape[:, :, None] == shape[:, None, :]).all(axis=0)] = -SAME_SHAPE
    earned[(alike < 0).all(axis=0)] = -OPPOSITE
    np.fill_diagonal(earned, 1.0 - counts / counts.sum())
    return earned


def local_totals(query: Ints, candidates: list[Ints], table: Floats) -> Floats:
    """Return what the best local alignment of the query with each candidate earns.

    Examples
    --------
    >>> table = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> local_totals(np.array([0, 1, 1]), [np.array([1, 1]), np.array([0, 0, 1])], table).tolist()
    [2.0, 2.0]
    """
    lengths = np.array([len(other) for other in candidates])
    order = np.argsort(lengths, kind="stable")
    best = np.zeros(len(candidates))
    for start in range(0, len(order), GROUP):
        part = order[start : start + GROUP]
        padded = np.full((len(part), int(lengths[part].max()) + 1), len(table))
        for row, number in enumerate(part.tolist()):
            padded[row, : lengths[number]] = candidates[number]
        earns = np.pad(table, ((0, 0), (0, 1)), constant_values=-np.inf)
        fall = GAP * np.arange(padded.shape[1])
        last = np.zeros(padded.shape)
        for span in query.tolist():
            here = np.maximum(last - GAP, 0.0)
            here[:, 1:] = np.maximum(here[:, 1:], last[:, :-1] + earns[span][padded[:, :-1]])
            here[:, 0] = 0.0
            # A gap costs as much for every span: the best that ends here is a running maximum.
            last = np.maximum.accumulate(here + fall, axis=1) - fall
            best[part] = np.maximum(best[part], last.max(axis=1))
    return best


def music21_search(pool: Pool) -> Rank:
    """Rank by music21.search: the ratio of difflib between strings of pitches without rhythm."""
    from music21_search import strings

    melodies = [pool.columns.melody(number) for number in range(len(pool))]
    texts = strings(melodies, "translateStreamToStringNoRhythm")

    def similarity(query: int) -> Floats:
        matcher = SequenceMatcher()
        matcher.set_seq2(texts[query])  # difflib remembers what it knows of the second
        ratios = []
        for text in texts:
            matcher.set_seq1(text)
            ratios.append(matcher.ratio())
        return np.array(ratios)

    return ranking(similarity)


def _split(columns: Columns, values: Ints) -> list[Ints]:
    return np.split(values, columns.bounds[1:-1])


def _intervals(columns: Columns) -> list[Ints]:
    return [np.diff(part) for part in _split(columns, columns.pitch.astype(np.int64))]


def _spans(intervals: Ints) -> Ints:
    lifted = intervals + _INTERVALS // 2
    return np.asarray(lifted[:-1] * _INTERVALS + lifted[1:])
