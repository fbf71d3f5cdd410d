"""Values in front of notes -> how long each note lasts.

A value stays until the next. Several values together, ``8.6``, go round: a dotted eighth, a
sixteenth, and again. ``7.`` is a neume, which has no length.
"""

from __future__ import annotations

import re
from fractions import Fraction

# In quarters: 0 is a longa, 9 a breve, and the other digits as far as one is enough.
_QUARTERS = {
    **{"0": Fraction(16), "9": Fraction(8), "1": Fraction(4), "2": Fraction(2), "4": Fraction(1)},
    **{"8": Fraction(1, 2), "6": Fraction(1, 4), "3": Fraction(1, 8), "5": Fraction(1, 16)},
    "7": Fraction(1, 32),
}
VALUES = re.compile(r"(?:\d\.*)+")
_VALUE = re.compile(r"(\d)(\.*)")
NEUME = "7."


class Values:
    """The values that go round, and where in the round the next note stands.

    Examples
    --------
    >>> values = Values()
    >>> values.change("8.6")
    >>> [str(values.next()) for _ in range(3)]
    ['3/4', '1/4', '3/4']
    """

    def __init__(self) -> None:
        self.round: list[Fraction] = [Fraction(1)]
        self.place = 0
        self.neumes = False

    def change(self, written: str) -> None:
        """Begin a new round with the values that are written."""
        self.neumes = written == NEUME
        self.round = [Fraction(1)] if self.neumes else quarters(written)
        self.place = 0

    def next(self) -> Fraction:
        """Return how many quarters the next note lasts."""
        found = self.round[self.place % len(self.round)]
        self.place += 1
        return found


def quarters(written: str) -> list[Fraction]:
    """Return each value in quarters.

    Examples
    --------
    >>> [str(value) for value in quarters("8.6")]
    ['3/4', '1/4']
    """
    return [
        _QUARTERS[digit] * (2 - Fraction(1, 2 ** min(len(dots), 4)))
        for digit, dots in _VALUE.findall(written)
    ]


def squeeze(length: Fraction, total: Fraction | None, count: int) -> Fraction:
    """Return by what the lengths of notes in round brackets are multiplied.

    Parameters
    ----------
    length
        Of all together as they are written, in quarters.
    total
        What the group lasts, where a value in front of it says so.
    count
        The number at its end, such as the 5 of a quintuplet; 3 where there is none. Then so many
        notes take the time of the next lower power of two.

    Examples
    --------
    >>> str(squeeze(Fraction(3, 2), None, 3)), str(squeeze(Fraction(5, 2), Fraction(2), 5))
    ('2/3', '4/5')
    """
    if total is not None and length > 0:
        return total / length
    lower: int = 1 << max(count - 1, 1).bit_length() - 1
    return Fraction(lower, count)
