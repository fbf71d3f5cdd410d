"""What a search asks of the segments of an index, wherever they lie: the seam of the storage.

A search makes a fixed number of calls, however many segments there are: `lists` once, with all
terms of all views; `notes` once for the candidates and once for the matches; `phrases` once for the
matches; `shapes` once, where repeats are left out; `passing` once, where there is a filter. A store
whose segments lie elsewhere answers each call in one round. Nothing that is computed from the
answers is left to the store: scores are made in one place, by `mer.search.stack`.

Sequences are numbered through all segments, in their order, and those of removed tunes have no
number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np

from mer.corpus.corpus import Corpus, Tune
from mer.embeddings import TERMS, TermSets
from mer.embeddings.term_sets import set_cosines, terms_of
from mer.notes.arrays import Array, Ints, Keys, Singles
from mer.notes.columns import Columns
from mer.notes.melody import Phrase

if TYPE_CHECKING:
    from mer.corpus.filters import Filter


class Size(NamedTuple):
    """How much there is, without what was removed: tunes, sequences, and notes in these."""

    tunes: int
    sequences: int
    notes: int


class Listed(NamedTuple):
    """What one segment says of the terms of a query in one view.

    Parameters
    ----------
    sequences
        Rows of the segment that hold the terms, list after list; some may be of removed tunes.
    sizes
        How many terms each row of the segment holds, shape (rows,).
    living
        The rows that have not been removed, rising; None for all.
    """

    sequences: Array
    sizes: Array
    living: Ints | None


@runtime_checkable
class Store(Protocol):
    """The segments of an index. Each method says what it reads.

    Attributes
    ----------
    unit
        What is retrieved: ``"phrase"`` or ``"melody"``.
    size
        Known since the store was opened; reads nothing.
    """

    unit: str

    @property
    def size(self) -> Size:
        """How much there is."""
        ...

    @property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given for most tunes; reads 2 bytes a tune, once."""
        ...

    @property
    def is_marked(self) -> bool:
        """Whether phrase marks are known to be given for most tunes; reads a bit a tune, once."""
        ...

    def lists(self, terms: Mapping[str, Keys]) -> Iterator[Mapping[str, Listed]]:
        """Yield what each segment says of the terms, by view.

        Reads the lists of these terms: some 2 bytes for each time one of them is in a sequence. The
        sizes, 2 bytes a sequence, never change and may be kept.
        """
        ...

    def notes(self, numbers: Ints) -> Columns:
        """Return the notes of some sequences, in the order given; reads these notes only."""
        ...

    def phrases(self, numbers: Ints) -> list[Phrase]:
        """Return some sequences with the tunes that they are from; reads these only."""
        ...

    def shapes(self, numbers: Ints) -> Keys:
        """Return a key of each sequence, equal for the same up to transposition and tempo.

        Reads 8 bytes a sequence asked for.
        """
        ...

    def passing(self, where: Filter) -> Ints:
        """Return the sequences that a filter lets pass; reads collection, metre and mode of all.

        Raises
        ------
        InputError
            If no collection of any segment is named as in `where`, no tune has such a metre, or
            whole melodies are asked for a place.
        """
        ...

    @property
    def collections(self) -> tuple[str, ...]:
        """The names of all collections; reads 2 bytes a tune of segments that lost some."""
        ...

    def corpus(self) -> Corpus:
        """Return all tunes as one corpus; reads everything. The search by default never asks."""
        ...

    def sets(self, view: str) -> TermSets:
        """Return the sets of terms of all sequences; reads everything, as `corpus` does."""
        ...

    def all_shapes(self) -> Keys:
        """Return the shapes of all sequences, shape (sequences,); reads 8 bytes of each."""
        ...

    def add(self, tunes: Iterable[Tune]) -> Store:
        """Return the segments with one more, or several, after them; reads the keys of ids.

        Raises
        ------
        InputError
            If there is no tune, or one has an id that is taken.
        """
        ...

    def remove(self, tune_ids: Iterable[str]) -> Store:
        """Return the segments without some tunes; reads the keys of ids.

        Raises
        ------
        InputError
            If there is no tune of an id, or none would be left.
        """
        ...


def set_similarities(store: Store, views: Sequence[str], query: Columns) -> dict[str, Singles]:
    """Return the cosines of a query with all sequences in some views, each of shape (sequences,).

    Whatever the segments, the values are the same to the last bit.
    """
    terms = {name: terms_of(TERMS[name], query) for name in views}
    found = {name: np.zeros(store.size.sequences, dtype=np.float32) for name in views}
    start = 0
    for listed in store.lists(terms):
        stop = start
        for name, held in listed.items():
            asked, own = (held.sequences, held.sizes, len(terms[name])), held.living
            stop = start + len(held.sizes if own is None else own)
            if own is None:
                set_cosines(*asked, out=found[name][start:stop])
            else:
                found[name][start:stop] = set_cosines(*asked)[own]
        start = stop
    return found
