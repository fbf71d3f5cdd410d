"""Named ways to rank whole melodies: what `mer evaluate` measures side by side.

A method is made for a pool of sequences and then ranks the pool for a query that is itself one of
the pool's sequences. The names `full`, `full-noexpand`, `ngram` and `align` are fixed; the others
are single n-gram views.

- ``ngram``: the weighted mean of the cosines in all n-gram views.
- ``align``: alignment alone, with every sequence of the pool.
- ``full-noexpand``: candidates by ``ngram``, re-ranked by local and global alignment and ``ngram``.
- ``full``: the same, then re-scored by neighbour lists (`expand`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from mer.alignment import Profile, Scoring, align
from mer.columns import Columns
from mer.embeddings import TERMS, TermView

Scores = npt.NDArray[np.float32]
Ranker = Callable[[int], npt.NDArray[np.int64]]

CANDIDATES = 1000
EXPANDED = 50  # candidates whose own neighbour lists are compared
# Share of each view in ``ngram``; they add up to 1.
VIEW_WEIGHTS = {
    "interval": 0.34,
    "contour": 0.33,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "rhythm": 0.03,
}
WEIGHTS = {"ngram": 1.0, "local": 1.0, "global": 1.0}
NEIGHBOUR_LIST_WEIGHT = 1.0
LOCAL = Scoring(mode="local", metre=0.5)
GLOBAL = Scoring(mode="global", metre=0.5)
WITH_PHRASES = Scoring(mode="global", metre=0.5, position=1.0)
# Marks further apart than this delimit sections, not phrases, and say little about where in a
# phrase a note stands.
_LONGEST_MEAN_PHRASE = 18.0


class Pool:
    """Sequences with everything the methods need, computed when it is first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._views: dict[str, TermView] = {}
        self._profile: Profile | None = None

    def view(self, name: str) -> TermView:
        """Return the fitted n-gram view of that name."""
        if name not in self._views:
            self._views[name] = TermView(TERMS[name]).fit(self.columns)
        return self._views[name]

    @property
    def profile(self) -> Profile:
        """What the alignment compares."""
        if self._profile is None:
            self._profile = Profile.of(self.columns)
        return self._profile

    @property
    def has_phrases(self) -> bool:
        """Whether phrase marks are there, and close enough to be those of phrases."""
        marks = self.columns.phrase_start
        if marks is None:
            return False
        starts = int((marks | self.columns.is_first).sum())
        return len(marks) / starts <= _LONGEST_MEAN_PHRASE

    def by_view(self, name: str, query: int) -> Scores:
        """Return the cosine with every sequence in one view."""
        return self.view(name).similarity(self.columns.take([query]))

    def by_ngrams(self, query: int) -> Scores:
        """Return the weighted mean cosine over all views."""
        views = VIEW_WEIGHTS.items()
        total = np.sum([share * self.by_view(name, query) for name, share in views], axis=0)
        return np.asarray(total, dtype=np.float32)

    def aligned(self, query: int, candidates: npt.NDArray[np.int64], scoring: Scoring) -> Scores:
        """Return the alignment similarity with each candidate."""
        own = Profile.of(self.columns.take([query]))
        return align(own, self.profile, candidates, scoring)[0]

    def fused(self, query: int, candidates: npt.NDArray[np.int64], ngrams: Scores) -> Scores:
        """Return the weighted sum of n-grams, local and global alignment of each candidate."""
        scoring = WITH_PHRASES if self.has_phrases else GLOBAL
        return np.asarray(
            WEIGHTS["ngram"] * ngrams[candidates]
            + WEIGHTS["local"] * self.aligned(query, candidates, LOCAL)
            + WEIGHTS["global"] * self.aligned(query, candidates, scoring)
        )


def _ranked(scores: Scores, query: int) -> npt.NDArray[np.int64]:
    order = np.argsort(-scores, kind="stable")
    return np.asarray(order[order != query], dtype=np.int64)


def _candidates_first(
    chosen: npt.NDArray[np.int64], scores: Scores, rest: Scores, query: int
) -> npt.NDArray[np.int64]:
    """Return the candidates by their scores, then everything else in the order of `rest`."""
    total = rest - 10.0
    total[chosen] = scores
    return _ranked(total, query)


def rank_by_view(pool: Pool, query: int, *, name: str) -> npt.NDArray[np.int64]:
    """Return the pool ranked by one n-gram view."""
    return _ranked(pool.by_view(name, query), query)


def rank_by_ngrams(pool: Pool, query: int) -> npt.NDArray[np.int64]:
    """Return the pool ranked by all n-gram views together."""
    return _ranked(pool.by_ngrams(query), query)


def rank_by_alignment(pool: Pool, query: int) -> npt.NDArray[np.int64]:
    """Return the pool ranked by local alignment alone."""
    return _ranked(pool.aligned(query, np.arange(len(pool.columns)), LOCAL), query)


def _fused_candidates(pool: Pool, query: int) -> tuple[npt.NDArray[np.int64], Scores, Scores]:
    ngrams = pool.by_ngrams(query)
    chosen = np.argsort(-ngrams, kind="stable")[: CANDIDATES + 1].astype(np.int64)
    chosen = chosen[chosen != query]
    return chosen, pool.fused(query, chosen, ngrams), ngrams


def rank_fused(pool: Pool, query: int) -> npt.NDArray[np.int64]:
    """Return the n-gram candidates re-ranked by alignment, then the rest of the pool."""
    chosen, scores, ngrams = _fused_candidates(pool, query)
    return _candidates_first(chosen, scores, ngrams, query)


def rank_expanded(pool: Pool, query: int) -> npt.NDArray[np.int64]:
    """Return the ranking of `rank_fused`, its best re-scored by their own neighbour lists."""
    chosen, scores, ngrams = _fused_candidates(pool, query)
    best = chosen[np.argsort(-scores, kind="stable")[:EXPANDED]]
    lists = np.stack([pool.fused(int(item), best, pool.by_ngrams(int(item))) for item in best])
    own = scores[np.argsort(-scores, kind="stable")[:EXPANDED]]
    scores = scores.copy()
    scores[np.argsort(-scores, kind="stable")[:EXPANDED]] += expand(own, lists)
    return _candidates_first(chosen, scores, ngrams, query)


def expand(own: Scores, lists: npt.NDArray[np.float32]) -> Scores:
    """Return how alike the query's and each candidate's similarities to the candidates are.

    Parameters
    ----------
    own
        Shape (C,): similarity of the query with each candidate.
    lists
        Shape (C, C): similarity of the candidates with each other.

    Returns
    -------
    agreement
        Shape (C,): cosine, weighted by `NEIGHBOUR_LIST_WEIGHT`.

    References
    ----------
    Jegou, H., Harzallah, H. and Schmid, C. (2007). A contextual dissimilarity measure for accurate
    and efficient image search. CVPR.
    """
    own, lists = own**2, lists**2
    norms = np.linalg.norm(lists, axis=1) * np.linalg.norm(own)
    return np.asarray(NEIGHBOUR_LIST_WEIGHT * (lists @ own) / np.maximum(norms, 1e-9))


METHODS: dict[str, Callable[[Pool, int], npt.NDArray[np.int64]]] = {
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
