"""Pitch + key signature -> letter, alteration, octave; what of it needs an accidental.

Pitches are spelled on the line of fifths, from three below the tonic of the signature to eight
above: in C, E flat to G sharp.
"""

from __future__ import annotations

from typing import NamedTuple

_LETTERS = "FCGDAEB"


class Spelled(NamedTuple):
    """A pitch as it is written: 60 is C in octave 4; the alteration is in semitones."""

    letter: str
    alter: int
    octave: int


def spelled(pitch: int, sharps: int) -> Spelled:
    """Return how a pitch is spelled.

    Parameters
    ----------
    sharps
        Of the key signature; flats are negative.

    Examples
    --------
    >>> spelled(61, 0), spelled(61, -5)
    (Spelled(letter='C', alter=1, octave=4), Spelled(letter='D', alter=-1, octave=4))
    """
    fifths = (pitch * 7 - (sharps - 3)) % 12 + sharps - 3
    alter, place = divmod(fifths + 1, 7)
    return Spelled(_LETTERS[place], alter, (pitch - alter) // 12 - 1)


def signature(letter: str, sharps: int) -> int:
    """Return the alteration that a key signature gives a letter.

    Examples
    --------
    >>> [signature(letter, 2) for letter in "FCG"], signature("B", -1)
    ([1, 1, 0], -1)
    """
    place = _LETTERS.index(letter)
    return 1 if place < sharps else -1 if 7 - place <= -sharps else 0
