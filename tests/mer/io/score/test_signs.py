"""Signs of note values by hand, and lengths that no sign has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.score.signs import Sign, signed_lengths, signs


@pytest.mark.parametrize(
    ("ticks", "sign", "flags"),
    [
        (1920, Sign("whole", 0, (1, 1)), 0),
        (720, Sign("quarter", 1, (1, 1)), 0),
        (840, Sign("quarter", 2, (1, 1)), 0),
        (240, Sign("eighth", 0, (1, 1)), 1),
        (160, Sign("eighth", 0, (3, 2)), 1),
        (320, Sign("quarter", 0, (3, 2)), 0),
        (96, Sign("16th", 0, (5, 4)), 2),
        (180, Sign("16th", 1, (1, 1)), 2),
        (15, Sign("128th", 0, (1, 1)), 5),
    ],
)
def test_signs(ticks: int, sign: Sign, flags: int) -> None:
    assert signs()[ticks] == sign
    assert sign.flags == flags


def test_a_tuplet_is_dotted_once_at_most() -> None:
    tuplets = [sign for sign in signs().values() if sign.ratio != (1, 1)]
    assert {sign.dots for sign in tuplets} == {0, 1}
    assert max(sign.dots for sign in signs().values()) == 2


@pytest.mark.parametrize(
    ("ticks", "parts"), [(480, [480]), (600, [480, 120]), (1200, [960, 240]), (7, [7])]
)
def test_lengths_that_are_tied(ticks: int, parts: list[int]) -> None:
    assert signed_lengths(ticks) == parts


@given(st.integers(1, 10_000))
def test_lengths_add_up_and_only_the_last_may_have_no_sign(ticks: int) -> None:
    parts = signed_lengths(ticks)
    assert sum(parts) == ticks
    assert all(part in signs() for part in parts[:-1])
