"""Plaine & Easie, worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.io.incipit.fields import Fields, fields_of
from mer.io.incipit.music import part_of


def heard(notes, *, key="", time="4/4"):
    """Pitch, begin and length of each note."""
    part, _ = part_of(Fields("G-2", key, time, notes))
    return [(note.pitch, str(note.start), str(note.end - note.start)) for note in part.notes]


def pitches(notes, **signs):
    return [pitch for pitch, _, _ in heard(notes, **signs)]


def lengths(notes):
    return [length for _, _, length in heard(notes)]


# Notes -> MIDI numbers; C4 is 60.
PITCHES = {
    "octaves": ("'C''C'''C,C,,C'C", [60, 72, 84, 48, 36, 60]),
    "an accidental holds in its bar": ("'xFF/F", [66, 66, 65]),
    "in its octave": ("'xF''F'F", [66, 77, 66]),
    "a natural": ("'xFnFF", [66, 65, 65]),
    "double": ("'xxFbbB", [67, 69]),
    "a tied note keeps it over the bar": ("'xF+/FF", [66, 66, 65]),
    "a chord": ("'C^E^GD", [60, 64, 67, 62]),
    "grace notes": ("'gBC8qDE4qqFGrAB", [60, 64, 69, 71]),
    "a figure again": ("'!CD!ffE", [60, 62, 60, 62, 60, 62, 64]),
    "the bar before again": ("'CD/i/i/E", [60, 62, 60, 62, 60, 62, 64]),
    "a key within": ("'F/$xF 'F$ F", [65, 66, 65]),
    "a clef and beams": ("%F-4 {CD}t", [60, 62]),
}


@pytest.mark.parametrize("kind", PITCHES)
def test_pitches(kind):
    notes, wanted = PITCHES[kind]
    assert pitches(notes) == wanted


def test_a_key_signature():
    assert pitches("'FBE", key="bBE") == [65, 70, 63]
    assert pitches("'FC", key="x[F]C") == [66, 61]


LENGTHS = {
    "values": (
        "'0C9C1C2C4C8C6C3C5C7C",
        ["16", "8", "4", "2", "1", "1/2", "1/4", "1/8", "1/16", "1/32"],
    ),
    "dots": ("'4.C2..C", ["3/2", "7/2"]),
    "several values go round": ("'8.6CDEF4G", ["3/4", "1/4", "3/4", "1/4", "1"]),
    "a triplet": ("'(8CDE)4F", ["1/3", "1/3", "1/3", "1"]),
    "a triplet with its length": ("'2(4CDE)4F", ["2/3", "2/3", "2/3", "1"]),
    "a quintuplet": ("'4(6CDEFG;5)", ["1/5"] * 5),
    "unequal": ("'(4C8D)", ["2/3", "1/3"]),
    "a fermata is no group": ("'4(C)(D)", ["1", "1"]),
}


@pytest.mark.parametrize("kind", LENGTHS)
def test_lengths(kind):
    notes, wanted = LENGTHS[kind]
    assert lengths(notes) == wanted


def test_rests():
    assert [start for _, start, _ in heard("'4-C=2/D", time="3/4")] == ["1", "8"]


def test_barlines_metre_and_pickup(tmp_path):
    path = tmp_path / "x.pae"
    path.write_text("@clef:G-2\n@keysig:xF\n@timesig:3/4\n@data:'4D/GGB/2A4D/")
    melody = read_melody(path).melody
    assert (melody.meter, melody.downbeat, str(melody.key)) == ((3, 4), 480, "G major")


def test_neumes_have_no_rhythm(tmp_path):
    path = tmp_path / "x.pae"
    path.write_text("%C-4 7.'CDE")
    reading = read_melody(path)
    assert not reading.melody.rhythm_known
    assert reading.melody.duration.tolist() == [480] * 3


def remarks(notes, **fields):
    part, _ = part_of(Fields(fields.get("clef", "G-2"), "", fields.get("time", ""), notes))
    return part.remarks


def test_what_is_told():
    assert remarks("'C?§D") == ["passed over 2 signs that Plaine & Easie does not have"]
    assert remarks("'gCDi") == [
        "dropped 1 grace note",
        "left out 1 repeated bar ('i') with no whole bar before",
    ]
    assert remarks("'C", clef="C+4", time="o") == [
        "read mensural values as halves of each other, as if none were perfect",
        "the time signature 'o' says no metre of bars",
    ]


def test_several_incipits():
    fields, said = fields_of("@clef:G-2\n@data:'4C\n@clef:F-4\n@data:,4D\n")
    assert (fields.clef, fields.notes, said) == ("G-2", "'4C", ["took the first incipit of 2"])


def test_json():
    assert fields_of('{"clef": "G-2", "keysig": "xF", "data": "C"}')[0] == Fields(
        "G-2", "xF", "", "C"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "is no Plaine & Easie"),
        ("@clef:G-2\n", "has no notes"),
        ('{"clef": ', "is no JSON"),
        ('{"clef": "G-2"}', "has no notes"),
    ],
)
def test_what_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        fields_of(text)


def test_figures_that_would_fill_the_memory_are_refused():
    with pytest.raises(InputError, match="signs once figures"):
        part_of(Fields("", "", "", "!" + "C" * 1000 + "!" + "f" * 1000))


def test_a_group_takes_the_time_that_it_says():
    part, _ = part_of(Fields("", "", "", "'2(8CDEFG;5)4A"))
    assert part.notes[-1].start == Fraction(2)


def test_bytes_that_are_no_incipit_are_refused(tmp_path):
    path = tmp_path / "x.pae"
    path.write_bytes(b"$" + bytes(np.random.default_rng(0).integers(1, 256, 4999, dtype=np.uint8)))
    with pytest.raises(InputError, match=r"signs are none of Plaine & Easie.*and a clef") as error:
        read_melody(path)
    assert "\n" not in str(error.value)


def test_few_strange_signs_are_passed_over():
    part, _ = part_of(Fields("", "", "", "'4CD?E;F"))
    assert len(part.notes) == 4
    assert part.remarks == ["passed over 2 signs that Plaine & Easie does not have"]
