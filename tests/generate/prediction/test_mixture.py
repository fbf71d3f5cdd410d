import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.prediction.memory.memories import CLASSES, Evidence
from generate.prediction.mixture import Mixture, checked

SEEDS = st.integers(0, 10_000)


def evidence(rng: np.random.Generator, notes: int, size: int, spread: float) -> Evidence:
    logs = rng.normal(0, spread, (notes, size)).astype(np.float32)
    return Evidence(logs, rng.integers(0, 4, notes), rng.integers(0, CLASSES, notes))


@given(SEEDS, st.integers(1, 40), st.integers(1, 9), st.sampled_from([0.0, 1.0, 40.0]))
@settings(max_examples=40)
def test_every_distribution_sums_to_one(seed: int, notes: int, size: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    said = [evidence(rng, notes, size, spread) for _ in range(3)]
    mixture = Mixture(4).fit(said, rng.integers(0, size, notes), steps=5)
    chances = mixture.distribution(said)
    assert chances.sum(axis=1) == pytest.approx(np.ones(notes), abs=1e-12)
    assert (chances >= 0).all()


def test_a_sum_that_is_not_one_is_a_fault() -> None:
    with pytest.raises(ArithmeticError, match="misses the sum 1"):
        checked(np.array([[0.5, 0.5], [0.5, 0.6]]))
    with pytest.raises(ArithmeticError):
        checked(np.array([[np.nan, 1.0]]))


def test_the_better_expert_gets_the_greater_weight() -> None:
    rng = np.random.default_rng(0)
    came = rng.integers(0, 5, 400)
    knows, guesses = (evidence(rng, 400, 5, 1.0) for _ in range(2))
    knows.log_probability[np.arange(400), came] += 2.0
    weights = Mixture(4).fit([knows, guesses], came).weights_
    assert weights[0, 0] > 0.5 > abs(weights[1, 0])


def test_the_slope_is_that_of_the_loss() -> None:
    # The learned weights are a minimum: moving any one of them raises the loss.
    rng = np.random.default_rng(1)
    said = [evidence(rng, 200, 4, 1.0) for _ in range(2)]
    came = rng.integers(0, 4, 200)
    mixture = Mixture(4).fit(said, came, steps=200)

    def loss() -> float:
        chances = mixture.distribution(said)[np.arange(200), came]
        penalty = np.full(mixture.weights_.shape, 100.0)
        penalty[:, 0] = 1.0
        return float(-np.log(chances).sum() + (penalty * mixture.weights_**2).sum() / 2)

    best = loss()
    for cell in np.ndindex(*mixture.weights_.shape):
        for step in (-0.05, 0.05):
            mixture.weights_[cell] += step
            assert loss() > best - 0.02
            mixture.weights_[cell] -= step


def test_weights_for_a_choice_among_some_are_the_better_ones_there() -> None:
    # One expert knows which of the possible ones comes, the other only that they are possible.
    rng = np.random.default_rng(2)
    possible = rng.random((600, 6)) < 0.5
    came = rng.integers(0, 6, 600)
    possible[np.arange(600), came] = True
    which, whether = (evidence(rng, 600, 6, 1.0) for _ in range(2))
    which.log_probability[np.arange(600), came] += 1.0
    whether.log_probability[:] += 3.0 * possible
    bits = []
    for allowed in (None, possible):
        mixture = Mixture(4).fit([which, whether], came, possible=allowed)
        chances = mixture.distribution([which, whether]) * possible
        bits.append(-np.log2(chances[np.arange(600), came] / chances.sum(axis=1)).mean())
    assert bits[1] < bits[0]
    assert mixture.weights_[0, 0] > mixture.weights_[1, 0]
