import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.prediction.counts import Blend, Counts, Smoothing, level_keys
from mer.notes.hashing import extend_key

CHAINS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30)


def test_counts_worked_by_hand() -> None:
    # Melody a b a b c, context = the note before: a -> b b, b -> a c.
    a, b, c = 0, 1, 2
    keys = level_keys(np.array([[-1], [a], [b], [a], [b]]))[1]
    counts = Counts.of(keys, np.array([a, b, a, b, c]))
    asked = level_keys(np.array([[a], [b], [c]]))[1]
    assert counts.rows(asked, 3).tolist() == [[0, 2, 0], [1, 0, 1], [0, 0, 0]]


def test_no_counts_know_nothing() -> None:
    empty = Counts.of(np.zeros(0, np.uint64), np.zeros(0, np.int64))
    assert empty.rows(np.array([3], np.uint64), 2).tolist() == [[0, 0]]


def test_discounting_worked_by_hand() -> None:
    # Level 0: symbols seen 3, 1, 0 times. Each seen one gives up 0.5, so 1.0 + 0.2 go to the
    # uniform distribution: (2.5 + 0.4) / 4.2, (0.5 + 0.4) / 4.2, 0.4 / 4.2.
    blend = Blend(1, 3, Smoothing(discount=0.5, extra=0.2))
    blend.refine(0, np.array([0]), np.array([[3, 1, 0]], np.float32))
    below = np.array([2.9, 0.9, 0.4]) / 4.2
    assert blend.probability[0] == pytest.approx(below, rel=1e-6)
    # Level 1: seen once, symbol 2: 0.5 stays, 0.5 + 0.2 are spread as below.
    blend.refine(1, np.array([0]), np.array([[0, 0, 1]], np.float32))
    expected = (np.array([0, 0, 0.5]) + 0.7 * below) / 1.2
    assert blend.probability[0] == pytest.approx(expected, rel=1e-6)
    assert (blend.level[0], blend.seen[0]) == (1, 1)


def test_an_unknown_context_changes_nothing() -> None:
    blend = Blend(2, 2, Smoothing())
    known = blend.refine(0, np.array([0, 1]), np.array([[0, 0], [1, 0]], np.float32))
    assert known.tolist() == [1]
    assert blend.probability[0].tolist() == [0.5, 0.5]


@given(st.lists(st.lists(st.floats(0, 50, width=32), min_size=4, max_size=4), max_size=5))
def test_every_level_sums_to_one(levels: list[list[float]]) -> None:
    blend = Blend(1, 4, Smoothing())
    for number, counts in enumerate(levels):
        blend.refine(number, np.array([0]), np.array([counts], np.float32))
    assert blend.probability.sum() == pytest.approx(1.0, abs=1e-5)
    assert (blend.probability > 0).all()


@given(CHAINS)
@settings(max_examples=50)
def test_keys_agree_exactly_where_chains_do(links: list[tuple[int, int]]) -> None:
    chain = np.array(links)
    for level, keys in enumerate(level_keys(chain)):
        same = (chain[:, None, :level] == chain[None, :, :level]).all(axis=2)
        assert ((keys[:, None] == keys[None, :]) == same).all()


def test_stirring_depends_on_both() -> None:
    keys = np.arange(100, dtype=np.uint64)
    values = np.arange(-50, 50)
    table = extend_key(np.repeat(keys, 100), np.tile(values, 100))
    assert len(np.unique(table)) == 10_000
