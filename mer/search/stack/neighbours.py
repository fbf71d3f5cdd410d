"""The nearest of each sequence of a large pool, and how far the lists of two agree.

A list holds a sequence itself and its nearest in the whole pool, all for as much: by alignment,
where a graph knows them (`mer.search.stack.graph`), and else by learned vector, made when first
asked for. A pool of some thousands without a graph gets one. The query has a list too, of what it
has been compared with. Lists are averaged with those of the very nearest.

A sequence that aligns well with very many others, as a formula does, is near every query: a *hub*.
How far a sequence is from being one is told by its list alone (`NeighbourLists.apart`), as in
Schnitzer et al. (2012), who scale distances by those of the neighbourhood.

References
----------
Schnitzer, D., Flexer, A., Schedl, M. and Widmer, G. (2012). Local and global scaling reduce hubs in
space. Journal of Machine Learning Research 13.
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Ints, Singles
from mer.search.stack.graph import (
    KEPT,
    NEAREST,
    NOBODY,
    NeighbourGraph,
    nearest_by_vector,
    sequence_keys,
)
from mer.search.stack.pool import Pool

# Length of a list, the sequence itself included, and how many lists are averaged, its own included.
LISTED, AVERAGED = 15, 4
# The same in a pool without rhythm: a chant has fewer relatives than a dance tune.
EVEN_LISTED, EVEN_AVERAGED = 10, 5
# A pool without a graph gets one if so many pairs of notes, at most, are compared for it: a quarter
# of a minute or so.
GRAPH_PAIRS = 1_000_000_000


class NeighbourLists:
    """The lists of a pool.

    Parameters
    ----------
    pool
        The sequences.
    graph
        What is known of some of them; None for nothing.
    """

    def __init__(self, pool: Pool, graph: NeighbourGraph | None = None) -> None:
        self._pool = pool
        rhythm = pool.has_rhythm
        self._listed, self._averaged = (
            (LISTED, AVERAGED) if rhythm else (EVEN_LISTED, EVEN_AVERAGED)
        )
        self._width = min(self._listed - 1, KEPT)
        if graph is None:
            self._numbers = np.full((len(pool), self._width), NOBODY, dtype=np.int32)
            self._apart = None
        else:
            known = graph.of_keys(sequence_keys(pool.columns))
            self._numbers = known.numbers[:, : self._width].copy()
            self._apart = _apart(known)

    @classmethod
    def of_pool(cls, pool: Pool) -> NeighbourLists:
        """Return the lists of a pool, kept with it, by the graph that it has or can be given."""
        name = "neighbour lists"
        if name not in pool.attached:
            file = pool.graph_file
            graph = None
            if file is not None and file.is_file():
                graph = NeighbourGraph.load(file)
            elif NEAREST * int((pool.columns.lengths**2).sum()) <= GRAPH_PAIRS:
                graph = NeighbourGraph.of(pool)
            pool.attached[name] = cls(pool, graph)
        made = pool.attached[name]
        assert isinstance(made, cls)
        return made

    def nearest(self, rows: Ints) -> Ints:
        """Return the nearest of some sequences, shape (rows, width); `NOBODY` after the last.

        Those whose lists are not known are found by learned vector.
        """
        missing = np.unique(rows[self._numbers[rows, 0] == NOBODY])
        if len(missing) and len(self._pool) > 1:
            count = min(self._width, len(self._pool) - 1)
            found = nearest_by_vector(self._pool.vectors, missing, count)
            self._numbers[missing, :count] = found
        return self._numbers[rows].astype(np.int64)

    def apart(self, numbers: Ints) -> Singles | None:
        """Return how little sequences align with their nearest, shape (numbers,), 0 to 1.

        None where no graph knows the lists.
        """
        return None if self._apart is None else self._apart[numbers]

    def agreement(self, numbers: Ints, fused: Singles, query: int | None = None) -> Singles:
        """Return the cosine of the query's list with those of sequences, shape (numbers,), 0 to 1.

        Parameters
        ----------
        numbers
            What the query has been compared with.
        fused
            How similar it is with each of them.
        query
            Its number, where it is one of the pool: lists are taken as if it were not.
        """
        nobody = len(self._pool)
        nearest = self.nearest(numbers)[:, : self._averaged - 1]
        averaged = np.concatenate([numbers[:, None], nearest], axis=1)
        lists = np.concatenate([averaged[:, :, None], self._of_averaged(averaged)], axis=2)
        held = lists.reshape(len(numbers), -1)
        held = np.where((held == NOBODY) | (held == query), nobody, held)
        best = numbers[np.argsort(-fused, kind="stable")[: self._listed]]
        own = np.zeros(nobody + 1, dtype=np.float32)
        own[best] = 1.0
        leading = best[: self._averaged - 1]
        np.add.at(own, np.concatenate([leading, self.nearest(leading).ravel()]), 1.0)
        own[nobody] = 0.0
        if query is not None:
            own[query] = 0.0
        lengths = _lengths(held, nobody) * np.float32(np.linalg.norm(own))
        return np.asarray(own[held].sum(axis=1) / np.maximum(lengths, 1e-9), dtype=np.float32)

    def _of_averaged(self, averaged: Ints) -> Ints:
        there = averaged != NOBODY
        found = np.full((*averaged.shape, self._width), NOBODY, dtype=np.int64)
        found[there] = self.nearest(averaged[there])
        return found


def _apart(graph: NeighbourGraph) -> Singles:
    """Return 1 minus the mean similarity of all listed; where none are, the mean of the others."""
    listed = np.count_nonzero(graph.numbers != NOBODY, axis=1)
    apart = 1.0 - graph.similarity.astype(np.float32).sum(axis=1) / np.maximum(listed, 1)
    usual = apart[listed > 0].mean() if listed.any() else 1.0
    return np.where(listed > 0, apart, usual).astype(np.float32)


def _lengths(held: Ints, nobody: int) -> Singles:
    """Return the Euclidean length of the vector of counts of each row, without `nobody`."""
    ordered = np.sort(held, axis=1)
    new = np.ones(ordered.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    flat = np.flatnonzero(new)
    count = np.diff(np.append(flat, ordered.size)).astype(np.float64)
    row = flat // ordered.shape[1]
    count[ordered.reshape(-1)[flat] == nobody] = 0.0
    return np.sqrt(np.bincount(row, count * count, minlength=len(held))).astype(np.float32)
