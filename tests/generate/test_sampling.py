from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from generate.sampling import Chain, Sampler
from mer.errors import InputError

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


def enumerated(chain: Chain, weights: npt.NDArray[np.float64]) -> dict[tuple[int, ...], float]:
    """Return the conditional distribution by looking at every sequence."""
    mass = {}
    for sequence in product(range(SYMBOLS), repeat=len(weights)):
        value = 1.0
        for position, symbol in enumerate(sequence):
            order = min(position, chain.order)
            context = sequence[position - order : position]
            value *= chain.tables[order][(*context, symbol)] * weights[position, symbol]
        if value > 0:
            mass[sequence] = value
    total = sum(mass.values())
    return {sequence: value / total for sequence, value in mass.items()}


def distance(drawn: Counter[tuple[int, ...]], exact: dict[tuple[int, ...], float]) -> float:
    """Return the total variation distance between draws and a distribution."""
    total = sum(drawn.values())
    return sum(abs(drawn[s] / total - exact.get(s, 0.0)) for s in set(drawn) | set(exact)) / 2


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
    rng = np.random.default_rng(1)
    drawn = Counter(sampler.draw(rng) for _ in range(4000))
    assert set(drawn) <= set(exact)
    # 4,000 draws of up to 243 outcomes scatter by about sqrt(243 / 4000) / 2.5 = .1.
    assert distance(drawn, exact) < 0.12
    by_hand = dict.fromkeys(exact, 1.0)
    for sequence in exact:
        for position, symbol in enumerate(sequence):
            by_hand[sequence] *= sampler.options(sequence[:position])[symbol]
    for sequence, probability in exact.items():
        assert by_hand[sequence] == pytest.approx(probability)


class NoRepeats:
    """Forbids a symbol that was there two places before."""

    def accepts(self, drawn: Sequence[int]) -> bool:
        return all(a != b for a, b in zip(drawn[:-2], drawn[2:], strict=True))

    def forbids(self, drawn: Sequence[int]) -> npt.NDArray[np.bool_]:
        forbidden = np.zeros(SYMBOLS, dtype=bool)
        if len(drawn) >= 2:
            forbidden[drawn[-2]] = True
        return forbidden


class Everything(NoRepeats):
    """Forbids all."""

    def accepts(self, drawn: Sequence[int]) -> bool:
        return False

    def forbids(self, drawn: Sequence[int]) -> npt.NDArray[np.bool_]:
        return np.ones(SYMBOLS, dtype=bool)


def test_rejection_keeps_the_distribution_exact() -> None:
    chain = random_chain(1, seed=8)
    exact = {s: p for s, p in enumerated(chain, FREE).items() if NoRepeats().accepts(s)}
    total = sum(exact.values())
    exact = {s: p / total for s, p in exact.items()}
    sampler, rng = Sampler(chain, FREE), np.random.default_rng(2)
    drawn: Counter[tuple[int, ...]] = Counter()
    for _ in range(4000):
        symbols = sampler.draw_avoiding(rng, NoRepeats(), rejections=500)
        assert symbols is not None
        drawn[symbols] += 1
    assert distance(drawn, exact) < 0.09


def test_search_finds_what_is_allowed_and_knows_when_there_is_nothing() -> None:
    sampler, rng = Sampler(random_chain(2, seed=4), ENDS_ON_0), np.random.default_rng(0)
    for _ in range(50):
        found = sampler.draw_avoiding(rng, NoRepeats(), rejections=0)
        assert found is not None
        assert NoRepeats().accepts(found)
        assert found[-1] == 0
    assert sampler.draw_avoiding(rng, Everything()) is None


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
