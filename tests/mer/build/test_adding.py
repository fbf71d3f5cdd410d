"""Adding a folder again, after a kill, by others: what is read, replaced, kept and told."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest

import mer.build.adding
import mer.build.bundles
import mer.build.folders
import mer.build.sources
import mer.build.workers
import mer.search.segments.writing
from mer.__main__ import main
from mer.build.bundles import FileBatch, make_bundle, read_files
from mer.build.folders import add_folder
from mer.build.ledger import LEDGER, opened
from mer.build.sources import SourceFile, listed_files
from mer.corpus.corpus import Tune
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.segments.manifest import segments_of
from mer.search.segments.writing import publish_segments
from tests.mer.build.conftest import MUSIC, TUNE, abc, contents, ids_of


class Shuffled(Executor):
    """Runs what it was given when it is asked for a result, the last one first."""

    def __init__(self) -> None:
        self.given: list[Callable[[], None]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        self.given.append(lambda: future.set_result(fn(*args, **named)))
        if len(self.given) == 3:
            for step in reversed(self.given):
                step()
            self.given.clear()
        return future


class Failing(Executor):
    """Runs what it was given but for every third thing, which a worker takes with it."""

    def __init__(self) -> None:
        self.times = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        self.times += 1
        future: Future[Any] = Future()
        if self.times % 3 == 0:
            future.set_exception(BrokenExecutor("a worker is gone"))
        else:
            future.set_result(fn(*args, **named))
        return future


def test_whoever_reads_the_corpus_is_the_same(home: Path, many: Path) -> None:
    (many / "t4.mid").write_text("not music")
    assert add_folder(many, "mine").new == 8
    expected = contents(home / "mine")
    ways: list[dict[str, Any]] = [{"workers": 2}, {"executor": Shuffled()}, {"executor": Failing()}]
    for way in ways:
        shutil.rmtree(home / "mine")
        added = add_folder(many, "mine", **way)
        assert (added.new, len(added.problems)) == (8, 1)
        assert contents(home / "mine") == expected


def test_what_was_made_before_a_kill_is_not_made_again(
    home: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_folder(many, "mine")
    expected = contents(home / "mine")
    shutil.rmtree(home / "mine")
    made: list[str] = []

    def dying(batch: FileBatch) -> None:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(batch.name)
        make_bundle(batch)

    monkeypatch.setattr(mer.build.folders, "make_bundle", dying)
    with pytest.raises(KeyboardInterrupt):
        add_folder(many, "mine")
    assert not (home / "mine" / "manifest.json").exists()
    made.clear()
    add_folder(many, "mine")
    assert len(made) == 1
    assert contents(home / "mine") == expected
    assert list((home / "mine" / "bundles").glob("*/*")) == []


def test_a_damaged_part_is_made_again(home: Path, many: Path) -> None:
    batch = FileBatch(many, "mine", home, tuple(listed_files(many, [])), "1")
    make_bundle(batch)
    whole = batch.bundle.read_bytes()
    for damaged in (whole[:100], b""):
        batch.bundle.write_bytes(damaged)
        assert sum(len(read.tunes) for read in read_files(batch)) == 9
        assert batch.bundle.read_bytes() == whole


def test_a_part_is_named_by_what_it_is_made_from(tmp_path: Path) -> None:
    file = SourceFile("a.mid", 10, 5)
    batch = FileBatch(tmp_path, "mine", tmp_path, (file,), "1")
    others = [
        FileBatch(tmp_path, "mine", tmp_path, (SourceFile("b.mid", 10, 5),), "1"),
        FileBatch(tmp_path, "mine", tmp_path, (SourceFile("a.mid", 11, 5),), "1"),
        FileBatch(tmp_path, "mine", tmp_path, (SourceFile("a.mid", 10, 6),), "1"),
        FileBatch(tmp_path, "other", tmp_path, (file,), "1"),
        FileBatch(tmp_path, "mine", tmp_path, (file,), "2"),
        FileBatch(tmp_path, "mine", tmp_path, (file, file), "1"),
    ]
    assert len({batch.name, *(other.name for other in others)}) == 7
    assert FileBatch(tmp_path / "x", "mine", tmp_path, (file,), "1").name == batch.name


def test_a_reader_that_fails_costs_one_file(
    home: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = mer.build.bundles.read_tunes

    def failing(files: list[Path], *given: Any, **named: Any) -> Iterator[Tune]:
        if files[0].name == "t5.mid":
            raise ZeroDivisionError("in bar 3")
        return original(files, *given, **named)

    monkeypatch.setattr(mer.build.bundles, "read_tunes", failing)
    added = add_folder(many, "mine")
    assert added.new == 8
    assert added.problems[0].endswith("t5.mid: the reader fails (ZeroDivisionError: in bar 3)")


def test_a_changed_file_is_read_again_and_a_vanished_one_kept(home: Path, own: Path) -> None:
    add_folder(own, "mine")
    (own / "book.abc").write_text(abc(1, MUSIC[2]) + abc(7, MUSIC[1]))
    (own / "scale.mid").unlink()
    added = add_folder(own, "mine")
    assert (added.new, added.replaced, added.unchanged, added.vanished) == (2, 1, 5, 1)
    left = {"mine-book-1", "mine-book-7", "mine-inner-scale", "mine-scale"}
    assert set(ids_of("mine")) == left
    assert add_folder(own, "mine").vanished == 1
    added = add_folder(own, "mine", prune=True)
    assert (added.pruned, added.vanished, added.tunes) == (1, 0, 3)
    assert set(ids_of("mine")) == left - {"mine-scale"}
    assert add_folder(own, "mine", prune=True).pruned == 0


def test_a_folder_of_which_nothing_can_be_read_any_more(home: Path, own: Path) -> None:
    add_folder(own, "mine")
    for path in [*own.rglob("*.mid"), *own.rglob("*.abc"), *own.rglob("*.musicxml")]:
        path.write_text("nothing")
    before = contents(home / "mine")
    with pytest.raises(InputError, match="at least one tune"):
        add_folder(own, "mine")
    assert contents(home / "mine") == before


def test_a_folder_that_was_moved_is_known(home: Path, own: Path) -> None:
    add_folder(own, "mine")
    added = add_folder(own.rename(own.with_name("moved")), "mine")
    assert (added.new, added.unchanged, added.tunes, added.vanished) == (0, 7, 4, 0)
    (own.with_name("moved") / "scale.mid").unlink()
    assert add_folder(own.with_name("moved"), "mine").vanished == 1


def test_files_whose_names_give_one_id(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "clash"
    folder.mkdir()
    for number, name in enumerate(("a b.mid", "a-b.mid", "a-b.musicxml")):
        save_melody(TUNE.transpose(number), folder / name)
    (folder / "a.abc").write_text(abc(1, MUSIC[0]) + abc(1, MUSIC[1]))
    add_folder(folder, "c")
    ids = ["c-a-b", "c-a-b-2", "c-a-b-3", "c-a-1", "c-a-1-2"]
    assert sorted(ids_of("c")) == sorted(ids)
    save_melody(TUNE.transpose(7), folder / "a-b.mid")
    assert add_folder(folder, "c").replaced == 1
    assert sorted(ids_of("c")) == sorted(ids)


def test_duplicates_are_told_and_can_be_left_out(home: Path, own: Path) -> None:
    slow = Melody(pitch=TUNE.pitch + 5, onset=TUNE.onset * 2, duration=TUNE.duration * 2)
    save_melody(slow, own / "slow.mid")
    added = add_folder(own, "mine")
    assert (added.new, added.duplicates, added.left_out) == (5, 2, 0)
    lines = added.log.read_text().splitlines()
    assert "same notes: mine-slow as mine-inner-scale" in lines
    assert "same notes: mine-scale as mine-inner-scale" in lines
    added = add_folder(own, "less", skip_duplicates=True)
    assert (added.new, added.duplicates, added.left_out) == (3, 0, 2)
    assert "left out: less-slow, which is the same as less-inner-scale" in added.log.read_text()
    assert "less-slow" not in ids_of("less")
    assert add_folder(own, "less", skip_duplicates=True).unchanged == 8


def test_the_ledger_is_believed_only_where_the_tunes_are_there(
    home: Path, own: Path, many: Path
) -> None:
    add_folder(own, "mine")
    add_folder(many, "other")
    assert main(["corpus", "remove", "mine", "mine-scale"]) == 0
    assert add_folder(own, "mine").new == 0  # removed by hand, and not read again
    publish_segments(home / "mine", segments_of(home / "other"))
    added = add_folder(own, "mine")
    assert (added.new, added.unchanged, added.tunes) == (3, 5, 12)
    (home / "mine" / LEDGER).unlink()
    again = add_folder(own, "mine")
    assert (again.new, again.replaced, again.tunes) == (4, 3, 13)


def test_a_ledger_that_is_none_is_told(home: Path, own: Path) -> None:
    add_folder(own, "mine")
    (home / "mine" / LEDGER).write_bytes(b"no database, but long enough to be read as one" * 9)
    with pytest.raises(InputError, match="cannot be used"):
        add_folder(own, "mine")


def test_new_readers_read_again(home: Path, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_folder(many, "mine")
    monkeypatch.setattr(mer.build.adding, "readers_version", lambda: "others")
    added = add_folder(many, "mine")
    assert (added.new, added.replaced) == (9, 9)


def test_a_folder_that_cannot_be_entered_loses_nothing(
    home: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_folder(own, "mine")
    original = mer.build.folders.listed_files

    def closed(folder: Path, problems: list[str]) -> list[SourceFile]:
        problems.append(f"{folder}/inner: cannot be entered (Permission denied)")
        return [file for file in original(folder, problems) if "/" not in file.path]

    monkeypatch.setattr(mer.build.folders, "listed_files", closed)
    added = add_folder(own, "mine", prune=True)
    assert (added.pruned, added.vanished, added.tunes) == (0, 1, 4)
    assert "cannot be entered" in added.problems[0]


def test_a_name_that_is_no_text_is_read(home: Path, many: Path) -> None:
    bad = (b"caf\xe9.mid").decode("utf-8", "surrogateescape")
    (many / bad).write_bytes((many / "t1.mid").read_bytes())
    (many / f"x{bad}").write_text("not music")
    added = add_folder(many, "mine")
    assert added.new == 10
    assert "caf\\xe9.mid" in added.problems[0]
    assert add_folder(many, "mine").unchanged == 11


def test_only_the_first_problems_are_on_the_screen(
    home: Path, many: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(8):
        (many / f"bad{number}.mid").write_text("not music")
    assert main(["corpus", "add", str(many), "--into", "mine", "--workers", "1"]) == 0
    printed = capsys.readouterr()
    assert printed.err.count("not read: ") == 6
    assert f"not read: 3 more; see {home / 'mine' / 'add.log'}" in printed.err
    assert (home / "mine" / "add.log").read_text().count("not read: ") == 8
    (many / "t1.mid").unlink()
    assert main(["corpus", "add", str(many), "--into", "mine"]) == 0
    said = capsys.readouterr().out
    assert "16 files as before, not read again" in said
    assert "1 file no more in the folder, tunes kept; --prune removes them" in said
    assert main(["corpus", "add", str(many), "--into", "mine", "--prune"]) == 0
    assert "1 file no more in the folder, tunes removed" in capsys.readouterr().out


def test_old_parts_of_other_folders_go(home: Path, many: Path, own: Path) -> None:
    import os

    add_folder(own, "mine")
    for name, days in (("old", 40), ("young", 1)):
        place = home / "mine" / "bundles" / name
        place.mkdir()
        (place / "x.npz").write_bytes(b"")
        age = (place / "x.npz").stat().st_mtime - days * 86400
        os.utime(place / "x.npz", (age, age))
    add_folder(many, "mine")
    assert [p.name for p in (home / "mine" / "bundles").iterdir() if p.is_dir()] == ["young"]


def test_a_failed_writing_leaves_ledger_and_corpus(
    home: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_folder(own, "mine")
    before = contents(home / "mine")
    save_melody(TUNE.transpose(3), own / "more.mid")

    def full(*given: object) -> None:
        raise InputError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr(mer.search.segments.writing, "write_manifest", full)
        with pytest.raises(InputError, match="no space left"):
            add_folder(own, "mine")
    with opened(home / "mine") as ledger:
        assert "more.mid" not in ledger.files()
    assert add_folder(own, "mine").new == 1
    assert before.keys() < contents(home / "mine").keys()
