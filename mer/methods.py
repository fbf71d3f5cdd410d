"""Named ways to rank whole melodies: what `mer evaluate` measures side by side.

A method is made for a pool of sequences and then ranks the pool for a query that is itself one of
the pool's sequences. Fixed names:

- ``ngram``: the weighted mean of the cosines in all n-gram views; rhythm counts for more in pools
  whose rhythm tells more.
- ``align``: local alignment alone, with every sequence of the pool.
- ``full-noexpand``: a cascade. As many of the best by ``ngram`` and learned vector as the budget
  allows are aligned once, as a whole; the best of these are aligned with more care, locally and as
  a whole; n-grams, vector and both alignments are added up.
- ``full``: the same, then re-scored by neighbour lists (`mer.expansion`). A small pool is compared
  as a whole, once; of a large one, the best of ``full-noexpand`` are compared with each other by
  their learned vectors.

The others are the representations of `mer.embeddings`, each alone. Budgets are counted in pairs of
notes, because that is what alignment costs: short melodies get more candidates for the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from typing import cast

import numpy as np
import numpy.typing as npt

from mer.alignment import Profile, Scoring, align
from mer.columns import Columns
from mer.embeddings import REPRESENTATIONS, Representation
from mer.embeddings.learned import LearnedVector
from mer.expansion import agreement, expand
from mer.phrases import phrase_starts
from mer.variety import bits

Similarity = npt.NDArray[np.float32]
Items = npt.NDArray[np.int64]

# Budgets per query, in pairs of notes: for choosing candidates, and for comparing them with care.
COARSE_PAIRS = 8_000_000
FINE_PAIRS = 3_000_000
# Length of a neighbour list in a large pool, and what the agreement of lists counts there. The
# lists hold candidates only, and where families are labelled in part more than this did harm.
LARGE_POOL_NEIGHBOURS = 30
LIST_SHARE = 0.3
# A pool with no more notes than this is compared as a whole for neighbour lists.
SMALL_POOL_NOTES = 50_000
FEWEST = 50
# Share of each view in ``ngram`` where rhythm tells little; they add up to 1.
VIEW_WEIGHTS = {
    "interval": 0.34,
    "contour": 0.33,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "rhythm": 0.03,
}
# The share of rhythm grows with what it tells: the median, over the pool, of the entropy of a
# melody's inter-onset interval ratios, in bits. Dance tunes in quavers have 1.2, songs 1.9.
RHYTHM_BITS = (1.25, 1.9)
RHYTHM_SHARES = (VIEW_WEIGHTS["rhythm"], 0.23)
# Share of each part in ``full-noexpand``; they add up to 1.
PART_WEIGHTS = {"local": 0.19, "global": 0.19, "ngram": 0.29, "vector": 0.33}
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
    def vectors(self) -> Similarity:
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
        left = (1.0 - rhythm) / (1.0 - VIEW_WEIGHTS["rhythm"])
        others = {name: share * left for name, share in VIEW_WEIGHTS.items()}
        return {**others, "rhythm": rhythm}

    def by_view(self, name: str, query: int) -> Similarity:
        """Return the similarity with every sequence in one representation, shape (S,)."""
        return self.view(name).similarity(self.columns.take([query]))

    def by_ngrams(self, query: int) -> Similarity:
        """Return the weighted mean cosine over the n-gram views, shape (S,)."""
        views = self.view_weights.items()
        total = np.sum([share * self.by_view(name, query) for name, share in views], axis=0)
        return np.asarray(total, dtype=np.float32)

    def quick(self, query: int) -> Similarity:
        """Return what n-grams and vector add to the fused similarity, for everyone, shape (S,)."""
        ngrams, vector = self.by_ngrams(query), self.by_view("vector", query)
        return PART_WEIGHTS["ngram"] * ngrams + PART_WEIGHTS["vector"] * vector

    def fused(self, query: int, items: Items, quick: Similarity) -> Similarity:
        """Return the weighted mean of all parts for each of `items`; `quick` is for everyone."""
        own = self.profile.take(query)
        local, shift = align(own, self.profile, items, self.scorings["local"])
        scoring = self.scorings["global"]
        whole, _ = align(own, self.profile, items, scoring, shifts=shift[:, None])
        return _with_alignment(quick[items], local, whole)

    def affordable(self, query: int, items: Items, budget: int) -> int:
        """Return how many of `items`, in their order, fit into a budget of pairs of notes."""
        pairs = np.cumsum(self.columns.lengths[items]) * int(self.columns.lengths[query])
        return max(int(np.searchsorted(pairs, budget)), min(FEWEST, len(items)))

    @cached_property
    def all_fused(self) -> npt.NDArray[np.float32]:
        """The fused similarity of all pairs, shape (S, S), symmetric; for small pools only."""
        table = np.zeros((len(self), len(self)), dtype=np.float32)
        for query in range(len(self) - 1):
            later = np.arange(query + 1, len(self))
            table[query, later] = self.fused(query, later, self.quick(query))
        return table + table.T


def guessed_phrases(columns: Columns) -> npt.NDArray[np.bool_]:
    """Return where the boundary model begins a phrase, shape (N,), whatever marks there are."""
    marks = np.zeros(len(columns.pitch), dtype=bool)
    unmarked = replace(columns, phrase_start=None)
    for sequence, start in enumerate(columns.bounds[:-1].tolist()):
        marks[start + np.array(phrase_starts(unmarked.melody(sequence)))] = True
    return marks


def _with_alignment(quick: Similarity, local: Similarity, whole: Similarity) -> Similarity:
    return np.asarray(
        quick + PART_WEIGHTS["local"] * local + PART_WEIGHTS["global"] * whole, dtype=np.float32
    )


def _ranked(similarity: Similarity, query: int) -> Items:
    order = np.argsort(-similarity, kind="stable")
    return np.asarray(order[order != query], dtype=np.int64)


def rank_by_view(pool: Pool, query: int, *, name: str) -> Items:
    """Return the pool ranked by one representation."""
    return _ranked(pool.by_view(name, query), query)


def rank_by_ngrams(pool: Pool, query: int) -> Items:
    """Return the pool ranked by all n-gram views together."""
    return _ranked(pool.by_ngrams(query), query)


def rank_by_alignment(pool: Pool, query: int) -> Items:
    """Return the pool ranked by local alignment alone."""
    own, everything = pool.profile.take(query), np.arange(len(pool))
    return _ranked(align(own, pool.profile, everything, pool.scorings["local"])[0], query)


def rank_fused(pool: Pool, query: int) -> Items:
    """Return the pool ranked by the cascade."""
    return cascade(pool, query)[0]


def cascade(pool: Pool, query: int) -> tuple[Items, Similarity]:
    """Return the pool, best first, and the fused similarity of the first of it."""
    quick = pool.quick(query)
    order = _ranked(quick, query)
    count = pool.affordable(query, order, COARSE_PAIRS)
    chosen, rest = order[:count], order[count:]
    scoring = replace(pool.scorings["global"], shifts=1)
    whole, _ = align(pool.profile.take(query), pool.profile, chosen, scoring)
    coarse = _with_alignment(quick[chosen], whole, whole)
    chosen = chosen[np.argsort(-coarse, kind="stable")]
    count = pool.affordable(query, chosen, FINE_PAIRS)
    best, next_best = chosen[:count], chosen[count:]
    fused = pool.fused(query, best, quick)
    order = np.argsort(-fused, kind="stable")
    return np.concatenate([best[order], next_best, rest]), fused[order]


def rank_expanded(pool: Pool, query: int) -> Items:
    """Return the ranking of `rank_fused` with the best re-scored by their neighbour lists."""
    if len(pool.columns.pitch) <= SMALL_POOL_NOTES:
        return _ranked(expand(pool.all_fused, query), query)
    items, fused = cascade(pool, query)
    count = len(fused)
    rows = pool.vectors[np.concatenate([[query], items[:count]])]
    table = ((1.0 + rows @ rows.T) / 2.0).astype(np.float32)
    table[0, 1:] = table[1:, 0] = fused
    agreed = agreement(table, 0, neighbours=LARGE_POOL_NEIGHBOURS)[1:]
    order = np.argsort(-(LIST_SHARE * agreed + fused), kind="stable")
    return np.concatenate([items[:count][order], items[count:]])


METHODS: dict[str, Callable[[Pool, int], Items]] = {
    "full": rank_expanded,
    "full-noexpand": rank_fused,
    "align": rank_by_alignment,
    "ngram": rank_by_ngrams,
    **{name: partial(rank_by_view, name=name) for name in REPRESENTATIONS},
}
