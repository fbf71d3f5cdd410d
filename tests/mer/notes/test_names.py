"""Names of notes and intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.notes.names import (
    FLAT_NAMES,
    SHARP_NAMES,
    counted,
    interval_name,
    letter_name,
    letter_semitones,
    note_name,
    note_number,
    pitch_name,
    step_words,
    transposition_words,
)


def test_note_names() -> None:
    assert [note_name(pitch) for pitch in (0, 60, 61, 127)] == ["C-1", "C4", "C♯4", "G9"]
    assert [pitch_name(pitch) for pitch in (61, 63, 71, 70)] == ["C#4", "Eb4", "B4", "Bb4"]


@given(st.integers(0, 127))
def test_a_name_is_read_back_as_its_number(pitch: int) -> None:
    for name in (pitch_name(pitch), note_name(pitch), pitch_name(pitch).lower(), str(pitch)):
        assert note_number(name) == note_number(f" {name} ") == pitch
    assert letter_semitones(letter_name(pitch)) == pitch % 12
    assert pitch_name(pitch) == f"{letter_name(pitch)}{pitch // 12 - 1}"


@pytest.mark.parametrize(
    ("name", "number"),
    [("C4", 60), ("B#4", 72), ("Cb4", 59), ("c-1", 0), ("bb3", 58), ("F♯5", 78), ("E♭2", 39)],
)
def test_note_numbers_worked_by_hand(name: str, number: int) -> None:
    assert note_number(name) == number


@pytest.mark.parametrize(
    "text", ["", "H4", "C", "4C", "C##4", "C10", "-3", "60.5", "12345", "C4 D"]
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write for example C4, F#5 or 60"):
        note_number(text)


@pytest.mark.parametrize("text", ["", "H", "C4", "C##", "c "])
def test_what_is_no_letter_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write for example C, F# or Bb"):
        letter_semitones(text)


def test_all_names_lie_on_their_pitch_class() -> None:
    for names in (SHARP_NAMES, FLAT_NAMES):
        assert [letter_semitones(name) % 12 for name in names] == list(range(12))


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
