"""Volpiano, worked out by hand."""

import pytest

from mer.errors import InputError
from mer.io.chant.volpiano import chant_of_volpiano

KINDS = {
    "all notes": (
        "1---89abcdefghjklmnopqrs",
        [53, 55, 57, 59, 60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77, 79, 81, 83, 84, 86],
    ),
    "liquescents are notes": ("1---()AJ", [53, 55, 57, 71]),
    "a flat holds until it is restored": ("1---ij--j---3---j-I-j", [70, 70, 70, 71]),
    "in its own octave": ("1---yb--j-zq", [58, 71, 82]),
    "E flat": ("1---we-xm", [63, 75]),
    "a bass clef": ("2---c-d-e", [40, 41, 43]),
    "a clef within": ("1---c---2---c", [60, 40]),
    "ends of lines and pages": ("1---g-7-h-77--j", [67, 69, 71]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sung(kind):
    text, pitches = KINDS[kind]
    chant = chant_of_volpiano(text)
    assert chant.pitch == pitches
    assert chant.remarks == []


def test_bars_end_phrases():
    assert chant_of_volpiano("1---gh---3---g---4").breaths == [2, 3]


def test_a_strange_sign_is_told():
    assert chant_of_volpiano("1---g--?--t").remarks == [
        "passed over 2 signs that Volpiano does not have: '?' 't'"
    ]


@pytest.mark.parametrize("text", ["", "g--h", "hello", "3---g"])
def test_what_is_refused(text):
    with pytest.raises(InputError, match="is no Volpiano"):
        chant_of_volpiano(text)
