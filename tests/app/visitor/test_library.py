"""A visitor's own files: read, searched by this visitor only, removed."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.corpora.holdings import overview, shelf_words
from app.pictures.sources import manifest
from app.visitor import library as libraries
from app.visitor.library import OWN, Library
from app.visitor.sessions import Sessions
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def melody(seed: int, notes: int = 24) -> Melody:
    rng = np.random.default_rng(seed)
    return Melody(
        pitch=60 + np.cumsum(rng.integers(-2, 3, notes)),
        onset=np.arange(notes) * 240,
        duration=[240] * notes,
        meter=(6, 8),
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    tunes = [Tune(f"t{n}", f"Tune <{n}>", "made & up", melody(n)) for n in range(20)]
    return Library(PhraseIndex.build(Corpus.from_tunes(tunes)), Sessions(tmp_path / "visitors"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A zip archive of two MIDI files and something else."""
    path = tmp_path / "own.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for name, seed in (("first <i>.mid", 101), ("second.mid", 102)):
            file = tmp_path / "one.mid"
            save_melody(melody(seed), file)
            packed.write(file, name)
        packed.writestr("broken.mid", b"MThd and no more")
    return path


def test_own_tunes_are_found_beside_the_others(library: Library, own: Path) -> None:
    shelf = library.add([own], "ann")
    assert len(shelf.tune_ids) == 2
    assert len(shelf.problems) == 1
    assert shelf.problems[0].startswith("broken.mid:")
    index = library.index_of(shelf)
    assert len(index.corpus) == 22
    assert index.search(melody(101).cut(0, 8), 1)[0].phrase.collection == OWN
    # Nobody else sees them.
    assert library.index_of(None) is library.shipped
    assert OWN not in library.shipped.corpus.collections


def test_own_tunes_alone(library: Library, own: Path) -> None:
    shelf = library.add([own], "ann", alone=True)
    assert library.index_of(shelf).corpus.collections == (OWN,)


def test_own_tunes_are_searched_alone_and_beside_the_others_in_turn(
    library: Library, own: Path
) -> None:
    beside = library.add([own], "ann")
    alone = library.limited(beside, "ann", alone=True)
    assert alone.alone
    assert (alone.tune_ids, alone.problems) == (beside.tune_ids, beside.problems)
    only = library.index_of(alone).corpus
    assert len(only) == 2
    again = library.limited(alone, "ann", alone=False)
    both = library.index_of(again).corpus
    assert len(both) == 22
    first, second = (one.tune(one.find(beside.tune_ids[0])).melody for one in (only, both))
    assert first == second
    assert library.limited(again, "ann", alone=False) is again
    with pytest.raises(InputError, match="you have added no files yet"):
        library.limited(None, "ann", alone=True)


def test_adding_again_replaces_and_leaving_removes(library: Library, own: Path) -> None:
    first = library.add([own], "ann")
    second = library.add([own], "ann")
    assert not first.path.exists()
    assert library.index_of(second) is library.index_of(second)
    with pytest.raises(InputError, match="add them again"):
        library.index_of(first)
    library.remove("ann")
    assert not second.path.exists()
    with pytest.raises(InputError, match="add them again"):
        library.index_of(second)


def test_of_two_added_at_once_none_is_lost(
    library: Library, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second click comes, and is done with, while the first is still reading."""
    save_melody(melody(103), tmp_path / "third.mid")
    others, reading = [], libraries._read

    def read(*given: Any) -> list[Tune]:
        if not others:
            others.append(None)
            others[0] = library.add([tmp_path / "third.mid"], "ann")
            library.add([own], "bob", alone=True)
        return reading(*given)

    monkeypatch.setattr(libraries, "_read", read)
    last = library.add([own], "ann")
    assert [len(shelf.tune_ids) for shelf in (*others, last)] == [1, 3]
    assert len(library.index_of(last).corpus) == 23
    assert len(last.problems) == 1
    assert len(library.add([own, own], "ann").tune_ids) == 4  # what is done before is replaced
    assert not library._adding


def test_few_indexes_are_kept_open(library: Library, own: Path) -> None:
    shelves = [library.add([own], f"visitor {n}", alone=True) for n in range(7)]
    for shelf in shelves:
        assert len(library.index_of(shelf).corpus) == 2
    assert len(library._open) == 4


def test_nothing_readable_is_one_line(library: Library, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mid"
    bad.write_bytes(b"nothing")
    with pytest.raises(InputError) as error:
        library.add([bad], "ann")
    words = str(error.value)
    assert words.startswith("no tune could be read: bad.mid:")
    assert "\n" not in words
    assert str(tmp_path) not in words


def test_limits_stop_the_reading(
    library: Library, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "MOST_TUNES", 1)
    shelf = library.add([own], "ann")
    assert len(shelf.tune_ids) == 1
    assert "only the first 1 tunes" in shelf.problems[-1]


def test_what_is_in_it_is_told_and_escaped(library: Library, own: Path) -> None:
    shelf = library.add([own], "ann")
    corpus = library.index_of(shelf).corpus
    page = overview(corpus, manifest())
    assert page.count('class="chart"') == 4
    assert "made &amp; up" in page
    assert "No licence is noted" in page
    assert "removed when you leave" in page
    told = shelf_words(shelf)
    assert "2 tunes of your own" in told
    assert "broken.mid" in told
    assert "<i>" not in told
    assert "No files of your own" in shelf_words(None)


def test_every_shipped_collection_has_a_licence() -> None:
    corpus = PhraseIndex.load().corpus
    noted = manifest()
    assert all(noted[name]["licence"] for name in corpus.collections)
    assert "No licence is noted" not in overview(corpus, noted)
