from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from generate.sampling.automaton import Runs
from generate.sampling.chain import Chain, supports
from generate.sampling.sampler import Closed, Sampler
from mer.errors import InputError
from mer.notes.arrays import Ints

SYMBOLS = 3


def random_chain(order: int, seed: int) -> Chain:
    rng = np.random.default_rng(seed)
    tables = []
    for n in range(order + 1):
        table = rng.random((SYMBOLS,) * (n + 1))
        if n > 1:  # some continuations are impossible
            table[table < 0.1] = 0.0
        tables.append(table / np.maximum(table.sum(axis=-1, keepdims=True), 1e-12))
    return Chain(tuple(tables))


def masses(chain: Chain, weights: npt.NDArray[np.float64]) -> dict[tuple[int, ...], float]:
    """Return the mass of every possible sequence."""
    mass = {}
    for sequence in product(range(SYMBOLS), repeat=len(weights)):
        value = 1.0
        for position, symbol in enumerate(sequence):
            order = min(position, chain.order)
            context = sequence[position - order : position]
            value *= chain.tables[order][(*context, symbol)] * weights[position, symbol]
        if value > 0:
            mass[sequence] = value
    return mass


def enumerated(chain: Chain, weights: npt.NDArray[np.float64]) -> dict[tuple[int, ...], float]:
    """Return the conditional distribution by looking at every sequence."""
    mass = masses(chain, weights)
    total = sum(mass.values())
    return {sequence: value / total for sequence, value in mass.items()}


def distance(drawn: Ints, exact: dict[tuple[int, ...], float]) -> float:
    """Return the total variation distance between draws and a distribution."""
    rows, counts = np.unique(drawn, axis=0, return_counts=True)
    shares = dict(zip(map(tuple, rows.tolist()), (counts / len(drawn)).tolist(), strict=True))
    return sum(abs(shares.get(s, 0.0) - exact.get(s, 0.0)) for s in {*shares, *exact}) / 2


FREE = np.ones((5, SYMBOLS))
ENDS_ON_0 = FREE.copy()
ENDS_ON_0[-1, 1:] = 0.0
FIXED = FREE.copy()
FIXED[0] = FIXED[3] = [0.0, 1.0, 0.0]
FAVOURED = np.random.default_rng(5).random((5, SYMBOLS))


@pytest.mark.parametrize("order", [0, 1, 2, 3])
@pytest.mark.parametrize(
    "weights",
    [FREE, ENDS_ON_0, FIXED, FAVOURED, ENDS_ON_0 * FIXED * FAVOURED],
    ids=["free", "end", "fixed", "favoured", "all"],
)
def test_draws_follow_the_exact_distribution(order: int, weights: npt.NDArray[np.float64]) -> None:
    chain = random_chain(order, seed=order)
    exact = enumerated(chain, weights)
    sampler = Sampler(chain, weights)
    drawn = sampler.draw_many(np.random.default_rng(1), 20_000)
    # 20,000 draws of up to 243 outcomes scatter by about sqrt(243 / 20000) / 2.5 = .045.
    assert distance(drawn, exact) < 0.05
    assert_steps(sampler, exact)


def assert_steps(sampler: Sampler, exact: dict[tuple[int, ...], float]) -> None:
    """Check that the steps' probabilities multiply to those of the sequences, draws aside."""
    for sequence, probability in exact.items():
        by_hand = 1.0
        for position, symbol in enumerate(sequence):
            by_hand *= sampler.options(sequence[:position])[symbol]
        assert by_hand == pytest.approx(probability)


def closed_masks(
    forbidden: set[tuple[int, tuple[int, ...]]], weights: npt.NDArray[np.float64]
) -> dict[int, npt.NDArray[np.bool_]]:
    """Return the masks that forbid runs, over the symbols possible at their places."""
    possible = [symbols.tolist() for symbols in supports(weights)]
    masks: dict[int, npt.NDArray[np.bool_]] = {}
    for end, run in forbidden:
        window = possible[end - len(run) + 1 : end + 1]
        mask = masks.setdefault(end, np.zeros([len(symbols) for symbols in window], dtype=bool))
        if all(symbol in symbols for symbol, symbols in zip(run, window, strict=True)):
            mask[tuple(w.index(symbol) for w, symbol in zip(window, run, strict=True))] = True
    return masks


@pytest.mark.parametrize("seed", range(80))
def test_forbidden_runs_are_left_out_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    order, length = int(rng.integers(0, 4)), int(rng.integers(2, 7))
    chain, weights = random_chain(order, seed), rng.random((length, SYMBOLS))
    weights[rng.random(weights.shape) < 0.15] = 0.0
    notes = int(rng.integers(2, length + 1))
    ends = rng.integers(notes - 1, length, 25)
    symbols = rng.integers(0, SYMBOLS, (25, notes))
    forbidden = {(e, tuple(run)) for e, run in zip(ends.tolist(), symbols.tolist(), strict=True)}
    mass = {
        sequence: value
        for sequence, value in masses(chain, weights).items()
        if not any((e, sequence[e - notes + 1 : e + 1]) in forbidden for e in range(length))
    }
    runs = Runs(ends, symbols) if notes > order + 1 else None
    possible = bool((weights > 0).any(axis=1).all())
    closed = closed_masks(forbidden, weights) if runs is None and possible else None
    if not mass:
        with pytest.raises(InputError, match="no sequence"):
            Sampler(chain, weights, closed=closed, runs=runs)
        return
    sampler = Sampler(chain, weights, closed=closed, runs=runs)
    total = sum(mass.values())
    assert sampler.log_total == pytest.approx(np.log(total))
    assert_steps(sampler, {sequence: value / total for sequence, value in mass.items()})
    drawn = sampler.draw_many(rng, 200)
    assert set(map(tuple, drawn.tolist())) <= set(mass)


def test_long_sequences_do_not_underflow() -> None:
    sampler = Sampler(random_chain(3, seed=3), np.full((2000, SYMBOLS), 1e-6))
    assert np.isfinite(sampler.log_total)
    assert len(sampler.draw(np.random.default_rng(0))) == 2000


def test_impossible_weights_are_refused() -> None:
    weights = FREE.copy()
    weights[2] = 0.0
    with pytest.raises(InputError, match="no sequence"):
        Sampler(random_chain(2, seed=0), weights)


def test_tables_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(InputError, match="table 1"):
        Chain((np.ones(3), np.ones((3, 2))))


@pytest.mark.parametrize("seed", range(5))
def test_runs_one_longer_than_the_tables_are_closed_as_masks_are(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chain, weights = random_chain(2, seed), FIXED * FAVOURED
    sizes = [len(symbols) for symbols in supports(weights)]
    masks = {end: rng.random(sizes[end - 3 : end + 1]) < 0.4 for end in (3, 4)}
    longer = {}
    for end, mask in masks.items():
        rows = mask.reshape(-1, sizes[end])
        codes = np.flatnonzero(rows.any(axis=1))
        longer[end] = Closed(codes, ~rows[codes])
    dense, sparse = Sampler(chain, weights, closed=masks), Sampler(chain, weights, longer=longer)
    assert sparse.log_total == pytest.approx(dense.log_total)
    for drawn in dense.draw_many(rng, 20).tolist():
        for known in range(len(drawn)):
            assert sparse.options(drawn[:known]) == pytest.approx(dense.options(drawn[:known]))
    with pytest.raises(InputError):
        sparse.expected(chain.tables)
