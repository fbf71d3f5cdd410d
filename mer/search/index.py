"""Corpus + query -> matches, nearest first.

The ranking is that of a method of `mer.search.stack`; what is searched lies in the segments of
`mer.search.segments`. `PhraseIndex` chooses the method and says which notes correspond. The
similarity of a match is the sum of what each part adds; `Match.contributions` holds the parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mer.alignment.aspects import check_rhythm
from mer.corpus.corpus import UNITS, Corpus, Tune
from mer.corpus.shipped import GRAPH, MANIFEST, index_file
from mer.errors import InputError
from mer.notes.arrays import Floats, Keys
from mer.notes.columns import Columns
from mer.notes.melody import Melody, Phrase
from mer.notes.names import counted
from mer.search.match import Match
from mer.search.postgres.address import is_address
from mer.search.segments.manifest import open_segments
from mer.search.segments.segment import merged
from mer.search.segments.segments import Segments
from mer.search.segments.store import Store
from mer.search.stack.comparison import Limits
from mer.search.stack.finding import Sought, found, matched
from mer.search.stack.methods import (
    MOTIF_VIEWS,
    method_named,
    rank,
)
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import propose
from mer.search.stack.query import Query, check_query

if TYPE_CHECKING:
    from mer.corpus.filters import Filter

# Where whole melodies are searched, a query is compared as one if it has at least so many notes,
# and at least this share of the notes of a melody; a shorter one is a motif.
WHOLE_NOTES, WHOLE_FROM = 16, 0.5


class PhraseIndex:
    """A searchable corpus. Make one with `build` or `load`.

    Parameters
    ----------
    store
        The segments: what is searched, and what of it need not be made anew.
    graph_file
        Where the neighbour graph of whole melodies is, if there is one (see
        `mer.search.graphs.make_graph`).

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> tunes = [Tune("s", "Scale", "mine", scale), Tune("c", "Chord", "mine", chord)]
    >>> match = PhraseIndex.build(Corpus.from_tunes(tunes)).search(chord.transpose(-3), k=1)[0]
    >>> match.phrase.title, match.transposition, round(match.similarity, 2), match.pairs
    ('Chord', 3, 1.0, ((0, 0), (1, 1), (2, 2), (3, 3)))
    """

    def __init__(self, store: Store, graph_file: Path | None = None) -> None:
        self.store, self.graph_file = store, graph_file

    def _repr_html_(self) -> str:
        """Return what a notebook shows: how much is searched, and the table of the corpus."""
        told = counted(len(self), self.unit, "melodies" if self.unit == "melody" else "phrases")
        return f"<p>{told} to search</p>{self.corpus._repr_html_()}"

    @classmethod
    def build(cls, corpus: Corpus, *, unit: str = "phrase") -> PhraseIndex:
        """Return an index of all phrases (or whole melodies) of `corpus`.

        Raises
        ------
        InputError
            If `unit` is neither ``"phrase"`` nor ``"melody"``.
        """
        if unit not in UNITS:
            raise InputError(f"unknown unit {unit!r}; choose one of {', '.join(UNITS)}")
        return cls(Segments.of(corpus, unit))

    def __len__(self) -> int:
        return self.store.size.sequences

    @property
    def unit(self) -> str:
        """What is retrieved: ``"phrase"`` or ``"melody"`` (whole tunes)."""
        return self.store.unit

    @cached_property
    def corpus(self) -> Corpus:
        """The tunes; those of several segments are joined, and so read, when first asked for."""
        return self.store.corpus()

    @property
    def columns(self) -> Columns:
        """The notes of the indexed sequences; as for `corpus`."""
        return self.corpus.columns(self.unit)

    @cached_property
    def shape(self) -> Keys:
        """Shape (S,): equal for sequences that are the same up to transposition and tempo."""
        return self.store.all_shapes()

    @cached_property
    def pool(self) -> Pool:
        """The indexed sequences, as the methods rank them."""
        return Pool(self.store, graph_file=self.graph_file if self.unit == "melody" else None)

    def search(
        self,
        query: Melody,
        k: int = 10,
        *,
        method: str | None = None,
        candidates: int | None = None,
        distinct: bool = False,
        where: Filter | None = None,
    ) -> list[Match]:
        """Return the `k` sequences most similar to `query`, best first.

        Parameters
        ----------
        query
            At least three notes.
        k
            How many matches; fewer come back where the corpus holds fewer.
        method
            A name in `mer.METHODS`; by default that of `method_for`. Some need a while to prepare
            when first asked for: see `prepare`.
        candidates
            How many of the best by representations are aligned, where the method aligns a choice
            (``motif``, ``full-noexpand``, ``full``); by default as many as a search can afford.
        distinct
            Whether to leave out phrases that only repeat a better one, transposed or not.
        where
            What to search in: by collection, metre or mode; by default everywhere.

        Raises
        ------
        InputError
            If the query is too short, `k` is not positive, there is no such method, or no
            collection is named as in `where`, or the method hears nothing but the rhythm of a query
            that has none.
        """
        check_query(query, k, candidates)
        check_rhythm(query, method or "")
        sought = Sought(k, method or self.method_for(query), candidates, distinct, where)
        return found(self.pool, self.store, Query.of(query), sought)

    def more_like(
        self,
        number: int,
        k: int = 10,
        *,
        method: str | None = None,
        distinct: bool = False,
        where: Filter | None = None,
    ) -> list[Match]:
        """Return the `k` sequences most similar to one of them, which is left out, best first.

        Parameters
        ----------
        number
            As in `Match.number`. `mer.search.graphs.more_like` takes a tune by its id, and is
            quicker where there is a neighbour graph.
        k, method, distinct, where
            As for `search`.

        Raises
        ------
        InputError
            If there is no such sequence; else as for `search`.
        """
        melody = self.phrase(number).melody
        check_query(melody, k)
        sought = Sought(k, method or self.method_for(melody), None, distinct, where)
        query = Query(self.pool.query(number).columns, number, melody)
        return found(self.pool, self.store, query, sought)

    def method_for(self, query: Melody) -> str:
        """Return the method of a search that names none: the best that stays quick.

        ``motif`` for phrases, and for whole melodies if the query has less than half as many notes
        as they have; ``full-noexpand`` for a longer one. ``by-pitch`` for a melody whose rhythm is
        not known, unless it is compared as a whole with others of which none is known either.
        """
        least = max(WHOLE_NOTES, WHOLE_FROM * self.pool.mean_notes)
        whole = self.unit == "melody" and len(query) >= least
        if not query.rhythm_known and not (whole and not self.pool.has_rhythm):
            return "by-pitch"
        return "full-noexpand" if whole else "motif"

    def prepare(self, method: str, *, progress: bool = False) -> None:
        """Make what a method needs, so that the first search takes no longer than the others.

        Parameters
        ----------
        progress
            Whether to show a progress bar on stderr, where that is a terminal.

        Raises
        ------
        InputError
            If there is no such method.
        """
        chosen = method_named(method)
        with self.pool.showing(progress):
            chosen.prepare(self.pool)

    def proposed(self, query: Melody) -> Floats:
        """Return how near each sequence is by the stored views, each as much, shape (S,), 0 to 1.

        Three notes count here as well as four, so that few sequences have nothing in common.
        """
        shares = dict.fromkeys(MOTIF_VIEWS, 1 / len(MOTIF_VIEWS))
        return propose(self.pool, Query.of(query), shares).quick.astype(np.float64)

    def compared(self, query: Melody, number: int) -> Match:
        """Return one sequence as a match, whether or not a search would find it."""
        limits = Limits(least=1, complete=False)
        ranking = rank(self.pool, query, "motif", limits=limits, among=np.array([number]))
        only = ranking.take(np.array([0]))
        return matched(self.pool, self.store, Query.of(query), only, local=False)[0]

    def search_many(
        self,
        queries: Iterable[Melody],
        k: int = 10,
        *,
        method: str | None = None,
        candidates: int | None = None,
        distinct: bool = False,
        where: Filter | None = None,
    ) -> list[list[Match]]:
        """Return the matches of each query, as `search` does.

        All queries are checked before the first search.

        Raises
        ------
        InputError
            As for `search`; the message names the place of the query, from 1.
        """
        if isinstance(queries, Melody):
            raise InputError("search_many takes a list of melodies; search takes one")
        chosen = list(queries)
        for place, query in enumerate(chosen, start=1):
            try:
                check_query(query, k)
            except InputError as error:
                raise InputError(f"query {place} of {len(chosen)}: {error}") from error
        return [
            self.search(
                query, k, method=method, candidates=candidates, distinct=distinct, where=where
            )
            for query in chosen
        ]

    def add(self, tunes: Iterable[Tune]) -> PhraseIndex:
        """Return the index of a corpus with these tunes after the ones it has; this one stays.

        A search of the result finds what one of an index built anew would find, but only the new
        tunes are analysed: they become a segment of their own.

        Raises
        ------
        InputError
            If there is no tune, or one has an id that is taken: `remove` that one first.
        """
        return PhraseIndex(self.store.add(tunes), self.graph_file)

    def remove(self, tune_ids: str | Iterable[str]) -> PhraseIndex:
        """Return the index of the corpus without these tunes; this one stays.

        Parameters
        ----------
        tune_ids
            The id of one tune, or several.

        Raises
        ------
        InputError
            If there is no tune of an id, or none would be left.
        """
        ids = [tune_ids] if isinstance(tune_ids, str) else tune_ids
        return PhraseIndex(self.store.remove(ids), self.graph_file)

    def of_unit(self, unit: str) -> PhraseIndex:
        """Return the index of all phrases (or whole melodies) of the same tunes.

        Raises
        ------
        InputError
            If `unit` is neither ``"phrase"`` nor ``"melody"``.
        """
        if unit == self.unit:
            return self
        return PhraseIndex(PhraseIndex.build(self.corpus, unit=unit).store, self.graph_file)

    def phrase(self, number: int) -> Phrase:
        """Return sequence number `number`, counted from 0; a whole melody counts as one phrase.

        Raises
        ------
        InputError
            If there is no such sequence.
        """
        if not 0 <= number < len(self):
            held = "phrase" if self.unit == "phrase" else "melody"
            raise InputError(
                f"no {held} {number}; there are {len(self):,}, from 0 to {len(self) - 1:,}"
            )
        return self.store.phrases(np.array([number]))[0]

    def save(self, path: str | Path) -> None:
        """Write corpus and index, all or nothing: to one file (``.npz``), or to a folder.

        One file holds one segment, so that others are joined to it first; a folder keeps them.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        from mer.search.segments.writing import publish_segments  # only those who save need it

        segments = self._segments
        if Path(path).suffix == ".npz":
            merged(segments.parts).save(Path(path))
        else:
            publish_segments(Path(path), segments.parts)

    @property
    def _segments(self) -> Segments:
        if isinstance(self.store, Segments):
            return self.store
        return Segments.of(self.corpus, self.unit)

    @classmethod
    def load(cls, path: str | Path | None = None) -> PhraseIndex:
        """Return the index of a corpus: by file, folder or name; by default the shipped one.

        Addresses of PostgreSQL servers, ``postgresql://a/music,postgresql://b/music``, name the
        index that these hold together.

        The segments are mapped into memory, not read (see `mer.corpus.shipped.index_file`), nor
        compared with their checksums: ``mer corpus check`` does that.

        Raises
        ------
        InputError
            If a file is missing, damaged, or of another version; or a server does not answer.
        """
        if is_address(path):
            from mer.search.postgres.store import NodeStore  # only those who have servers need it

            return cls(NodeStore.open(str(path)))
        file = index_file(path)
        return cls(open_segments(file), file.parent / GRAPH if file.name == MANIFEST else None)


def load_corpus(path: str | Path | None = None) -> Corpus:
    """Return a corpus by file, folder or name; by default the shipped one.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another version.
    """
    return PhraseIndex.load(path).corpus
