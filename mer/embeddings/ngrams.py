"""Columns -> n-gram view: which short patterns each sequence holds, weighted by TF-IDF.

The patterns of one or more linked viewpoints are hashed to 64 bits and kept as an inverted file:
for every pattern, the sequences that hold it. A query touches only the lists of its own patterns.
Similarity is the cosine of the two TF-IDF vectors, with tf = 1 + ln(count) and
idf = 1 + ln((1 + S) / (1 + sequences that hold the pattern)).

References
----------
Uitdenbogerd, A. and Zobel, J. (2002). Music ranking techniques evaluated. Australasian Computer
Science Conference.
Salton, G. and Buckley, C. (1988). Term-weighting approaches in automatic text retrieval.
Information Processing and Management 24(5).
"""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt

from mer.columns import Array, Columns
from mer.storage import Arrays
from mer.viewpoints import UNDEFINED, VIEWPOINTS

Keys = npt.NDArray[np.uint64]
Scores = npt.NDArray[np.float32]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)
_MAX_COUNT = 255


def ngram_keys(
    columns: Columns, viewpoints: tuple[str, ...], order: int
) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return the hash of every n-gram of `order` linked elements, and the sequence that holds it.

    Shapes (n-grams,). N-grams do not reach over the end of a sequence, nor over an undefined
    element.
    """
    token = np.zeros(len(columns.pitch), dtype=np.uint64)
    defined = np.ones(len(token), dtype=bool)
    for name in viewpoints:
        values = VIEWPOINTS[name](columns)
        defined &= values != UNDEFINED
        token = _mix(token * _MULTIPLIER + values.astype(np.uint64))
    count = max(0, len(token) - order + 1)
    key = np.full(count, order, dtype=np.uint64)
    whole = np.ones(count, dtype=bool)
    sequence = columns.sequence
    for place in range(order):
        part = slice(place, place + count)
        key = _mix(key * _MULTIPLIER + token[part])
        whole &= defined[part]
    last = order - 1
    whole &= sequence[:count] == sequence[last : last + count]
    return key[whole], sequence[:count][whole]


def _mix(value: Keys) -> Keys:
    value = (value ^ (value >> _SHIFT)) * _MIX
    return value ^ (value >> _SHIFT)


class NgramView:
    """TF-IDF over the n-grams of one viewpoint, or of several linked ones.

    Parameters
    ----------
    viewpoints
        Names in `mer.viewpoints.VIEWPOINTS`; the elements of all of them form one symbol.
    orders
        Shortest and longest n-gram, both included.

    Attributes
    ----------
    terms_
        Shape (V,): hashes of the known n-grams, rising.
    starts_
        Shape (V + 1,): list t is ``sequences_[starts_[t]:starts_[t + 1]]``.
    sequences_, counts_
        Shape (postings,): a sequence that holds the n-gram, and how often (at most 255).
    norms_
        Shape (S,): Euclidean length of each sequence's TF-IDF vector.
    """

    def __init__(
        self, viewpoints: tuple[str, ...] = ("interval",), orders: tuple[int, int] = (1, 6)
    ) -> None:
        self.viewpoints = viewpoints
        self.orders = orders

    def fit(self, columns: Columns) -> Self:
        """Index the sequences of `columns` and return self."""
        size = len(columns)
        kind = np.min_scalar_type(max(size - 1, 1))
        terms, lists, sequences, counts = [], [], [], []
        for order in range(self.orders[0], self.orders[1] + 1):
            key, sequence = ngram_keys(columns, self.viewpoints, order)
            rank = np.argsort(key, kind="stable")  # stable: sequences stay in order
            key, sequence = key[rank], sequence[rank]
            new = np.ones(len(key), dtype=bool)
            new[1:] = (key[1:] != key[:-1]) | (sequence[1:] != sequence[:-1])
            at = np.flatnonzero(new)
            count = np.diff(np.append(at, len(key)))
            term, first = np.unique(key[at], return_index=True)
            terms.append(term)
            lists.append(np.diff(np.append(first, len(at))))
            sequences.append(sequence[at].astype(kind))
            counts.append(np.minimum(count, _MAX_COUNT).astype(np.uint8))
        self._arrange(terms, lists, sequences, counts)
        self._measure(size)
        return self

    def _arrange(
        self, terms: list[Keys], lists: list[Array], sequences: list[Array], counts: list[Array]
    ) -> None:
        term, length = np.concatenate(terms), np.concatenate(lists)
        begin = np.cumsum(length) - length
        rank = np.argsort(term, kind="stable")
        self.terms_ = term[rank]
        self.starts_ = np.concatenate([[0], np.cumsum(length[rank])]).astype(np.int64)
        posting = np.arange(self.starts_[-1]) + np.repeat(
            begin[rank] - self.starts_[:-1], length[rank]
        )
        self.sequences_ = np.concatenate(sequences)[posting]
        self.counts_ = np.concatenate(counts)[posting]

    def _measure(self, size: int) -> None:
        self.norms_ = np.ones(size, dtype=np.float32)
        weight = _frequency(self.counts_) * np.repeat(self._idf(slice(None)), np.diff(self.starts_))
        squares = np.bincount(self.sequences_, weights=weight * weight, minlength=size)
        self.norms_ = np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)

    def _idf(self, chosen: slice | Array) -> Scores:
        lengths = (
            np.diff(self.starts_)[chosen]
            if isinstance(chosen, slice)
            else (self.starts_[chosen + 1] - self.starts_[chosen])
        )
        return (1.0 + np.log((1.0 + len(self.norms_)) / (1.0 + lengths))).astype(np.float32)

    def query_terms(self, query: Columns) -> tuple[Keys, Scores, npt.NDArray[np.int64], float]:
        """Return the n-grams of one sequence, their TF-IDF weights, places and the vector's length.

        The place is the row in `terms_`, or -1 for an n-gram that no indexed sequence holds.
        """
        orders = range(self.orders[0], self.orders[1] + 1)
        keys = [ngram_keys(query, self.viewpoints, order)[0] for order in orders]
        term, count = np.unique(np.concatenate(keys), return_counts=True)
        row = np.searchsorted(self.terms_, term)
        row[row == len(self.terms_)] = 0
        known = self.terms_[row] == term if len(self.terms_) else np.zeros(len(term), dtype=bool)
        idf = np.full(len(term), 1.0 + np.log(1.0 + len(self.norms_)), dtype=np.float32)
        idf[known] = self._idf(row[known])
        weight = _frequency(np.minimum(count, _MAX_COUNT)) * idf
        length = float(np.sqrt((weight * weight).sum())) or 1.0
        return term, weight, np.where(known, row, -1), length

    def similarity(self, query: Columns) -> Scores:
        """Return the cosine of one query sequence with every indexed sequence, shape (S,), 0 to 1.

        Examples
        --------
        >>> from mer.melody import Melody
        >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> other = Melody(pitch=[60, 59, 52], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> view = NgramView(("interval",), (1, 2)).fit(Columns.from_melodies([tune, other]))
        >>> view.similarity(Columns.from_melodies([tune.transpose(7)])).round(3).tolist()
        [1.0, 0.0]
        """
        _, weight, row, length = self.query_terms(query)
        found = row >= 0
        row, weight = row[found], weight[found]
        size = len(self.norms_)
        if not len(row):
            return np.zeros(size, dtype=np.float32)
        lists = [slice(a, b) for a, b in zip(self.starts_[row], self.starts_[row + 1], strict=True)]
        sequences = np.concatenate([self.sequences_[part] for part in lists])
        counts = np.concatenate([self.counts_[part] for part in lists])
        lengths = [part.stop - part.start for part in lists]
        shares = _frequency(counts) * np.repeat(weight * self._idf(row), lengths)
        total = np.bincount(sequences, weights=shares, minlength=size)
        return (total / (self.norms_ * length)).astype(np.float32)

    def arrays(self) -> Arrays:
        """Return the learned arrays, by name."""
        names = ("terms_", "starts_", "sequences_", "counts_", "norms_")
        return {name: getattr(self, name) for name in names}

    def restore(self, arrays: Arrays) -> Self:
        """Take the learned arrays returned by `arrays` and return self."""
        for name, array in arrays.items():
            setattr(self, name, array)
        return self


def _frequency(counts: Array) -> Scores:
    table = 1.0 + np.log(np.maximum(np.arange(_MAX_COUNT + 1), 1))
    return table.astype(np.float32)[counts]
