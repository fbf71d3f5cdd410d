"""Particles: exact in what they forbid, near the model in what they draw."""

from itertools import product

import numpy as np
import pytest

from generate.sampling.chain import Chain
from generate.sampling.particles import PARTICLES, Crowd, effective_number, grow
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints

SYMBOLS, NOTES = 3, 5


def chain(seed: int) -> Chain:
    rng = np.random.default_rng(seed)
    tables = [rng.random((SYMBOLS,) * (order + 1)) + 0.05 for order in range(3)]
    tables[2][0, 1, 2] = 0.0  # one continuation is impossible
    return Chain(tuple(table / table.sum(axis=-1, keepdims=True) for table in tables))


WEIGHTS = np.ones((NOTES, SYMBOLS))
WEIGHTS[3] = [0.0, 1.0, 0.0]  # a fixed note
WEIGHTS[4] = [1.0, 0.5, 0.0]


def expected(past: tuple[int, ...]) -> Floats:
    """Return what the richer model gives to each symbol: it remembers everything."""
    rng = np.random.default_rng([7, len(past), *past])
    chances = rng.random(SYMBOLS) ** 2 + 0.02
    return np.asarray(chances / chances.sum())


# Length of the past -> what is expected after each past of that length.
AFTER = [
    np.array([expected(past) for past in product(range(SYMBOLS), repeat=length)])
    for length in range(NOTES)
]


def richer(drawn: Ints, asked: Ints) -> Floats:
    place = SYMBOLS ** np.arange(NOTES)
    return np.stack([AFTER[at][drawn[:, :at] @ place[:at][::-1]] for at in asked.tolist()], axis=1)


def enumerated(share: float) -> dict[tuple[int, ...], float]:
    """Return the distribution that is wanted under the constraints, by looking at all."""
    mass = {}
    sampler_chain = chain(1)
    for sequence in product(range(SYMBOLS), repeat=NOTES):
        value = 1.0
        for at, symbol in enumerate(sequence):
            context = sequence[max(0, at - 2) : at]
            own = sampler_chain.tables[len(context)][(*context, symbol)]
            value *= expected(sequence[:at])[symbol] ** share * WEIGHTS[at, symbol]
            value *= own ** (1 - share) if own else 0.0
        if value > 0:
            mass[sequence] = value
    total = sum(mass.values())
    return {sequence: value / total for sequence, value in mass.items()}


def distance(count: int, draws: int, share: float) -> float:
    """Return the total variation distance of so many draws, each from so many particles."""
    sampler, rng = Sampler(chain(1), WEIGHTS), np.random.default_rng(3)
    exact = enumerated(share)
    found: dict[tuple[int, ...], float] = {}
    for _ in range(draws):
        drawn = tuple(grow(sampler, richer, rng, count=count, share=share).one(rng).tolist())
        found[drawn] = found.get(drawn, 0.0) + 1 / draws
    assert set(found) <= set(exact)
    return sum(abs(found.get(s, 0.0) - exact.get(s, 0.0)) for s in {*found, *exact}) / 2


@pytest.mark.parametrize(("share", "far"), [(1.0, 0.3), (0.5, 0.15)])
def test_more_particles_come_nearer_to_what_is_wanted(share: float, far: float) -> None:
    alone, many = (distance(count, 1500, share) for count in (1, PARTICLES))
    # As many draws from the distribution itself are .06 away from it.
    assert many < 0.08
    assert alone > far


def test_without_a_share_the_chain_is_drawn_from_exactly() -> None:
    assert distance(1, 1500, 0.0) < 0.08


def test_a_chain_that_is_the_model_needs_no_more_than_one() -> None:
    """Then every weight is the same, and what is drawn is drawn exactly."""
    own = chain(2)

    def same(drawn: Ints, asked: Ints) -> Floats:
        tables = [
            [own.tables[min(at, 2)][tuple(row[max(0, at - 2) : at])] for at in asked.tolist()]
            for row in drawn.tolist()
        ]
        return np.array(tables)

    crowd = grow(Sampler(own, WEIGHTS), same, np.random.default_rng(0))
    assert crowd.worth == pytest.approx(np.full(NOTES, PARTICLES))


def test_nothing_runs_into_a_dead_end() -> None:
    """The model wants nothing but 2; the last note must be 0 or 1, the fourth 1."""

    def wants_2(drawn: Ints, asked: Ints) -> Floats:
        return np.broadcast_to([1e-9, 1e-9, 1.0], (len(drawn), len(asked), SYMBOLS))

    crowd = grow(Sampler(chain(1), WEIGHTS), wants_2, np.random.default_rng(0))
    assert set(crowd.drawn[:, 3]) == {1}
    assert set(crowd.drawn[:, 4]) <= {0, 1}
    assert (crowd.drawn[:, 0] == 2).all()


def test_what_is_forbidden_weighs_nothing() -> None:
    def twice(drawn: Ints) -> Flags:
        return drawn[:, -1] == drawn[:, -2] if drawn.shape[1] > 1 else np.zeros(len(drawn), bool)

    rng = np.random.default_rng(0)
    for _ in range(20):
        piece = grow(Sampler(chain(1), WEIGHTS), richer, rng, forbidden=twice).one(rng)
        assert (np.diff(piece) != 0).all()
    with pytest.raises(InputError, match="forbidden"):
        grow(Sampler(chain(1), WEIGHTS), richer, rng, forbidden=lambda d: np.ones(len(d), bool))


def test_it_stops_where_it_is_told_and_looks_ahead() -> None:
    crowd = grow(Sampler(chain(1), WEIGHTS), richer, np.random.default_rng(0), stop=3)
    assert crowd.drawn.shape == (PARTICLES, 3)
    # A 2 as the last of them would be possible, but for 0, 1, 2 and what must come after.
    assert crowd.worth.shape == (3,)


def test_the_same_seed_gives_the_same_crowd() -> None:
    one, other = (
        grow(Sampler(chain(1), WEIGHTS), richer, np.random.default_rng(5)).drawn for _ in range(2)
    )
    assert (one == other).all()


def test_one_is_drawn_by_weight() -> None:
    crowd = Crowd(np.array([[0], [1]]), np.log([1.0, 3.0]), np.zeros(1))
    rng = np.random.default_rng(0)
    assert np.mean([crowd.one(rng)[0] for _ in range(2000)]) == pytest.approx(0.75, abs=0.03)
    assert effective_number(np.array([0.0, -np.inf])) == pytest.approx(1.0)
