"""What musicians write in ABC, many members of each kind: each is read as it is meant.

`kinds.json` holds the tunes by kind; where one does not begin with a field, `HEADER` stands before
it. What it means is written as MIDI numbers with lengths in quarters after a colon (1 where none is
given), ``r`` for a rest.
"""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from mer.io.tunebook.text import decoded, split_tunebook
from mer.io.tunebook.tunes import read_tune

HEADER = "X:1\nL:1/4\nM:4/4\nK:C\n"
FIELDS = ("X:", "T:", "%", "\ufeff", " ", "A ", "He ")
KINDS = json.loads((Path(__file__).parent / "kinds.json").read_text(encoding="utf-8"))
CASES = [(text, meant) for table in KINDS.values() for text, meant in table.items()]


def meaning(text: str) -> list[tuple[int, int, int]]:
    """Return pitch, onset and end in ticks, counted from the first note."""
    notes, now = [], Fraction(0)
    for word in text.split():
        pitch, _, length = word.partition(":")
        end = now + Fraction(length or 1)
        if pitch != "r":
            notes.append((int(pitch), round(480 * now), round(480 * end)))
        now = end
    begin = notes[0][1]
    return [(pitch, start - begin, end - begin) for pitch, start, end in notes]


@pytest.mark.parametrize(("text", "meant"), CASES, ids=[repr(text) for text, _ in CASES])
def test_a_tune_is_read_as_it_is_meant(text: str, meant: str) -> None:
    if not text.startswith(FIELDS):
        text = HEADER + text
    melody = read_tune(split_tunebook(text)[0]).melody
    assert melody is not None
    end = (melody.onset + melody.duration).tolist()
    found = list(zip(melody.pitch.tolist(), melody.onset.tolist(), end, strict=True))
    assert found == meaning(meant)


TITLES = {
    r"Br\"annvinsl\aat": "Brännvinslåt",
    r"Caf\'e": "Café",
    "Caf&eacute;": "Café",
    "Caf\\u00e9": "Café",
    r"Stra\sse, \AE lf, na\~no, \cc a": "Straße, Æ lf, naño, ç a",
    "R & J &amp; K": "R & J & K",
    r"5\% of a reel": "5% of a reel",
    "Reel % of mine": "Reel",
}


@pytest.mark.parametrize("written", TITLES)
def test_a_title_is_spelled_out(written: str) -> None:
    assert split_tunebook(f"X:1\nT:{written}\nK:C\nC|")[0].title == TITLES[written]


def test_a_book_may_be_in_two_codings() -> None:
    book = "X:1\nT:Brännvin\nK:C\nC|\n\n".encode() + "X:2\nT:Låt\nK:C\nD|\n".encode("latin-1")
    assert [tune.title for tune in split_tunebook(decoded(book))] == ["Brännvin", "Låt"]


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_tune_is_read_in_any_coding(coding: str, ending: str) -> None:
    text = ending.join(("X:1", "T:Gr\xfc\xdfe", "L:1/4", "K:C", "CD|", "EF|"))
    tune = split_tunebook(decoded(text.encode(coding)))[0]
    melody = read_tune(tune).melody
    assert melody is not None
    assert (tune.title, melody.pitch.tolist()) == ("Gr\xfc\xdfe", [60, 62, 64, 65])
