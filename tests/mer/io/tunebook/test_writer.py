"""ABC as it is written, and as mer, abc2midi and music21 read it."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from mer.io import load_melody, save_melody
from mer.io.sheet.sheet import ChordSymbol, Credits, Part, Sheet
from mer.io.sheet.strains import SHORTEST_BARS
from mer.io.tunebook.text import split_tunebook
from mer.io.tunebook.tunes import read_tune
from mer.io.tunebook.writer import abc_of
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody

METERS = ("2/2", "2/4", "3/4", "4/4", "5/4", "6/4", "3/8", "5/8", "6/8", "9/8", "12/8")
# Rhythms that fill a quarter or two: plain, dotted, tuplets, a rest at the end.
CELLS = (
    (480,), (960,), (240, 240), (360, 120), (120, 360), (120, 120, 240), (160, 160, 160),
    (320, 160), (320, 320, 320), (96,) * 5, (720, 240), (180, 60, 240), (240, -240), (-480,),
)  # fmt: skip
ABC2MIDI = shutil.which("abc2midi")


def tune(lengths: list[int], pitches: list[int] | None = None, **signs: object) -> Melody:
    """Notes on end, a rest for a negative length."""
    onset, now = [], 0
    for length in lengths:
        onset += [now] if length > 0 else []
        now += abs(length)
    return Melody(
        pitch=pitches or [67] * len(onset),
        onset=onset,
        duration=[length for length in lengths if length > 0],
        **signs,  # type: ignore[arg-type]
    )


def music(melody: Melody, **sheet: object) -> str:
    """The lines of music."""
    text = abc_of(Sheet(parts=(Part(melody=melody),), **sheet))  # type: ignore[arg-type]
    return text.split("\nK:")[1].split("\n", 1)[1].strip()


def read(text: str) -> Melody:
    (found,) = split_tunebook(text)
    reading = read_tune(found)
    assert reading.melody is not None
    assert reading.mended == reading.remarks == ()
    return reading.melody if found.titled else replace(reading.melody, title="")


@st.composite
def melodies(draw: st.DrawFn, bars: int = 0) -> Melody:
    """Melodies of notes that have signs, in any metre and key, with pick-ups, ties and rests.

    They last for `bars` bars or more.
    """
    cells = draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=16))
    lengths = [480, *(length for cell in cells for length in cell)]
    meter = tuple(map(int, draw(st.sampled_from(METERS)).split("/")))
    lacking = bars * 4 * 480 * meter[0] // meter[1] - sum(map(abs, lengths))
    lengths += [480] * -(-lacking // 480)
    notes = sum(length > 0 for length in lengths)
    plain = tune(
        lengths,
        draw(st.lists(st.integers(50, 90), min_size=notes, max_size=notes)),
        meter=meter,
        key=Key(draw(st.integers(0, 11)), draw(st.sampled_from(MODES))),
        tempo_bpm=float(draw(st.integers(40, 240))),
        title=draw(st.sampled_from(["", "Air", "Für 100% & “more”", "春の海"])),
    )
    return replace(plain, downbeat=draw(st.integers(0, plain.bar_ticks // 240 - 1)) * 240)


@settings(max_examples=60)
@given(melodies())
def test_what_is_written_is_read_back(melody: Melody) -> None:
    # A metre in which most notes are longer than a bar is taken for a mistake.
    assume(2 * int((melody.duration > melody.bar_ticks).sum()) <= len(melody))
    assert read(abc_of(Sheet.of(melody))) == melody


@settings(max_examples=40)
@given(melodies(), st.sets(st.integers(1, 30)))
def test_chord_symbols_cut_no_note(melody: Melody, beats: set[int]) -> None:
    symbols = tuple(ChordSymbol(240 * n, "E", -1, "minor", "m") for n in sorted(beats))
    text = abc_of(Sheet(parts=(Part(melody=melody),), symbols=symbols))
    assert read(text) == melody
    inside = sum(symbol.tick < melody.end[-1] for symbol in symbols)
    assert text.count('"Ebm"') >= inside


@settings(max_examples=25)
@given(melodies(bars=SHORTEST_BARS))
def test_a_repeated_strain_is_written_once(melody: Melody) -> None:
    bars = -(-int(melody.end[-1]) // melody.bar_ticks)
    length = bars * melody.bar_ticks
    twice = replace(
        melody,
        pitch=np.tile(melody.pitch, 2),
        onset=np.concatenate([melody.onset, melody.onset + length]),
        duration=np.tile(melody.duration, 2),
    )
    text = abc_of(Sheet(parts=(Part(melody=twice),), repeats=True))
    assert read(abc_of(Sheet.of(twice))) == twice
    once = read(text)
    # What is played twice may be a part of it that comes twice itself.
    assert len(once) <= len(melody)
    if text.count(":|") == 1:
        assert once == melody


def test_header() -> None:
    melody = tune(
        [720, 720], meter=(6, 8), key=Key(4, "dorian"), tempo_bpm=120.0, title="One\n100% jig"
    )
    credits = Credits("mer, method vary", ("The Kesh (a book)", "Größe"), "jig")
    sheet = Sheet(parts=(Part(melody=melody, program=73),), credits=credits)
    assert abc_of(sheet).split("\n")[:11] == [
        "X:1",
        "T:One 100\\% jig",
        "C:mer, method vary",
        "R:jig",
        "S:The Kesh (a book)",
        "S:Größe",
        "M:6/8",
        "L:1/4",
        "Q:3/8=80",
        "%%MIDI program 73",
        "K:Edor",
    ]


@pytest.mark.parametrize(
    ("tempo", "meter", "said"),
    [
        (120.0, (4, 4), "1/4=120"),
        (120.0, (2, 2), "1/2=60"),
        (110.0, (6, 8), "3/8=73.33"),
        (90.5, (3, 4), "1/4=90.5"),
        (120.0, (3, 8), "1/8=240"),
        (90.0, (6, 4), "3/4=30"),
        (100.0, None, "1/4=100"),
    ],
)
def test_tempo_in_beats(tempo: float, meter: tuple[int, int] | None, said: str) -> None:
    melody = tune([480], meter=meter, tempo_bpm=tempo)
    text = abc_of(Sheet.of(melody))
    assert f"\nQ:{said}\n" in text
    assert read(text).tempo_bpm == tempo


@pytest.mark.parametrize(
    ("lengths", "signs", "written"),
    [
        ([240] * 6, {"meter": (6, 8)}, "GGG GGG|]"),
        ([240] * 8, {"meter": (4, 4)}, "GG GG GG GG|]"),
        ([240] * 8, {"meter": (2, 2)}, "GGGG GGGG|]"),
        ([480, 480, 480], {"meter": (3, 4)}, "G G G|]"),
        ([360, 120, 120, 360, 960], {"meter": (4, 4)}, "G>G G<G G4|]"),
        ([160, 160, 160, 320, 160, 240, 240], {"meter": (3, 4)}, "(3GGG (3:2:2G2 G GG|]"),
        ([96] * 5 + [480] * 2, {"meter": (3, 4)}, "(5:4:5GGGGG G4 G4|]"),
        ([1440, 960, -480, 480], {"meter": (4, 4)}, "G3 G-|G z G z|]"),
        ([480, 1920, 1440], {"meter": (4, 4), "downbeat": 480}, "G|G4|G3|]"),
        ([480, 1920, 1920], {"meter": (4, 4), "downbeat": 480}, "G|G4|G4|]"),
        ([1920] * 9, {"meter": (4, 4)}, "G8|G8|G8|G8|\nG8|G8|G8|G8|\nG8|]"),
    ],
)
def test_rhythms_worked_by_hand(lengths: list[int], signs: dict[str, object], written: str) -> None:
    assert music(tune(lengths, **signs)) == written


def test_a_hornpipe_has_no_broken_rhythm() -> None:
    melody = tune([360, 120, 480], meter=(2, 4))
    assert music(melody, credits=Credits(rhythm="hornpipe")) == "G3/2G/2 G2|]"


def test_accidentals_follow_both_rules_of_the_bar() -> None:
    # F sharp, again, an octave higher; F natural there, an octave lower; both hold in the bar.
    pitches = [66, 66, 78, 77, 65, 65]
    melody = tune([480, 480, 480, 480, 480, 2400], pitches, meter=(5, 4), key=Key(0))
    assert music(melody) == "^F F ^f =f =F|F4- F|]"
    tied = tune([480, 960, 480], [67, 66, 66], meter=(2, 4), key=Key(0))
    assert music(tied) == "G ^F-|^F F|]"


def test_f_locrian_has_flats() -> None:
    melody = tune([480] * 3, [65, 66, 71], meter=(3, 4), key=Key(5, "locrian"))
    assert music(melody) == "F G c|]"  # G flat, C flat
    assert read(abc_of(Sheet.of(melody))) == melody


def test_chord_symbols_stand_where_they_begin() -> None:
    symbols = (
        ChordSymbol(0, "G", 0, "major", ""),
        ChordSymbol(480, "F", 1, "minor", "m"),
        ChordSymbol(960, "B", -1, "dominant", "7"),
    )
    melody = tune([720, 720], meter=(3, 4))
    assert music(melody, symbols=symbols) == '"G"G2- "F#m"GG- "Bb7"G2|]'


def test_repeats_hold_the_pick_up_of_each_strain() -> None:
    strain = [480, *([1440] * 7), 960]
    melody = tune([*strain, *strain], meter=(3, 4), downbeat=480)
    assert music(melody) == music(melody, repeats=False)
    assert music(melody, repeats=True) == "|:G|G3|G3|G3|G3|\nG3|G3|G3|G2:|"
    # The second strain is another one, of four bars.
    other = tune([*strain, *strain, *([720] * 16)], meter=(3, 4), downbeat=480)
    assert music(other, repeats=True).split("\n")[2] == (
        "|:G-|G/2 G3/2 G-|G/2 G3/2 G-|G/2 G3/2 G-|G/2 G3/2:|"
    )


def test_chords_that_differ_are_no_repeat() -> None:
    melody = tune([1920] * 8, meter=(4, 4))
    chords = [ChordSymbol(1920 * n, "CG"[n in (1, 6)], 0, "major", "") for n in range(8)]
    assert ":|" in music(melody, repeats=True)
    assert ":|" not in music(melody, symbols=tuple(chords), repeats=True)


@pytest.mark.skipif(ABC2MIDI is None, reason="abc2midi is not installed (Debian: abcmidi)")
@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(melodies())
def test_abc2midi_plays_it(tmp_path_factory: pytest.TempPathFactory, melody: Melody) -> None:
    folder = tmp_path_factory.mktemp("abc")
    assert played(melody, folder) == [
        (pitch, onset, onset + length)
        for pitch, onset, length in zip(
            melody.pitch.tolist(), melody.onset.tolist(), melody.duration.tolist(), strict=True
        )
    ]


def played(melody: Melody, folder: Path) -> list[tuple[int, int, int]]:
    """Pitch, onset and end of what abc2midi plays; it begins notes a tick late."""
    save_melody(melody, folder / "x.abc")
    command = ["abc2midi", str(folder / "x.abc"), "-o", str(folder / "x.mid")]
    done = subprocess.run(command, capture_output=True, check=True, timeout=10)
    assert b"Error" not in done.stdout, done.stdout
    now, begun, found = 0, {}, []
    for message in mido.MidiFile(folder / "x.mid").tracks[-1]:
        now += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = now - 1
        elif message.type in ("note_on", "note_off"):
            found.append((message.note, begun.pop(message.note), now))
    return found


def test_music21_reads_it(tmp_path: Path) -> None:
    music21 = pytest.importorskip("music21", reason="the extra for scores is not installed")
    melody = tune(
        [240, 720, 360, 120, 240, 160, 160, 160, -240, 1200],
        [62, 67, 66, 67, 69, 72, 73, 74, 66],
        meter=(6, 8),
        key=Key(7),
        downbeat=240,
        tempo_bpm=120.0,
        title="Jig",
    )
    save_melody(melody, tmp_path / "x.abc")
    score = music21.converter.parse(tmp_path / "x.abc", format="abc")
    notes = list(score.stripTies().flatten().notes)
    assert [note.pitch.midi for note in notes] == melody.pitch.tolist()
    assert [float(n.offset * 480) for n in notes] == pytest.approx(melody.onset.tolist())
    assert score.metadata.title == "Jig"
    assert load_melody(tmp_path / "x.abc") == melody
