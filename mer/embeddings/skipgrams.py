"""Columns -> skip-grams: three notes that need not follow each other, as terms.

The term of notes i < j < k is made of both intervals and the ratio of the two time spans. Since
notes between them may be skipped, a skip-gram survives an inserted, deleted or changed note that
would break every n-gram around it. Departures from the landmark triplets of audio fingerprinting
are that intervals are in semitones (transposition-invariant) and time is a ratio (tempo-invariant).

References
----------
Wang, A. (2003). An industrial-strength audio search algorithm. ISMIR.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np

from mer.embeddings.terms import Terms
from mer.notes.arrays import Array, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key

_RATIO_STEPS = 2  # per doubling


def skipgram_terms(reach: int) -> Terms:
    """Return the function from columns to the skip-grams within `reach` notes, in batches.

    A batch holds one pattern of skips. The terms do not tell the patterns apart, so that three
    notes have the same term whether or not something stands between them.
    """
    return partial(_skipgrams, reach=reach)


def _skipgrams(columns: Columns, *, reach: int) -> Iterator[tuple[Keys, Ints]]:
    patterns = combinations(range(1, reach + 1), 2)
    found = [_triples(columns, middle, last) for middle, last in patterns]
    key = np.concatenate([keys for keys, _ in found])
    sequence = np.concatenate([sequences for _, sequences in found])
    order = np.argsort(sequence, kind="stable")
    yield key[order], sequence[order]


def _triples(columns: Columns, middle: int, last: int) -> tuple[Keys, Ints]:
    """Return the terms of all notes i, i + middle, i + last, and their sequences."""
    count = max(0, len(columns.pitch) - last)
    first = slice(0, count)
    second, third = slice(middle, middle + count), slice(last, last + count)
    sequence = columns.sequence
    together = sequence[first] == sequence[third]
    pitch, onset = columns.pitch.astype(np.int64), columns.onset.astype(np.int64)
    key = np.zeros(count, dtype=np.uint64)
    for value in (
        pitch[second] - pitch[first],
        pitch[third] - pitch[second],
        _ratio(onset[third] - onset[second], onset[second] - onset[first]),
    ):
        key = extend_key(key, value)
    return key[together], sequence[first][together]


def _ratio(span: Array, before: Array) -> Ints:
    """Return log2 of the ratio of two time spans, in half steps of doubling."""
    ratio = np.log2(np.maximum(span, 1) / np.maximum(before, 1))
    return np.asarray(np.round(_RATIO_STEPS * ratio), dtype=np.int64)
