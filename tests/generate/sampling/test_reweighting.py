"""Candidates that a richer model weighs: who is drawn, and how many they are worth."""

import numpy as np
import pytest

from generate.sampling.reweighting import effective_number, resampled


class Chance:
    """A generator whose next number is known."""

    def __init__(self, number: float) -> None:
        self.number = number

    def random(self) -> float:
        return self.number


CHAIN = np.array([3.0, 3.0, 5.0])
RICHER = np.array([3.0, 2.0, 5.0])  # the second is twice as likely as the others: 1, 2, 1


@pytest.mark.parametrize(
    ("number", "drawn"),
    [(0.0, 0), (0.24, 0), (0.26, 1), (0.74, 1), (0.76, 2), (0.999, 2), (1.0, 2)],
)
def test_candidates_are_drawn_by_the_ratio_of_their_probabilities(
    number: float, drawn: int
) -> None:
    assert resampled(CHAIN, RICHER, Chance(number)) == drawn  # type: ignore[arg-type]


def test_bits_of_long_pieces_do_not_overflow() -> None:
    rng = np.random.default_rng(0)
    assert resampled(np.array([9000.0, 9000.0]), np.array([100.0, 20000.0]), rng) == 0
    assert effective_number(np.array([9000.0, 9000.0]), np.array([100.0, 20000.0])) == 1.0


def test_the_effective_number_by_hand() -> None:
    assert effective_number(CHAIN, RICHER) == pytest.approx((1 + 2 + 1) ** 2 / (1 + 4 + 1))
    assert effective_number(np.zeros(7), np.full(7, 4.0)) == pytest.approx(7.0)
