"""Scores: what is taken from them, and everything that can be wrong with one."""

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import load_melody, read_melody, save_melody
from mer.io.score.musicxml import musicxml
from mer.io.score.stream import melody_from_stream
from mer.notes.key import Key
from mer.notes.melody import Melody

ROOT = Path(__file__).parents[4]


@pytest.fixture
def read(tmp_path):
    def reader(name, text, **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_melody(path, **options)

    return reader


TWO_PARTS = """<score-partwise version="4.0"><part-list>
<score-part id="P1"><part-name>Flute</part-name></score-part>
<score-part id="P2"><part-name>Cello</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>2</divisions><key><fifths>1</fifths></key>
<time><beats>2</beats><beat-type>4</beat-type></time></attributes>
<note><grace/><pitch><step>A</step><octave>5</octave></pitch><voice>1</voice></note>
<note><pitch><step>G</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice>
<notations><fermata/></notations></note>
<note><pitch><step>E</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice></note>
<note><chord/><pitch><step>C</step><octave>5</octave></pitch><duration>2</duration></note>
</measure></part>
<part id="P2"><measure number="1"><attributes><divisions>2</divisions></attributes>
<note><pitch><step>C</step><octave>3</octave></pitch><duration>4</duration></note>
</measure></part></score-partwise>"""


def test_a_part_is_chosen_and_what_was_left_out_is_said(read):
    reading = read("x.musicxml", TWO_PARTS)
    assert reading.melody.pitch.tolist() == [79, 76]
    assert reading.melody.phrase_starts == (0, 1)
    assert reading.melody.meter == (2, 4)
    assert reading.melody.key == Key(4, "minor")  # no mode is written and it ends on E
    assert reading.remarks[0].startswith("took part 1 'Flute' of 2")
    assert reading.remarks[1] == "dropped 1 grace note"
    assert "1 of 3 notes left out" in reading.remarks[2]
    assert read("x.xml", TWO_PARTS, track="cello").melody.pitch.tolist() == [48]
    with pytest.raises(
        InputError,
        match=r"x\.xml: no part '3'; there are 2: 1 'Flute' \(3 notes, C5-G5\), 2 'Cello'",
    ):
        read("x.xml", TWO_PARTS, track=3)


def test_a_transposing_instrument_sounds_as_it_sounds(read):
    transpose = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    fifths = "<key><fifths>2</fifths><mode>major</mode></key>"
    text = FOUR.replace("<divisions>480</divisions>", f"<divisions>480</divisions>{fifths}", 1)
    text = text.replace("</clef></attributes>", f"</clef>{transpose}</attributes>", 1)
    melody = read("x.xml", text).melody
    assert melody.pitch.tolist() == [58] * 4
    assert melody.key == Key(0)


def test_the_first_tune_of_an_abc_file_is_taken(read):
    tune = "T:{}\nM:4/4\nK:C\nCDEF|\n\n"
    reading = read("x.abc", "% my tunes\nX:1\n" + tune.format("One") + "X:2\n" + tune.format("Two"))
    assert reading.melody.title == "One"
    assert reading.remarks == (
        "took the first tune, 'One', of 2 in the file; the option tune takes another, by number "
        "(X:) or title",
    )


def test_abc_without_number_length_and_metre_is_read(read):
    melody = read("x.abc", "K:D\nDEF GAB|").melody
    assert melody.pitch.tolist() == [62, 64, 66, 67, 69, 71]
    assert melody.duration.tolist() == [240] * 6
    assert melody.title == ""


def test_an_accidental_in_abc_holds_until_the_barline(read):
    assert read("x.abc", "X:1\nK:C\n^FGFG|F4|").melody.pitch.tolist() == [66, 67, 66, 67, 65]


def test_voices_of_abc_are_chosen_among(read):
    text = "X:1\nM:4/4\nL:1/4\nK:C\nV:1 name=Low\nC,D,E,F,|\nV:2 name=High\ncdef|\n"
    reading = read("x.abc", text)
    assert reading.melody.pitch.tolist() == [72, 74, 76, 77]
    assert "took voice 2 'High' of 2" in reading.remarks[0]
    assert read("x.abc", text, track="low").melody.pitch.tolist() == [48, 50, 52, 53]


def test_repeats_are_not_played_out(read):
    assert len(read("x.abc", "X:1\nM:2/4\nL:1/4\nK:C\n|:CD|EF:|").melody) == 4


def test_spines_of_kern_are_chosen_among(read):
    text = "**kern\t**kern\n*M2/4\t*M2/4\n4C\t4cc\n4D\t4dd\n=1\t=1\n4E\t4ee\n4F\t4ff\n*-\t*-\n"
    reading = read("x.krn", text)
    assert reading.melody.pitch.tolist() == [72, 74, 76, 77]
    assert "of 2" in reading.remarks[0]


def test_a_stream_built_by_hand():
    from music21 import meter, note, stream

    part = stream.Part()
    part.append([meter.TimeSignature("3/4"), note.Note("C4", quarterLength=1 / 3)])
    part.append(note.Note("D4", quarterLength=2 / 3))
    melody = melody_from_stream(part)
    assert melody.duration.tolist() == [160, 320]
    with pytest.raises(InputError, match="here: holds no notes"):
        melody_from_stream(stream.Part(), source="here")


FOUR = musicxml(Melody(pitch=[60] * 4, onset=[0, 480, 960, 1440], duration=[480] * 4))
LOL = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>'
WRONG = {
    "empty.abc": ("", "is empty"),
    "empty.musicxml": ("", "is empty"),
    "text.abc": ("hello, world", "holds no ABC tune"),
    "nokey.abc": ("X:1\nT:x\n", "has no music"),
    "rest.abc": ("X:1\nK:C\nz4|", "has no music"),
    "long.abc": ("X:1\nM:6/8\nK:G\n" + "GABc|\n" * 30_000, "characters; at most"),
    "binary.abc": ("X:1\0", "not a text file"),
    "bomb.xml": (LOL + FOUR, "XML entities"),
    "html.xml": ("<html><body/></html>", "no <score-partwise>"),
    "cut.musicxml": (FOUR[:-60], "cannot be read as MusicXML; ParseError"),
    "bad.musicxml": (FOUR.replace("<step>C", "<step>J"), "cannot be read as MusicXML"),
    "rests.musicxml": ("<score-partwise><part id='P1'/></score-partwise>", "no notes"),
    "text.mxl": ("hello, world", "no <score-partwise>"),
    "text.krn": ("hello, world", "not a kern file"),
    "bad.krn": ("**kern\n*M4/4\n4c\t4d\nxx\n4e\n", "cannot be read as kern"),
    "nothing.krn": ("**kern\n*-\n", "no"),
    "long.krn": ("**kern\n" + "4c\n" * 20_001 + "*-\n", "20,001 notes; at most 20,000"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_line(read, name, capfd):
    text, message = WRONG[name]
    with pytest.raises(InputError, match=message) as caught:
        read(name, text)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


SEEDS = {
    "x.abc": (ROOT / "data/motifs/greensleeves.abc").read_bytes(),
    "x.krn": (ROOT / "data/motifs/kettle-lane.krn").read_bytes(),
    "x.musicxml": FOUR.encode(),
    "x.mxl": (ROOT / "data/motifs/minuet-in-g.mxl").read_bytes(),
}


@pytest.mark.parametrize("name", SEEDS)
def test_mutated_files_are_refused_or_read(tmp_path, name, capfd):
    rng = np.random.default_rng(7)
    path = tmp_path / name
    for _ in range(40):
        content = bytearray(SEEDS[name])
        for place in rng.integers(0, len(content), rng.integers(1, 4)):
            content[place] = rng.integers(32, 127)
        if rng.random() < 0.3:
            del content[rng.integers(1, len(content)) :]
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            assert len(load_melody(path)) >= 1
    assert capfd.readouterr() == ("", "")


def test_nothing_is_written_outside_and_nothing_heavy_imported(tmp_path):
    """music21 keeps no settings, no cache; MIDI, MusicXML and kern do without it."""
    save_melody(Melody(pitch=[60], onset=[0], duration=[480]), tmp_path / "x.musicxml")
    (tmp_path / "x.abc").write_text("X:1\nK:C\nCDEF|\n")
    (tmp_path / "home").mkdir()
    program = (
        "import sys, mer.io\n"
        "assert not {'mido', 'music21', 'scipy'} & set(sys.modules)\n"
        "mer.io.load_melody('x.musicxml')\n"
        "assert not {'mido', 'music21', 'scipy'} & set(sys.modules)\n"
        "mer.io.load_melody('x.abc')\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=tmp_path,
        env={"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
    )
    assert {path.name for path in tmp_path.iterdir()} == {"x.musicxml", "x.abc", "home"}
    assert list((tmp_path / "home").iterdir()) == []
