"""Arrangements as files: the same notes in MIDI, score and sound, whoever reads them."""

import json
from pathlib import Path

import numpy as np
import pytest

from generate.__main__ import main
from generate.harmony.texture.accompaniment import CHOICES, NONE
from generate.harmony.arrangement import (
    Arrangement,
    arrange,
    changes,
    describe_chords,
    save_arrangement,
)
from generate.sound.audio import render
from generate.sound.performance import perform_parts
from mer.errors import InputError
from mer.io import load_melody, save_melody
from mer.io.sheet.sheet import velocities
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


@pytest.mark.parametrize("pattern", PLAYED)
def test_midi_is_read_alike_by_all(pattern: str, tmp_path: Path) -> None:
    import pretty_midi
    from music21 import converter

    arranged = arrange(TUNE, pattern)
    path = tmp_path / "tune.mid"
    save_arrangement(arranged, path)
    tracks = pretty_midi.PrettyMIDI(str(path)).instruments
    assert {track.name: len(track.notes) for track in tracks} == counts(arranged)
    for track, part in zip(tracks, arranged.parts, strict=True):
        assert track.program == part.program
        told = {(note.pitch, note.velocity) for note in track.notes}
        loud = velocities(part, arranged.melody)
        assert told == set(zip(part.notes[:, 0].tolist(), loud.tolist(), strict=True))
    score = converter.parse(path, forceSource=True)
    read = {p.partName: sum(len(n.pitches) for n in p.recurse().notes) for p in score.parts}
    # music21 cuts notes at barlines on reading: drones are held over them.
    if arranged.pattern != "drone":
        assert read == counts(arranged)
    assert load_melody(path) == TUNE


@pytest.mark.parametrize("pattern", PLAYED)
def test_scores_hold_parts_and_chord_symbols(pattern: str, tmp_path: Path) -> None:
    from music21 import converter

    arranged = arrange(TUNE, pattern)
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
        assert {p.pitchClass for p in symbol.pitches} == set(chord.pitch_classes)
    bars = {len(part.getElementsByClass("Measure")) for part in score.parts}
    assert len(bars) == 1
    for part, written in zip(score.parts, arranged.parts, strict=True):
        tied = part.stripTies().flatten().notes
        notes = [n for n in tied if "ChordSymbol" not in n.classes]
        assert sum(len(note.pitches) for note in notes) == len(written.notes)
    assert load_melody(path).pitch.tolist() == TUNE.pitch.tolist()


def test_without_chords_the_files_are_those_of_the_melody(tmp_path: Path) -> None:
    arranged = arrange(TUNE, NONE, program=40)
    assert arranged.chords == ()
    assert describe_chords(arranged) == {}
    assert arranged.source == ""
    for suffix in (".mid", ".musicxml"):
        save_arrangement(arranged, tmp_path / f"a{suffix}")
        save_melody(TUNE, tmp_path / f"b{suffix}", program=40)
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", [".mid", ".musicxml", ".mxl"])
def test_the_same_arrangement_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in "ab":
        save_arrangement(arrange(TUNE), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write files that end in"):
        save_arrangement(arrange(TUNE), tmp_path / "tune.txt")
    with pytest.raises(InputError, match=r"^pattern is 'polka'; choose one of auto"):
        arrange(TUNE, "polka")
    with pytest.raises(InputError, match=r"not Arrangement; give its \.melody"):
        arrange(arrange(TUNE))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("pattern", PLAYED)
def test_sound_neither_clips_nor_falls_silent(pattern: str) -> None:
    sound = render(arrange(TUNE, pattern).parts)
    peak = float(np.abs(sound.samples).max())
    assert 20 * np.log10(peak) <= -1.0
    assert not (np.abs(sound.samples) >= 1.0).any()
    # No half second of the music is silent.
    size = sound.sample_rate // 2
    music = sound.samples[: int(4800 / 480 * 60 / 200 * sound.sample_rate)]
    pieces = [music[i : i + size] for i in range(0, len(music) - size, size)]
    assert min(float(np.sqrt(np.mean(piece**2))) for piece in pieces) > 0.005


def test_the_melody_is_louder_than_what_accompanies_it() -> None:
    parts = arrange(TUNE, "block").parts
    performance = perform_parts(parts)
    loudest = [performance.velocity[performance.part == n].max() for n in range(len(parts))]
    assert loudest[0] > max(loudest[1:])
    assert performance.programs == tuple(part.program for part in parts)


def test_the_report_says_where_chords_come_from() -> None:
    described = describe_chords(arrange(TUNE, "block"))
    assert "chorales" in described["source"]
    assert described["chords"][-1]["roman"] == "I"
    assert {"bar", "symbol", "roman", "probability"} <= set(described["chords"][0])
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
        assert main([*arguments, "--report", str(report), "--chords"]) == 0
        written.append([path.read_bytes() for path in sorted(tmp_path.glob("new.*"))])
    assert written[0] == written[1]
    harmony = json.loads(report.read_text())["pieces"][0]["harmony"]
    assert harmony["pattern"] == "waltz"
    assert [part["name"] for part in harmony["parts"]] == ["Melody", "Chords", "Bass"]
    assert harmony["chords"][-1]["roman"] == "I"
    assert main([*arguments, "--chords", "polka"]) == 2
