"""Checks by hand: which tune, which bars, which notes; what is printed; what is refused."""

import csv
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mer.__main__ import main
from mer.alignment.aspects import ASPECTS
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.check import Check, check
from mer.search.sharing.stretches import WINDOW_NOTES, Stretch, windows
from mer.search.sharing.telling import check_as_json, check_as_text, check_row, column_names


def line(seed: int, notes: int = 32) -> Melody:
    """Return a melody in quavers, 4/4, eight notes a bar."""
    rng = np.random.default_rng(seed)
    pitch = 66 + np.cumsum(rng.integers(-4, 5, notes)).clip(-20, 20)
    return Melody(pitch=pitch, onset=np.arange(notes) * 240, duration=[240] * notes, meter=(4, 4))


def joined(*parts: Melody) -> Melody:
    pitch = np.concatenate([part.pitch for part in parts])
    notes = len(pitch)
    return Melody(pitch=pitch, onset=np.arange(notes) * 240, duration=[240] * notes, meter=(4, 4))


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    return PhraseIndex.build(
        Corpus.from_tunes(
            Tune(f"t{n}", f"Tune {n}", "odd" if n % 2 else "even", line(n)) for n in range(12)
        )
    )


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def quoted(index: PhraseIndex) -> Melody:
    """Two new bars, bars 2 and 3 of tune 5 a third higher with one note changed, two new bars."""
    quote = line(5).cut(8, 24).transpose(4)
    pitch = quote.pitch.copy()
    pitch[12] += 5
    return joined(line(100, 16), replace(quote, pitch=pitch), line(101, 16))


def test_a_changed_quotation_is_found_where_it_stands(index: PhraseIndex, quoted: Melody) -> None:
    found = check(quoted, index)
    best = found.stretches[0]
    assert (best.tune.tune_id, best.transposition) == ("t5", -4)
    assert set(zip(range(16, 32), range(8, 24), strict=True)) <= set(best.pairs)
    here = found.span(best.pairs[0][0], best.pairs[-1][0])
    assert abs(here[0] - 3) <= 1
    assert abs(here[1] - 4) <= 1
    run = found.runs["pitch"]
    assert run is not None
    assert (run.notes, run.start, run.tune.tune_id, run.note) == (12, 16, "t5", 8)
    assert (run.transposition, run.bars, run.tunes, run.share.value) == (-4, (2, 3), 1, 0.0)
    rhythm = found.runs["rhythm"]
    assert rhythm is not None
    assert (rhythm.notes, rhythm.tunes, rhythm.transposition) == (32, 12, None)
    assert rhythm.share.value == 1.0


def test_what_is_the_same_is_counted_aspect_by_aspect() -> None:
    mine = Melody(pitch=[60, 62, 64, 60], onset=[0, 240, 480, 720], duration=[240] * 4)
    theirs = Melody(pitch=[72, 74, 77, 78], onset=[0, 480, 960, 1920], duration=[480] * 4)
    one = Stretch(mine, Tune("t", "", "", theirs), 12, tuple((n, n) for n in range(4)))
    assert one.same == {"pitch": 2, "rhythm": 3, "contour": 3}
    assert one.worth == 2 * 2 - 4
    assert Stretch(mine, one.tune, 0, ()).worth == 0


def test_notes_put_in_count_against_a_stretch() -> None:
    mine = Melody(pitch=[60, 62, 70, 70, 64], onset=np.arange(5) * 240, duration=[240] * 5)
    theirs = Melody(pitch=[60, 62, 64], onset=[0, 240, 480], duration=[240] * 3)
    pairs = ((0, 0), (1, 1), (4, 2))
    assert Stretch(mine, Tune("t", "", "", theirs), 0, pairs).worth == 2 * 3 - 5


@pytest.mark.parametrize("notes", [3, WINDOW_NOTES, WINDOW_NOTES + 1, 100])
def test_windows_cover_every_note(notes: int) -> None:
    melody = line(3, notes)
    found = [window.pitch.tolist() for window in windows(melody)]
    assert found[0] == melody.pitch[:WINDOW_NOTES].tolist()
    assert found[-1] == melody.pitch[-WINDOW_NOTES:].tolist()
    assert all(len(window) == min(notes, WINDOW_NOTES) for window in found)


def test_a_filter_limits_what_is_compared(index: PhraseIndex, quoted: Melody) -> None:
    found = check(quoted, index, where=Filter(collections=["even"]))
    assert found.tunes == 6
    assert all(one.tune.collection == "even" for one in found.stretches)
    assert all(run.tune.collection == "even" for run in found.runs.values() if run)


def test_a_filter_with_a_place_is_refused(index: PhraseIndex) -> None:
    with pytest.raises(InputError, match="compared whole"):
        check(line(5), index, where=Filter(place="opening"))


def test_as_many_tunes_are_found_as_are_asked_for() -> None:
    alike = Corpus.from_tunes(
        Tune(f"t{n:02}", "", "mine", joined(line(200 + n, 8), line(5), line(300 + n, 8)))
        for n in range(80)
    )
    many = PhraseIndex.build(alike)
    for k in (3, 70, 80):
        assert len(check(line(5), many, k=k).stretches) == k


def test_three_notes_suffice(index: PhraseIndex) -> None:
    found = check(line(5).cut(0, 3), index)
    assert set(found.runs.values()) == {None}
    assert found.stretches[0].worth == 3
    assert "no run of 4 notes" in check_as_text(found)
    with pytest.raises(InputError, match="2 notes"):
        check(line(5).cut(0, 2), index)


def test_nothing_shared_is_said_and_proves_nothing(index: PhraseIndex) -> None:
    found = Check(line(1), 12, dict.fromkeys(ASPECTS), (), np.ones(32, dtype=np.int64))
    text = check_as_text(found)
    assert "none in which more notes are the same" in text
    assert text.endswith(
        "12 tunes and no others: what is not found among them is no proof that it is new."
    )


def test_text_json_and_row_say_the_same(index: PhraseIndex, quoted: Melody) -> None:
    found = check(quoted, index, k=2)
    text = check_as_text(found, notes=True)
    assert "pitch: 12 notes, bars 3-4 = bars 2-3 of Tune 5 (odd, t5), 4 semitones lower" in text
    assert "0% of the tunes (0% to 24%) share one as long with tunes of other titles" in text
    assert "no proof" in text
    assert "(" in text.split("1. Tune 5")[1].splitlines()[2]  # the changed note
    told = json.loads(json.dumps(check_as_json(found)))
    assert told["runs"]["pitch"]["tune_id"] == "t5"
    assert told["stretches"][0]["transposition"] == -4
    assert len(told["stretches"]) == 2
    row = check_row("a.mid", found)
    assert list(row) == column_names()
    assert (row["pitch_notes"], row["pitch_bars"], row["most_tune_id"]) == (12, "3-4", "t5")
    assert check_row("b.mid", "cannot be read")["problem"] == "cannot be read"


@pytest.fixture
def corpus(index: PhraseIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MER_HOME", str(tmp_path / "home"))
    index.save(tmp_path / "home" / "mine")
    return "mine"


def test_the_command_checks_a_file_and_a_folder(
    corpus: str, quoted: Melody, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    save_melody(quoted, folder / "quoted.mid")
    (folder / "broken.mid").write_bytes(b"nothing")
    assert main(["check", str(folder / "quoted.mid"), "--corpus", corpus]) == 0
    assert "of Tune 5" in capsys.readouterr().out
    table = tmp_path / "table.csv"
    assert main(["check", str(folder), "--corpus", corpus, "--csv", str(table), "--quiet"]) == 0
    assert "checked 1 melody, 1 not read" in capsys.readouterr().err
    rows = list(csv.DictReader(table.open()))
    assert [row["file"] for row in rows] == ["broken.mid", "quoted.mid"]
    assert [row["most_tune_id"] for row in rows] == ["", "t5"]
    assert rows[0]["problem"]
    assert main(["check", str(folder), "--corpus", corpus]) == 0
    assert capsys.readouterr().out == table.read_text()
    bar = ["--from-bar", "3", "--to-bar", "4", "--json"]
    assert main(["check", str(folder / "quoted.mid"), "--corpus", corpus, *bar]) == 0
    assert json.loads(capsys.readouterr().out)["runs"]["pitch"]["bars"] == [3, 4]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["nothing.mid"], "nothing.mid"),
        (["motif.mid", "--csv", "t.csv"], "for a folder"),
        ([".", "--json"], "is a folder"),
        ([".", "--tune", "1"], "is for one file"),
        ([".", "--csv", "."], "name a file to write"),
        (["empty"], "no music files"),
        (["motif.mid", "--k", "0"], "k is 0"),
        (["full", "--k", "0"], "k is 0"),
        (["nothing.mid", "--k", "1001"], "k is 1001"),
        (["full", "--csv", "none/t.csv"], "in a folder that is there"),
    ],
)
def test_the_command_refuses(
    corpus: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    save_melody(line(5), tmp_path / "motif.mid")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    save_melody(line(5), tmp_path / "full" / "one.mid")
    assert main(["check", *asked, "--corpus", corpus]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    assert said in error


def closing(name: str) -> Callable[..., Iterator[tuple[str, list[str], list[str]]]]:
    """Return an `os.walk` that cannot enter folders of a name."""
    walk = os.walk

    def walked(
        top: Path, onerror: Callable[[OSError], None]
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        for place, folders, names in walk(top):
            if name in folders:
                folders.remove(name)
                onerror(PermissionError(13, "Permission denied", str(Path(place) / name)))
            yield place, folders, names

    return walked


def test_a_folder_that_cannot_be_entered_has_a_row_of_its_own(
    corpus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "made" / "inner").mkdir(parents=True)
    monkeypatch.setattr("mer.build.sources.os.walk", closing("inner"))
    asked = ["check", str(tmp_path / "made"), "--corpus", corpus, "--quiet"]
    assert main(asked) == 2
    assert "inner: cannot be entered (Permission denied)" in capsys.readouterr().err
    save_melody(line(5), tmp_path / "made" / "a.mid")
    assert main(asked) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(said.out.splitlines()))
    assert [row["file"] for row in rows] == ["inner", "a.mid"]
    assert ["cannot be entered" in row["problem"] for row in rows] == [True, False]
    assert "checked 1 melody, 1 not read" in said.err
