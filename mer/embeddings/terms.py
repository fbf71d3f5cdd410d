"""Terms of sequences -> an inverted file, and TF-IDF similarity over it.

A *term* is a 64-bit hash of something a sequence may hold: an n-gram, say. The inverted file lists,
for every term, the sequences that hold it; a query touches only the lists of its own terms.
Similarity is the cosine of two TF-IDF vectors, with tf = 1 + ln(count) and
idf = 1 + ln((1 + S) / (1 + sequences that hold the term)).

References
----------
Salton, G. and Buckley, C. (1988). Term-weighting approaches in automatic text retrieval.
Information Processing and Management 24(5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Self

import numpy as np

from mer.embeddings.parameters import Parameters
from mer.notes.arrays import Array, Arrays, Flags, Ints, Keys, Singles
from mer.notes.columns import Columns, Sequences, as_columns
from mer.notes.hashing import extend_key

# Columns -> batches of terms and the sequences that hold them, shapes (terms,). Within a batch the
# sequences rise, and no term occurs in two batches.
Terms = Callable[[Columns], Iterator[tuple[Keys, Ints]]]

_MAX_COUNT = 255


def count_terms(terms: Terms, columns: Columns) -> tuple[Ints, Keys, Ints]:
    """Return each term of each sequence once: sequence, term, how often. Shapes (pairs,).

    Sequences rise, and so do the terms within a sequence.
    """
    found = list(terms(columns))
    key = np.concatenate([keys for keys, _ in found])
    sequence = np.concatenate([sequences for _, sequences in found])
    order = np.lexsort((key, sequence))
    key, sequence = key[order], sequence[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (sequence[1:] != sequence[:-1])
    at = np.flatnonzero(new)
    count = np.diff(np.append(at, len(key)))
    return sequence[at].astype(np.int64), key[at], np.asarray(count, dtype=np.int64)


def joined_terms(views: tuple[Terms, ...]) -> Terms:
    """Return the function from columns to the terms of several views, which are kept apart."""
    return partial(_joined, views=views)


def _joined(columns: Columns, *, views: tuple[Terms, ...]) -> Iterator[tuple[Keys, Ints]]:
    for number, terms in enumerate(views):
        for key, sequence in terms(columns):
            yield extend_key(key, np.array([number])), sequence


def inverted(terms: Terms, columns: Columns) -> tuple[Keys, Ints, Array, Array]:
    """Return the lists of all terms: the terms, rising; starts of lists; sequences; counts.

    Shapes (V,), (V + 1,), (postings,) and (postings,). Sequences rise within a list and take as few
    bytes as their number allows; counts end at 255.
    """
    kind = np.min_scalar_type(max(len(columns) - 1, 1))
    known, lists, sequences, counts = [], [], [], []
    for key, sequence in terms(columns):
        rank = np.argsort(key, kind="stable")  # stable: sequences stay in order
        key, sequence = key[rank], sequence[rank]
        new = np.ones(len(key), dtype=bool)
        new[1:] = (key[1:] != key[:-1]) | (sequence[1:] != sequence[:-1])
        at = np.flatnonzero(new)
        count = np.diff(np.append(at, len(key)))
        term, first = np.unique(key[at], return_index=True)
        known.append(term)
        lists.append(np.diff(np.append(first, len(at))))
        sequences.append(sequence[at].astype(kind))
        counts.append(np.minimum(count, _MAX_COUNT).astype(np.uint8))
    term, length = np.concatenate(known), np.concatenate(lists)
    begin = np.cumsum(length) - length
    rank = np.argsort(term, kind="stable")
    starts = np.concatenate([[0], np.cumsum(length[rank])]).astype(np.int64)
    posting = np.arange(starts[-1]) + np.repeat(begin[rank] - starts[:-1], length[rank])
    return term[rank], starts, np.concatenate(sequences)[posting], np.concatenate(counts)[posting]


class TermView(Parameters):
    """TF-IDF over the terms of sequences.

    Parameters
    ----------
    terms
        What a sequence holds: see `Terms`.

    Attributes
    ----------
    terms_
        Shape (V,): the known terms, rising.
    starts_
        Shape (V + 1,): list t is ``sequences_[starts_[t]:starts_[t + 1]]``.
    sequences_, counts_
        Shape (postings,): a sequence that holds the term, and how often (at most 255).
    norms_
        Shape (S,): Euclidean length of each sequence's TF-IDF vector.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Index the sequences of `columns` and return self; `labels` are ignored."""
        columns = as_columns(columns)
        self.terms_, self.starts_, self.sequences_, self.counts_ = inverted(self.terms, columns)
        self._measure(len(columns))
        return self

    def _measure(self, size: int) -> None:
        self.norms_ = np.ones(size, dtype=np.float32)
        weight = term_frequency(self.counts_) * np.repeat(
            self._idf(slice(None)), np.diff(self.starts_)
        )
        squares = np.bincount(self.sequences_, weights=weight * weight, minlength=size)
        self.norms_ = np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)

    def _idf(self, chosen: slice | Array) -> Singles:
        lengths = (
            np.diff(self.starts_)[chosen]
            if isinstance(chosen, slice)
            else (self.starts_[chosen + 1] - self.starts_[chosen])
        )
        return (1.0 + np.log((1.0 + len(self.norms_)) / (1.0 + lengths))).astype(np.float32)

    def query_terms(self, query: Sequences) -> tuple[Keys, Singles, Ints, float]:
        """Return the terms of one sequence, their TF-IDF weights, places and the vector's length.

        The place is the row in `terms_`, or -1 for a term that no indexed sequence holds.
        """
        keys = [key for key, _ in self.terms(as_columns(query))]
        term, count = np.unique(np.concatenate(keys), return_counts=True)
        row, known = find_terms(self.terms_, term)
        idf = np.full(len(term), 1.0 + np.log(1.0 + len(self.norms_)), dtype=np.float32)
        idf[known] = self._idf(row[known])
        weight = term_frequency(count) * idf
        length = float(np.sqrt((weight * weight).sum())) or 1.0
        return term, weight, np.where(known, row, -1), length

    def similarity(self, query: Sequences) -> Singles:
        """Return the cosine of one query sequence with every indexed sequence, shape (S,), 0 to 1.

        Examples
        --------
        >>> from mer.notes.melody import Melody
        >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> other = Melody(pitch=[60, 59, 52], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> from mer.embeddings.ngrams import ngram_terms
        >>> view = TermView(ngram_terms(("interval",), (1, 2)))
        >>> view = view.fit(Columns.from_melodies([tune, other]))
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
        shares = term_frequency(counts) * np.repeat(weight * self._idf(row), lengths)
        total = np.bincount(sequences, weights=shares, minlength=size)
        return (total / (self.norms_ * length)).astype(np.float32)

    def transform(self, columns: Sequences) -> Any:
        """Return the TF-IDF vectors of sequences, a scipy sparse array of shape (S, V).

        The products of rows are cosines, as in `similarity`: terms that are not indexed have no
        column, but count towards the length.
        """
        from scipy.sparse import csr_array

        columns = as_columns(columns)
        sequence, term, count = count_terms(self.terms, columns)
        row, known = find_terms(self.terms_, term)
        lists = np.diff(self.starts_)[row] if len(self.terms_) else np.zeros(len(row))
        idf = np.log((1.0 + len(self.norms_)) / (1.0 + np.where(known, lists, 0)))
        weight = term_frequency(count) * (1.0 + idf)
        length = np.sqrt(np.bincount(sequence, weights=weight**2, minlength=len(columns)))
        weight = (weight / np.maximum(length, 1e-9)[sequence]).astype(np.float32)
        shape = (len(columns), len(self.terms_))
        return csr_array((weight[known], (sequence[known], row[known])), shape=shape)

    def arrays(self) -> Arrays:
        """Return the learned arrays, by name."""
        names = ("terms_", "starts_", "sequences_", "counts_", "norms_")
        return {name: getattr(self, name) for name in names}

    def restore(self, arrays: Arrays) -> Self:
        """Take the learned arrays returned by `arrays` and return self."""
        for name, array in arrays.items():
            setattr(self, name, array)
        return self


def find_terms(known: Keys, wanted: Keys) -> tuple[Ints, Flags]:
    """Return the place of each wanted term among the known ones, and whether it is there.

    Examples
    --------
    >>> place, there = find_terms(np.array([3, 5], np.uint64), np.array([5, 4], np.uint64))
    >>> place.tolist(), there.tolist()
    ([1, 1], [True, False])
    """
    if not len(known):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.searchsorted(known, wanted)
    place[place == len(known)] = 0
    return place.astype(np.int64), np.asarray(known[place] == wanted)


def term_frequency(counts: Array) -> Singles:
    """Return 1 + ln(count) of each count, at most 255."""
    table = 1.0 + np.log(np.maximum(np.arange(_MAX_COUNT + 1), 1))
    return table.astype(np.float32)[np.minimum(counts, _MAX_COUNT)]
