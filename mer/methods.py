"""Named ways to rank whole melodies: what `mer evaluate` measures side by side.

A method is made for a pool of sequences and then ranks the pool for a query that is itself one of
the pool's sequences. Fixed names:

- ``ngram``: the weighted mean of the cosines in all n-gram views.
- ``align``: local alignment alone, with every sequence of the pool.
- ``full-noexpand``: the candidates of ``ngram``, re-ranked by local alignment, global alignment and
  ``ngram`` together.
- ``full``: the same, then re-scored by neighbour lists (`mer.expansion`).

The others are single views.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from mer.alignment import Profile, Scoring, align
from mer.columns import Columns
from mer.embeddings import TERMS, TermView
from mer.expansion import expand

Similarity = npt.NDArray[np.float32]
Items = npt.NDArray[np.int64]

CANDIDATES = 1000
# Candidates whose neighbour lists are compared; a small pool is compared as a whole.
EXPANDED = 60
SMALL_POOL = 1000
# Share of each view in ``ngram``; they add up to 1.
VIEW_WEIGHTS = {
    "interval": 0.34,
    "contour": 0.33,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "rhythm": 0.03,
}
# Share of each part in ``full-noexpand``; they add up to 1.
PART_WEIGHTS = {"local": 0.29, "global": 0.29, "ngram": 0.42}
LOCAL = Scoring(mode="local", metre=0.0, pitch_band=4.0, shifts=2)
GLOBAL = replace(LOCAL, mode="global")
METRE_SHARE = 0.5
# Marks further apart than this delimit sections, not phrases, and say little about where in a
# phrase a note stands.
LONGEST_MEAN_PHRASE = 18.0


class Pool:
    """Sequences with everything the methods need, computed when it is first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._views: dict[str, TermView] = {}

    def __len__(self) -> int:
        return len(self.columns)

    def view(self, name: str) -> TermView:
        """Return the fitted view of that name."""
        if name not in self._views:
            self._views[name] = TermView(TERMS[name]).fit(self.columns)
        return self._views[name]

    @cached_property
    def profile(self) -> Profile:
        """What the alignment compares."""
        return Profile.of(self.columns)

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
        position = 1.0 if self.has_phrases else 0.0
        return {
            "local": replace(LOCAL, metre=metre),
            "global": replace(GLOBAL, metre=metre, position=position),
        }

    def by_view(self, name: str, query: int) -> Similarity:
        """Return the cosine with every sequence in one view."""
        return self.view(name).similarity(self.columns.take([query]))

    def by_ngrams(self, query: int) -> Similarity:
        """Return the weighted mean cosine over the n-gram views."""
        views = VIEW_WEIGHTS.items()
        total = np.sum([share * self.by_view(name, query) for name, share in views], axis=0)
        return np.asarray(total, dtype=np.float32)

    def aligned(self, query: int, items: Items) -> tuple[Similarity, Similarity]:
        """Return the similarity by local and by global alignment with each of `items`."""
        own = self.profile.take(query)
        local, shift = align(own, self.profile, items, self.scorings["local"])
        whole, _ = align(own, self.profile, items, self.scorings["global"], shifts=shift[:, None])
        return local, whole

    def fused(self, query: int, items: Items, ngrams: Similarity) -> Similarity:
        """Return the weighted mean of n-grams, local and global alignment for each of `items`."""
        local, whole = self.aligned(query, items)
        total = (
            PART_WEIGHTS["local"] * local
            + PART_WEIGHTS["global"] * whole
            + PART_WEIGHTS["ngram"] * ngrams[items]
        )
        return np.asarray(total, dtype=np.float32)

    @cached_property
    def all_fused(self) -> npt.NDArray[np.float32]:
        """The fused similarity of all pairs, shape (S, S), symmetric; for small pools only."""
        everything = np.arange(len(self))
        rows = [self.fused(query, everything, self.by_ngrams(query)) for query in range(len(self))]
        table = np.stack(rows)
        return np.asarray((table + table.T) / 2, dtype=np.float32)


def _ranked(similarity: Similarity, query: int) -> Items:
    order = np.argsort(-similarity, kind="stable")
    return np.asarray(order[order != query], dtype=np.int64)


def _candidates(pool: Pool, query: int) -> tuple[Items, Similarity, Similarity]:
    """Return the candidates, best first, their fused similarity, and everybody's by n-grams."""
    ngrams = pool.by_ngrams(query)
    chosen = _ranked(ngrams, query)[:CANDIDATES]
    fused = pool.fused(query, chosen, ngrams)
    order = np.argsort(-fused, kind="stable")
    return chosen[order], fused[order], ngrams


def _then_the_rest(first: Items, ngrams: Similarity, query: int) -> Items:
    """Return `first`, followed by everything else in the order of `ngrams`."""
    rest = ngrams.copy()
    rest[first] = -1.0
    rest[query] = -2.0
    return np.concatenate([first, np.argsort(-rest, kind="stable")[: len(rest) - len(first) - 1]])


def rank_by_view(pool: Pool, query: int, *, name: str) -> Items:
    """Return the pool ranked by one view."""
    return _ranked(pool.by_view(name, query), query)


def rank_by_ngrams(pool: Pool, query: int) -> Items:
    """Return the pool ranked by all n-gram views together."""
    return _ranked(pool.by_ngrams(query), query)


def rank_by_alignment(pool: Pool, query: int) -> Items:
    """Return the pool ranked by local alignment alone."""
    everything = np.arange(len(pool))
    own = pool.profile.take(query)
    return _ranked(align(own, pool.profile, everything, pool.scorings["local"])[0], query)


def rank_fused(pool: Pool, query: int) -> Items:
    """Return the n-gram candidates re-ranked by alignment, then the rest of the pool."""
    chosen, _, ngrams = _candidates(pool, query)
    return _then_the_rest(chosen, ngrams, query)


def rank_expanded(pool: Pool, query: int) -> Items:
    """Return the ranking of `rank_fused` with the best re-scored by their neighbour lists."""
    if len(pool) <= SMALL_POOL:
        return _ranked(expand(pool.all_fused, query), query)
    chosen, fused, ngrams = _candidates(pool, query)
    best = np.concatenate([[query], chosen[:EXPANDED]])
    table = np.zeros((len(best), len(best)), dtype=np.float32)
    table[0, 1:] = fused[:EXPANDED]
    for row in range(1, len(best) - 1):
        later = np.arange(row + 1, len(best))
        own = pool.profile.take(int(best[row]))
        table[row, later] = align(own, pool.profile, best[later], pool.scorings["global"])[0]
    similarity = expand(table + table.T, 0)[1:]
    order = np.argsort(-similarity, kind="stable")
    return _then_the_rest(np.concatenate([best[1:][order], chosen[EXPANDED:]]), ngrams, query)


METHODS: dict[str, Callable[[Pool, int], Items]] = {
    "full": rank_expanded,
    "full-noexpand": rank_fused,
    "align": rank_by_alignment,
    "ngram": rank_by_ngrams,
    "ngram-interval": partial(rank_by_view, name="interval"),
    "ngram-interval-rhythm": partial(rank_by_view, name="interval-rhythm"),
    "ngram-scale-degree": partial(rank_by_view, name="scale-degree"),
    "ngram-contour": partial(rank_by_view, name="contour"),
    "ngram-rhythm": partial(rank_by_view, name="rhythm"),
    "skip-gram": partial(rank_by_view, name="skip-gram"),
}
