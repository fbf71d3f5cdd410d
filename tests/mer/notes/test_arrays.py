"""The places of the largest values, as sorting all of them gives; different values; spans."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mer.notes.arrays import Floats, distinct, largest, spans

# Few values, so that many are equal.
TABLES = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 20)),
    elements=st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 2.0]),
)


@given(TABLES, st.integers(0, 25))
def test_they_are_what_sorting_everything_gives(table: Floats, count: int) -> None:
    def by_hand(row: list[float]) -> list[int]:
        return sorted(range(len(row)), key=lambda place: (-row[place], place))[:count]

    assert largest(table, count).tolist() == [by_hand(row) for row in table.tolist()]
    assert largest(table[0], count).tolist() == by_hand(table[0].tolist())


@given(TABLES)
def test_different_values_are_those_of_a_set(table: Floats) -> None:
    assert distinct(table).tolist() == sorted(set(table.ravel().tolist()))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4))))
def test_spans_are_written_out(given_spans: list[tuple[int, int]]) -> None:
    start, many = np.array(given_spans, dtype=np.int64).reshape(-1, 2).T
    owner, number = spans(start, start + many)
    expected = [(n, a + i) for n, (a, m) in enumerate(given_spans) for i in range(m)]
    assert list(zip(owner.tolist(), number.tolist(), strict=True)) == expected
