"""Two rankings of the same items -> how far they agree.

References
----------
Webber, W., Moffat, A. and Zobel, J. (2010). A similarity measure for indefinite rankings. ACM
Transactions on Information Systems 28(4).
Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33(3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def overlap_at(first: Sequence[int], second: Sequence[int], k: int) -> int:
    """Return how many items are among the first `k` of both rankings.

    Examples
    --------
    >>> overlap_at([1, 2, 3], [3, 9, 1], 2), overlap_at([1, 2, 3], [3, 9, 1], 3)
    (0, 2)
    """
    return len(set(first[:k]) & set(second[:k]))


def rank_biased_overlap(
    first: Sequence[int], second: Sequence[int], *, persistence: float = 0.9
) -> float:
    """Return the rank-biased overlap of two rankings of one length, 0 to 1 (extrapolated).

    Agreement at the top counts most: a reader who goes on to the next rank with probability
    `persistence` sees this share of common items. Beyond the end of the rankings, they are taken
    to agree as much as at the end (Webber et al. 2010, eq. 30).

    Examples
    --------
    >>> rank_biased_overlap([1, 2, 3], [1, 2, 3]), rank_biased_overlap([1, 2], [3, 4])
    (1.0, 0.0)
    >>> round(rank_biased_overlap([1, 2], [2, 1], persistence=0.5), 2)
    0.5
    """
    depth = min(len(first), len(second))
    if not depth:
        return 0.0
    common = np.array([overlap_at(first, second, d) for d in range(1, depth + 1)], dtype=float)
    places = np.arange(1, depth + 1)
    weights = persistence**places
    total = (1 - persistence) / persistence * float((common / places * weights).sum())
    return min(1.0, total + float(common[-1]) / depth * persistence**depth)


def kendall_tau(first: npt.NDArray[np.floating], second: npt.NDArray[np.floating]) -> float | None:
    """Return Kendall's tau-b of two lists of similarities of the same items, -1 to 1.

    None where all similarities of one of the two lists are equal.

    Examples
    --------
    >>> kendall_tau(np.array([3.0, 2.0, 1.0]), np.array([9.0, 1.0, 2.0]))
    0.3333333333333333
    """
    pairs = np.triu_indices(len(first), 1)
    one = np.sign(first[pairs[0]] - first[pairs[1]])
    two = np.sign(second[pairs[0]] - second[pairs[1]])
    size = float(np.sqrt(np.abs(one).sum() * np.abs(two).sum()))
    return float((one * two).sum()) / size if size else None
