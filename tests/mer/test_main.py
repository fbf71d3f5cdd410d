"""`mer search`: table, JSON and refusals."""

import json
import xml.etree.ElementTree as ET

import pytest

from mer.__main__ import main
from mer.corpus.corpus import Corpus, Tune
from mer.io import save_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

_BAR = "<note><rest/><duration>4</duration></note>"
RESTS = {
    "rests.mid": bytes.fromhex(
        "4d546864 00000006 0000 0001 01e0 4d54726b 00000004 00ff2f00".replace(" ", "")
    ),
    "rests.musicxml": (
        '<?xml version="1.0"?><score-partwise version="3.1"><part-list><score-part id="P1">'
        '<part-name>A</part-name></score-part></part-list><part id="P1"><measure number="1">'
        f"<attributes><divisions>1</divisions></attributes>{_BAR}</measure></part>"
        "</score-partwise>"
    ).encode(),
    "rests.abc": b"X:1\nT:Silence\nM:4/4\nL:1/4\nK:C\nz4|z4|\n",
}


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


def search(folder, *options):
    return main(["search", str(folder / "motif.mid"), "--corpus", str(folder), *options])


def test_explanations_are_printed(folder, capsys):
    assert search(folder, "--explain") == 0
    first, second = capsys.readouterr().out.split("\n\n")
    assert first.startswith("A Chord · mine · phrase 1 · similarity 1.000\n")
    assert "5 semitones higher (a fourth). 4 of 4 notes of the motif are the same" in first
    assert "motif notes 1-4 = phrase notes 1-4: up a major third, up a minor third" in first
    assert second.startswith("A Scale")


def test_pictures_are_drawn(folder, capsys):
    assert search(folder, "--svg", str(folder / "new" / "pictures")) == 0
    drawn = sorted((folder / "new" / "pictures").iterdir())
    assert [path.name for path in drawn] == ["01-c-phrase-1.svg", "02-s-phrase-1.svg"]
    assert "A Chord" in ET.parse(drawn[0]).getroot().attrib["aria-label"]
    written = capsys.readouterr()
    assert written.out.startswith("rank")
    assert "drew 2 matches" in written.err


def test_wishes_limit_the_search(folder, capsys):
    wishes = ("--meter", "4/4", "--collection", "MINE")
    assert search(folder, *wishes, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 2
    assert search(folder, "--mode", "dorian") == 0
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "no tune of the corpus passes all these filters\n")
    assert search(folder, "--mode", "dorian", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert search(folder, "--meter", "4/4", "--meter", "3/4") == 2
    assert "no tune in 3/4 in this corpus; its metres are 4/4" in capsys.readouterr().err


def test_whole_melodies_can_be_searched(tmp_path, folder, capsys):
    notes = {"onset": range(0, 3840, 480), "duration": [480] * 8, "phrase_starts": (0, 4)}
    tune = Melody(pitch=[60, 62, 64, 65, 60, 64, 67, 72], **notes)
    corpus = Corpus.from_tunes([Tune("t", "Both", "mine", tune)])
    PhraseIndex.build(corpus).save(tmp_path / "index.npz")
    assert search(folder, "--unit", "melody", "--json") == 0
    written = capsys.readouterr()
    (match,) = json.loads(written.out)
    assert (match["start"], match["stop"]) == (0, 8)
    assert match["pairs"] == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert "'melody'" in written.err
    assert search(folder, "--unit", "phrase", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


@pytest.mark.parametrize("name", ["rests.mid", "rests.musicxml", "rests.abc"])
def test_a_file_of_rests_is_refused_in_one_line(folder, capsys, name):
    (folder / name).write_bytes(RESTS[name])
    assert main(["search", str(folder / name), "--corpus", str(folder)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert name in error


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "none.mid"],
        ["search", "motif.mid", "--corpus", "nowhere"],
        ["search", "motif.mid", "--method", "sing"],
        ["search", "motif.mid", "--k", "0"],
        ["search", "motif.mid", "--k", "x"],
        ["search", "motif.mid", "--meter", "waltz"],
        ["search", "motif.mid", "--motif-meter", "waltz"],
        ["search", "motif.mid", "--from-bar", "2", "--to-bar", "90"],
        ["search", "motif.mid", "--from-bar", "one"],
        ["search", "motif.mid", "--mode", "happy"],
        ["search", "motif.mid", "--collection", "nobody's"],
        ["search", "motif.mid", "--unit", "bar"],
        ["search", "motif.mid", "--json", "--explain"],
        ["search", "motif.mid", "--svg", "motif.mid"],
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


def test_figures_never_overwrite_the_melodies_that_are_measured(tmp_path, capsys):
    notes = '"pitch": [60, 62, 64], "onset": [0, 1, 2], "duration": [1, 1, 1]'
    line = '{"id": "%s", "family": "f", ' + notes + "}"
    labelled = tmp_path / "tunes.jsonl"
    labelled.write_text("".join(line % name + "\n" for name in "ab"))
    before = labelled.read_bytes()
    for out, said in ((labelled, "would overwrite a file that is read"), (tmp_path, "is a folder")):
        assert main(["evaluate", str(labelled), "--json", str(out), "--quiet"]) == 2
        assert said in capsys.readouterr().err
    assert labelled.read_bytes() == before


def test_a_file_is_no_folder_of_tunes(folder, capsys):
    assert main(["corpus", "add", str(folder / "motif.mid")]) == 2
    assert "is a file; name the folder" in capsys.readouterr().err
