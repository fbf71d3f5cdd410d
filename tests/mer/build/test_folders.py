"""Adding a user's folder: what is read, replaced, kept and told, by whoever reads it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

import mer.build.adding
import mer.build.bundles
import mer.build.folders
import mer.build.sources
import mer.build.workers
import mer.search.segments.writing
from mer.__main__ import main
from mer.build.folders import add_folder, corpus_folder
from mer.corpus.corpus import Corpus
from mer.corpus.storage import save_arrays
from mer.errors import InputError
from mer.io import save_melody
from mer.search.index import load_corpus
from tests.mer.build.conftest import MUSIC, TUNE, abc, contents


def test_a_folder_is_added_and_its_bad_files_reported(home: Path, own: Path) -> None:
    added = add_folder(own)
    assert (added.new, added.replaced, added.tunes) == (4, 0, 4)
    assert added.folder == home / "My-Tunes"
    for name in ("empty.mid", "text.mid", "binary.abc", "short.abc", "book.abc: X:2"):
        assert any(name in problem for problem in added.problems), name
    assert len(added.problems) == 5
    ids = {tune.tune_id for tune in load_corpus("My-Tunes")}
    assert ids == {
        "My-Tunes-book-1",
        "My-Tunes-book-3",
        "My-Tunes-inner-scale",
        "My-Tunes-scale",
    }


def test_where_no_one_looks_there_is_no_progress_bar(
    home: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_folder(own, progress=True)
    assert capsys.readouterr().err == ""


def test_adding_again_reads_nothing_and_another_folder_extends(
    home: Path, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_folder(own, "mine")
    before = contents(home / "mine")
    with monkeypatch.context() as patched:
        patched.setattr(mer.build.bundles, "read_tunes", None)
        again = add_folder(own, "mine")
    assert (again.new, again.replaced, again.tunes, again.unchanged) == (0, 0, 4, 7)
    assert contents(home / "mine") == before
    assert first.log.read_text().count("not read: ") == 5
    other = tmp_path / "other"
    other.mkdir()
    (other / "more.abc").write_text(abc(1, MUSIC[2]))
    assert add_folder(other, "mine").tunes == 5


def test_nobody_else_writes_between_reading_and_publishing(
    home: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def noted(step: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any) -> Any:
            other = FileLock(home / "mine" / ".lock")
            with pytest.raises(Timeout):
                other.acquire(timeout=0)
            held.append(step.__name__)
            return step(*given)

        return watched

    add_folder(own, "mine")
    save_melody(TUNE, own / "more.mid")
    writing = mer.search.segments.writing
    for name in ("segments_of", "write_manifest"):
        monkeypatch.setattr(writing, name, noted(getattr(writing, name)))
    add_folder(own, "mine")
    assert held == ["segments_of", "write_manifest"]
    FileLock(home / "mine" / ".lock").acquire(timeout=0).lock.release()


def test_a_place_that_cannot_be_written_is_told(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("MER_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError, match="cannot be written"):
        add_folder(own, "mine")


def test_the_add_command_reports_and_goes_on(
    home: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "add", str(own), "--into", "mine", "--quiet"]) == 0
    printed = capsys.readouterr()
    assert printed.err.count("not read: ") == 5
    assert "--corpus mine" in printed.out


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "folk", "two words"])
def test_a_name_that_cannot_be_a_folder_is_refused(home: Path, name: str) -> None:
    with pytest.raises(InputError):
        corpus_folder(name)


def test_a_folder_with_nothing_to_read_changes_nothing(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    with pytest.raises(InputError, match="no music files in it"):
        add_folder(bad)
    (bad / "x.mid").write_text("no")
    with pytest.raises(InputError, match=r"no tune in 1 music file can be read.*x\.mid"):
        add_folder(bad)
    with pytest.raises(InputError, match="no such folder"):
        add_folder(bad / "none")
    assert not home.exists()


def test_the_commands_that_change_a_corpus(
    home: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_folder(own, "mine")
    (own / "book.abc").write_text(abc(3, MUSIC[1]))
    (own / "scale.mid").unlink()
    added = add_folder(own, "mine")
    assert (added.new, added.replaced, added.vanished) == (1, 1, 1)
    assert main(["corpus", "remove", "mine", "mine-scale"]) == 0
    assert "now has 2 tunes" in capsys.readouterr().out
    assert main(["corpus", "list"]) == 0
    assert "mine: 2 tunes, " in (listed := capsys.readouterr().out)
    assert ", 2 segments (" in listed
    assert main(["corpus", "merge", "mine"]) == 0
    assert "2 segments before, 1 now" in capsys.readouterr().out
    assert main(["corpus", "check", "mine", "--quiet"]) == 0
    assert "1 segment with 2 tunes: all as they were written" in capsys.readouterr().out
    ids = {tune.tune_id for tune in load_corpus("mine")}
    assert ids == {"mine-book-3", "mine-inner-scale"}
    (segment,) = (home / "mine").glob("segment-*.npz")
    whole = bytearray(segment.read_bytes())
    whole[whole.index(b"NUMPY", whole.index(b"tunes.pitch.npy")) + 130] ^= 1
    segment.write_bytes(whole)
    assert main(["corpus", "check", "mine"]) == 2
    assert "is damaged at" in capsys.readouterr().err
    for name in ("remove", "merge"):
        assert main(["corpus", name, "none", *(["x"] if name == "remove" else [])]) == 2
        assert "no corpus in it" in capsys.readouterr().err
    assert main(["corpus", "remove", "mine", "x"]) == 2
    assert "no tune 'x' in this corpus of 2 tunes" in capsys.readouterr().err


def test_a_name_that_is_no_utf8_and_one_named_twice(
    home: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_folder(own, "mine")
    assert main(["corpus", "remove", "mine", "\udcff"]) == 2
    assert "no tune '\\udcff' in this corpus" in capsys.readouterr().err
    assert main(["corpus", "remove", "mine", "mine-scale", "mine-scale"]) == 0
    assert "removed 1 tune;" in capsys.readouterr().out


@pytest.mark.parametrize("file", ["index.npz", "manifest.json"])
def test_a_corpus_that_cannot_be_opened_is_said_how_to_mend(
    home: Path,
    own: Path,
    file: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[Path] = []
    monkeypatch.setattr(mer.build.folders, "make_bundle", lambda batch: read.append(own))
    folder = home / "mine"
    folder.mkdir(parents=True)
    if file == "index.npz":
        save_arrays(folder / file, {}, {"kind": "mer index", "version": 2})
    else:
        (folder / file).write_text("nonsense")
    for command in (
        ["add", str(own), "--into", "mine"],
        ["remove", "mine", "x"],
        ["merge", "mine"],
        ["check", "mine"],
    ):
        assert main(["corpus", *command]) == 2
        assert f"(remove the folder {folder}, then add again)" in capsys.readouterr().err
    assert not read
    assert sorted(path.name for path in folder.iterdir()) == [".lock", file]


def test_a_damaged_corpus_is_listed_as_damaged(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "broken").mkdir(parents=True)
    (home / "broken" / "index.npz").write_bytes(b"nonsense")
    assert main(["corpus", "list"]) == 0
    assert "damaged" in capsys.readouterr().out


def test_the_corpus_is_a_corpus(home: Path, own: Path) -> None:
    add_folder(own, "mine")
    assert isinstance(load_corpus("mine"), Corpus)
