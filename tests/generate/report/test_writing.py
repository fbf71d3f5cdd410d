"""All files of several pieces are written, with titles and credits."""

import json
from pathlib import Path

from generate.__main__ import main
from mer.io import load_melody, save_melody
from mer.notes.melody import Melody

MOTIF = Melody(
    pitch=[67, 69, 71, 74, 71, 69],
    onset=[0, 240, 480, 720, 960, 1200],
    duration=[240] * 6,
    meter=(4, 4),
    title="Walk up",
)


def test_every_file_of_every_take(tmp_path: Path, index_file: str) -> None:
    save_melody(MOTIF, tmp_path / "seed.mid")
    arguments = ["--seed", str(tmp_path / "seed.mid"), "--corpus", index_file, "--quiet"]
    arguments += ["--out", str(tmp_path / "new.mid"), "--abc", "--musicxml", "--count", "2"]
    arguments += ["--model", "chain"]
    assert main([*arguments, "--report", str(tmp_path / "new.json")]) == 0
    names = [f"new-0{n}.{ending}" for n in (1, 2) for ending in ("abc", "mid", "musicxml")]
    assert sorted(path.name for path in tmp_path.glob("new-*")) == sorted(names)
    report = json.loads((tmp_path / "new.json").read_text())
    for number, piece in enumerate(report["pieces"], 1):
        files = {kind: load_melody(path) for kind, path in piece["files"].items()}
        assert set(files) == {"midi", "musicxml", "abc"}
        for melody in files.values():
            assert melody.title == f"After Walk up, take {number}"
            assert melody.pitch.tolist() == [note["pitch"] for note in piece["notes"]]
        assert "\nS:" in Path(piece["files"]["abc"]).read_text()


def test_a_name_that_is_no_abc_is_refused(tmp_path: Path, index_file: str) -> None:
    save_melody(MOTIF, tmp_path / "seed.mid")
    arguments = ["--seed", str(tmp_path / "seed.mid"), "--corpus", index_file]
    assert main([*arguments, "--abc", str(tmp_path / "new.txt")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["seed.mid"]
