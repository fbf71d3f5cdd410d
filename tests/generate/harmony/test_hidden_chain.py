"""Paths through a Markov chain, beside the enumeration of all of them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.harmony.hidden_chain import HiddenChain, log

PLACES, STATES = 4, 3


def toy(seed: int, *, zeros: float = 0.0) -> HiddenChain:
    """Return a chain of random numbers, some of its moves impossible."""
    rng = np.random.default_rng(seed)
    moves = rng.random((2, STATES, STATES)) * (rng.random((2, STATES, STATES)) >= zeros)
    moves[:, :, 0] += 0.05  # so that some path exists
    return HiddenChain(
        start=log(rng.random(STATES)),
        end=log(np.array([1.0, *rng.random(STATES - 1)])),
        moves=log(moves),
        kinds=rng.integers(0, 2, PLACES - 1),
        evidence=log(rng.random((PLACES, STATES))),
    )


def weights(chain: HiddenChain) -> dict[tuple[int, ...], float]:
    """Return the weight of every path, by multiplying out."""
    found = {}
    for path in itertools.product(range(STATES), repeat=len(chain.evidence)):
        total = chain.start[path[0]] + chain.end[path[-1]]
        total += sum(chain.evidence[place, state] for place, state in enumerate(path))
        for kind, (a, b) in zip(chain.kinds, itertools.pairwise(path), strict=True):
            total += chain.moves[kind, a, b]
        found[path] = float(np.exp(total))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("zeros", [0.0, 0.4])
def test_the_best_path_is_the_best_of_all(seed: int, zeros: float) -> None:
    chain = toy(seed, zeros=zeros)
    every = weights(chain)
    assert every[tuple(chain.best_path().tolist())] == pytest.approx(max(every.values()))


@pytest.mark.parametrize("seed", range(8))
def test_the_posterior_is_the_share_of_all_paths(seed: int) -> None:
    chain = toy(seed, zeros=0.3)
    expected = np.zeros((PLACES, STATES))
    for path, weight in weights(chain).items():
        expected[range(PLACES), path] += weight
    expected /= expected.sum(axis=1, keepdims=True)
    assert chain.posterior() == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(12))
def test_the_surest_path_is_possible_and_has_most_right_on_average(seed: int) -> None:
    chain = toy(seed, zeros=0.5)
    posterior = chain.posterior()
    possible = {
        path: sum(posterior[place, state] for place, state in enumerate(path))
        for path, weight in weights(chain).items()
        if weight > 0
    }
    assert possible[tuple(chain.surest_path().tolist())] == pytest.approx(max(possible.values()))


def test_a_path_worked_by_hand() -> None:
    # Two states. Alone, the evidence says 0 1 0; a change costs a factor of 9, so it stays at 0:
    # 0 0 0 weighs .9 .3 .9 x .9 .9 = .197, and 0 1 0 weighs .9 .7 .9 x .1 .1 = .006.
    chain = HiddenChain(
        start=log(np.array([0.5, 0.5])),
        end=log(np.ones(2)),
        moves=log(np.array([[[0.9, 0.1], [0.1, 0.9]]])),
        kinds=np.zeros(2, dtype=np.int64),
        evidence=log(np.array([[0.9, 0.1], [0.3, 0.7], [0.9, 0.1]])),
    )
    assert chain.best_path().tolist() == [0, 0, 0]


@given(st.integers(0, 2**32 - 1), st.floats(-50, 50))
@settings(max_examples=40)
def test_evidence_that_is_equal_for_all_states_changes_nothing(seed: int, more: float) -> None:
    chain = toy(seed)
    shifted = HiddenChain(chain.start, chain.end, chain.moves, chain.kinds, chain.evidence + more)
    assert shifted.best_path().tolist() == chain.best_path().tolist()
    assert shifted.posterior() == pytest.approx(chain.posterior())
