"""Fourth stage: similarities within a pool -> similarities re-scored by neighbour lists.

Two settings of a tune may share little and still both be near the same other settings. So a query
and an item are compared by their *neighbour lists*: the similarity of each to its nearest
neighbours, averaged with the lists of the very nearest, and 0 elsewhere. The agreement of two lists
is their cosine; it is added to the similarity itself. The measure looks at the pool, so figures
with and without it are reported apart. A small pool is compared as a whole, once, and tells by
itself how long its lists are (`AllPairs.kin`); in a large one lists are shorter, and found
otherwise (`mer.search.stack.neighbours`); in one without rhythm it counts as well how far an item
stands apart from all others.

This is the local query expansion and k-nearest encoding of Zhong et al. (2017) without the
reciprocity test, which did not help on the development families.

References
----------
Zhong, Z., Zheng, L., Cao, D. and Li, S. (2017). Re-ranking person re-identification with
k-reciprocal encoding. CVPR.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mer.notes.arrays import Floats, Ints, Singles
from mer.search.stack.comparison import Compared, careful_values
from mer.search.stack.fusion import Shares, parts_of, scaled, similarity_of, total
from mer.search.stack.neighbours import NeighbourLists
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import Proposal, propose
from mer.search.stack.query import Query

LISTS = "neighbour lists"
NEIGHBOURS, FEWEST_NEIGHBOURS = 15, 8
AVERAGED = 4
# A pair of a small pool stands out if it is more alike than the median pair by so many deviations:
# the median distance from it, times what makes that the standard deviation of a bell curve.
# Relatives, which may be a tenth of all pairs, hardly change either.
KIN_DEVIATIONS, BELL = 6.0, 1.4826
# What the agreement of lists counts, beside 1 for the similarity. In a large pool, larger shares
# did harm where few tunes belong together.
LARGE_POOL_SHARE = 0.1
# Of a large pool without rhythm, where chants that nobody else sings are few. A third of it is for
# those that stand apart (`NeighbourLists.apart`): formulas are near every chant.
EVEN_POOL_SHARE, APART_SHARE = 0.9, 1 / 3
SMALL_POOL_SHARE = 1.0  # where as many stand out as lists are averaged at most; else less


def agreement(
    table: Singles, query: int, *, neighbours: int = NEIGHBOURS, averaged: int = AVERAGED
) -> Singles:
    """Return the cosine of the query's neighbour list with every member's, shape (S,), 0 to 1.

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

    Examples
    --------
    Item 2 is nearer to the query 0 than item 3, but item 3 is near the query's neighbour 1.

    >>> table = np.array([[1, .8, .4, .38], [.8, 1, .1, .8], [.4, .1, 1, .1], [.38, .8, .1, 1]])
    >>> agreed = agreement(table.astype(np.float32), 0, neighbours=3, averaged=2)
    >>> bool(agreed[3] > agreed[2])
    True
    """
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


@dataclass(frozen=True, eq=False)
class AllPairs:
    """All sequences of a small pool compared with each other with care.

    Parameters
    ----------
    values
        Name of an alignment -> similarity, shape (S, S), symmetric.
    transposition
        Shape (S, S): semitones to add to the one of the row.
    fused
        Shape (S, S): the fused similarity.
    """

    values: dict[str, Singles]
    transposition: Ints
    fused: Singles

    @classmethod
    def of(cls, pool: Pool, shares: Shares, aligned: Shares) -> AllPairs:
        """Return the comparison of all pairs, made once for a pool; it may take minutes.

        Parameters
        ----------
        shares, aligned
            Shares of the representations and of the alignments.
        """
        name = f"all pairs by {sorted(shares.items())} and {sorted(aligned.items())}"
        if name not in pool.attached:
            pool.attached[name] = cls._made(pool, shares, aligned)
        made = pool.attached[name]
        assert isinstance(made, cls)
        return made

    @classmethod
    def _made(cls, pool: Pool, shares: Shares, aligned: Shares) -> AllPairs:
        size = len(pool)
        values = {name: np.zeros((size, size), dtype=np.float32) for name in aligned}
        transposition = np.zeros((size, size), dtype=np.int64)
        fused = np.zeros((size, size), dtype=np.float32)
        rows = np.arange(size - 1)
        for number in pool.shown(iter(rows), len(rows), "all pairs"):
            query, later = pool.query(int(number)), np.arange(number + 1, size)
            found, shift = careful_values(pool, query, later)
            quick = propose(pool, query, shares).quick[later]
            for name, similarity in found.items():
                values[name][number, later] = similarity
            transposition[number, later] = shift
            fused[number, later] = quick + total(aligned, found)
        both = {name: table + table.T for name, table in values.items()}
        return cls(both, transposition - transposition.T, fused + fused.T)

    @cached_property
    def kin(self) -> int:
        """How many others stand out beside a member, on average: 1 to `AVERAGED`.

        Where families are small, what comes after the few relatives is a matter of chance, and
        lists that hold much of it do harm.
        """
        size = len(self.fused)
        apart = self.fused[~np.eye(size, dtype=bool)].astype(np.float64)
        if not len(apart):
            return 1
        usual = np.median(apart)
        deviation = BELL * np.median(np.abs(apart - usual))
        out = apart > usual + KIN_DEVIATIONS * deviation
        return int(np.clip(round(int(out.sum()) / size), 1, AVERAGED))

    @property
    def neighbours(self) -> int:
        """How long a neighbour list is, the member itself included."""
        return min(max(4 * self.kin, FEWEST_NEIGHBOURS), NEIGHBOURS)

    @property
    def share(self) -> float:
        """What the agreement of lists counts, beside 1 for the similarity."""
        return SMALL_POOL_SHARE * self.kin / AVERAGED

    def agreement(self, query: Query, numbers: Ints, fused: Singles) -> Singles:
        """Return how the query's neighbour list agrees with those of `numbers`, 0 to 1."""
        lengths = {"neighbours": self.neighbours, "averaged": self.kin}
        if query.number is not None:
            return agreement(self.fused, query.number, **lengths)[numbers]
        # The query joins the pool: its lists hold those that it was compared with.
        size = len(self.fused)
        joined = np.zeros((size + 1, size + 1), dtype=np.float32)
        joined[1:, 1:] = self.fused
        joined[0, 1 + numbers] = joined[1 + numbers, 0] = fused
        return np.asarray(agreement(joined, 0, **lengths)[1:][numbers], dtype=np.float32)

    def of_member(self, query: Query, proposed: Proposal) -> Compared:
        """Return what is known of one of the pool, for all that was proposed."""
        assert query.number is not None
        numbers = proposed.best()
        values = {name: table[query.number, numbers] for name, table in self.values.items()}
        return Compared(numbers, numbers[:0], values, self.transposition[query.number, numbers])


def make_lists(pool: Pool, shares: Shares, aligned: Shares) -> AllPairs | None:
    """Make the lists of a pool ready; return the comparison of all pairs where it is small."""
    if pool.is_small:
        return AllPairs.of(pool, shares, aligned)
    NeighbourLists.of_pool(pool)
    return None


def expanded(
    pool: Pool,
    query: Query,
    numbers: Ints,
    parts: Mapping[str, Floats],
    pairs: AllPairs | None,
) -> dict[str, Floats]:
    """Return the parts of the similarity of `numbers`, with one more: what the lists say.

    Parameters
    ----------
    pairs
        The comparison of all pairs, where the pool is small; else None.
    """
    fused = similarity_of(parts).astype(np.float32)
    if pairs is None:
        lists = NeighbourLists.of_pool(pool)
        share, agreed = LARGE_POOL_SHARE, lists.agreement(numbers, fused, query.number)
        if not pool.has_rhythm:
            share, apart = EVEN_POOL_SHARE, lists.apart(numbers)
            if apart is None:
                share *= 1.0 - APART_SHARE
            else:
                agreed = (1.0 - APART_SHARE) * agreed + APART_SHARE * apart
    else:
        share, agreed = pairs.share, pairs.agreement(query, numbers, fused)
    whole = 1.0 + share
    added = scaled(parts_of({LISTS: 1.0}, {LISTS: agreed}), share / whole)
    return scaled(parts, 1.0 / whole) | added
