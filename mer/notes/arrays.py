"""The kinds of numpy arrays that pass through the code, and the places of their largest values."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
# Arrays by name, as they are stored on disk.
Arrays = dict[str, Array]


def distinct(values: Array) -> Array:
    """Return the different values, rising.

    `numpy.unique` does the same, but imports the masked arrays of numpy to do it.

    Examples
    --------
    >>> distinct(np.array([62, 60, 62])).tolist()
    [60, 62]
    """
    ordered = np.sort(values, axis=None)
    new = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return np.asarray(ordered[new])


def spans(start: Ints, stop: Ints) -> tuple[Ints, Ints]:
    """Return the whole numbers of many spans: the number of the span, and each number in it.

    Parameters
    ----------
    start, stop
        Shape (spans,): the first number of each, and the one after its last.

    Examples
    --------
    >>> [part.tolist() for part in spans(np.array([5, 0, 8]), np.array([7, 0, 9]))]
    [[0, 0, 2], [5, 6, 8]]
    """
    many = stop - start
    owner = np.repeat(np.arange(len(many)), many)
    return owner, np.arange(len(owner)) + (start - (np.cumsum(many) - many))[owner]


def largest(values: Array, count: int) -> Ints:
    """Return the places of the `count` largest values, largest first; of equal ones, the first.

    `numpy.argpartition`, and `numpy.argsort` without `kind="stable"`, put equal values in an order
    that depends on the processor: with them, one seed gives other music on another machine.

    Parameters
    ----------
    values
        Shape (values,) or (rows, values).
    count
        From 0 to the number of values.

    Returns
    -------
    Ints
        Shape (count,) or (rows, count).

    Examples
    --------
    >>> largest(np.array([60, 67, 64, 67, 62]), 3)
    array([1, 3, 2])
    """
    size = values.shape[-1]
    if not 0 < count < size:
        return np.argsort(-values, axis=-1, kind="stable")[..., :count]
    threshold = np.partition(values, size - count, axis=-1)[..., size - count, None]
    above, level = values > threshold, values == threshold
    level &= np.cumsum(level, axis=-1) <= count - above.sum(axis=-1, keepdims=True)
    chosen = np.nonzero(above | level)[-1].reshape(*values.shape[:-1], count)
    given = np.take_along_axis(values, chosen, axis=-1)
    return np.take_along_axis(chosen, np.argsort(-given, axis=-1, kind="stable"), axis=-1)
