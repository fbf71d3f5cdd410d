"""Meta events become signs on a track."""

import pytest

from mer.io.midi.signs import SIGNS, clean
from mer.io.midi.track import Track
from mer.notes.key import Key


def track_with(kind, value, tick=7):
    track = Track()
    SIGNS[kind](track, tick, value)
    return track


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (b"\0\0", [Key(0)]),
        (b"\xff\1", [Key(2, "minor")]),  # one flat
        (b"\7\0", [Key(1)]),  # seven sharps
        (b"\x08\0", []),
        (b"\0\2", []),
        (b"\0", []),
    ],
)
def test_keys(value, keys):
    assert track_with(0x59, value).keys == [(7, key) for key in keys]


def test_metres_and_tempos():
    assert track_with(0x58, b"\6\3\x18\x08").meters == [(7, (6, 8))]
    assert track_with(0x58, b"\6").meters == []
    assert track_with(0x51, b"\x07\xa1\x20").tempos == [(7, 500_000)]
    assert track_with(0x51, b"\x07\xa1").tempos == []


def test_texts_are_keys_titles_or_words():
    assert track_with(0x01, b"key: E dorian").keys == [(7, Key(4, "dorian"))]
    assert track_with(0x01, b"@TMy song").title == "My song"
    assert track_with(0x01, b"@KMIDI KARAOKE FILE").words == []
    assert track_with(0x01, b"\\La").words == [7]
    assert track_with(0x05, b"la").words == [7]


def test_the_first_name_counts():
    track = track_with(0x03, b"One")
    SIGNS[0x03](track, 9, b"Two")
    assert track.name == "One"


def test_a_name_is_one_short_line():
    assert clean(b"a\n\0b  c") == "a b c"
    assert clean(b"\xe9") == clean("é".encode()) == "é"
    assert len(clean(b"x" * 1000)) == 80
