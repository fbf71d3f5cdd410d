"""Tokens of kern, worked by hand."""

from fractions import Fraction

import pytest

from mer.io.score.kern_token import kern_notes, kern_sign


@pytest.mark.parametrize(
    ("token", "pitches", "quarters"),
    [
        ("4c", [60], 1),
        ("8.BB-", [46], Fraction(3, 4)),
        ("4cc# 4ee", [73, 76], 1),
        ("2r", [], 2),
        ("1ggr", [], 4),
        ("0c", [60], 8),
        ("12f#", [66], Fraction(1, 3)),
        ("3%2d", [62], Fraction(8, 3)),
        ("[4an_", [69], 1),
    ],
)
def test_notes(token, pitches, quarters):
    event = kern_notes(token)
    assert ([note.pitch for note in event.notes], event.quarters) == (pitches, quarters)


def test_what_is_no_note():
    assert kern_notes(".") is None
    assert kern_notes("8qc").is_grace
    assert kern_notes("c").is_unmeasured


@pytest.mark.parametrize(
    ("token", "sign"),
    [
        ("*M4/4", ("metre", (4, 4))),
        ("*M3+2/8", ("metre", (5, 8))),
        ("*M0/4", None),
        ("*MM72.5", ("tempo", 72.5)),
        ("*MM[Lento]", None),
        ("*met(C)", None),
        ("*k[f#c#]", ("key", (2, ""))),
        ("*g:", ("key", (-2, "minor"))),
        ("*E-:", ("key", (-3, "major"))),
        ("*d:dor", ("key", (0, "dorian"))),
        ("*a:lyd", ("key", (4, "lydian"))),
        ("*Isoprn", ("name", "Soprano")),
        ('*I"Violin I', ("name", "Violin I")),
        ("*", None),
    ],
)
def test_signs(token, sign):
    assert kern_sign(token) == sign
