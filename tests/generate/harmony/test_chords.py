"""Chords by hand: which tones, what stands above the score, which numeral."""

import pytest

from generate.harmony.chords import OPEN_FIFTH, QUALITIES, STATES, Chord, ChordClass
from mer.notes.key import Key


def chord(key: str, degree: int, quality: str) -> Chord:
    return Chord(key=Key.parse(key), degree=degree, quality=quality, onset=960, duration=720)


@pytest.mark.parametrize(
    ("key", "degree", "quality", "symbol", "roman"),
    [
        ("C", 0, "major", "C", "I"),
        ("F", 5, "major", "Bb", "IV"),
        ("E", 4, "minor", "G#m", "iii"),
        ("A minor", 10, "major", "G", "bVII"),
        ("A minor", 8, "major", "F", "bVI"),
        ("A minor", 7, "dominant", "E7", "V7"),
        ("D dorian", 3, "major", "F", "bIII"),
        ("C", 11, "diminished", "Bdim", "vii°"),
        ("B", 11, "diminished", "A#dim", "vii°"),
        ("C", 1, "major", "Db", "bII"),
        ("F#", 6, "major", "B#", "#IV"),
        ("Eb", 0, OPEN_FIFTH, "Eb5", "I5"),
        # No double sharp, and no double flat.
        ("G# minor", 11, "diminished", "Gdim", "vii°"),
        ("Db", 8, "major", "A", "bVI"),
        # Eight fifths below C is the last flat, twelve above it the last sharp.
        ("Db", 3, "major", "Fb", "bIII"),
    ],
)
def test_symbols_and_numerals(key: str, degree: int, quality: str, symbol: str, roman: str) -> None:
    found = chord(key, degree, quality)
    assert (found.symbol, found.roman) == (symbol, roman)


@pytest.mark.parametrize(
    ("quality", "tones"),
    [
        ("major", (2, 6, 9)),
        ("minor", (2, 5, 9)),
        ("diminished", (2, 5, 8)),
        ("dominant", (2, 6, 9, 0)),
        (OPEN_FIFTH, (2, 9)),
    ],
)
def test_the_tones_of_every_quality_on_d(quality: str, tones: tuple[int, ...]) -> None:
    found = chord("G", 7, quality)
    assert found.root == 2
    assert found.pitch_classes == tones
    assert found.kind.tones == tuple((tone - 7) % 12 for tone in tones)


def test_states_stand_by_quality_then_by_degree() -> None:
    assert len(STATES) == len(set(STATES)) == 48
    for number, quality in enumerate(QUALITIES):
        assert STATES[number * 12 + 7] == ChordClass(7, quality)


def test_times_in_ticks_and_quarters() -> None:
    found = chord("C", 0, "major")
    assert (found.end, found.onset_quarter, found.duration_quarter) == (1680, 2.0, 1.5)
