"""Hashes: what stands in the files of corpora must stay, and order must count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.notes.hashing import MULTIPLIERS, KeySet, extend_key, placed_keys, stir

BITS = 1 << 64


def mixed(number: int) -> int:
    """Return SplitMix's two rounds without the last, in whole numbers of any size."""
    number = (number ^ (number >> 29)) * 0xBF58476D1CE4E5B9 % BITS
    return number ^ (number >> 29)


def test_a_key_is_what_the_formula_says() -> None:
    start = np.array([0, 12345, BITS - 1], dtype=np.uint64)
    value = np.array([5, -1, 7])
    expected = [
        mixed((int(key) * 0x9E3779B97F4A7C15 + int(number)) % BITS)
        for key, number in zip(start, value, strict=True)
    ]
    assert extend_key(start, value).tolist() == expected


def test_the_order_of_values_counts() -> None:
    start = np.zeros(1, dtype=np.uint64)
    one, two = np.array([1]), np.array([2])
    assert extend_key(extend_key(start, one), two) != extend_key(extend_key(start, two), one)


def test_stirred_values_are_written_over_and_stay_different() -> None:
    values = np.arange(1000, dtype=np.uint64)
    assert stir(values) is values
    assert len(set(values.tolist())) == 1000
    assert values[3] == mixed(3 * int(MULTIPLIERS[0]) % BITS)


def test_a_sum_of_placed_keys_knows_the_places() -> None:
    key = np.array([10, 20, 30], dtype=np.uint64)
    place = np.arange(3)
    total = placed_keys(key, place).sum()
    assert placed_keys(key[::-1].copy(), place[::-1].copy()).sum() == total
    assert placed_keys(key[::-1].copy(), place).sum() != total
    salted = 20 ^ 0x9E3779B97F4A7C15
    salted = salted * 0xD6E8FEB86659FD93 % BITS
    assert placed_keys(key, place)[1] == salted ^ (salted >> 31)


# Few beginnings and few ends, so that many keys are equal, or begin alike.
KEYS = st.builds(lambda first, last: (first << 48) + last, st.integers(0, 3), st.integers(0, 4))


@given(st.lists(KEYS), st.lists(KEYS))
def test_a_set_holds_its_keys_and_no_others(keys: list[int], asked: list[int]) -> None:
    known = KeySet.of(np.array(keys, dtype=np.uint64))
    found = known.contains(np.array(asked, dtype=np.uint64))
    assert found.tolist() == [key in keys for key in asked]


@pytest.mark.parametrize("different", [1, 9, 2000])
def test_a_set_of_keys_that_begin_alike(different: int) -> None:
    keys = np.arange(different, dtype=np.uint64)
    known = KeySet.of(np.repeat(keys, 3))
    assert known.contains(keys).all()
    assert not known.contains(keys + np.uint64(different)).any()
    assert different < 100 or len(known.keys) == different
