"""MusicXML as it is written: bars, ties, tuplets, spelling."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from mer.io import load_melody, save_melody, save_sheet
from mer.io.score.musicxml import musicxml, score_of
from mer.io.sheet.sheet import ChordSymbol, Credits, Part, Sheet
from mer.notes.key import Key
from mer.notes.melody import Melody


def written(melody, **options):
    return ET.fromstring(musicxml(melody, **options).split('partwise.dtd">\n')[1])


def shape(melody):
    """Text of each bar: pitch name or r, type, dots, ties, accidental."""
    bars = []
    for measure in written(melody).iter("measure"):
        notes = []
        for note in measure.iter("note"):
            step = note.findtext("pitch/step", "r")
            alter = {"1": "#", "-1": "b", "2": "x"}.get(note.findtext("pitch/alter", ""), "")
            octave = note.findtext("pitch/octave", "")
            ties = "".join({"stop": ")", "start": "("}[t.get("type")] for t in note.iter("tie"))
            kind = note.findtext("type", "?") + "." * len(note.findall("dot"))
            notes.append(f"{step}{alter}{octave} {kind}{ties}")
        bars.append(notes)
    return bars


def test_a_tune_worked_by_hand():
    melody = Melody(
        pitch=[62, 67, 66, 69],
        onset=[0, 240, 960, 2400],
        duration=[240, 720, 960, 240],
        meter=(6, 8),
        key=Key(7),
        downbeat=240,
    )
    # pick-up | G dotted, F sharp half as dotted and eighth over the barline | rest, A, rest
    assert shape(melody) == [
        ["D4 eighth"],
        ["G4 quarter.", "F#4 quarter.("],
        ["F#4 eighth)", "r quarter", "A4 eighth", "r quarter"],
    ]


def test_a_length_without_a_sign_is_split_or_left_without_one():
    lengths = [
        int(note.findtext("duration"))
        for note in written(Melody(pitch=[60], onset=[0], duration=[1913])).iter("note")
    ]
    assert sum(lengths) == 1920


def test_triplets_are_bracketed_in_threes():
    melody = Melody(pitch=[60] * 6, onset=[160 * i for i in range(6)], duration=[160] * 6)
    brackets = [
        "".join(t.get("type")[:3] for t in note.iter("tuplet"))
        for note in written(melody).iter("note")
    ]
    assert brackets[:6] == ["sta", "", "sto", "sta", "", "sto"]


@pytest.mark.parametrize(
    ("key", "pitch", "name"),
    [
        (None, 66, "F#4"),
        (None, 70, "Bb4"),
        (Key(5), 70, "Bb4"),
        (Key(9, "minor"), 68, "G#4"),
        (Key(7, "minor"), 66, "F#4"),
        (Key(11), 70, "A#4"),
        (Key(1), 61, "Db4"),
        (Key(6), 65, "E#4"),
        (Key(0), 59, "B3"),
        (Key(0), 127, "G9"),
        (Key(0), 0, "C-1"),
    ],
)
def test_spelling_follows_the_key(key, pitch, name):
    assert shape(Melody(pitch=[pitch], onset=[0], duration=[480], key=key))[0][0].split()[0] == name


def test_an_accidental_is_shown_once_a_bar_and_cancelled():
    melody = Melody(
        pitch=[66, 66, 65, 66], onset=[0, 480, 960, 1920], duration=[480] * 4, key=Key(0)
    )
    shown = [note.findtext("accidental") for note in written(melody).iter("note")]
    assert shown[:5] == ["sharp", None, "natural", None, "sharp"]


def test_signs_and_sound():
    melody = Melody(
        pitch=[60], onset=[0], duration=[480], meter=(3, 4), key=Key(2, "dorian"), title="A & B\x01"
    )
    root = written(melody, program=40, tempo_bpm=72.5)
    assert root.findtext("work/work-title") == "A & B"
    assert root.findtext(".//fifths") == "0"
    assert root.findtext(".//mode") == "dorian"
    assert root.findtext(".//beats") == "3"
    assert root.findtext(".//midi-program") == "41"
    assert root.find(".//sound").get("tempo") == "72.5"


def test_a_tempo_is_told_in_beats_and_played_in_quarters():
    jig = Melody(pitch=[60], onset=[0], duration=[720], meter=(6, 8), tempo_bpm=110.0)
    (tempo,) = written(jig).iter("metronome")
    assert [tempo.findtext("beat-unit"), tempo.findtext("per-minute")] == ["quarter", "73.33"]
    assert tempo.find("beat-unit-dot") is not None
    assert written(jig).find(".//sound").get("tempo") == "110"
    (tempo,) = written(replace(jig, meter=(2, 2))).iter("metronome")
    assert [tempo.findtext("beat-unit"), tempo.findtext("per-minute")] == ["half", "55"]
    assert tempo.find("beat-unit-dot") is None
    # No note value is as long as three whole notes.
    (tempo,) = written(replace(jig, meter=(6, 1))).iter("metronome")
    assert [tempo.findtext("beat-unit"), tempo.findtext("per-minute")] == ["quarter", "110"]


CREDITED = Sheet(
    parts=(
        Part(
            melody=Melody(
                pitch=[72, 74, 71, 72],
                onset=[0, 480, 960, 1440],
                duration=[480, 480, 480, 1440],
                meter=(3, 4),
                key=Key(0, "dorian"),
                tempo_bpm=90.0,
                title="A & B",
            )
        ),
    ),
    symbols=(
        ChordSymbol(0, "C", 0, "minor", "m"),
        ChordSymbol(960, "B", -1, "dominant", "7"),
        ChordSymbol(1440, "F", 1, "diminished", "dim"),
    ),
    credits=Credits("mer <1>, method vary", ("The Kesh (a book)", "Größe")),
)


def test_credits():
    root = ET.fromstring(score_of(CREDITED).split('partwise.dtd">\n')[1])
    # In the order in which the format wants them.
    assert [child.tag for child in root][:4] == ["work", "identification", "credit", "credit"]
    assert [child.tag for child in root.find("identification")] == ["creator", "encoding", "source"]
    assert root.find("identification/creator").get("type") == "composer"
    assert root.findtext("identification/creator") == "mer <1>, method vary"
    assert root.findtext("identification/encoding/software") == "mer"
    assert root.findtext("identification/source") == "The Kesh (a book); Größe"
    printed = {c.findtext("credit-type"): c.findtext("credit-words") for c in root.iter("credit")}
    assert printed == {
        "title": "A & B",
        "composer": "mer <1>, method vary",
        "rights": "Sources:\nThe Kesh (a book)\nGröße",
    }
    plain = written(Melody(pitch=[60], onset=[0], duration=[480]))
    assert [child.tag for child in plain][:2] == ["identification", "part-list"]
    assert plain.find("credit") is None


def test_music21_reads_title_credits_and_chords(tmp_path):
    music21 = pytest.importorskip("music21", reason="the extra for scores is not installed")
    save_sheet(CREDITED, tmp_path / "x.musicxml")
    score = music21.converter.parse(tmp_path / "x.musicxml", forceSource=True)
    assert score.metadata.title == "A & B"
    assert score.metadata.composer == "mer <1>, method vary"
    symbols = list(score.recurse().getElementsByClass("ChordSymbol"))
    assert [(s.root().name, s.chordKind, s.getOffsetInHierarchy(score) * 480) for s in symbols] == [
        ("C", "minor", 0),
        ("B-", "dominant-seventh", 960),
        ("F#", "diminished", 1440),
    ]
    assert load_melody(tmp_path / "x.musicxml") == CREDITED.leader


def test_verovio_reads_title_credits_and_chords():
    verovio = pytest.importorskip("verovio", reason="the extra for scores is not installed")
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    assert toolkit.loadData(score_of(CREDITED))
    mei = "{http://www.music-encoding.org/ns/mei}"
    root = ET.fromstring(toolkit.getMEI())
    assert root.findtext(f".//{mei}title") == "A & B"
    assert root.findtext(f".//{mei}persName") == "mer <1>, method vary"
    assert ["".join(harm.itertext()) for harm in root.iter(f"{mei}harm")] == ["Cm", "B♭7", "F♯dim"]
    (sign,) = root.iter(f"{mei}keySig")
    assert (sign.get("sig"), sign.get("mode")) == ("2f", "dorian")


def test_the_same_melody_gives_the_same_bytes(tmp_path):
    melody = Melody(pitch=[60], onset=[0], duration=[480])
    for name in ("a.mxl", "b.mxl"):
        save_melody(melody, tmp_path / name)
    assert (tmp_path / "a.mxl").read_bytes() == (tmp_path / "b.mxl").read_bytes()
    assert not re.search(r"20\d\d-", musicxml(melody))
