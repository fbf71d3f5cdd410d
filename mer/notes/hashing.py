"""Whole numbers -> 64-bit keys: the one home of everything that is looked up by a hash.

Two different inputs share a key with a chance of about 1 in 10^19. `MULTIPLIERS` are those of the
SplitMix64 generator (Steele, Lea and Flood 2014).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Array, Flags, Ints, Keys, spans

MULTIPLIERS = tuple(
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
_ORDERLESS = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(29)
# Keys of a set lie together by so many of their first bits; numpy sorts these many times as quickly
# as whole keys.
_FIRST_BITS = 16
# With more keys than this in one place, equal ones are left out first.
_CROWD = 500


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


class KeySet(NamedTuple):
    """A set of keys.

    Parameters
    ----------
    keys
        Rising by their first 16 bits, and by nothing else.
    bounds
        Shape (65537,): keys that begin with b are ``keys[bounds[b] : bounds[b + 1]]``.

    Examples
    --------
    >>> known = KeySet.of(np.array([5, 9, 5], dtype=np.uint64))
    >>> known.contains(np.array([[9, 8], [5, 5]], dtype=np.uint64)).tolist()
    [[True, False], [True, True]]
    """

    keys: Keys
    bounds: Ints

    @classmethod
    def of(cls, keys: Keys) -> KeySet:
        """Return the set of some keys."""
        first = _first_bits(keys)
        many = np.bincount(first, minlength=1 << _FIRST_BITS)
        if many.max() > _CROWD and len(once := np.unique(keys)) < len(keys):
            return cls.of(once)
        order = np.argsort(first, kind="stable")
        return cls(keys[order], np.append(0, np.cumsum(many)))

    def contains(self, keys: Keys) -> Flags:
        """Return which of the keys are in the set, in the shape given."""
        asked = keys.ravel()
        first = _first_bits(asked).astype(np.int64)
        owner, place = spans(self.bounds[first], self.bounds[first + 1])
        found = np.zeros(len(asked), dtype=bool)
        found[owner[self.keys[place] == asked[owner]]] = True
        return found.reshape(keys.shape)


def _first_bits(keys: Keys) -> Array:
    return (keys >> np.uint64(64 - _FIRST_BITS)).astype(np.uint16)
