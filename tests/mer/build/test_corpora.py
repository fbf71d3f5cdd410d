"""Building corpora from a small stand-in for music21's corpus."""

from dataclasses import replace
from pathlib import Path

import pytest

import mer.build.batches
import mer.build.collections
import mer.build.corpora
import mer.build.folders
import mer.search.segments.writing
from mer.__main__ import main
from mer.build.batches import BATCH_TUNES, Batch
from mer.build.collections import Collection
from mer.build.corpora import Tally, build_collections, unique_ids
from mer.corpus.corpus import Tune
from mer.corpus.shipped import index_file
from mer.errors import InputError
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


@pytest.mark.parametrize(("marks", "given"), [("lines", True), ("sections", False)])
def test_lines_of_a_song_are_phrases_and_sections_of_a_dance_are_not(
    tmp_path: Path, small: Collection, monkeypatch: pytest.MonkeyPatch, marks: str, given: bool
) -> None:
    song = replace(small, convention=Convention(marks=marks))
    monkeypatch.setitem(mer.build.collections.COLLECTIONS, "small", song)
    files_of(song)[0].write_text(abc(1, "ABcd|efga|\nb2ag|fedc||"))
    (tally,) = build_collections(["small"], tmp_path / "out")
    corpus = load_corpus(tmp_path / "out")
    assert corpus.marked.tolist() == [given] * tally.tunes
    assert (len(corpus.tune(0).melody.phrase_starts) == 2) or not given


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


def test_where_no_one_looks_there_is_no_progress_bar(
    small: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build_collections(["small"], tmp_path / "out", progress=True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("workers", ["0", "-1", "1000"])
def test_an_odd_number_of_workers_is_refused(
    home: Path, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corpus", "build", "aird", "--workers", workers]) == 2
    assert capsys.readouterr().err.startswith(f"error: --workers is {workers}")
    assert not home.exists()


@pytest.mark.skipif(not index_file().exists(), reason="the shipped corpus has not been built")
def test_what_is_shipped_is_what_the_readers_read(tmp_path: Path) -> None:
    # The smallest collection: data/rebuild.py --check compares everything.
    build_collections(["misc"], tmp_path / "misc")
    read = {tune.tune_id: tune for tune in load_corpus(tmp_path / "misc")}
    shipped = [tune for tune in load_corpus() if tune.tune_id.startswith("misc-")]
    assert len(shipped) > 100
    assert [tune.tune_id for tune in shipped if read.get(tune.tune_id) != tune] == []


def test_chant_is_built_from_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "data" / "cantuscorpus_v1.0" / "chants.csv"
    table.parent.mkdir(parents=True)
    table.write_text(
        "incipit,cantus_id,mode,melody\n"
        "Ave,000001,1,1---d--fg--h---gf--e--d---3---f--g--f--d---4\n"
        "Breve,000002,8,1---g--h--g---4\n"
        "Ave,000001,1,1---d--fg--h---gf--e--d---3---f--g--e--d---4\n"
        "Ave,000001,1,1---d--fg--h---gf--e--d---3---f--g--f--d---4\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(mer.build.collections, "cantus_corpus", lambda: tmp_path / "data")
    (tally,) = build_collections(["chant"], tmp_path / "chant")
    assert (tally.tunes, tally.short, tally.duplicates, tally.problems) == (2, 1, 1, [])
    first, second = load_corpus(tmp_path / "chant")
    assert (first.tune_id, second.tune_id) == ("cantus-000001", "cantus-000003")
    assert (first.title, first.collection, first.marked) == ("Ave (000001)", "CantusCorpus", True)
    assert first.melody.phrase_starts == (0, 8)
    assert str(first.melody.key) == "D dorian"
