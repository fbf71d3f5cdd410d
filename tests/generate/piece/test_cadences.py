"""What a cadence asks of the chords, and what is said where given ones end otherwise."""

import pytest

from generate.piece.cadences import CADENCES, cadence_named, chords_of, said_of_cadence
from generate.piece.given_chords import repeated_progression
from mer.errors import InputError
from mer.notes.key import MODE_SCALES, Key


@pytest.mark.parametrize(
    ("mode", "tonic", "subdominant"),
    [
        ("major", "major", "major"),
        ("mixolydian", "major", "major"),
        ("dorian", "minor", "major"),
        ("minor", "minor", "minor"),
        ("phrygian", "minor", "minor"),
    ],
)
def test_the_chords_are_those_of_the_mode(mode: str, tonic: str, subdominant: str) -> None:
    assert chords_of("tonic", mode) == ((0, tonic),)
    assert chords_of("subdominant", mode) == ((5, subdominant),)
    assert chords_of("dominant triad", mode) == ((7, "major"),)


def test_every_cadence_has_chords_in_every_mode() -> None:
    for cadence in CADENCES.values():
        for mode in MODE_SCALES:
            assert chords_of(cadence.final, mode)
            chords_of(cadence.before, mode)
    with pytest.raises(InputError, match="unknown cadence 'deceptive'; choose one of authentic"):
        cadence_named("deceptive")


# In C major and A minor: the chords that are given, and the cadences that they are.
@pytest.mark.parametrize(
    ("key", "text", "are"),
    [
        ("C", "C F G7 C", {"authentic"}),
        ("C", "G F C", {"plagal"}),
        ("C", "C F | C G", {"half"}),
        ("C", "F G G7", {"half"}),
        ("C", "C Gsus4 C", {"authentic"}),
        ("C", "C Gm C", set()),
        ("C", "C Am", set()),
        ("C", "C", set()),
        ("A minor", "Am E Am", {"authentic"}),
        ("A minor", "E Dm Am", {"plagal"}),
        ("A minor", "Am Em", set()),
    ],
)
def test_given_chords_that_end_otherwise_are_told_of(key: str, text: str, are: set[str]) -> None:
    given = repeated_progression(text, 0, 1920, text.count("|") + 1 if "|" in text else 4)
    given = given[: len(text.replace("|", "").split())]
    stop = given[-1].end
    told = {name: said_of_cadence(given, name, Key.parse(key), stop) for name in CADENCES}
    assert {name for name, said in told.items() if not said} == are
    for name in CADENCES:
        assert said_of_cadence(given, name, Key.parse(key), stop + 1) == ()
    assert said_of_cadence(given, None, Key.parse(key), stop) == ()


def test_one_chord_alone_is_no_cadence() -> None:
    given = repeated_progression("Am", 0, 1920, 4)
    (said,) = said_of_cadence(given, "half", Key(0), 4 * 1920)
    assert said == "the chords that are given stay: all are Am, which is no half cadence"
