import numpy as np
import pytest

from generate.prediction.descent import minimise


def test_a_badly_scaled_bowl() -> None:
    scale, centre = np.array([1.0, 100.0, 0.01]), np.array([3.0, -1.0, 20.0])

    def bowl(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float((scale * (x - centre) ** 2).sum()), 2 * scale * (x - centre)

    assert minimise(bowl, np.zeros(3), steps=200, tolerance=1e-12) == pytest.approx(centre, abs=0.1)


def test_it_stops_where_there_is_nothing_to_gain() -> None:
    calls = []

    def flat(x: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(1)
        return 1.0, np.zeros_like(x)

    assert minimise(flat, np.ones(2)).tolist() == [1.0, 1.0]
    assert len(calls) < 100


def test_never_higher_than_the_start() -> None:
    def logistic(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(np.log1p(np.exp(-3 * x)).sum()), -3 / (1 + np.exp(3 * x))

    start = np.array([-2.0])
    assert logistic(minimise(logistic, start, steps=3))[0] < logistic(start)[0]
