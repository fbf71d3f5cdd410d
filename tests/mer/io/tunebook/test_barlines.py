"""Bars on one grid."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.tunebook.barlines import Measure, _silence, silences


def silence(lengths: list[int], opens: set[int], bar: int = 4) -> list[int]:
    strain = [number == 0 or number in opens for number in range(len(lengths))]
    return [int(gap) for gap in _silence([Fraction(n) for n in lengths], strain, Fraction(bar))]


@pytest.mark.parametrize(
    ("lengths", "opens", "expected"),
    [
        ([4, 4, 4], set(), [0, 0, 0]),
        ([1, 4, 3], {2}, [0, 0, 0]),  # pick-up, full bar, last bar
        ([4, 3, 1, 4], {2}, [0, 0, 0, 0]),  # the end of a strain and the next pick-up fill a bar
        ([4, 4, 1, 4], {2}, [0, 0, 3, 0]),  # a pick-up after a full bar
        ([4, 3, 4], {2}, [0, 0, 1]),  # a bar that is short for no reason: made up after it
        ([4, 2, 1, 4], {2}, [0, 0, 1, 0]),  # before the bar that opens the strain
        ([4, 8, 4], set(), [0, 0, 0]),  # two bars without the line between them
    ],
)
def test_silence_goes_between_strains(
    lengths: list[int], opens: set[int], expected: list[int]
) -> None:
    assert silence(lengths, opens) == expected


@given(st.lists(st.integers(1, 8), min_size=2, max_size=12), st.sets(st.integers(0, 11)))
def test_every_full_bar_begins_on_the_grid(lengths: list[int], opens: set[int]) -> None:
    gaps = silence(lengths, opens)
    starts, at = [], 0
    for length, gap in zip(lengths, gaps, strict=True):
        starts.append(at + gap)
        at += gap + length
    full = [s for n, (s, length) in enumerate(zip(starts, lengths, strict=True)) if length % 4 == 0]
    assert len({start % 4 for start in full}) <= 1


def test_a_metre_that_fits_few_bars_is_left_alone() -> None:
    held = [Measure(opens=False, length=Fraction(n)) for n in (3, 4, 3, 4, 3, 4)]
    assert silences(held, (4, 4)) == [0] * 6
    held = [Measure(opens=n == 1, length=Fraction(n)) for n in (4, 1, 4, 4, 4)]
    assert silences(held, (4, 4)) == [0, 3, 0, 0, 0]
