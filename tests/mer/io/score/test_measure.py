"""Bars of MusicXML, worked by hand."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from mer.errors import InputError
from mer.io.score.measure import QUARTERS, MeasureReader, dotted, number, written_quarters

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


def test_each_sign_is_half_of_the_one_before():
    assert list(QUARTERS)[3:8] == ["whole", "half", "quarter", "eighth", "16th"]
    assert list(QUARTERS)[-1] == "1024th"
    assert [QUARTERS[name] for name in ("breve", "quarter", "32nd")] == [8, 1, Fraction(1, 8)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12", 12), (" 0.5", Fraction(1, 2)), ("-3", -3), (".25", Fraction(1, 4))),
        *(("NaN", None), ("1e9", None), ("9" * 10, None), ("", None), (None, None)),
    ],
)
def test_numbers(text, value):
    assert number(text) == value


def test_dots_and_tuplets():
    assert [dotted(Fraction(2), dots) for dots in (0, 1, 2)] == [2, 3, Fraction(7, 2)]
    triplet = "<time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>"
    text = f"<note><type>quarter</type>{triplet}</time-modification></note>"
    assert written_quarters(ET.fromstring(text)) == Fraction(2, 3)
    assert written_quarters(ET.fromstring("<note><type>odd</type></note>")) is None


def test_a_small_letter_is_a_step_and_a_comma_a_point() -> None:
    note = "<note><pitch><step>c</step><octave>5</octave></pitch><duration>1</duration></note>"
    measure = ET.fromstring(f"<measure><sound tempo='66,5'/>{note}</measure>")
    read = MeasureReader(Fraction(1)).read(measure)
    assert read.tempos == [66.5]
    assert read.notes[0][1].pitch == 72


def test_hidden_notes_that_write_out_an_ornament_are_left_out() -> None:
    hidden = NOTE.format("", "B", 1).replace("<note>", "<note print-object='no'>")
    back = "<backup><duration>2</duration></backup>"
    read = MeasureReader(Fraction(1)).read(
        ET.fromstring(f"<measure>{NOTE.format('', 'A', 2)}{back}{hidden * 3}</measure>")
    )
    # The third hidden note begins where the printed one has ended.
    assert [(note.pitch, float(note.start)) for _, note in read.notes] == [(69, 0.0), (71, 2.0)]
    assert read.left_out[1, "hidden"] == 2
