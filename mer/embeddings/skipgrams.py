"""Columns -> skip-grams: three or four notes that need not follow each other, as terms.

The term of notes i < j < k is made of both intervals and the ratio of the two time spans; that of
four notes, of three intervals and two ratios. Since notes between them may be skipped, a skip-gram
survives an inserted, deleted or changed note that would break every n-gram around it. Four notes
are some fifty times rarer than three, so their lists are as much shorter. Departures from the
landmark triplets of audio fingerprinting are that intervals are in semitones
(transposition-invariant) and time is a ratio (tempo-invariant).

References
----------
Wang, A. (2003). An industrial-strength audio search algorithm. ISMIR.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations, pairwise

import numpy as np

from mer.embeddings.terms import Terms
from mer.notes.arrays import Array, Floats, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key

_RATIO_STEPS = 2  # per doubling


def skipgram_terms(reach: int, notes: int = 3) -> Terms:
    """Return the function from columns to the skip-grams of `notes` within `reach` further notes.

    The terms do not tell the patterns of skips apart, so that three notes have the same term
    whether or not something stands between them.
    """
    return partial(_skipgrams, reach=reach, notes=notes)


def skip_patterns(reach: int, notes: int) -> list[tuple[int, ...]]:
    """Return where the notes of each skip-gram stand after the first, pattern by pattern.

    Examples
    --------
    >>> skip_patterns(3, 3)
    [(1, 2), (1, 3), (2, 3)]
    """
    return list(combinations(range(1, reach + 1), notes - 1))


def _skipgrams(columns: Columns, *, reach: int, notes: int) -> Iterator[tuple[Keys, Ints]]:
    pitch, onset = columns.pitch.astype(np.int64), columns.onset.astype(np.int64)
    # No two notes of a skip-gram are less than one apart.
    spans = [_Spans(pitch, onset, columns.sequence, distance) for distance in range(1, reach + 1)]
    found = [_pattern_values(spans, pattern) for pattern in skip_patterns(reach, notes)]
    one, sequence, *values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    intervals, times = values[: notes - 1], values[notes - 1 :]
    key = np.zeros(len(sequence), dtype=np.uint64)
    for interval in intervals:
        key = extend_key(key, interval)
    for before, later in pairwise(times):
        key = extend_key(key, _ratio(later, before))
    order = np.argsort(sequence[one], kind="stable")
    yield key[one][order], sequence[one][order]


class _Spans:
    """What lies between each note and the one so many notes further on, for those that have one.

    Patterns of skips have many distances in common, so that each is looked at once.
    """

    def __init__(self, pitch: Ints, onset: Ints, sequence: Ints, distance: int) -> None:
        count = max(0, len(pitch) - distance)
        here, there = slice(0, count), slice(distance, distance + count)
        self.interval = pitch[there] - pitch[here]
        self.log_time = np.log2(np.maximum(onset[there] - onset[here], 1))
        self.sequence = sequence[here]
        self.is_one = self.sequence == sequence[there]


def _pattern_values(spans: list[_Spans], pattern: tuple[int, ...]) -> list[Array]:
    """Return which notes i, i + pattern[0] and so on are of one sequence, of which, and the values.

    These are the intervals between them and the logarithms of the time spans, each of shape (notes
    i,).
    """
    whole = spans[pattern[-1] - 1]
    count = len(whole.sequence)
    steps = [(spans[end - start - 1], start) for start, end in pairwise((0, *pattern))]
    values = [span.interval[start : start + count] for span, start in steps]
    values += [span.log_time[start : start + count] for span, start in steps]
    return [whole.is_one, whole.sequence, *values]


def _ratio(log_time: Floats, before: Floats) -> Ints:
    """Return log2 of the ratio of two time spans, in half steps of doubling."""
    return np.asarray(np.round(_RATIO_STEPS * (log_time - before)), dtype=np.int64)
