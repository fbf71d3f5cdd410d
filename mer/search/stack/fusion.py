"""Third stage: the similarities of several parts -> one similarity, as their weighted sum.

The only place where shares are applied. A *part* is a representation or an alignment; its values
lie between 0 and 1, and so does the sum, because the shares add up to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats, Singles

# Name of a part -> its share in the similarity; its values, shape (sequences,).
Shares = Mapping[str, float]
Values = Mapping[str, npt.NDArray[np.floating]]

_STEPS = 2.0**30


def total(shares: Shares, values: Values) -> Singles:
    """Return the weighted sum of one value or more, quickly, in single precision.

    Examples
    --------
    >>> total({"a": 0.75, "b": 0.25}, {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])})
    array([0.75, 0.25], dtype=float32)
    """
    weighed = (shares[name] * values[name] for name in shares)
    return np.asarray(reduce(np.add, weighed), dtype=np.float32)


def parts_of(shares: Shares, values: Values) -> dict[str, Floats]:
    """Return what each part adds to the similarity.

    Shares are rounded to multiples of 2**-30, and parts down to them: these add up exactly, in any
    order, and never to more than the shares do.

    Examples
    --------
    >>> parts_of({"a": 0.75, "b": 0.25}, {"a": np.array([1.0]), "b": np.array([0.5])})
    {'a': array([0.75]), 'b': array([0.125])}
    """
    sums = np.round(np.cumsum([0.0, *shares.values()]) * _STEPS) / _STEPS
    exact = dict(zip(shares, np.diff(sums).tolist(), strict=True))
    return {
        name: _rounded(share * np.clip(values[name].astype(np.float64), 0.0, 1.0))
        for name, share in exact.items()
    }


def with_floor(shares: Shares, name: str, floor: float) -> Shares:
    """Return shares under which one part counts as much although its values begin at a floor.

    The values from `floor` to 1 have become values from 0 to 1, and what lay between two of them is
    less by as much. So the share of the part grows, and all are divided by their sum. The order of
    the similarities is then that of unclipped values with the shares given.

    Examples
    --------
    >>> with_floor({"a": 0.5, "b": 0.5}, "b", -0.5)
    {'a': 0.4, 'b': 0.6}
    """
    if floor == 0.0:
        return shares
    longer = {**shares, name: shares[name] * (1.0 - floor)}
    whole = sum(longer.values())
    return {part: share / whole for part, share in longer.items()}


def scaled(parts: Mapping[str, Floats], share: float) -> dict[str, Floats]:
    """Return parts that together count `share` of what they did, rounded as in `parts_of`."""
    return {name: _rounded(share * values) for name, values in parts.items()}


def similarity_of(parts: Mapping[str, Floats]) -> Floats:
    """Return the sum of the parts, shape (sequences,)."""
    return np.asarray(np.sum(list(parts.values()), axis=0), dtype=np.float64)


def _rounded(values: Floats) -> Floats:
    return np.asarray(np.floor(values * _STEPS) / _STEPS, dtype=np.float64)
