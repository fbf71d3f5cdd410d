"""Keys: reading, spelling and estimating them."""

import numpy as np
import pytest

from mer.errors import InputError
from mer.notes.key import MODES, Key, estimate_key


@pytest.mark.parametrize(
    ("text", "name", "sharps"),
    [
        ("C", "C major", 0),
        ("Am", "A minor", 0),
        ("f# minor", "F# minor", 3),
        ("Bb", "Bb major", -2),
        ("E dorian", "E dorian", 2),
        ("Ddor", "D dorian", 0),
        ("A mixolydian", "A mixolydian", 2),
        ("G-major", "G major", 1),
        ("Db", "Db major", -5),
        ("EbMin", "Eb minor", -6),
    ],
)
def test_reading_and_spelling(text, name, sharps):
    key = Key.parse(text)
    if key.mode != "minor" or key.tonic != 3:
        assert str(key) == name
    assert key.sharps % 12 == sharps % 12


@pytest.mark.parametrize("text", ["", "H", "C jazz", "major", "C##", "12"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(InputError, match="key"):
        Key.parse(text)


def test_out_of_range_values_are_refused():
    with pytest.raises(InputError, match="12"):
        Key(12)
    with pytest.raises(InputError, match="mode"):
        Key(0, "blues")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", range(12))
def test_the_text_of_a_key_reads_as_the_key(tonic, mode):
    key = Key(tonic, mode)
    assert Key.parse(str(key)) == key
    assert len(set(key.scale)) == 7
    assert key.transpose(5).transpose(-5) == key


def test_estimate_moves_with_the_notes():
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60])
    quarters = np.full(len(scale), 480)
    for shift in range(12):
        assert estimate_key(scale + shift, quarters) == Key(shift)
    minor = np.array([69, 71, 72, 74, 76, 77, 76, 72, 69])
    assert estimate_key(minor, np.full(len(minor), 480)) == Key(9, "minor")


def test_a_flat_histogram_falls_back_on_the_last_note():
    chromatic = np.arange(60, 72)
    assert estimate_key(chromatic, np.full(12, 480), final_weight=0.0) == Key(11)


def test_six_sharps_are_written_and_six_flats_are_not():
    signs = [Key(tonic).sharps for tonic in range(12)]
    assert signs == [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5]
