"""Terms of sequences -> an inverted file of plain sets, and the cosine of two sets.

A sequence is the set of its terms: how often one occurs, and how rare it is among all sequences,
counts for nothing. So what is kept of a sequence depends on that sequence alone, and inverted files
of several collections together say what one of all would say, to the last bit. With terms of three
and four notes nothing is lost by it (`docs/decisions/0015-segments.md`).

The similarity of two sets is the number of terms in both, divided by the geometric mean of their
sizes: 1 where they are equal, 0 where they share nothing.

References
----------
Ochiai, A. (1957). Zoogeographical studies on the soleoid fishes found in Japan and its neighbouring
regions. Bulletin of the Japanese Society of Scientific Fisheries 22(9).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from mer.embeddings.parameters import Parameters
from mer.embeddings.terms import Terms, count_terms, find_terms
from mer.notes.arrays import Array, Arrays, Ints, Keys, Singles
from mer.notes.columns import Columns, Sequences, as_columns

_AT_ONCE = 16_384  # notes whose terms are listed in one go, or one sequence if it has more
LEARNED = ("terms_", "starts_", "sequences_", "sizes_")


class TermSets(Parameters):
    """The sets of terms of sequences.

    Parameters
    ----------
    terms
        What a sequence holds: see `mer.embeddings.terms.Terms`.

    Attributes
    ----------
    terms_
        Shape (V,): the known terms, rising.
    starts_
        Shape (V + 1,): list t is ``sequences_[starts_[t]:starts_[t + 1]]``.
    sequences_
        Shape (postings,): the sequences that hold each term.
    sizes_
        Shape (S,): how many terms each sequence holds.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Index the sequences of `columns` and return self; `labels` are ignored."""
        columns = as_columns(columns)
        found = [_members(self.terms, columns, *ends) for ends in _parts(columns)]
        sizes = np.zeros(len(columns), dtype=np.int64)
        known, lengths, sequences = [], [], []
        for key, sequence in _ranges(found):
            new = np.ones(len(key), dtype=bool)
            new[1:] = key[1:] != key[:-1]
            first = np.flatnonzero(new)
            known.append(key[first])
            lengths.append(np.diff(np.append(first, len(key))))
            sequences.append(sequence)
            sizes += np.bincount(sequence, minlength=len(columns))
        self.terms_, self.sequences_ = np.concatenate(known), np.concatenate(sequences)
        starts = np.append(0, np.cumsum(np.concatenate(lengths)))
        self.starts_, self.sizes_ = _narrow(starts), _narrow(sizes)
        return self

    def lists(self, terms: Keys) -> Array:
        """Return the sequences that hold the terms, list after list: each as often as it holds."""
        row, known = find_terms(self.terms_, terms)
        row = row[known]
        bounds = zip(self.starts_[row].tolist(), self.starts_[row + 1].tolist(), strict=True)
        lists = [self.sequences_[start:stop] for start, stop in bounds]
        return np.concatenate(lists) if lists else self.sequences_[:0]

    def similarity(self, query: Sequences) -> Singles:
        """Return the cosine of one sequence with every indexed sequence, shape (S,), 0 to 1.

        Examples
        --------
        Of the two intervals of each melody one is in both.

        >>> from mer.embeddings.ngrams import ngram_terms
        >>> from mer.notes.melody import Melody
        >>> tune = Melody(pitch=[60, 64, 62], onset=[0, 480, 960], duration=[480] * 3)
        >>> other = Melody(pitch=[60, 64, 60], onset=[0, 480, 960], duration=[480] * 3)
        >>> sets = TermSets(ngram_terms(("interval",), (1, 1))).fit([tune, other])
        >>> sets.similarity([tune.transpose(7)]).tolist()
        [1.0, 0.5]
        """
        terms = terms_of(self.terms, query)
        return set_cosines(self.lists(terms), self.sizes_, len(terms))

    def transform(self, columns: Sequences) -> Any:
        """Return the sets as rows of length 1, a scipy sparse array of shape (S, V).

        The products of rows are cosines, as in `similarity`: terms that are not indexed have no
        column, but count towards the length.
        """
        from scipy.sparse import csr_array

        columns = as_columns(columns)
        sequence, term, _ = count_terms(self.terms, columns)
        row, known = find_terms(self.terms_, term)
        sizes = np.bincount(sequence, minlength=len(columns))
        weight = (1.0 / np.sqrt(np.maximum(sizes, 1)))[sequence].astype(np.float32)
        shape = (len(columns), len(self.terms_))
        return csr_array((weight[known], (sequence[known], row[known])), shape=shape)

    def arrays(self) -> Arrays:
        """Return the learned arrays, by name."""
        return {name: getattr(self, name) for name in LEARNED}

    def restore(self, arrays: Arrays) -> Self:
        """Take the learned arrays returned by `arrays` and return self."""
        for name in LEARNED:
            setattr(self, name, arrays[name])
        return self


def _parts(columns: Columns) -> Iterator[tuple[int, int]]:
    """Yield first and last sequence, exclusive, of parts of about as many notes; at least one."""
    bounds, start = columns.bounds, 0
    while True:
        stop = int(np.searchsorted(bounds, bounds[start] + _AT_ONCE, side="right")) - 1
        stop = min(max(stop, start + 1), len(columns))
        yield start, stop
        if stop == len(columns):
            return
        start = stop


def _members(terms: Terms, columns: Columns, start: int, stop: int) -> tuple[Keys, Array]:
    """Return each term with each sequence of a part that holds it, once.

    Terms rise, and so do the sequences of a term. A sequence holds a term again and again: where
    that is seen part by part, little memory is used.
    """
    batches = list(terms(columns.take(np.arange(start, stop))))
    key = np.concatenate([keys for keys, _ in batches])
    sequence = np.concatenate([sequences for _, sequences in batches]) + start
    order = np.lexsort((sequence, key))
    key, sequence = key[order], sequence[order]
    new = np.ones(len(key), dtype=bool)
    new[1:] = (key[1:] != key[:-1]) | (sequence[1:] != sequence[:-1])
    return key[new], sequence[new].astype(np.min_scalar_type(max(len(columns) - 1, 1)))


def _ranges(parts: list[tuple[Keys, Array]]) -> Iterator[tuple[Keys, Array]]:
    """Yield the members of all parts, which follow each other, in ranges of rising terms.

    There are as many ranges as parts, each about as large, so that all is never sorted at once.
    """
    widest = max((key for key, _ in parts), key=len)
    ends = [len(widest) * number // len(parts) for number in range(1, len(parts))]
    edges = np.unique(widest[ends]) if len(widest) else widest
    cuts = [np.concatenate([[0], np.searchsorted(key, edges), [len(key)]]) for key, _ in parts]
    for number in range(len(edges) + 1):
        chosen = [slice(cut[number], cut[number + 1]) for cut in cuts]
        key = np.concatenate([part[0][where] for part, where in zip(parts, chosen, strict=True)])
        held = np.concatenate([part[1][where] for part, where in zip(parts, chosen, strict=True)])
        order = np.argsort(key, kind="stable")
        yield key[order], held[order]


def terms_of(terms: Terms, query: Sequences) -> Keys:
    """Return the set of terms of one sequence, rising, shape (terms,)."""
    key = np.sort(np.concatenate([key for key, _ in terms(as_columns(query))]))
    # Not np.unique, which imports numpy.ma when first called: a search begins within its time.
    new = np.ones(len(key), dtype=bool)
    new[1:] = key[1:] != key[:-1]
    return key[new]


def set_cosines(lists: Array, sizes: Array, wanted: int, out: Singles | None = None) -> Singles:
    """Return the cosine of one set with every other, shape (S,), 0 to 1.

    Parameters
    ----------
    lists
        The sequences that hold the terms of the one set, list after list.
    sizes
        Shape (S,): terms of each sequence.
    wanted
        Terms of the one set.
    out
        Shape (S,), zeros: where the cosines are put; by default a new array.

    Examples
    --------
    Two terms, both in sequence 0, one in sequence 2.

    >>> set_cosines(np.array([0, 0, 2]), np.array([2, 5, 8]), 2).tolist()
    [1.0, 0.0, 0.25]
    """
    found = np.zeros(len(sizes), dtype=np.float32) if out is None else out
    if len(lists):
        # A sequence is in each list once, so that no count is larger than the number of lists.
        kind = np.min_scalar_type(wanted)
        shared = np.zeros(len(sizes), dtype=kind)
        np.add.at(shared, lists, kind.type(1))
        at = np.flatnonzero(shared != 0)
        there = sizes[at]
        # Few sizes occur, again and again.
        roots = np.sqrt(np.arange(int(there.max()) + 1) * np.float64(wanted))
        found[at] = shared[at] / roots[there]
    return found


def _narrow(numbers: Ints) -> Array:
    """Return whole numbers in four bytes, or in two where they allow it."""
    largest = int(numbers.max(initial=0))
    kind = np.uint16 if largest < 2**16 else np.uint32 if largest < 2**32 else np.int64
    return numbers.astype(kind)
