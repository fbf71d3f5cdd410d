"""Figures of merit against rankings worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.evaluation.metrics import (
    average_precision,
    bootstrap_interval,
    evaluate,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)


def marks(text):
    return np.array([letter == "R" for letter in text])


@pytest.mark.parametrize(
    ("ranking", "precision", "reciprocal", "recall_at_2"),
    [
        ("R---", 1.0, 1.0, 1.0),
        ("-R--", 0.5, 0.5, 1.0),
        ("R-R-", (1 + 2 / 3) / 2, 1.0, 0.5),
        ("--RR", (1 / 3 + 2 / 4) / 2, 1 / 3, 0.0),
        ("RRRR", 1.0, 1.0, 0.5),
    ],
)
def test_by_hand(ranking, precision, reciprocal, recall_at_2):
    assert average_precision(marks(ranking)) == pytest.approx(precision)
    assert reciprocal_rank(marks(ranking)) == pytest.approx(reciprocal)
    assert recall_at(marks(ranking), 2) == pytest.approx(recall_at_2)


def test_ndcg_by_hand():
    """Gains at ranks 1 and 3: 1 + 1/2; the ideal is 1 + 1/log2(3)."""
    assert ndcg_at(marks("R-R"), 3) == pytest.approx(1.5 / (1 + 1 / np.log2(3)))
    assert ndcg_at(marks("---"), 3) == 0.0


def test_nothing_relevant_is_an_error_not_a_number():
    with pytest.raises(ValueError, match="undefined"):
        average_precision(marks("---"))
    with pytest.raises(ValueError, match="no query"):
        evaluate(lambda q: np.array([1]), lambda q, at: marks("-"), [0])
    assert reciprocal_rank(marks("--")) == 0.0


@given(st.lists(st.booleans(), min_size=1, max_size=30).filter(any))
def test_moving_a_relevant_item_up_never_hurts(flags):
    relevant = np.array(flags)
    better = relevant.copy()
    place = int(np.flatnonzero(relevant)[-1])
    if place:
        better[[place - 1, place]] = better[[place, place - 1]]
    for figure in (average_precision, reciprocal_rank, lambda r: ndcg_at(r, 10)):
        assert figure(better) >= figure(relevant) - 1e-12


def test_the_interval_holds_the_mean_and_is_reproducible():
    values = np.random.default_rng(0).random(100)
    low, high = bootstrap_interval(values, np.random.default_rng(1))
    assert low < values.mean() < high
    assert (low, high) == bootstrap_interval(values, np.random.default_rng(1))


@given(st.lists(st.booleans(), min_size=2, max_size=30).filter(any), st.integers(1, 12))
def test_the_figures_are_those_of_scikit_learn(flags, k):
    metrics = pytest.importorskip("sklearn.metrics")
    relevant, score = np.array(flags), -np.arange(len(flags), dtype=float)
    expected = metrics.average_precision_score(relevant, score)
    assert average_precision(relevant) == pytest.approx(expected)
    expected = metrics.ndcg_score(relevant[None].astype(float), score[None], k=k)
    assert ndcg_at(relevant, k) == pytest.approx(expected)
