"""Forbidden runs and their states, small enough to be written out by hand.

What they do to the distribution is compared with all sequences in `test_sampler.py`.
"""

import numpy as np
import pytest

from generate.sampling.automaton import DEAD, NONE, Runs, layers, states_ahead


def runs(ends: list[int], symbols: list[list[int]]) -> Runs:
    return Runs(np.array(ends), np.array(symbols))


BOTH = np.array([0, 1])


@pytest.mark.parametrize("size", [2, 100_000])  # with the second, no one number holds a run
def test_only_runs_that_are_possible_are_kept_each_once(size: int) -> None:
    given = runs(
        [3, 2, 2, 3, 3], [[0, 1, 1, 0], [0, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [0, 1, 1, 0]]
    )
    given = Runs(given.ends[[0, 3, 4]], given.symbols[[0, 3, 4]])
    first_is_0 = [np.array([0]), BOTH, BOTH, BOTH]
    kept = given.within(first_is_0, size)
    assert (kept.ends.tolist(), kept.symbols.tolist()) == ([3], [[0, 1, 1, 0]])
    assert (len(kept), kept.notes) == (1, 4)
    everything = given.within([BOTH] * 4, size)
    assert everything.symbols.tolist() == [[0, 1, 1, 0], [1, 1, 1, 0]]


def test_the_same_run_at_two_places_is_two_runs() -> None:
    kept = runs([2, 3, 3], [[0, 1, 1]] * 3).within([BOTH] * 4, 2)
    assert (kept.ends.tolist(), kept.symbols.tolist()) == ([2, 3], [[0, 1, 1]] * 2)


def test_one_run_has_one_state_whose_next_symbol_is_dead() -> None:
    # Order 1, the run 0 1 1 at the end of three symbols: only after 0 1 there is something to know.
    found = layers(runs([2], [[0, 1, 1]]), 1, [BOTH] * 3, 2)
    assert [layer is not None for layer in found] == [False, False, True, False]
    layer = found[2]
    assert layer is not None
    assert layer.context.tolist() == [[1]]
    assert layer.entrances.tolist() == [[0, 1]]
    assert layer.fail.tolist() == [NONE]
    assert layer.edges.tolist() == [[0, 1, DEAD]]
    assert layer.edge_bounds.tolist() == [0, 1]


def test_a_longer_state_falls_back_to_the_shorter_run_that_it_ends_with() -> None:
    # 1 0 1 1 may not end at 3 and 0 1 0 not at 3: after 1 0 1 both are under way.
    longer = layers(runs([3], [[1, 0, 1, 1]]), 1, [BOTH] * 4, 2)
    assert [0 if layer is None else len(layer) for layer in longer] == [0, 0, 1, 1, 0]
    both = runs([3, 4], [[1, 0, 1, 1], [0, 1, 0, 0]])
    found = layers(both, 1, [BOTH] * 5, 2)
    assert [0 if layer is None else len(layer) for layer in found] == [0, 0, 1, 2, 1, 0]
    after_101 = found[3]
    assert after_101 is not None
    assert after_101.levels == (0, 1, 2, 2)[: len(after_101.levels)]
    assert after_101.fail.tolist() == [NONE, 0]
    assert after_101.edges.tolist() == [[0, 0, 0], [1, 1, DEAD]]


def test_a_dead_symbol_has_no_mass_and_the_others_have_that_of_the_chain() -> None:
    layer = layers(runs([2], [[0, 1, 1]]), 1, [BOTH] * 3, 2)[2]
    assert layer is not None
    chain = np.array([[0.5, 0.5], [0.25, 0.75]])
    rows, goto = states_ahead(layer, (chain, chain), None, np.zeros(0))
    assert rows.tolist() == [[0.25, 0.0]]
    assert goto.tolist() == [[NONE, NONE]]
