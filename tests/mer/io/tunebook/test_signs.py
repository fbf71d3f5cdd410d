"""Lengths, tuplets, accidentals."""

from fractions import Fraction

import pytest

from mer.io.tunebook.signs import Accidentals, broken_factors, length_of, tuplet_of
from mer.io.tunebook.tokens import written


@pytest.mark.parametrize(
    ("text", "length"),
    [("", "1"), ("3", "3"), ("/", "1/2"), ("/4", "1/4"), ("///", "1/8"), ("3/", "3/2"),
     ("7/4", "7/4"), ("//2", "1/4")],
)  # fmt: skip
def test_lengths(text: str, length: str) -> None:
    assert length_of(text) == Fraction(length)


@pytest.mark.parametrize("text", ["0", "/0", "0/4"])
def test_nothing_lasts_no_time(text: str) -> None:
    assert length_of(text) is None


@pytest.mark.parametrize("sign", [">", ">>", ">>>", "<", "<<"])
def test_a_broken_rhythm_takes_as_much_as_it_gives(sign: str) -> None:
    before, after = broken_factors(sign)
    assert before + after == 2
    assert (before > after) == (sign[0] == ">")


@pytest.mark.parametrize(
    ("text", "meter", "factor", "notes"),
    [
        ("(2", (6, 8), "3/2", 2),
        ("(3", (4, 4), "2/3", 3),
        ("(4", (6, 8), "3/4", 4),
        ("(5", (4, 4), "2/5", 5),
        ("(5", (12, 8), "3/5", 5),
        ("(5", (3, 8), "2/5", 5),
        ("(6", (4, 4), "1/3", 6),
        ("(7", None, "2/7", 7),
        ("(8", (4, 4), "3/8", 8),
        ("(9", (9, 8), "1/3", 9),
        ("(3:2:2", (4, 4), "2/3", 2),
        ("(3::2", (4, 4), "2/3", 2),
        ("(3:4", (4, 4), "4/3", 3),
        ("(3:2:", (4, 4), "2/3", 3),
        ("(5:4:6", (4, 4), "4/5", 6),
    ],
)
def test_tuplets(text: str, meter: tuple[int, int] | None, factor: str, notes: int) -> None:
    assert tuplet_of(text, meter) == (Fraction(factor), notes)


def test_a_tuplet_of_nothing_makes_no_sense() -> None:
    assert tuplet_of("(3:0", (4, 4)) is None


def pitches(text: str, **options: str) -> list[int]:
    accidentals = Accidentals({"F": 1}, **options)  # type: ignore[arg-type]
    found = []
    for word in text.split():
        if word == "|":
            accidentals.barline()
        else:
            found.append(accidentals.pitch(written(word)))
    return found


@pytest.mark.parametrize(
    ("propagation", "expected"),
    [
        ("pitch", [66, 65, 77, 65, 78]),
        ("octave", [66, 65, 78, 65, 78]),
        ("not", [66, 65, 78, 66, 78]),
    ],
)
def test_an_accidental_reaches_as_far_as_it_is_told(propagation: str, expected: list[int]) -> None:
    assert pitches("F =F f F | f", propagation=propagation) == expected


def test_microtones_fall_to_the_nearest_semitone() -> None:
    assert pitches("^/C _/C ^1/2C ^3/4C _3/2B ^3/2D") == [60, 60, 60, 61, 70, 63]
    assert pitches("^^C __C =C ^C") == [62, 58, 60, 61]


def test_a_shift_moves_every_note() -> None:
    accidentals = Accidentals({"B": -1}, shift=-12)
    assert accidentals.pitch(written("B")) == 58
