"""Arrangements as files: the same notes in MIDI, score and sound, whoever reads them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generate.__main__ import main
from generate.harmony.arrangement import (
    Arrangement,
    Extras,
    arrange,
    changes,
    describe_chords,
    save_arrangement,
)
from generate.harmony.outline import Outline
from generate.harmony.texture.styles import CHOICES, DRONE, NONE
from generate.piece.given_chords import repeated_progression
from generate.sound.audio import render
from generate.sound.performance import perform_parts
from mer.errors import InputError
from mer.io import load_melody, save_melody
from mer.notes.key import Key
from mer.notes.melody import Melody

TUNE = Melody(
    pitch=[67, 72, 74, 76, 72, 74, 71, 72, 72],
    onset=[0, 480, 960, 1440, 1920, 2400, 2880, 3360, 3840],
    duration=[480] * 8 + [960],
    meter=(3, 4),
    key=Key(0),
    downbeat=480,
    tempo_bpm=200.0,
    title="Up & down",
)
PLAYED = [choice for choice in CHOICES if choice != NONE]


def counts(arranged: Arrangement) -> dict[str, int]:
    return {part.name: len(part.notes) for part in arranged.parts}


@pytest.mark.parametrize("style", PLAYED)
def test_midi_is_read_alike_by_all(style: str, tmp_path: Path) -> None:
    import pretty_midi
    from music21 import converter

    arranged = arrange(TUNE, style)
    path = tmp_path / "tune.mid"
    save_arrangement(arranged, path)
    tracks = pretty_midi.PrettyMIDI(str(path)).instruments
    assert {track.name: len(track.notes) for track in tracks} == counts(arranged)
    for track, part in zip(tracks, arranged.parts, strict=True):
        assert track.program == part.program
        told = {(note.pitch, note.velocity) for note in track.notes}
        assert told == {(one.pitch, one.velocity) for one in part.played}
    score = converter.parse(path, forceSource=True)
    read = {p.partName: sum(len(n.pitches) for n in p.recurse().notes) for p in score.parts}
    # music21 writes played lengths as tied notes where they are odd.
    assert read.keys() == counts(arranged).keys()
    assert load_melody(path) == TUNE


@pytest.mark.parametrize("style", PLAYED)
def test_scores_hold_parts_and_chord_symbols(style: str, tmp_path: Path) -> None:
    from music21 import converter

    arranged = arrange(TUNE, style)
    path = tmp_path / "tune.musicxml"
    save_arrangement(arranged, path)
    score = converter.parse(path, forceSource=True)
    assert [part.partName for part in score.parts] == [part.name for part in arranged.parts]
    lead = score.parts[0]
    symbols = list(lead.flatten().getElementsByClass("ChordSymbol"))
    expected = changes(arranged.chords)
    assert [(s.root().pitchClass, s.offset) for s in symbols] == [
        (chord.root, chord.onset_quarter) for chord in expected
    ]
    for symbol, chord in zip(symbols, expected, strict=True):
        # MusicXML has no name for the seventh of a suspended one, but its text does.
        assert {p.pitchClass for p in symbol.pitches} <= set(chord.pitch_classes)
    bars = {len(part.getElementsByClass("Measure")) for part in score.parts}
    assert len(bars) == 1
    for part, written in zip(score.parts, arranged.parts, strict=True):
        tied = part.stripTies().flatten().notes
        notes = [n for n in tied if "ChordSymbol" not in n.classes]
        assert sum(len(note.pitches) for note in notes) == len(written.notes)
    assert load_melody(path).pitch.tolist() == TUNE.pitch.tolist()


def test_without_chords_there_is_the_melody_alone(tmp_path: Path) -> None:
    arranged = arrange(TUNE, NONE, program=40)
    assert arranged.chords == ()
    assert describe_chords(arranged) == {}
    assert arranged.source == ""
    for suffix in (".mid", ".musicxml"):
        save_arrangement(arranged, tmp_path / f"a{suffix}")
        assert load_melody(tmp_path / f"a{suffix}") == TUNE


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".mxl"])
def test_the_same_arrangement_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in "ab":
        save_arrangement(arrange(TUNE), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write files that end in"):
        save_arrangement(arrange(TUNE), tmp_path / "tune.txt")
    with pytest.raises(InputError, match=r"^style is 'polka'; choose one of auto"):
        arrange(TUNE, "polka")
    with pytest.raises(InputError, match=r"not Arrangement; give its \.melody"):
        arrange(arrange(TUNE))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("style", PLAYED)
def test_sound_neither_clips_nor_falls_silent(style: str) -> None:
    sound = render(arrange(TUNE, style).parts)
    peak = float(np.abs(sound.samples).max())
    assert 20 * np.log10(peak) <= -1.0
    assert not (np.abs(sound.samples) >= 1.0).any()
    # No half second of the music is silent.
    size = sound.sample_rate // 2
    music = sound.samples[: int(4800 / 480 * 60 / 200 * sound.sample_rate)]
    pieces = [music[i : i + size] for i in range(0, len(music) - size, size)]
    assert min(float(np.sqrt(np.mean(piece**2))) for piece in pieces) > 0.005


def test_the_melody_is_louder_than_what_accompanies_it() -> None:
    parts = arrange(TUNE, "hymn").parts
    performance = perform_parts(parts)
    loudest = [performance.velocity[performance.part == n].max() for n in range(len(parts))]
    assert loudest[0] > max(loudest[1:])
    assert performance.programs == tuple(part.program for part in parts)


def test_the_report_says_where_chords_come_from() -> None:
    described = describe_chords(arrange(TUNE, "hymn"))
    assert "chorales" in described["source"]
    assert described["chords"][-1]["roman"] == "I"
    assert {"bar", "symbol", "roman", "probability", "origin"} <= set(described["chords"][0])
    dorian = Melody(
        pitch=[62, 60, 62], onset=[0, 960, 1920], duration=[960] * 3, key=Key(2, "dorian")
    )
    assert "those of minor" in describe_chords(arrange(dorian))["source"]
    assert "no chord is chosen" in describe_chords(arrange(dorian, "drone"))["source"]


def test_the_command_line_writes_chords_everywhere(tmp_path: Path, index_file: str) -> None:
    save_melody(TUNE, tmp_path / "motif.mid")
    arguments = ["--seed", str(tmp_path / "motif.mid"), "--corpus", index_file, "--quiet"]
    arguments += ["--out", str(tmp_path / "new.mid"), "--musicxml", "--wav"]
    report = tmp_path / "report.json"
    written = []
    for _ in range(2):
        assert main([*arguments, "--report", str(report)]) == 0
        written.append([path.read_bytes() for path in sorted(tmp_path.glob("new.*"))])
    assert written[0] == written[1]
    harmony = json.loads(report.read_text())["pieces"][0]["harmony"]
    assert harmony["style"] == "waltz"
    assert [part["name"] for part in harmony["parts"]] == ["Melody", "Chords", "Bass"]
    assert harmony["chords"][-1]["roman"] == "I"
    assert main([*arguments, "--accompany", "polka"]) == 2
    assert main([*arguments, "--chords", "Am H"]) == 2
    assert main([*arguments, "--accompany", "none", "--report", str(report)]) == 0
    assert json.loads(report.read_text())["pieces"][0]["harmony"] == {}


def test_second_voice_and_ornaments_are_read_back_as_the_melody(tmp_path: Path) -> None:
    extras = Extras(second_voice=True, ornaments=True)
    for style in PLAYED:
        arranged = arrange(TUNE, style, extras=extras)
        assert [part.name for part in arranged.parts][:2] == ["Melody", "Harmony"]
        for suffix in (".mid", ".musicxml"):
            save_arrangement(arranged, tmp_path / f"tune{suffix}")
            assert load_melody(tmp_path / f"tune{suffix}") == TUNE
    repeated = replace(TUNE, pitch=np.full(len(TUNE), 72))
    assert describe_chords(arrange(repeated, "jig", extras=extras))["ornaments"]


@pytest.mark.parametrize("style", [style for style in PLAYED if style != DRONE])
def test_given_chords_are_kept_all_of_them(style: str) -> None:
    given = repeated_progression("F#m7b5 Bb/D | Esus4", TUNE.downbeat, TUNE.bar_ticks, TUNE.bars)
    chords = arrange(TUNE, style, outline=Outline(given=given)).chords
    told = [(chord.onset, chord.end, chord.symbol, chord.origin) for chord in chords]
    assert told == [(one.onset, one.end, one.name.text, "user") for one in given]


def test_chords_that_are_given_are_no_drone() -> None:
    """Pipes have drones unless chords are given; a drone has its own fifth, whatever is given."""
    pipes = 109
    given = repeated_progression("Am F C G", TUNE.downbeat, TUNE.bar_ticks, TUNE.bars)
    outline = Outline(given=given)
    assert arrange(TUNE, program=pipes).style == DRONE
    assert arrange(TUNE, program=pipes, outline=outline).style == arrange(TUNE).style
    held = arrange(TUNE, DRONE, outline=outline)
    assert {chord.root for chord in held.chords} == {0}
    assert "no chord is chosen" in describe_chords(held)["source"]
