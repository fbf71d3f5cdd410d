"""Made stand-ins for the folders that docs/repertoires.md names: what is read of each layout."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mer.build.folders import add_folder
from mer.io import save_melody, save_sheet
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody
from mer.search.index import load_corpus

TUNE = Melody(
    pitch=[67, 69, 71, 72, 74, 71, 67, 69, 66, 67],
    onset=range(0, 4800, 480),
    duration=[480] * 10,
    meter=(4, 4),
)
BASS = Melody(pitch=[43, 50, 43], onset=[0, 1920, 3840], duration=[1920, 1920, 960], meter=(4, 4))


def nottingham(folder: Path) -> None:
    tune = "X: {}\nT:Made {}\nM:4/4\nL:1/4\nK:G\nGABc|dBGA|FG{}\n\n"
    (folder / "jigs.abc").write_text(tune.format(1, "up", "z2") + tune.format(2, "down", "AB"))


def pop(folder: Path) -> None:
    (folder / "001" / "versions").mkdir(parents=True)
    parts = (Part(melody=BASS, name="PIANO"), Part(melody=TUNE, name="MELODY"))
    save_sheet(Sheet(parts=parts), folder / "001" / "001.mid")
    save_melody(TUNE.cut(0, 9), folder / "001" / "versions" / "001-v1.mid")
    (folder / "001" / "chord_midi.txt").write_text("0.0 1.0 G:maj\n")


def makam(folder: Path) -> None:
    save_melody(TUNE, folder / "acem--seyir--sofyan--1--anon.musicxml")
    name = folder / "acem--seyir--sofyan--1--anon.musicxml"
    name.rename(name.with_suffix(".xml"))


def kern(folder: Path) -> None:
    (folder / "Ano").mkdir()
    pitches = ["4g", "4a", "4b", "4cc", "4dd", "4b", "4g", "4a", "4f#", "4g"]
    lines = ["**kern\t**kern", "*M4/4\t*M4/4", *(f"4G\t{pitch}" for pitch in pitches), "*-\t*-"]
    (folder / "Ano" / "Ano1001-Made.krn").write_text("\n".join(lines) + "\n")
    (folder / "Ano" / ".note").write_text("not music")


LAYOUTS: dict[str, tuple[Callable[[Path], None], int]] = {
    "nottingham": (nottingham, 2),
    "pop909": (pop, 2),
    "symbtr": (makam, 1),
    "josquin": (kern, 1),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_folder_of_this_layout_becomes_a_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    folder = tmp_path / "fetched"
    folder.mkdir()
    make, tunes = LAYOUTS[name]
    make(folder)
    added = add_folder(folder, name, workers=1)
    assert (added.new, added.problems) == (tunes, ())
    first = load_corpus(name).tune(0)
    assert first.melody.pitch[:6].tolist() == [67, 69, 71, 72, 74, 71]
