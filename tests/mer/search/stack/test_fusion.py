"""Parts of a similarity: they add up exactly, in any order, and never to more than 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.search.stack.fusion import parts_of, scaled, similarity_of, with_floor

VALUES = st.lists(st.floats(-0.5, 1.5, width=32), min_size=3, max_size=3)


def test_by_hand():
    parts = parts_of({"a": 0.5, "b": 0.5}, {"a": np.array([1.0, -1.0]), "b": np.array([0.5, 2.0])})
    assert {name: part.tolist() for name, part in parts.items()} == {
        "a": [0.5, 0],
        "b": [0.25, 0.5],
    }
    assert similarity_of(parts).tolist() == [0.75, 0.5]


@given(VALUES, VALUES, VALUES, st.floats(0.01, 0.99))
def test_they_add_up_exactly(first, second, third, share):
    shares = {"a": share / 2, "b": 1 - share, "c": share / 2}
    given_values = zip("abc", (first, second, third), strict=True)
    parts = parts_of(shares, {name: np.array(values) for name, values in given_values})
    for chosen in (parts, scaled(parts, 1 / 1.3)):
        a, b, c = (chosen[name] for name in "abc")
        assert (a + b + c).tolist() == (c + b + a).tolist() == similarity_of(chosen).tolist()
        assert (similarity_of(chosen) <= 1.0).all()


def test_whole_values_make_exactly_one():
    shares = {"a": 0.45, "b": 0.3, "c": 0.15, "d": 0.05, "e": 0.05}
    values = {name: np.array([np.float32(1.0000001)]) for name in shares}
    assert similarity_of(parts_of(shares, values)).tolist() == [1.0]


@given(VALUES, VALUES, st.floats(-1.0, 0.0), st.floats(0.01, 0.99))
def test_a_floor_keeps_the_order_of_what_lies_above_it(first, second, floor, share):
    """Values from the floor to 1 become values from 0 to 1; the order is that of their sums."""
    shares = {"a": share, "b": 1.0 - share}
    longer = with_floor(shares, "b", floor)
    assert sum(longer.values()) == pytest.approx(1.0)
    near, far = np.clip(first, 0.0, 1.0), np.clip(second, floor, 1.0)
    plain = share * near + (1.0 - share) * far
    found = longer["a"] * near + longer["b"] * (far - floor) / (1.0 - floor)
    for a in range(3):
        for b in range(3):
            assert found[a] >= found[b] - 1e-9 or plain[a] < plain[b]
