"""Beams join the short notes of one beat, and hooks point to the note that they belong to."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io import save_melody
from mer.io.score.musicxml import musicxml, score_of
from mer.io.sheet.beams import Stem, beam_ticks, beams
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody
from mer.notes.meter import Meter

SHORT = {
    "begin": "(",
    "continue": "-",
    "end": ")",
    "forward hook": ">",
    "backward hook": "<",
}
MEI = "{http://www.music-encoding.org/ns/mei}"


def tune(lengths, meter=None, *, downbeat=0):
    """Notes on end, a rest for a negative length."""
    onset, now, notes = [], 0, []
    for length in lengths:
        if length > 0:
            onset.append(now)
            notes.append(length)
        now += abs(length)
    melody = Melody(
        pitch=[60 + n % 3 for n in range(len(notes))],
        onset=onset,
        duration=notes,
        meter=None if meter is None else Meter.parse(meter),
    )
    return melody if not downbeat else Melody(**{**vars(melody), "downbeat": downbeat})


def written(text):
    """Return the beams of every note in a score, levels one after another; a dot for none."""
    root = ET.fromstring(text.split('partwise.dtd">\n')[1])
    return [
        "".join(SHORT[beam.text] for beam in note.findall("beam")) or "."
        for note in root.iter("note")
        if note.find("rest") is None
    ]


@pytest.mark.parametrize(
    ("meter", "eighths", "groups"),
    [
        ("2/4", 4, "() ()"),
        ("3/4", 6, "() () ()"),
        ("4/4", 8, "() () () ()"),
        ("2/2", 8, "(--) (--)"),
        ("3/8", 3, "(-)"),
        ("5/8", 5, "() () ."),
        ("6/8", 6, "(-) (-)"),
        ("9/8", 9, "(-) (-) (-)"),
        ("12/8", 12, "(-) (-) (-) (-)"),
        ("6/4", 12, "(----) (----)"),
        ("9/4", 18, "(----) (----) (----)"),
        (None, 8, "() () () ()"),
    ],
)
def test_a_bar_of_eighths_is_beamed_by_beats(meter, eighths, groups):
    assert "".join(written(musicxml(tune([240] * eighths, meter)))) == groups.replace(" ", "")


@pytest.mark.parametrize(
    ("meter", "lengths", "beamed"),
    [
        # A dotted eighth and a sixteenth: the hook points back.
        ("2/4", [360, 120], ["(", ")<"]),
        # The Scotch snap: it points on.
        ("2/4", [120, 360], ["(>", ")"]),
        # Sixteenth, eighth, sixteenth: each at its end.
        ("2/4", [120, 240, 120], ["(>", "-", ")<"]),
        # In the middle of a jig's beat it points to the dotted note, before or after.
        ("6/8", [360, 120, 240], ["(", "-<", ")"]),
        ("6/8", [240, 120, 360], ["(", "->", ")"]),
        ("6/8", [240, 240, 120, 120], ["(", "-", "-(", "))"]),
        # A thirty-second after a double-dotted eighth has two hooks.
        ("2/4", [420, 60], ["(", ")<<"]),
        # A hook lies where the longer beam of its note lies.
        ("2/4", [240, 60, 180], ["(", "-(>", "))"]),
        ("2/4", [120, 120, 240], ["((", "-)", ")"]),
        # Rests and long notes divide; a note alone has a flag.
        ("2/4", [240, -240, 240, 240], [".", "(", ")"]),
        ("4/4", [240, 480, 240, 960], [".", ".", ".", "."]),
        ("3/8", [240, 480], [".", "."]),
        # A triplet of eighths; three eighths in the second half of a dotted half.
        ("2/4", [160, 160, 160, 480], ["(", "-", ")", "."]),
        ("6/4", [720, 240, 240, 240], [".", "(", "-", ")"]),
    ],
)
def test_worked_by_hand(meter, lengths, beamed):
    assert written(musicxml(tune(lengths, meter))) == beamed


def test_a_pick_up_is_beamed_as_the_end_of_a_bar():
    # One eighth belongs to the beat before, two and a half beats begin in the middle of a beat.
    assert written(musicxml(tune([240] * 7, "6/8", downbeat=240))) == [".", *"(-)(-)"]
    assert written(musicxml(tune([240] * 5, "4/4", downbeat=720)))[:3] == [".", "(", ")"]
    assert written(musicxml(tune([240] * 7, "5/8", downbeat=480)))[:2] == [".", "."]


def test_the_first_note_of_a_chord_holds_its_beams():
    high = tune([240, 240], "2/4")
    text = score_of(Sheet(parts=(Part(melody=high.transpose(4), others=(high,)),)))
    assert written(text) == ["(", ".", ")", "."]


def test_what_beams_share():
    names = ("2/4", "2/2", "3/8", "3/16", "5/8", "6/8", "9/16", "6/4", "7/16")
    spans = [beam_ticks(Meter.parse(name)) for name in names]
    assert spans == [480, 960, 720, 360, 480, 720, 360, 1440, 480]


STEMS = st.lists(
    st.tuples(st.sampled_from([30, 60, 120, 240, 360, 480]), st.booleans()), min_size=1
)
FLAGS = {30: 4, 60: 3, 120: 2, 240: 1, 360: 1, 480: 0}


@given(STEMS, st.sampled_from([480, 720, 960, 1440]))
def test_every_beam_that_begins_ends_within_its_beat(notes, span):
    stems, now = [], 0
    for length, sounds in notes:
        stems.append(Stem(now, FLAGS[length] if sounds else 0))
        now += length
    found = list(beams(stems, span))
    assert len(found) == len(stems)
    for stem, words in zip(stems, found, strict=True):
        assert len(words) in (0, stem.flags)
        assert not words or "hook" not in words[0]
    for (a, mine), (b, next_) in pairwise(zip(stems, found, strict=True)):
        joined = bool(mine) and mine[0] in ("begin", "continue")
        assert joined == (bool(next_) and next_[0] in ("continue", "end"))
        assert joined == bool(a.flags and b.flags and a.position // span == b.position // span)
        for level in range(1, 5):
            opens = len(mine) >= level and mine[level - 1] in ("begin", "continue")
            goes_on = len(next_) >= level and next_[level - 1] in ("continue", "end")
            assert opens == goes_on


JIG = tune([360, 120, 240, 240, 240, 240, 720, 120, 600], "6/8")
JIG_BEAMS = ["(", "-<", ")", "(", "-", ")", ".", ".", "."]


def test_music21_finds_the_beams(tmp_path):
    music21 = pytest.importorskip("music21", reason="the extra for scores is not installed")
    save_melody(JIG, tmp_path / "jig.mxl")
    kinds = {"start": "(", "continue": "-", "stop": ")"}
    partial = {"left": "<", "right": ">"}
    read = [
        "".join(
            partial[beam.direction] if beam.type == "partial" else kinds[beam.type]
            for beam in note.beams.beamsList
        )
        or "."
        for note in music21.converter.parse(tmp_path / "jig.mxl").recurse().notes
    ]
    assert written(musicxml(JIG))[: len(JIG_BEAMS)] == JIG_BEAMS
    assert read == written(musicxml(JIG))


def test_verovio_finds_the_beams():
    verovio = pytest.importorskip("verovio", reason="the extra for scores is not installed")
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    assert toolkit.loadData(musicxml(JIG))
    root = ET.fromstring(toolkit.getMEI())
    held = [
        [note.get("dur") for note in beam.iter(f"{MEI}note")] for beam in root.iter(f"{MEI}beam")
    ]
    assert held == [["8", "16", "8"], ["8", "8", "8"]]
    sixfour = tune([240] * 12, "6/4")
    assert toolkit.loadData(musicxml(sixfour))
    root = ET.fromstring(toolkit.getMEI())
    assert [len(list(beam.iter(f"{MEI}note"))) for beam in root.iter(f"{MEI}beam")] == [6, 6]
