"""Fields of ABC: keys, metres, lengths, tempi, voices."""

from fractions import Fraction

import pytest

from mer.io.tunebook.fields import (
    LETTER_CLASS,
    parse_key,
    parse_length,
    parse_meter,
    parse_tempo,
    parse_voice,
    signature_of,
)
from mer.notes.key import Key

F, C, G = {"F": 1}, {"F": 1, "C": 1}, {"F": 1, "C": 1, "G": 1}


@pytest.mark.parametrize(
    ("value", "signature", "key"),
    [
        ("C", {}, "C major"),
        ("G", F, "G major"),
        ("Em", F, "E minor"),
        ("EM", F, "E minor"),  # capitals make no difference to a mode
        ("E minor", F, "E minor"),
        ("Edorian", C, "E dorian"),
        ("E DOR", C, "E dorian"),
        ("em", F, "E minor"),
        ("A Mixolydian", C, "A mixolydian"),
        ("Gloc", {"B": -1, "E": -1, "A": -1, "D": -1}, "G locrian"),
        ("F#m", G, "F# minor"),
        ("B♭", {"B": -1, "E": -1}, "Bb major"),
        ("Bb", {"B": -1, "E": -1}, "Bb major"),
        ("B bass", {"F": 1, "C": 1, "G": 1, "D": 1, "A": 1}, "B major"),
        ("F lyd", {}, "F lydian"),
        ("C aeo", {"B": -1, "E": -1, "A": -1}, "C minor"),
        ("C ion", {}, "C major"),
        ("D Phr ^f", {"B": -1, "E": -1, "F": 1}, "D phrygian"),
        ("Dphr^f", {"B": -1, "E": -1, "F": 1}, "D phrygian"),
        ("Dm^c", {"B": -1, "C": 1}, "D minor"),
        ("D =c", F, "D major"),
        ("D maj _e ^^f", {"C": 1, "E": -1, "F": 2}, "D major"),
        ("D exp _b _e ^f", {"B": -1, "E": -1, "F": 1}, None),
        ("G exp ^f", F, "G major"),
        ("D exp", {}, "D dorian"),
        ("exp ^f_b", {"F": 1, "B": -1}, None),
        ("^f_b", {"F": 1, "B": -1}, None),
        ("HP", C, None),
        ("Hp", C, None),
        ("none", {}, None),
        ("", {}, None),
        ("none ^g", {"G": 1}, None),
    ],
)
def test_a_key_has_its_signature(value: str, signature: dict[str, int], key: str | None) -> None:
    found = parse_key(value)
    assert found.understood
    assert found.signature == signature
    assert found.key == (None if key is None else Key.parse(key))


@pytest.mark.parametrize(
    ("value", "shifts"),
    [
        ("C bass", {"clef": 0}),
        ("C clef=tenor", {"clef": 0}),
        ("C treble-8", {"clef": -1}),
        ("C clef=treble+8", {"clef": 1}),
        ('Am clef="treble-8"', {"clef": -1}),
        ("G clef=bass-8 octave=-1", {"clef": -1, "octave": -1}),
        ("C octave=1 transpose=-2", {"octave": 1, "transpose": -2}),
        ("C middle=d", {}),
        ("C alto4+15", {"clef": 2}),
        ("Gm", {}),
    ],
)
def test_clefs_move_by_octaves_only_where_they_say_so(value: str, shifts: dict[str, int]) -> None:
    assert parse_key(value).shifts == shifts


@pytest.mark.parametrize("value", ["clef=bass", "bass", "treble-8", "octave=1"])
def test_a_clef_alone_leaves_the_key(value: str) -> None:
    assert parse_key(value).signature is None


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("J", None),
        ("Dxyz", Key(2)),
        ("waltz", None),
        ("H", Key(11)),
        ("Es", Key(3)),
        ("Fism", Key(6, "minor")),
        ("As", Key(8)),
        ("Des", Key(1)),
    ],
)
def test_a_key_that_makes_no_sense_is_told(value: str, key: Key | None) -> None:
    assert (parse_key(value).understood, parse_key(value).key) == (False, key)


@pytest.mark.parametrize("sharps", range(-14, 15))
def test_every_signature_moves_a_scale_by_fifths(sharps: int) -> None:
    found = signature_of(sharps)
    classes = {(LETTER_CLASS[letter] + found.get(letter, 0)) % 12 for letter in LETTER_CLASS}
    tonic = 7 * sharps % 12
    assert classes == {(tonic + step) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}


@pytest.mark.parametrize(
    ("value", "meter"),
    [
        ("4/4", (4, 4)),
        ("C", (4, 4)),
        ("C|", (2, 2)),
        (" 6/8 ", (6, 8)),
        ("(2+3)/8", (5, 8)),
        ("2+3+2/8", (7, 8)),
        ("(2+2+3)/16", (7, 16)),
        ("2/4+3/8", (7, 8)),
        ("3/4 2/4", (3, 4)),
        ("none", None),
        ("", None),
    ],
)
def test_metres(value: str, meter: tuple[int, int] | None) -> None:
    assert parse_meter(value) == (meter, True)


@pytest.mark.parametrize("value", ["waltz", "6-8", "0/4", "3/0", "Common"])
def test_a_metre_that_makes_no_sense(value: str) -> None:
    assert parse_meter(value) == (None, False)


@pytest.mark.parametrize(
    ("value", "length"),
    [("1/8", "1/8"), ("1", "1"), (" 1/1", "1"), ("3/8", "3/8"), ("=1/4", "1/4")],
)
def test_lengths(value: str, length: str) -> None:
    assert parse_length(value) == Fraction(length)


@pytest.mark.parametrize("value", ["", "0", "1/0", "x"])
def test_a_length_that_makes_no_sense(value: str) -> None:
    assert parse_length(value) is None


@pytest.mark.parametrize(
    ("value", "tempo"),
    [
        ("1/4=120", 120.0),
        ("1/2=60", 120.0),
        ("3/8=40", 60.0),
        ("1/4 3/8 1/4 3/8=40", 200.0),
        ('"Allegro" 1/4=120', 120.0),
        ('3/8=50 "Slowly"', 75.0),
        ("1/4 = ca. 96", 96.0),
        ("1/4=96-108", 96.0),
        ("120", 120.0),
        ("C=100", 50.0),
        ("C3=40", 60.0),
        ('"Andante"', None),
        ("1/4=", None),
        ("1/0=3", None),
    ],
)
def test_tempi_in_quarters(value: str, tempo: float | None) -> None:
    assert parse_tempo(value, Fraction(1, 8)) == tempo


def test_a_voice_has_its_name() -> None:
    assert parse_voice("T1 nm=Flute snm=Fl.").name == "Flute"
    assert parse_voice('B clef=bass name="Basso I" octave=-1').shifts == {"clef": 0, "octave": -1}
    assert (parse_voice(" 2 ").voice, parse_voice("").voice) == ("2", "")
