"""Lengths are written as the signs that a player expects, and none is lost."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.sheet.signs import Sign, signed_lengths, signs

KINDS = ("whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th")


@pytest.mark.parametrize(
    ("ticks", "kind", "dots", "ratio", "flags"),
    [
        (1920, "whole", 0, (1, 1), 0),
        (1440, "half", 1, (1, 1), 0),
        (480, "quarter", 0, (1, 1), 0),
        (840, "quarter", 2, (1, 1), 0),
        (240, "eighth", 0, (1, 1), 1),
        (360, "eighth", 1, (1, 1), 1),
        (160, "eighth", 0, (3, 2), 1),
        (96, "16th", 0, (5, 4), 2),
        (60, "32nd", 0, (1, 1), 3),
        (15, "128th", 0, (1, 1), 5),
    ],
)
def test_signs_worked_by_hand(
    ticks: int, kind: str, dots: int, ratio: tuple[int, int], flags: int
) -> None:
    assert signs()[ticks] == Sign(kind, dots, ratio)
    assert signs()[ticks].flags == flags


def test_every_sign_lasts_as_long_as_it_says() -> None:
    for ticks, sign in signs().items():
        notes, plain = sign.ratio
        dotted = 2 - Fraction(1, 2**sign.dots)
        assert ticks == 1920 / Fraction(2 ** KINDS.index(sign.kind)) * dotted * plain / notes


@pytest.mark.parametrize(
    ("ticks", "parts"), [(720, [720]), (1200, [960, 240]), (600, [480, 120]), (481, [480, 1])]
)
def test_what_no_sign_has_is_split(ticks: int, parts: list[int]) -> None:
    assert signed_lengths(ticks) == parts


@given(st.integers(1, 10_000))
def test_parts_add_up_and_only_the_last_may_lack_a_sign(ticks: int) -> None:
    parts = signed_lengths(ticks)
    assert sum(parts) == ticks
    assert all(part in signs() for part in parts[:-1])
