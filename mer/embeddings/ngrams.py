"""Columns -> n-grams: runs of elements of one viewpoint, or of several linked ones, as terms.

References
----------
Downie, J. S. (1999). Evaluating a Simple Approach to Music Information Retrieval: Conceiving
Melodic N-grams as Text. PhD thesis, University of Western Ontario.
Uitdenbogerd, A. and Zobel, J. (2002). Music ranking techniques evaluated. Australasian Computer
Science Conference.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from mer.embeddings.terms import Terms
from mer.notes.arrays import Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key
from mer.notes.viewpoints import UNDEFINED, VIEWPOINTS


def ngram_terms(viewpoints: tuple[str, ...], orders: tuple[int, int]) -> Terms:
    """Return the function from columns to the n-grams of linked viewpoints, one batch per order.

    Parameters
    ----------
    viewpoints
        Names in `mer.notes.viewpoints.VIEWPOINTS`; the elements of all of them form one symbol.
    orders
        Shortest and longest n-gram, both included.
    """
    return partial(_ngrams, viewpoints=viewpoints, orders=orders)


def _ngrams(
    columns: Columns, *, viewpoints: tuple[str, ...], orders: tuple[int, int]
) -> Iterator[tuple[Keys, Ints]]:
    for order in range(orders[0], orders[1] + 1):
        yield ngram_keys(columns, viewpoints, order)


def ngram_keys(columns: Columns, viewpoints: tuple[str, ...], order: int) -> tuple[Keys, Ints]:
    """Return the hash of every n-gram of `order` linked elements, and the sequence that holds it.

    Shapes (n-grams,). N-grams do not reach over the end of a sequence, nor over an undefined
    element.
    """
    token = np.zeros(len(columns.pitch), dtype=np.uint64)
    defined = np.ones(len(token), dtype=bool)
    for name in viewpoints:
        values = VIEWPOINTS[name](columns)
        defined &= values != UNDEFINED
        token = extend_key(token, values)
    count = max(0, len(token) - order + 1)
    key = np.full(count, order, dtype=np.uint64)
    whole = np.ones(count, dtype=bool)
    sequence = columns.sequence
    for place in range(order):
        part = slice(place, place + count)
        key = extend_key(key, token[part])
        whole &= defined[part]
    last = order - 1
    whole &= sequence[:count] == sequence[last : last + count]
    return key[whole], sequence[:count][whole]
