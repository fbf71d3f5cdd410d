"""`mer search`: table, JSON and refusals."""

import json

import pytest

from mer.__main__ import main
from mer.corpus import Corpus, Tune
from mer.index import PhraseIndex
from mer.io import save_melody
from mer.melody import Melody


@pytest.fixture
def folder(tmp_path):
    notes = {"onset": [0, 480, 960, 1440], "duration": [480] * 4, "meter": (4, 4)}
    scale = Melody(pitch=[60, 62, 64, 65], **notes)
    chord = Melody(pitch=[60, 64, 67, 72], **notes)
    tunes = [Tune("s", "A Scale", "mine", scale), Tune("c", "A Chord", "mine", chord)]
    PhraseIndex.build(Corpus.from_tunes(tunes)).save(tmp_path / "index.npz")
    save_melody(chord.transpose(-5), tmp_path / "motif.mid")
    return tmp_path


def test_the_table_shows_what_was_found_and_how(folder, capsys):
    assert main(["search", str(folder / "motif.mid"), "--corpus", str(folder), "--k", "1"]) == 0
    head, row, alignment = capsys.readouterr().out.splitlines()
    assert head.split() == ["rank", "title", "collection", "phrase", "similarity", "shift"]
    assert row.split() == ["1", "A", "Chord", "mine", "1", "1.000", "+5"]
    assert alignment.split() == ["C", "E", "G", "C"]


def test_json_holds_the_same(folder, capsys):
    assert main(["search", str(folder / "motif.mid"), "--corpus", str(folder), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["title"], first["phrase"], first["transposition"]) == ("A Chord", 1, 5)
    assert first["pairs"] == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert first["similarity"] > second["similarity"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "none.mid"],
        ["search", "motif.mid", "--corpus", "nowhere"],
        ["search", "motif.mid", "--k", "0"],
        ["search", "motif.mid", "--k", "x"],
        ["search"],
        ["sing"],
        [],
    ],
)
def test_bad_requests_are_one_line_and_status_2(folder, capsys, monkeypatch, arguments):
    monkeypatch.chdir(folder)
    if "--corpus" not in arguments and "motif.mid" in arguments:
        arguments = [*arguments, "--corpus", "."]
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
