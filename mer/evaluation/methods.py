"""Named ways to rank whole melodies: what `mer evaluate` measures side by side.

A method ranks a pool of sequences for a query that is itself one of them. Four names are fixed:

- ``ngram``: the weighted mean of the cosines in all n-gram views; rhythm counts for more in pools
  whose rhythm tells more.
- ``align``: local alignment alone, with every sequence of the pool.
- ``full-noexpand``: a cascade. As many of the best by ``ngram`` and learned vector as the budget
  allows are aligned once, as a whole; the best of these are aligned with more care, locally and as
  a whole; n-grams, vector and both alignments are added up.
- ``full``: the same, then re-scored by neighbour lists (`mer.evaluation.expansion`). A small pool
  is compared as a whole, once; of a large one, the best of ``full-noexpand`` are compared with each
  other by their learned vectors.

The others are the representations of `mer.embeddings`, each alone. Budgets are counted in pairs of
notes, because that is what alignment costs: short melodies get more candidates for the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from mer.alignment.align import align
from mer.embeddings import REPRESENTATIONS
from mer.evaluation.expansion import agreement, expand
from mer.evaluation.pool import Pool, with_alignment
from mer.notes.arrays import Ints, Singles

# Budgets per query, in pairs of notes: for choosing candidates, and for comparing them with care.
COARSE_PAIRS = 8_000_000
FINE_PAIRS = 3_000_000
# Length of a neighbour list in a large pool, and what the agreement of lists counts there. The
# lists hold candidates only, and larger shares did harm where families are only partly labelled.
LARGE_POOL_NEIGHBOURS = 30
LIST_SHARE = 0.3
# A pool with no more notes than this is compared as a whole for neighbour lists.
SMALL_POOL_NOTES = 50_000


def _ranked(similarity: Singles, query: int) -> Ints:
    order = np.argsort(-similarity, kind="stable")
    return np.asarray(order[order != query], dtype=np.int64)


def rank_by_view(pool: Pool, query: int, *, name: str) -> Ints:
    """Return the pool ranked by one representation."""
    return _ranked(pool.by_view(name, query), query)


def rank_by_ngrams(pool: Pool, query: int) -> Ints:
    """Return the pool ranked by all n-gram views together."""
    return _ranked(pool.by_ngrams(query), query)


def rank_by_alignment(pool: Pool, query: int) -> Ints:
    """Return the pool ranked by local alignment alone."""
    own, everything = pool.profile.take(query), np.arange(len(pool))
    return _ranked(align(own, pool.profile, everything, pool.scorings["local"])[0], query)


def rank_fused(pool: Pool, query: int) -> Ints:
    """Return the pool ranked by the cascade."""
    return cascade(pool, query)[0]


def cascade(pool: Pool, query: int) -> tuple[Ints, Singles]:
    """Return the pool, best first, and the fused similarity of the first of it."""
    quick = pool.quick(query)
    order = _ranked(quick, query)
    count = pool.affordable(query, order, COARSE_PAIRS)
    chosen, rest = order[:count], order[count:]
    scoring = replace(pool.scorings["global"], shifts=1)
    whole, _ = align(pool.profile.take(query), pool.profile, chosen, scoring)
    coarse = with_alignment(quick[chosen], whole, whole)
    chosen = chosen[np.argsort(-coarse, kind="stable")]
    count = pool.affordable(query, chosen, FINE_PAIRS)
    best, next_best = chosen[:count], chosen[count:]
    fused = pool.fused(query, best, quick)
    order = np.argsort(-fused, kind="stable")
    return np.concatenate([best[order], next_best, rest]), fused[order]


def rank_expanded(pool: Pool, query: int) -> Ints:
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


RANKINGS: dict[str, Callable[[Pool, int], Ints]] = {
    "full": rank_expanded,
    "full-noexpand": rank_fused,
    "align": rank_by_alignment,
    "ngram": rank_by_ngrams,
    **{name: partial(rank_by_view, name=name) for name in REPRESENTATIONS},
}
