"""Chord symbols that a file holds, and what is not one: read on the melody's time line."""

from pathlib import Path

import pytest

from mer.io import Sheet, read_melody, save_sheet
from mer.io.sheet.sheet import ChordSymbol, Part
from mer.notes.chord_names import KINDS, ChordName
from mer.notes.melody import Melody

TUNE = Melody(
    pitch=[67, 72, 74, 76, 72, 74, 71],
    onset=[0, 480, 960, 1440, 1920, 2400, 2880],
    duration=[480] * 7,
    meter=(3, 4),
    downbeat=480,
)


def told(path: Path, **asked: int) -> list[tuple[int, str]]:
    return [(chord.tick, chord.name) for chord in read_melody(path, **asked).chords]


def abc(folder: Path, music: str) -> Path:
    path = folder / "tune.abc"
    path.write_text(f"X:1\nT:A Tune\nM:4/4\nL:1/4\nK:C\n{music}\n")
    return path


def test_abc_has_chords_above_notes(tmp_path: Path) -> None:
    path = abc(tmp_path, '"Am"ABcd|"F"f"G/B"g2 "Fine"e|"^slow""@1,2 C"z "C"c3|')
    assert told(path) == [(0, "Am"), (1920, "F"), (2400, "G/B"), (4320, "C")]
    assert told(path, from_bar=2) == [(0, "F"), (480, "G/B"), (2400, "C")]
    assert told(abc(tmp_path, '"Am"z2 A2|"F"f4|')) == [(0, "Am"), (960, "F")]
    # What stands inside a chord or a voice overlay is nobody's.
    assert told(abc(tmp_path, '["Am"Ac]4|A2 "F"B2 & "G"c4|')) == [(2880, "F")]


@pytest.mark.parametrize("suffix", [".abc", ".mid", ".musicxml", ".mxl"])
def test_every_kind_is_read_as_it_is_written(suffix: str, tmp_path: Path) -> None:
    for start in range(0, len(KINDS), 6):
        kinds = list(KINDS)[start : start + 6]
        symbols = [
            ChordSymbol.of(480 * place, ChordName("B", -1, kind, *("D", 0) * (place == 2)))
            for place, kind in enumerate(kinds)
        ]
        sheet = Sheet(parts=(Part(melody=TUNE),), symbols=tuple(symbols))
        save_sheet(sheet, tmp_path / f"tune{suffix}")
        assert told(tmp_path / f"tune{suffix}") == [(one.tick, one.name) for one in symbols]


def test_letters_of_rehearsal_are_no_chords(tmp_path: Path) -> None:
    def marked(*letters: str) -> list[tuple[int, str]]:
        symbols = [ChordSymbol(480 * n, letter, 0, "major", "") for n, letter in enumerate(letters)]
        sheet = Sheet(parts=(Part(melody=TUNE),), symbols=tuple(symbols))
        save_sheet(sheet, tmp_path / "tune.mid")
        return told(tmp_path / "tune.mid")

    assert marked("A", "B", "C") == []
    assert [name for _, name in marked("A", "D", "E")] == ["A", "D", "E"]
