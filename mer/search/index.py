"""Corpus + query -> matches: candidates from term views, re-ranked by alignment.

The similarity of a match is a weighted mean of parts that each lie between 0 and 1: two alignments
(the shorter of query and phrase inside the longer one, and both as a whole) and the cosine in every
view. `Match.contributions` holds the parts, and adds up to it. The weights were chosen by hand from
what `benchmarks/self_retrieval.py` and cut motifs showed: alignment inside finds a motif in a
longer phrase but cannot tell a whole phrase from a part, and alignment as a whole does the
opposite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.alignment.align import Profile, Scoring, align, best_shifts, traces
from mer.corpus.corpus import UNITS, Corpus, Tune
from mer.corpus.filters import Filter
from mer.corpus.growing import extended_corpus, marked_tunes, reduced_corpus
from mer.corpus.shipped import index_file
from mer.corpus.storage import load_arrays, save_arrays
from mer.embeddings.ngrams import ngram_keys
from mer.errors import InputError
from mer.notes.arrays import Arrays, Floats, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import placed_keys
from mer.notes.melody import Melody, Phrase
from mer.search.match import Match
from mer.search.shortlist import TermShortlist

KIND = "mer index"
VERSION = 1
MIN_QUERY_NOTES, MAX_QUERY_NOTES = 3, 2000
MAX_MATCHES = 1000
INSIDE, WHOLE = "aligned inside", "aligned as a whole"

# Share of each part in the similarity; they add up to 1.
VIEW_WEIGHTS: Mapping[str, float] = {"skip-gram": 0.15, "interval-rhythm": 0.05, "interval": 0.05}
WEIGHTS: Mapping[str, float] = {INSIDE: 0.45, WHOLE: 0.3, **VIEW_WEIGHTS}
INSIDE_SCORING = Scoring(mode="inside", metre=0.0, length=0.3, pitch_band=3.0)
WHOLE_SCORING = replace(INSIDE_SCORING, mode="global")
# Transpositions tried for each candidate: a whole tune's pitches say little about a short motif's.
_FEWEST_SHIFTS = 3
_MOST_SHIFTS = {"phrase": 3, "melody": 8}
_NOTES_TIMES_SHIFTS = 64
_MOST_CANDIDATES, _FEWEST_CANDIDATES = 800, 100
_PAIRS = 16_000_000  # of notes, compared for one query: this bounds its time where tunes are long
_STEPS = 2.0**30


@dataclass(frozen=True, eq=False)
class PhraseIndex:
    """A searchable corpus. Make one with `build` or `load`.

    Parameters
    ----------
    corpus
        The tunes.
    unit
        What is retrieved: ``"phrase"`` or ``"melody"`` (whole tunes).
    shortlist
        Finds the candidates for the alignment.
    shape
        Shape (S,): equal for sequences that are the same up to transposition and tempo.

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

    corpus: Corpus
    unit: str
    shortlist: TermShortlist
    shape: Keys

    @classmethod
    def build(cls, corpus: Corpus, *, unit: str = "phrase") -> PhraseIndex:
        """Return an index of all phrases (or whole melodies) of `corpus`."""
        columns = corpus.columns(unit)
        return cls(corpus, unit, TermShortlist.fit(columns, VIEW_WEIGHTS), _shapes(columns))

    def __len__(self) -> int:
        return len(self.shape)

    @property
    def columns(self) -> Columns:
        """The indexed sequences."""
        return self.corpus.columns(self.unit)

    def search(
        self,
        query: Melody,
        k: int = 10,
        *,
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
        candidates
            How many of the best by n-grams are aligned; by default 800, and fewer where query and
            sequences are both long.
        distinct
            Whether to leave out phrases that only repeat a better one, transposed or not.
        where
            What to search in: by collection, metre or mode; by default everywhere.

        Raises
        ------
        InputError
            If the query is too short, `k` is not positive, or no collection is named as in `where`.
        """
        _check_query(query, k, candidates)
        if where is not None and not isinstance(where, Filter):
            raise InputError(f"where is {where!r}; give a Filter, such as Filter(modes=['dorian'])")
        own = Columns.from_melodies([query])
        tries = min(_NOTES_TIMES_SHIFTS // len(query), _MOST_SHIFTS[self.unit])
        tries = max(tries, _FEWEST_SHIFTS)
        if candidates is None:
            candidates = self._affordable(len(query) * (tries + 1))
        found = self.shortlist.search(own, max(candidates, k), self._among(where))
        profile = Profile.of(own, metre=False)
        pool = Profile.of(self.columns.take(found.numbers), metre=False)
        rows = np.arange(len(found.numbers))
        shifts = best_shifts(profile, pool.histogram, tries)
        inside, transposition = align(profile, pool, rows, INSIDE_SCORING, shifts=shifts)
        whole, _ = align(profile, pool, rows, WHOLE_SCORING, shifts=transposition[:, None])
        values = {INSIDE: inside, WHOLE: whole, **found.views}
        parts = {name: _part(name, values[name]) for name in WEIGHTS}
        similarity = np.sum(list(parts.values()), axis=0)
        order = np.argsort(-similarity, kind="stable")
        if distinct:
            shape = self.shape[found.numbers[order]]
            order = order[np.sort(np.unique(shape, return_index=True)[1])]
        best = order[:k]
        pairs = traces(profile, pool, best, transposition[best], INSIDE_SCORING)
        return [
            Match(
                phrase=self.phrase(int(found.numbers[row])),
                similarity=float(similarity[row]),
                transposition=int(transposition[row]),
                pairs=corresponding,
                contributions={name: float(part[row]) for name, part in parts.items()},
                number=int(found.numbers[row]),
                query=query,
            )
            for row, corresponding in zip(best.tolist(), pairs, strict=True)
        ]

    def search_many(
        self,
        queries: Iterable[Melody],
        k: int = 10,
        *,
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
                _check_query(query, k)
            except InputError as error:
                raise InputError(f"query {place} of {len(chosen)}: {error}") from error
        return [
            self.search(query, k, candidates=candidates, distinct=distinct, where=where)
            for query in chosen
        ]

    def _affordable(self, rows: int) -> int:
        """Return how many sequences of mean length can be aligned with `rows` notes each."""
        notes = len(self.corpus.tunes.pitch) / len(self)
        return int(np.clip(_PAIRS / (rows * notes), _FEWEST_CANDIDATES, _MOST_CANDIDATES))

    def _among(self, where: Filter | None) -> Ints | None:
        if where is None:
            return None
        tunes = where.tunes(self.corpus)
        passing = tunes if self.unit == "melody" else tunes[self.corpus.phrase_tune]
        return np.flatnonzero(passing)

    def add(self, tunes: Iterable[Tune]) -> PhraseIndex:
        """Return the index of a corpus with these tunes after the ones it has; this one stays.

        The result equals `build` on all tunes, but only the new ones are analysed.

        Raises
        ------
        InputError
            If there is no tune, or one has an id that is taken: `remove` that one first.
        """
        more = Corpus.from_tunes(tunes)
        columns = more.columns(self.unit)
        return PhraseIndex(
            extended_corpus(self.corpus, more),
            self.unit,
            self.shortlist.add(columns),
            np.concatenate([self.shape, _shapes(columns)]),
        )

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
        given = [tune_ids] if isinstance(tune_ids, str) else tune_ids
        tunes = marked_tunes(self.corpus, given)
        gone = tunes if self.unit == "melody" else tunes[self.corpus.phrase_tune]
        return PhraseIndex(
            reduced_corpus(self.corpus, tunes),
            self.unit,
            self.shortlist.remove(gone),
            self.shape[~gone],
        )

    def phrase(self, number: int) -> Phrase:
        """Return sequence number `number`; a whole melody counts as one phrase."""
        if self.unit == "phrase":
            return self.corpus.phrase(number)
        tune = self.corpus.tune(number)
        return Phrase(
            tune.melody, tune.tune_id, tune.title, tune.collection, 1, 0, len(tune.melody)
        )

    def save(self, path: str | Path) -> None:
        """Write corpus and index to one file (``.npz``), all or nothing."""
        arrays: Arrays = self.corpus.arrays() | self.shortlist.arrays() | {"shape": self.shape}
        header: dict[str, Any] = {
            "kind": KIND,
            "version": VERSION,
            "unit": self.unit,
            "collections": self.corpus.collections,
            "views": list(VIEW_WEIGHTS),
        }
        save_arrays(path, arrays, header)

    @classmethod
    def load(cls, path: str | Path | None = None) -> PhraseIndex:
        """Return the index of a corpus: by file, folder or name; by default the shipped one.

        The arrays are mapped into memory, not read (see `mer.corpus.shipped.index_file`).

        Raises
        ------
        InputError
            If the file is missing, damaged, or of another version.
        """
        file = index_file(path)
        arrays, header = load_arrays(file, kind=KIND, version=VERSION)
        try:
            if header["unit"] not in UNITS or header["views"] != list(VIEW_WEIGHTS):
                raise InputError(f"{file} holds other views than this release uses; build it again")
            corpus = Corpus.from_arrays(arrays, header["collections"])
            shortlist = TermShortlist.from_arrays(arrays, VIEW_WEIGHTS)
            return cls(corpus, header["unit"], shortlist, arrays["shape"])
        except (KeyError, TypeError) as error:
            raise InputError(f"{file} is incomplete; build it again") from error


def load_corpus(path: str | Path | None = None) -> Corpus:
    """Return a corpus by file, folder or name; by default the shipped one.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another version.
    """
    return PhraseIndex.load(path).corpus


def _check_query(query: object, k: int, candidates: int | None = None) -> None:
    if not isinstance(query, Melody):
        kind = type(query).__name__
        raise InputError(f"the motif is a {kind}; a Melody is needed, as load_melody returns it")
    if len(query) < MIN_QUERY_NOTES:
        raise InputError(
            f"the motif has {len(query)} note{'s' * (len(query) != 1)}; "
            f"a search needs at least {MIN_QUERY_NOTES}"
        )
    if len(query) > MAX_QUERY_NOTES:
        raise InputError(
            f"the motif has {len(query)} notes; a search takes at most {MAX_QUERY_NOTES}: "
            "choose a passage"
        )
    for name, number in (("k", k), ("candidates", 0 if candidates is None else candidates)):
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise InputError(f"{name} is {number!r}; a whole number is needed")
    if not 1 <= k <= MAX_MATCHES:
        raise InputError(f"k is {k}; 1 to {MAX_MATCHES} is supported")


def _part(name: str, values: npt.NDArray[np.floating]) -> Floats:
    """Return what a part adds to the similarity, from its values between 0 and 1.

    Rounded to multiples of 2**-30: these add up exactly, in any order, and to 1 at most.
    """
    share = WEIGHTS[name] * np.clip(values.astype(np.float64), 0.0, 1.0)
    return np.round(share * _STEPS) / _STEPS


def _shapes(columns: Columns) -> Keys:
    """Return one hash per sequence over its intervals and inter-onset ratios, shape (S,)."""
    key, sequence = ngram_keys(columns, ("interval", "ioi_ratio"), 1)
    place = np.arange(len(key)) - np.searchsorted(sequence, sequence)
    shape = np.bincount(sequence, minlength=len(columns)).astype(np.uint64)
    np.add.at(shape, sequence, placed_keys(key, place))
    return shape
