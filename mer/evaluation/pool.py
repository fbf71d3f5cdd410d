"""Sequences -> a `Pool`: views, vectors, profiles, and their shares in the similarity."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import cast

import numpy as np

from mer.alignment.align import Profile, Scoring, align
from mer.embeddings import REPRESENTATIONS, Representation
from mer.embeddings.learned import LearnedVector
from mer.evaluation.variety import bits
from mer.notes.arrays import Flags, Ints, Singles
from mer.notes.columns import Columns
from mer.notes.phrases import phrase_starts

FEWEST = 50
# Share of each view in ``ngram`` where rhythm tells little; they add up to 1.
VIEW_SHARES = {
    "interval": 0.34,
    "contour": 0.33,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "rhythm": 0.03,
}
# The share of rhythm grows with its information: the median, over the pool, of the entropy of a
# melody's inter-onset interval ratios, in bits. Dance tunes in quavers have 1.2, songs 1.9.
RHYTHM_BITS = (1.25, 1.9)
RHYTHM_SHARES = (VIEW_SHARES["rhythm"], 0.23)
# Share of each part in ``full-noexpand``; they add up to 1.
PART_SHARES = {"local": 0.19, "global": 0.19, "ngram": 0.29, "vector": 0.33}
LOCAL = Scoring(mode="local", metre=0.0, pitch_band=4.0, shifts=2)
GLOBAL = replace(LOCAL, mode="global", length=0.15)
METRE_SHARE = 0.5  # where metre or beat strength is given
# Share of phrase position where the phrases are given, and where they are guessed.
MARKED_SHARE, GUESSED_SHARE = 1.0, 0.3
# Marks further apart than this delimit sections, not phrases, and say little about where in a
# phrase a note stands.
LONGEST_MEAN_PHRASE = 18.0


class Pool:
    """Sequences with everything the methods need, computed when it is first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._views: dict[str, Representation] = {}

    def __len__(self) -> int:
        return len(self.columns)

    def view(self, name: str) -> Representation:
        """Return the fitted representation of that name."""
        if name not in self._views:
            self._views[name] = REPRESENTATIONS[name]().fit(self.columns)
        return self._views[name]

    @property
    def vectors(self) -> Singles:
        """The learned vector of every sequence, shape (S, 256)."""
        return cast(LearnedVector, self.view("vector")).rows_

    @cached_property
    def profile(self) -> Profile:
        """What the alignment compares; phrases are guessed where they are not given."""
        columns = self.columns
        if not self.has_phrases:
            columns = replace(columns, phrase_start=guessed_phrases(columns))
        return Profile.of(columns, metre=self.has_metre)

    @cached_property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given for most sequences."""
        if self.columns.beat_strength is not None:
            return True
        return bool((self.columns.meter[:, 1] > 0).mean() > 0.5)

    @cached_property
    def has_phrases(self) -> bool:
        """Whether phrase marks are given, and close enough to be those of phrases."""
        marks = self.columns.phrase_start
        if marks is None:
            return False
        phrases = int((marks | self.columns.is_first).sum())
        return len(marks) / phrases <= LONGEST_MEAN_PHRASE

    @cached_property
    def scorings(self) -> dict[str, Scoring]:
        """The scoring of local and of global alignment, with what is known of metre and phrases."""
        metre = METRE_SHARE if self.has_metre else 0.0
        position = MARKED_SHARE if self.has_phrases else GUESSED_SHARE
        return {
            "local": replace(LOCAL, metre=metre),
            "global": replace(GLOBAL, metre=metre, position=position),
        }

    @cached_property
    def view_weights(self) -> dict[str, float]:
        """The share of each view in ``ngram``; they add up to 1."""
        told = float(np.median(bits(self.columns, "ioi_ratio")))
        rhythm = float(np.interp(told, RHYTHM_BITS, RHYTHM_SHARES))
        left = (1.0 - rhythm) / (1.0 - VIEW_SHARES["rhythm"])
        others = {name: share * left for name, share in VIEW_SHARES.items()}
        return {**others, "rhythm": rhythm}

    def by_view(self, name: str, query: int) -> Singles:
        """Return the similarity with every sequence in one representation, shape (S,)."""
        return self.view(name).similarity(self.columns.take([query]))

    def by_ngrams(self, query: int) -> Singles:
        """Return the weighted mean cosine over the n-gram views, shape (S,)."""
        views = self.view_weights.items()
        total = np.sum([share * self.by_view(name, query) for name, share in views], axis=0)
        return np.asarray(total, dtype=np.float32)

    def quick(self, query: int) -> Singles:
        """Return what n-grams and vector add to every fused similarity, shape (S,)."""
        ngrams, vector = self.by_ngrams(query), self.by_view("vector", query)
        return PART_SHARES["ngram"] * ngrams + PART_SHARES["vector"] * vector

    def fused(self, query: int, items: Ints, quick: Singles) -> Singles:
        """Return the weighted mean of all parts for each of `items`; `quick` is that of all."""
        own = self.profile.take(query)
        local, shift = align(own, self.profile, items, self.scorings["local"])
        scoring = self.scorings["global"]
        whole, _ = align(own, self.profile, items, scoring, shifts=shift[:, None])
        return with_alignment(quick[items], local, whole)

    def affordable(self, query: int, items: Ints, budget: int) -> int:
        """Return how many of `items`, in their order, fit into a budget of pairs of notes."""
        pairs = np.cumsum(self.columns.lengths[items]) * int(self.columns.lengths[query])
        return max(int(np.searchsorted(pairs, budget)), min(FEWEST, len(items)))

    @cached_property
    def all_fused(self) -> Singles:
        """The fused similarity of all pairs, shape (S, S), symmetric; for small pools only."""
        table = np.zeros((len(self), len(self)), dtype=np.float32)
        for query in range(len(self) - 1):
            later = np.arange(query + 1, len(self))
            table[query, later] = self.fused(query, later, self.quick(query))
        return table + table.T


def guessed_phrases(columns: Columns) -> Flags:
    """Return where the boundary model begins a phrase, shape (N,), ignoring any marks."""
    marks = np.zeros(len(columns.pitch), dtype=bool)
    unmarked = replace(columns, phrase_start=None)
    for sequence, start in enumerate(columns.bounds[:-1].tolist()):
        marks[start + np.array(phrase_starts(unmarked.melody(sequence)))] = True
    return marks


def with_alignment(quick: Singles, local: Singles, whole: Singles) -> Singles:
    """Return the fused similarity: `quick`, and both alignments by their shares."""
    return np.asarray(
        quick + PART_SHARES["local"] * local + PART_SHARES["global"] * whole, dtype=np.float32
    )
