"""Names of notes and intervals."""

import pytest

from mer.notes.names import (
    counted,
    interval_name,
    note_name,
    pitch_name,
    step_words,
    transposition_words,
)


def test_note_names() -> None:
    assert [note_name(pitch) for pitch in (0, 60, 61, 127)] == ["C-1", "C4", "C♯4", "G9"]
    assert [pitch_name(pitch) for pitch in (61, 63, 71, 70)] == ["C#4", "Eb4", "B4", "Bb4"]


def test_counts_agree_with_their_nouns() -> None:
    assert [counted(n, "tune") for n in (0, 1, 2, 1179)] == [
        "0 tunes",
        "1 tune",
        "2 tunes",
        "1,179 tunes",
    ]
    assert [counted(n, "match", "matches") for n in (1, 2)] == ["1 match", "2 matches"]


@pytest.mark.parametrize(
    ("semitones", "name"),
    [
        (0, "a unison"),
        (-1, "a semitone"),
        (7, "a fifth"),
        (-12, "an octave"),
        (13, "an octave and a semitone"),
        (-24, "2 octaves"),
        (31, "2 octaves and a fifth"),
    ],
)
def test_interval_names(semitones: int, name: str) -> None:
    assert interval_name(semitones) == name


def test_steps_say_where_they_lead() -> None:
    assert [step_words(n) for n in (4, -5, 0)] == [
        "up a major third",
        "down a fourth",
        "the same note",
    ]


def test_transpositions() -> None:
    assert transposition_words(0) == "at the same pitch"
    assert transposition_words(-2) == "2 semitones lower"
