"""The shipped pack: whole, licensed, large enough, and what its manifest says."""

import hashlib
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import mer.build.collections
from mer.build.collections import SHIPPED_NAMES, collection_named
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder
from mer.search.index import PhraseIndex, load_corpus

DATA = data_folder()
REBUILD = Path(__file__).resolve().parents[2] / "data" / "rebuild.py"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "manifest.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="module")
def rebuild() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rebuild", REBUILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_has_its_checksum(manifest: dict[str, Any]) -> None:
    listed = manifest["files"]
    there = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    kept = {name for name in there if not name.endswith((".py", ".pyc", ".md"))}
    assert set(listed) == kept - {"manifest.json"}
    for name, entry in listed.items():
        content = (DATA / name).read_bytes()
        assert len(content) == entry["bytes"], name
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name


def test_the_pack_is_large_enough(manifest: dict[str, Any], corpus: Corpus) -> None:
    assert len(corpus) == manifest["tunes"] >= 4_500
    assert corpus.n_phrases == manifest["phrases"] >= 30_000
    assert len(corpus.tunes.pitch) == manifest["notes"]


def test_every_collection_is_there_with_its_licence(
    manifest: dict[str, Any], corpus: Corpus
) -> None:
    entries = manifest["collections"]
    assert [entry["name"] for entry in entries] == list(SHIPPED_NAMES)
    assert set(corpus.collections) == {entry["title"] for entry in entries}
    counts = dict.fromkeys(corpus.collections, 0)
    for tune in range(len(corpus)):
        counts[corpus.collection(tune)] += 1
    for entry in entries:
        source = collection_named(entry["name"])
        assert source.shipped
        assert entry["licence"] == source.licence
        assert entry["encoders"] == source.encoders
        assert counts[entry["title"]] == entry["tunes"]


def test_more_than_97_percent_of_the_tunes_were_read(manifest: dict[str, Any]) -> None:
    for entry in manifest["collections"]:
        left_out = entry["left_out"]
        unread = len(left_out["unreadable"])
        found = entry["tunes"] + left_out["duplicates"] + left_out["under_8_notes"] + unread
        assert unread / found < 0.03, entry["name"]


def test_nothing_in_the_manifest_names_a_machine(manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest)
    for word in ("/home", "/tmp", "/usr", "site-packages", "\\\\"):
        assert word not in text


def test_ids_are_unique_and_titles_clean(corpus: Corpus) -> None:
    ids = [corpus.tune_id(tune) for tune in range(len(corpus))]
    assert len(set(ids)) == len(ids)
    titles = [corpus.title(tune) for tune in range(len(corpus))]
    assert all(title == title.strip() and title for title in titles)
    assert sum(title == "untitled" for title in titles) < 10


@pytest.mark.parametrize(
    ("tune_id", "title", "meter", "key", "downbeat", "opening"),
    [
        ("oneills-0002", "Fare You Well", (2, 4), "D major", 240, [77 + 1, 79, 81, 83, 79, 81]),
        ("aird-0402", "Skiver the Quilt", (6, 8), "A dorian", 240, [71, 74, 76, 76, 74, 71]),
        (
            "bach-bwv253",
            "Ach bleib bei uns, Herr Jesu Christ (BWV 253)",
            (4, 4),
            "A major",
            480,
            [73, 73, 74, 76, 73, 69],
        ),
    ],
)
def test_known_tunes(
    corpus: Corpus,
    tune_id: str,
    title: str,
    meter: tuple[int, int],
    key: str,
    downbeat: int,
    opening: list[int],
) -> None:
    tune = corpus.tune(corpus.find(tune_id))
    assert (tune.title, tune.melody.meter, str(tune.melody.key)) == (title, meter, key)
    assert tune.melody.downbeat == downbeat
    assert tune.melody.pitch[:6].tolist() == opening


def test_a_phrase_of_the_pack_finds_itself() -> None:
    index = PhraseIndex.load()
    phrase = index.corpus.phrase(1_000)
    best = index.search(phrase.melody.transpose(-2), k=1)[0]
    assert (best.transposition, round(best.similarity, 6)) == (2, 1.0)


def test_the_readme_says_what_the_manifest_says(manifest: dict[str, Any]) -> None:
    text = (REBUILD.parent / "README.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("|")}
    assert "`essen`" in rows
    for entry in manifest["collections"]:
        row = rows[f"`{entry['name']}`"]
        assert f"| {entry['tunes']:,} | {entry['phrases']:,} | yes |" in row


def test_the_rebuild_script_sees_a_difference(
    tmp_path: Path, rebuild: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "corpus" / "miscFolk" / "book.abc"
    book.parent.mkdir(parents=True)
    book.write_text("X:1\nT:Made up\nM:4/4\nL:1/4\nK:D\nABcd|efga|bagf|e4|]\n")
    monkeypatch.setattr(mer.build.collections, "music21_corpus", lambda: tmp_path / "corpus")
    monkeypatch.setattr(rebuild, "SHIPPED_NAMES", ("misc",))
    for name in ("one", "two"):
        rebuild.build_pack(tmp_path / name, progress=False)
    assert rebuild.differences(tmp_path / "one", tmp_path / "two") == []
    (tmp_path / "two" / "folk" / "extra").write_text("more")
    (tmp_path / "two" / "manifest.json").write_text("{}")
    different = rebuild.differences(tmp_path / "one", tmp_path / "two")
    assert different == ["folk/extra", "manifest.json"]
