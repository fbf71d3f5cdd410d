"""Corpus + query -> matches: candidates from term views, re-ranked by alignment.

The similarity of a match is a weighted mean of parts that each lie between 0 and 1: two alignments
(the shorter of query and phrase inside the longer one, and both as a whole) and the cosine in every
view. `Match.contributions` holds the parts, and adds up to it. The weights were chosen by hand from
what `benchmarks/self_retrieval.py` and cut motifs showed: inside alignment alone finds a motif in a
longer phrase but cannot tell a whole phrase from a part, alignment as a whole the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.alignment import Profile, Scoring, align, trace
from mer.columns import Columns
from mer.corpus import UNITS, Corpus
from mer.embeddings import TERMS, TermView
from mer.embeddings.ngrams import ngram_keys
from mer.errors import InputError
from mer.match import Match
from mer.melody import Melody, Phrase
from mer.shipped import index_file
from mer.storage import Arrays, load_arrays, save_arrays

KIND = "mer index"
VERSION = 1
MIN_QUERY_NOTES = 3
INSIDE, WHOLE = "aligned inside", "aligned as a whole"

# Share of each part in the similarity; they add up to 1.
VIEW_WEIGHTS: Mapping[str, float] = {"skip-gram": 0.15, "interval-rhythm": 0.05, "interval": 0.05}
WEIGHTS: Mapping[str, float] = {INSIDE: 0.45, WHOLE: 0.3, **VIEW_WEIGHTS}
INSIDE_SCORING = Scoring(mode="inside", metre=0.0, length=0.3, pitch_band=3.0)
WHOLE_SCORING = replace(INSIDE_SCORING, mode="global")


@dataclass(frozen=True, eq=False)
class PhraseIndex:
    """A searchable corpus. Make one with `build` or `load`.

    Parameters
    ----------
    corpus
        The tunes.
    unit
        What is retrieved: ``"phrase"`` or ``"melody"`` (whole tunes).
    views
        Name -> fitted n-gram view.
    shape
        Shape (S,): equal for sequences that are the same up to transposition and tempo.

    Examples
    --------
    >>> from mer.corpus import Tune
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> tunes = [Tune("s", "Scale", "mine", scale), Tune("c", "Chord", "mine", chord)]
    >>> match = PhraseIndex.build(Corpus.from_tunes(tunes)).search(chord.transpose(-3), k=1)[0]
    >>> match.phrase.title, match.transposition, round(match.similarity, 2), match.pairs
    ('Chord', 3, 1.0, ((0, 0), (1, 1), (2, 2), (3, 3)))
    """

    corpus: Corpus
    unit: str
    views: dict[str, TermView]
    shape: npt.NDArray[np.uint64]

    @classmethod
    def build(cls, corpus: Corpus, *, unit: str = "phrase") -> PhraseIndex:
        """Return an index of all phrases (or whole melodies) of `corpus`."""
        columns = corpus.columns(unit)
        views = {name: TermView(TERMS[name]).fit(columns) for name in VIEW_WEIGHTS}
        return cls(corpus, unit, views, _shapes(columns))

    def __len__(self) -> int:
        return len(self.shape)

    @property
    def columns(self) -> Columns:
        """The indexed sequences."""
        return self.corpus.columns(self.unit)

    def search(
        self, query: Melody, k: int = 10, *, candidates: int = 800, distinct: bool = False
    ) -> list[Match]:
        """Return the `k` sequences most similar to `query`, best first.

        Parameters
        ----------
        query
            At least three notes.
        k
            How many matches; fewer come back where the corpus holds fewer.
        candidates
            How many of the best by n-grams are aligned.
        distinct
            Whether to leave out phrases that only repeat a better one, transposed or not.

        Raises
        ------
        InputError
            If the query is too short or `k` is not positive.
        """
        _check_query(query, k)
        own = Columns.from_melodies([query])
        parts = {name: WEIGHTS[name] * view.similarity(own) for name, view in self.views.items()}
        by_ngrams = np.sum(list(parts.values()), axis=0)
        chosen = _largest(by_ngrams, max(candidates, k))
        profile, pool = Profile.of(own), Profile.of(self.columns.take(chosen))
        rows = np.arange(len(chosen))
        inside, transposition = align(profile, pool, rows, INSIDE_SCORING)
        whole, _ = align(profile, pool, rows, WHOLE_SCORING, shifts=transposition[:, None])
        aligned = {INSIDE: WEIGHTS[INSIDE] * inside, WHOLE: WEIGHTS[WHOLE] * whole}
        order = np.argsort(-(by_ngrams[chosen] + aligned[INSIDE] + aligned[WHOLE]), kind="stable")
        if distinct:
            order = order[np.sort(np.unique(self.shape[chosen[order]], return_index=True)[1])]
        matches = []
        for row in order[:k].tolist():
            number, shift = int(chosen[row]), int(transposition[row])
            contributions = {name: float(part[row]) for name, part in aligned.items()}
            contributions |= {name: float(part[number]) for name, part in parts.items()}
            pairs = trace(profile, pool, row, shift, INSIDE_SCORING)
            similarity = min(1.0, sum(contributions.values()))
            phrase = self.phrase(number)
            matches.append(Match(phrase, similarity, shift, pairs, contributions, number, query))
        return matches

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
        arrays: Arrays = dict(self.corpus.arrays()) | {"shape": self.shape}
        for name, view in self.views.items():
            arrays |= {f"views.{name}.{key}": array for key, array in view.arrays().items()}
        header: dict[str, Any] = {
            "kind": KIND,
            "version": VERSION,
            "unit": self.unit,
            "collections": self.corpus.collections,
            "views": list(self.views),
        }
        save_arrays(path, arrays, header)

    @classmethod
    def load(cls, path: str | Path | None = None) -> PhraseIndex:
        """Return the index of a corpus: by file, folder or name; by default the shipped one.

        The arrays are mapped into memory, not read (see `mer.shipped.index_file`).

        Raises
        ------
        InputError
            If the file is missing, damaged, or of another version.
        """
        arrays, header = load_arrays(index_file(path), kind=KIND, version=VERSION)
        if header["unit"] not in UNITS or header["views"] != list(VIEW_WEIGHTS):
            raise InputError(f"{path} holds other views than this release uses; build it again")
        corpus = Corpus.from_arrays(arrays, header["collections"])
        views = {}
        for name in header["views"]:
            prefix = f"views.{name}."
            own = {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
            views[name] = TermView(TERMS[name]).restore(own)
        return cls(corpus, header["unit"], views, arrays["shape"])


def load_corpus(path: str | Path | None = None) -> Corpus:
    """Return a corpus by file, folder or name; by default the shipped one.

    Raises
    ------
    InputError
        If the file is missing, damaged, or of another version.
    """
    return PhraseIndex.load(path).corpus


def _check_query(query: Melody, k: int) -> None:
    if len(query) < MIN_QUERY_NOTES:
        raise InputError(
            f"the motif has {len(query)} note{'s' * (len(query) != 1)}; "
            f"a search needs at least {MIN_QUERY_NOTES}"
        )
    if k < 1:
        raise InputError(f"k is {k}; at least 1 is needed")


def _largest(values: npt.NDArray[np.floating], count: int) -> npt.NDArray[np.int64]:
    """Return where the `count` largest values stand, largest first, ties in order."""
    if count < len(values):
        threshold = np.partition(values, len(values) - count)[len(values) - count]
        above = np.flatnonzero(values > threshold)
        level = np.flatnonzero(values == threshold)[: count - len(above)]
        chosen = np.concatenate([above, level])
    else:
        chosen = np.arange(len(values))
    return chosen[np.argsort(-values[chosen], kind="stable")]


def _shapes(columns: Columns) -> npt.NDArray[np.uint64]:
    """Return one hash per sequence over its intervals and inter-onset ratios, shape (S,)."""
    key, sequence = ngram_keys(columns, ("interval", "ioi_ratio"), 1)
    place = np.arange(len(key)) - np.searchsorted(sequence, sequence)
    salted = (key ^ (place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(
        0xD6E8FEB86659FD93
    )
    shape = np.bincount(sequence, minlength=len(columns)).astype(np.uint64)
    np.add.at(shape, sequence, salted ^ (salted >> np.uint64(31)))
    return shape
