"""Rankings and relevance -> the usual figures of merit, with bootstrap intervals.

Plain arrays in, numbers out. A *query* has a ranking of the other items, best first, as booleans:
whether the item at each rank is relevant.

References
----------
Manning, C. D., Raghavan, P. and Schuetze, H. (2008). Introduction to Information Retrieval, ch. 8.
Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Flags, Floats


def average_precision(relevant: Flags) -> float:
    """Return the non-interpolated average precision of one ranking.

    Parameters
    ----------
    relevant
        Shape (ranks,): whether the item at each rank, best first, is relevant. Every relevant item
        must be in the ranking.

    Examples
    --------
    Relevant items at ranks 1 and 3: (1/1 + 2/3) / 2.

    >>> round(average_precision(np.array([True, False, True, False])), 4)
    0.8333
    """
    ranks = np.flatnonzero(relevant) + 1
    if not len(ranks):
        raise ValueError("average precision is undefined where nothing is relevant")
    return float(np.mean(np.arange(1, len(ranks) + 1) / ranks))


def reciprocal_rank(relevant: Flags) -> float:
    """Return one over the rank of the first relevant item.

    Examples
    --------
    >>> reciprocal_rank(np.array([False, True, True]))
    0.5
    """
    return 1.0 / (int(np.argmax(relevant)) + 1) if relevant.any() else 0.0


def recall_at(relevant: Flags, k: int) -> float:
    """Return the share of the relevant items that are among the first `k`.

    Examples
    --------
    >>> recall_at(np.array([False, True, True]), 2)
    0.5
    """
    return float(relevant[:k].sum() / max(relevant.sum(), 1))


def ndcg_at(relevant: Flags, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, with binary gains.

    References
    ----------
    Jarvelin, K. and Kekalainen, J. (2002). Cumulated gain-based evaluation of IR techniques. ACM
    Transactions on Information Systems 20(4).

    Examples
    --------
    >>> ndcg_at(np.array([True, True, False]), 3)
    1.0
    """
    discount = 1.0 / np.log2(np.arange(2, len(relevant) + 2))
    ideal = discount[: min(int(relevant.sum()), k)].sum()
    return float(discount[:k][relevant[:k]].sum() / ideal) if ideal else 0.0


METRICS: dict[str, Callable[[Flags], float]] = {
    "map": average_precision,
    "p_at_1": lambda relevant: float(relevant[0]),
    "mrr": reciprocal_rank,
    "recall_at_10": lambda relevant: recall_at(relevant, 10),
    "ndcg_at_10": lambda relevant: ndcg_at(relevant, 10),
}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Figures of merit per query: name -> shape (queries,)."""

    per_query: dict[str, Floats]

    def __getitem__(self, figure: str) -> float:
        return float(self.per_query[figure].mean())

    @property
    def queries(self) -> int:
        """Number of queries with something to find."""
        return len(self.per_query["map"])


def evaluate(
    rank: Callable[[int], npt.NDArray[np.integer]],
    relevant: Callable[[int, npt.NDArray[np.integer]], Flags],
    queries: Iterable[int],
) -> Evaluation:
    """Return the figures of merit of a ranking method.

    Parameters
    ----------
    rank
        Query -> all other items, best first.
    relevant
        Query and items -> which of the items are relevant.
    queries
        The queries; those with nothing relevant are left out.

    Examples
    --------
    >>> order = {0: [1, 2], 1: [2, 0], 2: [0, 1]}
    >>> family = np.array([7, 7, 8])
    >>> result = evaluate(lambda q: np.array(order[q]), lambda q, at: family[at] == family[q],
    ...                   range(3))
    >>> result.queries, result["map"]
    (2, 0.75)
    """
    rows = []
    for query in queries:
        items = rank(query)
        marks = relevant(query, items)
        if marks.any():
            rows.append([figure(marks) for figure in METRICS.values()])
    if not rows:
        raise ValueError("no query has a relevant item: nothing can be measured")
    table = np.array(rows, dtype=np.float64)
    return Evaluation({name: table[:, i] for i, name in enumerate(METRICS)})


def bootstrap_interval(
    values: Sequence[float] | Floats, rng: np.random.Generator, *, level: float = 0.95
) -> tuple[float, float]:
    """Return a percentile bootstrap interval of the mean of `values` (2,000 resamples).

    For a paired comparison of two methods, give the differences query by query.

    Examples
    --------
    >>> bootstrap_interval([0.5] * 10, np.random.default_rng(0))
    (0.5, 0.5)
    """
    sample = np.asarray(values, dtype=np.float64)
    picks = rng.integers(0, len(sample), size=(2000, len(sample)))
    means = sample[picks].mean(axis=1)
    tail = (1.0 - level) / 2
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)
