"""Contexts and symbols -> n-gram counts -> smoothed distributions: the memories of an expert.

A *chain* lists, for each note, what its context is made of, nearest first. A *level* looks at the
first so many links of the chain: level 0 at none, level k at k. Every level has counts of the
symbols that followed its contexts, in the long-term memory (the training melodies) or in the
short-term one (the piece so far), and is smoothed by the level below it.

Smoothing is interpolated absolute discounting (Ney et al. 1994) with a constant added to the
weight of the level below: contexts met once would be trusted too much without it.

References
----------
Ney, H., Essen, U. and Kneser, R. (1994). On structuring probabilistic dependences in stochastic
language modelling. Computer Speech and Language 8(1).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Ints, Keys, Singles
from mer.notes.hashing import extend_key


def level_keys(chain: Ints) -> list[Keys]:
    """Return the key of each note's context at every level, from 0 (no context) up.

    Parameters
    ----------
    chain
        Shape (notes, links).

    Examples
    --------
    Two notes that agree in the first link only share the keys of levels 0 and 1.

    >>> keys = level_keys(np.array([[5, 7], [5, 8]]))
    >>> [bool(level[0] == level[1]) for level in keys]
    [True, True, False]
    """
    keys = [np.zeros(len(chain), dtype=np.uint64)]
    for link in chain.T:
        keys.append(extend_key(keys[-1], link))
    return keys


class Counts(NamedTuple):
    """How often each symbol followed each context of one level.

    Parameters
    ----------
    keys
        Shape (contexts,): rising; without their last `dropped` bits.
    bounds
        Shape (contexts + 1,): context c owns the entries ``bounds[c]`` to ``bounds[c + 1]``.
    symbols, counts
        Shape (entries,): which symbols followed, and how often.
    dropped
        Bits of a key that hold no context, but the symbol while it is counted.
    """

    keys: Keys
    bounds: Ints
    symbols: Ints
    counts: Singles
    dropped: np.uint64

    @classmethod
    def of(cls, keys: Keys, symbols: Ints) -> Counts:
        """Return the counts of pairs of a context and a symbol.

        Examples
        --------
        >>> seven, eight, nine = level_keys(np.array([[7], [8], [9]]))[1]
        >>> counts = Counts.of(np.array([seven, seven, nine, seven]), np.array([1, 0, 2, 1]))
        >>> counts.rows(np.array([seven, eight]), 3).tolist()
        [[1.0, 2.0, 0.0], [0.0, 0.0, 0.0]]
        """
        dropped = np.uint64(int(symbols.max(initial=0)).bit_length())
        # One sort of whole numbers is many times as quick as one by two keys.
        pairs = np.sort((keys >> dropped << dropped) | symbols.astype(np.uint64))
        first = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)])
        counts = np.diff(np.append(first, len(pairs))).astype(np.float32)
        pairs = pairs[first]
        contexts = pairs >> dropped
        starts = np.flatnonzero(np.append(True, contexts[1:] != contexts[:-1])[: len(pairs)])
        symbols = (pairs - (contexts << dropped)).astype(np.int64)
        return cls(contexts[starts], np.append(starts, len(first)), symbols, counts, dropped)

    def rows(self, keys: Keys, size: int) -> Singles:
        """Return the counts of all symbols after each of `keys`, shape (keys, size)."""
        if not len(self.keys):
            return np.zeros((len(keys), size), dtype=np.float32)
        contexts = keys >> self.dropped
        at = np.minimum(np.searchsorted(self.keys, contexts), len(self.keys) - 1)
        known = np.flatnonzero(self.keys[at] == contexts)
        start = self.bounds[at[known]]
        many = self.bounds[at[known] + 1] - start
        ends = np.cumsum(many)
        entry = np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - (ends - many), many)
        cells = np.repeat(known, many) * size + self.symbols[entry]
        rows = np.zeros(len(keys) * size, dtype=np.float32)
        rows[cells] = self.counts[entry]
        return rows.reshape(len(keys), size)


class Smoothing(NamedTuple):
    """How much of each count is given to the level below, and its constant extra weight."""

    discount: float = 0.6
    extra: float = 0.3


class Blend:
    """Distributions refined level by level; where a context is unknown they stay as they are.

    Attributes
    ----------
    probability
        Shape (notes, size).
    level
        Shape (notes,): the deepest level whose context was known.
    seen
        Shape (notes,): how many notes had followed that context.

    Examples
    --------
    Three notes followed the context, twice symbol 0: (2 - .5 + (2 * .5 + .2) / 2) / (3 + .2).

    >>> blend = Blend(1, 2, Smoothing(discount=0.5, extra=0.2))
    >>> blend.refine(0, np.array([0]), np.array([[2, 1]], np.float32)).tolist()
    [0]
    >>> [round(float(share), 3) for share in blend.probability[0]]
    [0.656, 0.344]
    """

    def __init__(self, notes: int, size: int, smoothing: Smoothing) -> None:
        self.probability = np.full((notes, size), 1.0 / size, dtype=np.float32)
        self.level = np.zeros(notes, dtype=np.int64)
        self.seen = np.zeros(notes, dtype=np.float32)
        self.smoothing = smoothing

    def refine(self, level: int, notes: Ints, counts: Singles) -> Ints:
        """Refine with the counts of one level and return the notes whose context it knew.

        Parameters
        ----------
        level
            Number of the level.
        notes
            Shape (n,): which notes the counts are for.
        counts
            Shape (n, size).
        """
        total = counts.sum(axis=1)
        known = total > 0
        if not known.any():
            return notes[:0]
        notes, counts, total = notes[known], counts[known], total[known]
        discount, extra = self.smoothing.discount, self.smoothing.extra
        kept = np.maximum(counts - np.float32(discount), 0)
        # Decayed counts can be smaller than the discount: what was taken off is what is given on.
        spared = total - kept.sum(axis=1) + np.float32(extra)
        kept += spared[:, None] * self.probability[notes]
        kept /= (total + np.float32(extra))[:, None]
        self.probability[notes] = kept
        self.level[notes] = level
        self.seen[notes] = total
        return notes
