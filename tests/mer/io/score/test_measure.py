"""Bars of MusicXML, worked by hand."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from mer.errors import InputError
from mer.io.score.measure import MeasureReader

NOTE = (
    "<note>{}<pitch><step>{}</step><octave>4</octave></pitch><duration>{}</duration>"
    "<voice>1</voice></note>"
)

ADDED = "<beats>3</beats><beat-type>8</beat-type>"


def read(text, divisions=2):
    return MeasureReader(Fraction(divisions)).read(ET.fromstring(f"<measure>{text}</measure>"))


def places(measure):
    return [(note.pitch, float(note.start), float(note.end)) for _, note in measure.notes]


def test_two_voices_and_a_chord():
    text = NOTE.format("", "C", 2) + NOTE.format("<chord/>", "E", 2) + NOTE.format("", "D", 2)
    text += "<backup><duration>4</duration></backup>" + NOTE.format("", "A", 3)
    measure = read(text)
    assert places(measure) == [(60, 0, 1), (64, 0, 1), (62, 1, 2), (69, 0, 1.5)]
    assert (measure.furthest, measure.nominal) == (2, 4)


def test_a_backup_goes_no_further_than_the_barline():
    text = NOTE.format("", "C", 2) + "<backup><duration>9</duration></backup>"
    assert places(read(text + NOTE.format("", "D", 2))) == [(60, 0, 1), (62, 0, 1)]


def test_a_chord_without_its_first_note_is_a_note():
    text = NOTE.format("<chord/>", "C", 2) + NOTE.format("", "D", 2)
    assert places(read(text)) == [(60, 0, 1), (62, 1, 2)]


@pytest.mark.parametrize(
    ("time", "meter"),
    [
        ("<beats>6</beats><beat-type>8</beat-type>", (6, 8)),
        ("<beats>3+2</beats><beat-type>8</beat-type>", (5, 8)),
        (
            "<beats>3</beats><beat-type>8</beat-type><beats>2</beats><beat-type>4</beat-type>",
            (7, 8),
        ),
        ("<senza-misura/>", None),
        ("<beats>4</beats><beat-type>0</beat-type>", None),
    ],
)
def test_metres(time, meter):
    measure = read(f"<attributes><time>{time}</time></attributes>")
    assert [m for _, m in measure.meters] == ([meter] if meter else [])


def test_a_pitch_that_does_not_exist_and_an_endless_bar_are_refused():
    with pytest.raises(InputError, match="the step 'H'"):
        read(NOTE.format("", "H", 2))
    with pytest.raises(InputError, match="a bar lasts 100,000 quarters"):
        read(NOTE.format("", "C", 200_000))
