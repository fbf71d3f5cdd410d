"""Letters and alterations, and what a key signature gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.sheet.spelling import signature, spelled

SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@given(st.integers(0, 127), st.integers(-7, 7))
def test_a_spelling_sounds_as_the_pitch(pitch: int, sharps: int) -> None:
    letter, alter, octave = spelled(pitch, sharps)
    assert 12 * (octave + 1) + SEMITONES[letter] + alter == pitch
    assert -2 <= alter <= 2


@pytest.mark.parametrize("sharps", range(-7, 8))
def test_notes_of_the_signature_need_no_accidental(sharps: int) -> None:
    scale = {(step + 7 * sharps) % 12 for step in (0, 2, 4, 5, 7, 9, 11)}
    for pitch in range(60, 72):
        letter, alter, _ = spelled(pitch, sharps)
        assert (alter == signature(letter, sharps)) == (pitch % 12 in scale)
