import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.evaluation.agreement import kendall_tau, overlap_at, rank_biased_overlap

RANKINGS = st.permutations(list(range(10)))


def test_overlap_counts_what_both_have() -> None:
    assert overlap_at([1, 2, 3, 4], [4, 3, 9, 8], 4) == 2
    assert overlap_at([], [1], 3) == 0


def test_rank_biased_overlap_by_hand() -> None:
    # Depths 1 to 3: 0/1, 1/2, 3/3 in common; p = .5.
    # (1-p)/p * (0 + .5*.25 + 1*.125) + 1 * .125 = .25 + .125
    assert rank_biased_overlap([1, 2, 3], [3, 1, 2], persistence=0.5) == pytest.approx(0.375)


@given(RANKINGS, RANKINGS)
def test_rank_biased_overlap_is_symmetric_and_bounded(a: list[int], b: list[int]) -> None:
    value = rank_biased_overlap(a, b)
    assert 0.0 <= value <= 1.0
    assert value == pytest.approx(rank_biased_overlap(b, a))
    assert rank_biased_overlap(a, a) == pytest.approx(1.0)


def test_agreement_at_the_top_counts_more() -> None:
    top = rank_biased_overlap([1, 2, 3, 4], [1, 9, 8, 7])
    bottom = rank_biased_overlap([1, 2, 3, 4], [9, 8, 7, 4])
    assert top > bottom


@given(RANKINGS)
def test_tau_of_a_ranking_and_its_reverse(order: list[int]) -> None:
    values = np.array(order, dtype=float)
    assert kendall_tau(values, values) == 1.0
    assert kendall_tau(values, -values) == -1.0


def test_tau_where_nothing_is_told_apart() -> None:
    assert kendall_tau(np.ones(4), np.arange(4.0)) is None
    assert kendall_tau(np.ones(1), np.ones(1)) is None


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=30))
def test_tau_is_that_of_scipy(pairs: list[tuple[int, int]]) -> None:
    # Few different numbers, so that there are ties of every kind.
    stats = pytest.importorskip("scipy.stats")
    first, second = np.array(pairs, dtype=float).T
    found, expected = kendall_tau(first, second), stats.kendalltau(first, second).statistic
    if found is None:
        assert np.isnan(expected)
    else:
        assert found == pytest.approx(expected)
