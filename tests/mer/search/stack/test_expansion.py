"""Neighbour lists: by hand, and what must hold for any pool."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.search.stack.expansion import AllPairs, agreement, neighbour_lists


def random_table(seed, size):
    table = np.random.default_rng(seed).random((size, size)).astype(np.float32)
    return (table + table.T) / 2


def test_lists_by_hand():
    """Two neighbours kept (oneself counts), no averaging."""
    table = np.array([[0, 0.8, 0.4], [0.8, 0, 0.1], [0.4, 0.1, 0]], dtype=np.float32)
    expected = [[1, 0.8, 0], [0.8, 1, 0], [0.4, 0, 1]]
    assert neighbour_lists(table, 2, 1) == pytest.approx(np.array(expected))


def families(size, count):
    """The table of so many families: .9 within one, .1 to .2 otherwise."""
    family = np.arange(size * count) // size
    table = 0.1 + random_table(0, size * count) / 10
    return np.where(family[:, None] == family, np.float32(0.9), table)


@pytest.mark.parametrize(
    ("size", "kin", "neighbours", "share"),
    [(1, 1, 8, 0.25), (2, 1, 8, 0.25), (3, 2, 8, 0.5), (4, 3, 12, 0.75), (8, 4, 15, 1.0)],
)
def test_lists_are_as_long_as_families_are_large(size, kin, neighbours, share):
    """Of a family of three, two stand out beside each; of one, none does, and one list is kept."""
    table = families(size, 240 // size)
    pairs = AllPairs({}, np.zeros(table.shape, dtype=np.int64), table)
    assert (pairs.kin, pairs.neighbours, pairs.share) == (kin, neighbours, share)


def test_one_member_alone_has_lists():
    table = np.zeros((1, 1), dtype=np.float32)
    assert AllPairs({}, np.zeros((1, 1), dtype=np.int64), table).kin == 1


@given(st.integers(0, 1000), st.integers(2, 40))
def test_the_query_agrees_most_with_itself_and_nothing_is_lost(seed, size):
    table = random_table(seed, size)
    before = table.copy()
    agreed = agreement(table, 0)
    assert agreed.shape == (size,)
    assert np.isfinite(agreed).all()
    assert agreed[0] == pytest.approx(1.0, abs=1e-5)
    assert agreed.max() <= 1.0 + 1e-5
    assert np.array_equal(table, before)


@given(st.integers(0, 1000), st.integers(3, 20))
def test_the_order_of_the_pool_does_not_matter(seed, size):
    table = random_table(seed, size)
    order = np.random.default_rng(seed).permutation(size)
    moved = agreement(table[np.ix_(order, order)], int(np.argmin(order)))
    assert moved == pytest.approx(agreement(table, 0)[order], abs=1e-4)
