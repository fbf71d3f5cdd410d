"""Whole numbers -> 64-bit keys: the one home of everything that is looked up by a hash.

Two different inputs share a key with a chance of about 1 in 10^19. `MULTIPLIERS` are those of the
SplitMix64 generator (Steele, Lea and Flood 2014).
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Array, Keys

MULTIPLIERS = tuple(
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_ORDERLESS = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(29)


def extend_key(key: Keys, value: Array) -> Keys:
    """Return the hash of what `key` stands for, followed by the whole numbers `value`.

    Examples
    --------
    >>> start = np.zeros(2, dtype=np.uint64)
    >>> first, second = extend_key(start, np.array([5, 7]))
    >>> bool(first == second)
    False
    """
    mixed = key * MULTIPLIERS[0] + value.astype(np.uint64)
    mixed = (mixed ^ (mixed >> _SHIFT)) * MULTIPLIERS[1]
    return np.asarray(mixed ^ (mixed >> _SHIFT), dtype=np.uint64)


def stir(values: Keys) -> Keys:
    """Return the values with all their bits stirred; the array is overwritten."""
    values *= MULTIPLIERS[0]
    values ^= values >> _SHIFT
    values *= MULTIPLIERS[1]
    values ^= values >> _SHIFT
    return values


def placed_keys(key: Keys, place: Array) -> Keys:
    """Return keys that depend on the place of each, so that their sum stands for a sequence."""
    salted = (key ^ (place.astype(np.uint64) * MULTIPLIERS[0])) * _ORDERLESS
    return np.asarray(salted ^ (salted >> np.uint64(31)), dtype=np.uint64)
