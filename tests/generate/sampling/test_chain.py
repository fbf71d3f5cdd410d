"""Chains: the tables they are made of, and the part of them that a few symbols need."""

import numpy as np
import pytest

from generate.sampling.chain import Chain, supports
from mer.errors import InputError

RNG = np.random.default_rng(1)
TABLES = tuple(RNG.random((4,) * (order + 1)) for order in range(3))


def test_a_chain_knows_its_order_and_its_alphabet() -> None:
    chain = Chain(TABLES)
    assert (chain.order, chain.symbols) == (2, 4)
    assert (Chain(TABLES[:1]).order, Chain(TABLES[:1]).symbols) == (0, 4)


def test_tables_of_another_shape_are_refused() -> None:
    with pytest.raises(InputError, match=r"table 1 of a chain has shape \(4, 3\); 2 axes of 4"):
        Chain((TABLES[0], TABLES[1][:, :3]))
    with pytest.raises(InputError, match=r"table 0 of a chain has shape \(4, 4\); 1 axes of 4"):
        Chain((TABLES[1],))


def test_only_the_symbols_that_are_possible_are_looked_at() -> None:
    chain = Chain(TABLES)
    first, second, third = np.array([0, 3]), np.array([1]), np.array([0, 1, 2])
    assert chain.among([third]).tolist() == TABLES[0][:3].tolist()
    assert chain.among([first, second]).tolist() == [[TABLES[1][0, 1]], [TABLES[1][3, 1]]]
    found = chain.among([first, second, third])
    assert found.shape == (2, 1, 3)
    assert found[1, 0, 2] == TABLES[2][3, 1, 2]
    assert chain.among([first, second, third]) is found
    assert chain.among([first, second, third[:2]]).shape == (2, 1, 2)


def test_a_chain_forgets_tables_rather_than_fill_the_memory() -> None:
    chain = Chain((np.ones(2000) / 2000,))
    for symbol in range(2000):
        assert chain.among([np.array([symbol])]).shape == (1,)
    assert len(chain._among) < 2000


def test_the_symbols_of_each_position() -> None:
    weights = np.array([[0.0, 2.0, 0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert [row.tolist() for row in supports(weights)] == [[1, 2], [0], []]
