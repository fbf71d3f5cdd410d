"""Building corpora: from a small stand-in for music21's corpus, and from a user's folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

import mer.build.batches
import mer.build.collections
import mer.build.corpora
import mer.build.folders
import mer.search.segments.writing
from mer.__main__ import main
from mer.build.batches import BATCH_TUNES, Batch
from mer.build.collections import Collection
from mer.build.corpora import Tally, build_collections, unique_ids
from mer.build.folders import add_folder, corpus_folder
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.storage import save_arrays
from mer.errors import InputError
from mer.io import save_melody
from mer.io.tunebook.tunes import Convention, TuneReading
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex, load_corpus

HEAD = "M:4/4\nL:1/4\nK:D\n"


def abc(number: int, music: str, *, title: str = "Tune") -> str:
    return f"X:{number}\nT:{title} {number}\n{HEAD}{music}\n\n"


MUSIC = ["ABcd|efga|b2ag|fedc|", "dcBA|GFED|E2FG|ABcd|", "d2ef|gfed|c2BA|GABc|"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """Return a collection of three files in place of music21's, registered as `small`."""
    folder = tmp_path / "music21" / "corpus"
    for number, music in enumerate(MUSIC, 1):
        path = folder / "small" / f"book{number}.abc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(abc(number, music))
    collection = Collection(
        name="small",
        title="Small",
        source="nowhere",
        year="now",
        encoders="the tests",
        licence="free",
        shipped=False,
        pattern="small/*.abc",
        files=3,
        reader="tunebook",
        id_format="small-{number:02d}",
        convention=Convention(marks="sections"),
    )
    monkeypatch.setattr(mer.build.collections, "music21_corpus", lambda: folder)
    monkeypatch.setitem(mer.build.collections.COLLECTIONS, "small", collection)
    return collection


def files_of(small: Collection) -> list[Path]:
    return list(mer.build.collections.source_files(small))


def test_a_collection_is_built_with_its_index(tmp_path: Path, small: Collection) -> None:
    (tally,) = build_collections(["small"], tmp_path / "out")
    assert (tally.files, tally.tunes, tally.problems) == (3, 3, [])
    index = PhraseIndex.load(tmp_path / "out")
    assert [tune.tune_id for tune in index.corpus] == ["small-01", "small-02", "small-03"]
    assert index.corpus.tune(0).title == "Tune 1"
    assert index.corpus.n_phrases == tally.phrases >= 3
    assert index.search(index.corpus.phrase(0).melody, k=1)[0].similarity > 0.99


def test_what_is_left_out_is_counted(tmp_path: Path, small: Collection) -> None:
    first = files_of(small)[0]
    first.write_text(
        abc(1, MUSIC[0]) + abc(2, MUSIC[0]) + abc(3, "ABc|") + abc(4, "") + abc(1, MUSIC[2][::-1])
    )
    (tally,) = build_collections(["small"], tmp_path / "out")
    assert (tally.duplicates, tally.short, len(tally.problems)) == (1, 1, 1)
    assert "small-04" in tally.problems[0]
    assert "left out: 1 duplicate, 1 under" in str(tally)
    assert str(Tally("x", tunes=1179, phrases=1)).startswith("x: 1,179 tunes, 1 phrase (")
    ids = [tune.tune_id for tune in load_corpus(tmp_path / "out")]
    assert ids == ["small-01", "small-01-2", "small-02", "small-03"]


def test_an_interrupted_build_changes_nothing(
    tmp_path: Path, small: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build_collections(["small"], out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    original = mer.build.batches.READERS["tunebook"]

    def interrupted(batch: Batch) -> list[TuneReading]:
        if batch.path.stem == "book3":
            raise KeyboardInterrupt
        return original(batch)

    files_of(small)[0].write_text(abc(9, MUSIC[0]))
    monkeypatch.setitem(mer.build.batches.READERS, "tunebook", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_collections(["small"], out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    monkeypatch.setitem(mer.build.batches.READERS, "tunebook", original)
    build_collections(["small"], out)
    assert load_corpus(out).tune_id(0) == "small-09"


def test_a_tunebook_that_cannot_be_opened_is_named(tmp_path: Path, small: Collection) -> None:
    with pytest.raises(InputError, match=r"none\.abc: no such file"):
        mer.build.batches.batches(small, [tmp_path / "none.abc"])


def test_a_long_tunebook_is_read_in_batches(tmp_path: Path, small: Collection) -> None:
    tunes = 2 * BATCH_TUNES + 1
    # Each tune has its own last bar, so that none is a duplicate.
    text = "".join(
        abc(n, f"{MUSIC[0]}A{1 + n // 8}{'CDEFGABc'[n % 8]}|") for n in range(1, tunes + 1)
    )
    files_of(small)[0].write_text(text)
    chosen = mer.build.batches.batches(small, files_of(small)[:1])
    assert [batch.start for batch in chosen] == [0, BATCH_TUNES, 2 * BATCH_TUNES]
    alone = list(mer.build.batches.read_batches(chosen))
    together = list(mer.build.batches.read_batches(chosen, workers=2))
    assert alone == together
    numbers = [reading.number for _, readings in alone for reading in readings]
    assert numbers == list(range(1, tunes + 1))


def test_an_unknown_collection_is_refused_by_the_command(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "build", "nothing"]) == 2
    assert "unknown collection 'nothing'" in capsys.readouterr().err
    assert not home.exists()


def test_the_build_command(
    home: Path, small: Collection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "build", "small", "--quiet", "--workers", "1"]) == 0
    assert "small: 3 tunes" in capsys.readouterr().out
    assert len(load_corpus("small")) == 3
    assert main(["corpus", "list"]) == 0
    assert "small: 3 tunes" in capsys.readouterr().out


def test_ids_are_made_unique() -> None:
    melody = Melody(pitch=[60], onset=[0], duration=[480])
    tunes = [Tune(name, "", "", melody) for name in ("a", "b", "a", "a")]
    assert [tune.tune_id for tune in unique_ids(tunes)] == ["a", "b", "a-2", "a-3"]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a user's folder with good and bad files."""
    folder = tmp_path / "My Tunes"
    (folder / "inner").mkdir(parents=True)
    tune = Melody(pitch=range(60, 70), onset=range(0, 4800, 480), duration=[480] * 10, meter=(4, 4))
    save_melody(tune, folder / "scale.mid")
    save_melody(tune.transpose(2), folder / "inner" / "scale.musicxml")
    (folder / "book.abc").write_text(abc(1, MUSIC[0]) + abc(2, "A?b|") + abc(3, MUSIC[1]))
    (folder / "empty.mid").write_bytes(b"")
    (folder / "text.mid").write_text("not music")
    (folder / "binary.abc").write_bytes(b"X:1\n\0\0")
    (folder / "short.abc").write_text(abc(1, "AB|"))
    (folder / "notes.txt").write_text("not looked at")
    return folder


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
    home: Path, own: Path, small: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_folder(own, progress=True)
    build_collections(["small"], tmp_path / "out", progress=True)
    assert capsys.readouterr().err == ""


def test_adding_again_replaces_and_another_folder_extends(
    home: Path, own: Path, tmp_path: Path
) -> None:
    add_folder(own, "mine")
    again = add_folder(own, "mine")
    assert (again.new, again.replaced, again.tunes) == (4, 4, 4)
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
            other = FileLock(home / ".mine.lock")
            with pytest.raises(Timeout):
                other.acquire(timeout=0)
            held.append(step.__name__)
            return step(*given)

        return watched

    add_folder(own, "mine")
    writing = mer.search.segments.writing
    for name in ("segments_of", "write_manifest"):
        monkeypatch.setattr(writing, name, noted(getattr(writing, name)))
    add_folder(own, "mine")
    assert held == ["segments_of", "write_manifest"]
    FileLock(home / ".mine.lock").acquire(timeout=0).lock.release()


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
    assert add_folder(own, "mine").replaced == 2
    assert main(["corpus", "remove", "mine", "mine-scale"]) == 0
    assert "now has 3 tunes" in capsys.readouterr().out
    assert main(["corpus", "list"]) == 0
    assert "mine: 3 tunes, " in (listed := capsys.readouterr().out)
    assert ", 2 segments (" in listed
    assert main(["corpus", "merge", "mine"]) == 0
    assert "2 segments before, 1 now" in capsys.readouterr().out
    assert main(["corpus", "check", "mine", "--quiet"]) == 0
    assert "1 segment with 3 tunes: all as they were written" in capsys.readouterr().out
    assert {tune.tune_id for tune in load_corpus("mine")} == {
        "mine-book-1",
        "mine-book-3",
        "mine-inner-scale",
    }
    (segment,) = (home / "mine").glob("segment-*.npz")
    whole = bytearray(segment.read_bytes())
    whole[whole.index(b"NUMPY") + 200] ^= 1
    segment.write_bytes(whole)
    assert main(["corpus", "check", "mine"]) == 2
    assert f"{segment} is damaged at" in capsys.readouterr().err
    for name in ("remove", "merge"):
        assert main(["corpus", name, "none", *(["x"] if name == "remove" else [])]) == 2
        assert "no corpus in it" in capsys.readouterr().err
    assert main(["corpus", "remove", "mine", "x"]) == 2
    assert "no tune 'x' in this corpus of 3 tunes" in capsys.readouterr().err


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
    monkeypatch.setattr(mer.build.folders, "read_tunes", lambda *given, **how: read.append(own))
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
    assert [path.name for path in folder.iterdir()] == [file]


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


@pytest.mark.parametrize("workers", ["0", "-1", "1000"])
def test_an_odd_number_of_workers_is_refused(
    home: Path, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "build", "aird", "--workers", workers]) == 2
    assert capsys.readouterr().err.startswith(f"error: --workers is {workers}")
    assert not home.exists()
