"""`mer evaluate`: the protocol on families that are easy to find, and its table."""

import json

import numpy as np
import pytest

from mer.__main__ import main
from mer.errors import InputError
from mer.evaluation.labelled import Labelled, save_labelled
from mer.evaluation.table import measure, table_as_json, table_as_text
from mer.notes.melody import Melody
from mer.search.stack.methods import METHODS


def variant(pitch, rng):
    pitch = pitch.copy()
    pitch[rng.integers(len(pitch))] += 1
    pitch += rng.integers(-5, 6)
    onset = np.arange(len(pitch)) * 240
    return Melody(pitch=pitch, onset=onset, duration=[240] * len(pitch), meter=(4, 4))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    rng = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("labelled")
    items = []
    for family in range(5):
        pitch = 67 + np.cumsum(rng.integers(-4, 5, 30)).clip(-12, 12)
        items += [Labelled(f"{family}-{n}", f"f{family}", variant(pitch, rng)) for n in range(3)]
    items.append(Labelled("single", "alone", variant(pitch + rng.integers(-3, 4, 30), rng)))
    items.append(Labelled("unknown", None, variant(pitch + rng.integers(-3, 4, 30), rng)))
    save_labelled(items, folder / "tunes.jsonl")
    others = [
        Labelled(f"b{n}", None, variant(67 + np.cumsum(rng.integers(-4, 5, 30)).clip(-12, 12), rng))
        for n in range(20)
    ]
    save_labelled(others, folder / "background.jsonl.gz")
    return folder


@pytest.mark.parametrize("notes_only", [False, True])
def test_every_method_finds_easy_families(files, notes_only):
    table = measure(files / "tunes.jsonl", ["all"], notes_only=notes_only)
    assert list(table) == list(METHODS)
    for name, measured in table.items():
        assert measured.evaluation.queries == 15
        if name in ("full", "full-noexpand", "align", "ngram", "interval", "contour"):
            assert measured.evaluation["map"] > 0.7


def test_a_background_is_searched_and_never_relevant(files, capsys):
    table = measure(
        files / "tunes.jsonl", ["full"], background=files / "background.jsonl.gz", progress=True
    )
    assert table["full"].evaluation["p_at_1"] == 1.0
    assert capsys.readouterr().err == ""  # a progress bar is for terminals


def test_relevant_ids_take_the_place_of_families(files):
    path = files / "relevant.json"
    path.write_text(json.dumps({"0-0": ["0-1"], "2-2": ["2-0", "2-1"], "1-1": []}))
    table = measure(files / "tunes.jsonl", ["ngram"], relevant=path)
    assert table["ngram"].evaluation.queries == 2
    path.write_text(json.dumps({"0-0": ["nobody"]}))
    with pytest.raises(InputError, match="nobody"):
        measure(files / "tunes.jsonl", ["ngram"], relevant=path)
    path.write_text("[1")
    with pytest.raises(InputError, match="JSON"):
        measure(files / "tunes.jsonl", ["ngram"], relevant=path)


def test_the_command_prints_and_writes(files, capsys):
    out = files / "figures.json"
    arguments = ["evaluate", str(files / "tunes.jsonl"), "--method", "ngram,align", "--quiet"]
    assert main([*arguments, "--json", str(out)]) == 0
    written = json.loads(out.read_text())
    figures, each = written["methods"], written["per_query"]
    assert len(written["queries"]) == len(each["ngram"]["map"]) == 15
    assert written["queries"][:2] == ["0-0", "0-1"]
    assert np.mean(each["align"]["map"]) == pytest.approx(figures["align"]["map"], abs=1e-5)
    assert set(figures) == {"ngram", "align"}
    assert set(figures["align"]) == {"map", "p_at_1", "mrr", "recall_at_10", "ms_per_query"}
    printed = capsys.readouterr().out
    assert "15 queries" in printed
    assert f"{figures['ngram']['map']:.3f}" in printed


def test_table_and_json_agree(files):
    table = measure(files / "tunes.jsonl", ["ngram"])
    assert f"{table_as_json(table)['methods']['ngram']['map']:.3f}" in table_as_text(table)


def test_bad_requests_are_one_line_and_status_2(files, capsys, tmp_path):
    for arguments in (
        ["evaluate", str(files / "tunes.jsonl"), "--method", "magic"],
        ["evaluate", str(tmp_path / "none.jsonl")],
        ["evaluate", str(files / "background.jsonl.gz")],
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ")
        assert error.count("\n") == 1


def test_unlabelled_families_are_refused(files):
    with pytest.raises(InputError, match="share a family"):
        measure(files / "background.jsonl.gz", ["ngram"])
