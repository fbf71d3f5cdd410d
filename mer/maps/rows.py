"""Representation + columns -> one row of numbers per sequence, whatever the representation.

Vectors are taken as they are. The terms of an n-gram view, of which there may be a hundred
thousand, are hashed with a sign into 512 numbers, which keeps cosines on average (Weinberger et al.
2009): enough to draw a map, too coarse to search with.

References
----------
Weinberger, K., Dasgupta, A., Langford, J., Smola, A. and Attenberg, J. (2009). Feature hashing for
large scale multitask learning. ICML.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mer.embeddings.dense import unit_rows
from mer.embeddings.term_sets import TermSets
from mer.embeddings.terms import TermView, count_terms, find_terms, term_frequency
from mer.notes.arrays import Floats, Ints, Keys, Singles
from mer.notes.columns import Columns

SIZE = 512
_SIGN_BIT, _BUCKET_BITS = np.uint64(40), np.uint64(20)


def rows_of(view: Any, columns: Columns) -> Singles:
    """Return the row of each sequence in a fitted representation, shape (S, D).

    Examples
    --------
    >>> from mer.embeddings import REPRESENTATIONS
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
    >>> columns = Columns.from_melodies([tune, tune.transpose(3)])
    >>> rows = rows_of(REPRESENTATIONS["interval"]().fit(columns), columns)
    >>> rows.shape, round(float(rows[0] @ rows[1]), 3)
    ((2, 512), 1.0)
    """
    if isinstance(view, TermView | TermSets):
        sequence, term, count = count_terms(view.terms, columns)
        weight = _weights(view, term, count) if isinstance(view, TermView) else np.ones(len(term))
        return _hashed(sequence, term, weight, len(columns))
    return np.asarray(view.transform(columns), dtype=np.float32)


def _weights(view: TermView, term: Keys, count: Ints) -> Floats:
    place, known = find_terms(view.terms_, term)
    holders = np.where(known, np.diff(view.starts_)[np.where(known, place, 0)], 0)
    idf = 1.0 + np.log((1.0 + len(view.norms_)) / (1.0 + holders))
    return np.asarray(term_frequency(count) * idf, dtype=np.float64)


def _hashed(sequence: Ints, term: Keys, weight: Floats, size: int) -> Singles:
    sign = 1.0 - 2.0 * ((term >> _SIGN_BIT) & np.uint64(1)).astype(np.float64)
    bucket = ((term >> _BUCKET_BITS) % np.uint64(SIZE)).astype(np.int64)
    flat = np.bincount(sequence * SIZE + bucket, weight * sign, minlength=SIZE * size)
    return unit_rows(flat.reshape(size, SIZE))
