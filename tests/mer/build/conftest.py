"""Folders of users, and where their corpora go."""

import random
from pathlib import Path

import pytest

import mer.build.adding
import mer.build.bundles
import mer.build.folders
import mer.build.sources
import mer.build.workers
import mer.search.segments.writing
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.index import load_corpus

HEAD = "M:4/4\nL:1/4\nK:D\n"
MUSIC = ["ABcd|efga|b2ag|fedc|", "dcBA|GFED|E2FG|ABcd|", "d2ef|gfed|c2BA|GABc|"]
TUNE = Melody(pitch=range(60, 70), onset=range(0, 4800, 480), duration=[480] * 10, meter=(4, 4))


def abc(number: int, music: str, *, title: str = "Tune") -> str:
    return f"X:{number}\nT:{title} {number}\n{HEAD}{music}\n\n"


def contents(corpus: Path) -> dict[str, bytes]:
    """Return the files of an index, without those that say how it came to be."""
    found = [*corpus.glob("*.npz"), corpus / "manifest.json"]
    return {path.name: path.read_bytes() for path in found}


def ids_of(name: str) -> list[str]:
    """Return the ids of the tunes of a corpus."""
    return [tune.tune_id for tune in load_corpus(name)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of nine tunes, in three batches."""
    monkeypatch.setattr(mer.build.sources, "MOST_FILES", 3)
    folder = tmp_path / "many"
    folder.mkdir()
    drawn = random.Random(1)
    for number in range(9):
        pitch = [60 + drawn.randrange(12) for _ in range(10)]
        save_melody(
            Melody(pitch=pitch, onset=range(0, 4800, 480), duration=[480] * 10),
            folder / f"t{number}.mid",
        )
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a user's folder with good and bad files."""
    folder = tmp_path / "My Tunes"
    (folder / "inner").mkdir(parents=True)
    save_melody(TUNE, folder / "scale.mid")
    save_melody(TUNE.transpose(2), folder / "inner" / "scale.musicxml")
    (folder / "book.abc").write_text(abc(1, MUSIC[0]) + abc(2, "A?b|") + abc(3, MUSIC[1]))
    (folder / "empty.mid").write_bytes(b"")
    (folder / "text.mid").write_text("not music")
    (folder / "binary.abc").write_bytes(b"X:1\n\0\0")
    (folder / "short.abc").write_text(abc(1, "AB|"))
    (folder / "notes.txt").write_text("not looked at")
    return folder
