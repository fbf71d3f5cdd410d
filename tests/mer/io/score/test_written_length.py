"""Lengths of signs, worked by hand."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from mer.io.score.written_length import QUARTERS, dotted, number, written_quarters


def test_each_sign_is_half_of_the_one_before():
    assert list(QUARTERS)[3:8] == ["whole", "half", "quarter", "eighth", "16th"]
    assert list(QUARTERS)[-1] == "1024th"
    assert [QUARTERS[name] for name in ("breve", "quarter", "32nd")] == [8, 1, Fraction(1, 8)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12", 12), (" 0.5", Fraction(1, 2)), ("-3", -3), (".25", Fraction(1, 4))),
        *(("NaN", None), ("1e9", None), ("9" * 10, None), ("", None), (None, None)),
    ],
)
def test_numbers(text, value):
    assert number(text) == value


def test_dots_and_tuplets():
    assert [dotted(Fraction(2), dots) for dots in (0, 1, 2)] == [2, 3, Fraction(7, 2)]
    triplet = "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    text = f"<note><type>quarter</type>{triplet}</time-modification></note>"
    assert written_quarters(ET.fromstring(text)) == Fraction(2, 3)
    assert written_quarters(ET.fromstring("<note><type>odd</type></note>")) is None
