"""Similarities within a pool -> similarities re-scored by neighbour lists.

Two settings of a tune may share little and still both be near the same other settings. So a query
and an item are compared by their *neighbour lists*: the similarity of each to its nearest
neighbours, averaged with the lists of the very nearest, and 0 elsewhere. The agreement of two lists
is their cosine; it is added to the similarity itself. The measure looks at the pool, so figures
with and without it are reported apart.

This is the local query expansion and k-nearest encoding of Zhong et al. (2017) without the
reciprocity test, which did not help on the development families.

References
----------
Zhong, Z., Zheng, L., Cao, D. and Li, S. (2017). Re-ranking person re-identification with
k-reciprocal encoding. CVPR.
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Singles

NEIGHBOURS = 15
AVERAGED = 4


def expand(
    table: Singles, query: int, *, neighbours: int = NEIGHBOURS, averaged: int = AVERAGED
) -> Singles:
    """Return the similarity of one member of a pool with all, re-scored by neighbour lists.

    Parameters
    ----------
    table
        Shape (S, S), symmetric: similarities, 0 to 1; the diagonal is ignored.
    query
        Row of the query.
    neighbours
        Length of a neighbour list, the member itself included.
    averaged
        How many of the nearest lists are averaged, its own included.

    Returns
    -------
    similarity
        Shape (S,): table row plus agreement of the neighbour lists, 0 to 2.

    Examples
    --------
    Item 2 is nearer to the query 0 than item 3, but item 3 is near the query's neighbour 1.

    >>> table = np.array([[1, .8, .4, .38], [.8, 1, .1, .8], [.4, .1, 1, .1], [.38, .8, .1, 1]])
    >>> similarity = expand(table.astype(np.float32), 0, neighbours=3, averaged=2)
    >>> bool(similarity[3] > similarity[2])
    True
    """
    agreed = agreement(table, query, neighbours=neighbours, averaged=averaged)
    return np.asarray(agreed + table[query], dtype=np.float32)


def agreement(
    table: Singles, query: int, *, neighbours: int = NEIGHBOURS, averaged: int = AVERAGED
) -> Singles:
    """Return the cosine of the query's neighbour list with every member's, shape (S,), 0 to 1."""
    lists = neighbour_lists(table, neighbours, averaged)
    lists /= np.maximum(np.linalg.norm(lists, axis=1, keepdims=True), 1e-9)
    return np.asarray(lists @ lists[query], dtype=np.float32)


def neighbour_lists(table: Singles, neighbours: int, averaged: int) -> Singles:
    """Return the averaged neighbour list of each member of a pool, shape (S, S)."""
    own = table.copy()
    np.fill_diagonal(own, max(float(table.max()), 1.0))
    order = np.argsort(-own, axis=1, kind="stable")
    nearest = order[:, :neighbours]
    lists = np.zeros_like(own)
    np.put_along_axis(lists, nearest, np.take_along_axis(own, nearest, axis=1), axis=1)
    return np.asarray(lists[order[:, :averaged]].mean(axis=1), dtype=np.float32)
