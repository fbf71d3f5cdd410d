"""Chord names: what is one, what is none, and its tones."""

import pytest

from mer.errors import InputError
from mer.notes.chord_names import KINDS, ChordName, chord_bars, chord_name


@pytest.mark.parametrize(
    ("text", "read", "tones"),
    [
        ("C", "C", (0, 4, 7)),
        ("Am", "Am", (9, 0, 4)),
        ("Amin7", "Am7", (9, 0, 4, 7)),
        ("F#m7b5", "F#m7b5", (6, 9, 0, 4)),
        ("B♭7", "Bb7", (10, 2, 5, 8)),
        ("G7/B", "G7/B", (7, 11, 2, 5)),
        ("C/C", "C", (0, 4, 7)),
        ("Dsus", "Dsus4", (2, 7, 9)),
        ("Em(maj7)", "Em(maj7)", (4, 7, 11, 3)),
        (" EbΔ ", "Ebmaj7", (3, 7, 10, 2)),
        ("A5", "A5", (9, 4)),
    ],
)
def test_names_that_are_chords(text: str, read: str, tones: tuple[int, ...]) -> None:
    found = chord_name(text)
    assert found is not None
    assert (found.text, found.pitch_classes) == (read, tones)


@pytest.mark.parametrize(
    "text", ["", "H", "Fine", "D.C.", "am", "C/", "A7/H", "Allegro", "C 7", "N.C."]
)
def test_words_that_are_none(text: str) -> None:
    assert chord_name(text) is None


def test_every_kind_is_read_as_it_is_written() -> None:
    for kind in KINDS:
        for name in (ChordName("F", 1, kind), ChordName("B", -1, kind, "A", -1)):
            assert chord_name(name.text) == name


def test_bars_of_progressions() -> None:
    assert [[one.text for one in bar] for bar in chord_bars("| Am | F G |")] == [["Am"], ["F", "G"]]
    assert [[one.text for one in bar] for bar in chord_bars("C, Am")] == [["C"], ["Am"]]
    for text in ("", "  ", "|", "Am | | F"):
        with pytest.raises(InputError, match="no chords in"):
            chord_bars(text)
    with pytest.raises(InputError, match="'X7' is no chord; write for example 'Am F C G'"):
        chord_bars("Am X7")
