"""benchmarks/prediction.py and neighbours_help.py on invented melodies."""

import doctest
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.evaluation.labelled import Labelled, save_labelled
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
FEW = ["pitch:long", "interval:long", "pitch:short", "duration:long"]


def load(name: str) -> Iterator[ModuleType]:
    """Lend a module of benchmarks/, which is no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))


@pytest.fixture
def prediction() -> Iterator[ModuleType]:
    yield from load("prediction")


@pytest.fixture
def neighbours_help() -> Iterator[ModuleType]:
    yield from load("neighbours_help")


def invented(number: int) -> Melody:
    """Return a walk on the scale in phrases of eight notes; the metre is known now and then."""
    rng = np.random.default_rng(number)
    notes = int(rng.integers(20, 44))
    degree = np.clip(np.cumsum(rng.choice([-1, -1, 0, 1, 1, 2, -2], notes)), -5, 9)
    octave, step = np.divmod(degree, 7)
    duration = rng.choice([240, 480, 480], notes)
    return Melody(
        pitch=62 + 12 * octave + np.array([0, 2, 4, 5, 7, 9, 11])[step],
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=(3, 4) if number % 3 == 0 else None,
        key=Key(2),
        phrase_starts=tuple(range(0, notes, 8)),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "walks.jsonl.gz"
    save_labelled([Labelled(str(n), None, invented(n)) for n in range(30)], path)
    return path


def test_the_figures_are_written(prediction: ModuleType, path: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "out.json", tmp_path / "page.md"
    arguments = [str(path), "--folds", "5", "--experts", *FEW, "--json", str(out)]
    assert prediction.main([*arguments, "--page", str(page)]) == 0
    found = json.loads(out.read_text())
    assert set(found["sets"]["walks"]) == {"pitch", "pitch_given_rhythm", "duration"}
    figures = found["details"]["walks"]["pitch"]
    assert figures["interval"][0] < figures["bits"] < figures["interval"][1]
    assert figures["bits"] < np.log2(25)
    assert set(figures["ablation"]) == set(FEW[:3])
    assert "<!-- ablation -->" in page.read_text()


def test_shuffled_values_cost_their_entropy(
    prediction: ModuleType, path: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    assert prediction.main([str(path), "--folds", "3", "--experts", *FEW, "--json", str(out)]) == 0
    for figures in json.loads(out.read_text())["details"]["walks"].values():
        assert figures["control"] > figures["entropy"] - 0.02


def test_the_same_figures_again(prediction: ModuleType, path: Path, tmp_path: Path) -> None:
    texts = []
    for name in ("a.json", "b.json"):
        out = tmp_path / name
        quick = ["--quick", "--folds", "3", "--targets", "pitch", "--experts", *FEW[:2]]
        assert prediction.main([str(path), *quick, "--json", str(out)]) == 0
        texts.append(json.loads(out.read_text())["sets"])
    assert texts[0] == texts[1]


def test_melodies_are_dealt_in_equal_parts(prediction: ModuleType) -> None:
    fold = prediction.deal(23, 5, 0)
    assert sorted(np.bincount(fold).tolist()) == [4, 4, 5, 5, 5]


def test_bad_input_is_one_line(
    prediction: ModuleType, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [
        ["missing.jsonl"],
        [str(path), "--folds", "1"],
        [str(path), "--experts", "mood:long"],
    ]
    for arguments in bad:
        assert prediction.main(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert said.count("\n") == 1


def test_neighbours_are_measured(
    neighbours_help: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tunes = [Tune(str(n), f"Walk {n}", "invented", invented(n)) for n in range(60)]
    tunes.append(Tune("again", "Walk 1 again", "invented", invented(1).transpose(2)))
    index, out = tmp_path / "index.npz", tmp_path / "out.json"
    PhraseIndex.build(Corpus.from_tunes(tunes)).save(index)
    arguments = ["--corpus", str(index), "--pools", "20", "0", "--k", "1", "5"]
    arguments += ["--test", "12", "--learn", "12", "--json", str(out)]
    assert neighbours_help.main([*arguments, "--page", str(tmp_path / "page.md")]) == 0
    rows = json.loads(out.read_text())["rows"]
    assert len(rows) == 2 * 2 * (1 + 2 * 4)
    assert all(row["low"] <= row["gain"] <= row["high"] for row in rows)
    assert "<!-- out -->" in (tmp_path / "page.md").read_text()
    assert neighbours_help.main(["--corpus", str(index), "--test", "900"]) == 2
    assert "tunes are suitable" in capsys.readouterr().err


def test_a_transposed_copy_is_a_near_duplicate(neighbours_help: ModuleType) -> None:
    tunes = [Tune(str(n), "", "", invented(n)) for n in range(6)]
    tunes += [Tune("copy", "", "", invented(4).transpose(3))]
    material = neighbours_help.gather(Corpus.from_tunes(tunes), 7, np.random.default_rng(0))
    for query, same in zip(
        material.queries, neighbours_help.near_duplicates(material), strict=True
    ):
        assert same.tolist() == ([4, 6] if query in (4, 6) else [query])


@pytest.fixture
def prediction_split() -> Iterator[ModuleType]:
    yield from load("prediction_split")


@pytest.fixture
def chorale_marks() -> Iterator[ModuleType]:
    yield from load("chorale_marks")


def test_examples_of_marks_and_choice(
    prediction_split: ModuleType, chorale_marks: ModuleType
) -> None:
    for module in (prediction_split, chorale_marks):
        found = doctest.testmod(module)
        assert found.attempted
        assert not found.failed


def test_fermatas_are_known_when_their_notes_begin(prediction_split: ModuleType) -> None:
    tune = Melody(
        pitch=[62, 64, 66, 67, 62],
        onset=np.arange(5) * 480,
        duration=[480] * 5,
        key=Key(2),
        phrase_starts=(0, 3),
    )
    notes = prediction_split.Notes.of([tune, tune])
    assert prediction_split.with_fermata(notes).tolist() == [0, 0, 1, 0, 1] * 2
    assert prediction_split.since_fermata(notes).tolist() == [0, 1, 2, 0, 1] * 2
    assert prediction_split.from_tonic(notes).tolist() == [0, 2, 4, 5, 0] * 2


def test_marks_follow_a_melody_that_is_notated_lower(chorale_marks: ModuleType) -> None:
    tune = Melody(pitch=[60, 62, 64, 65, 64], onset=np.arange(5) * 480, duration=[480] * 5)
    score = chorale_marks.Soprano((62, 64, 66, 67, 66), (False, False, True, False, True), Key(2))
    found = chorale_marks.marked(tune, score)
    assert found.phrase_starts == (0, 3)
    assert found.key == Key(0)


def test_experts_are_chosen_on_one_half_only(prediction_split: ModuleType) -> None:
    target = prediction_split.TARGETS["pitch"]
    few = target._replace(
        viewpoints={n: target.viewpoints[n] for n in ("pitch", "interval", "contour")}
    )
    assert len(prediction_split.all_experts(few)) == 9
    tunes = [
        Melody(pitch=60 + np.arange(12) % (3 + n), onset=np.arange(12) * 480, duration=[480] * 12)
        for n in range(4)
    ]
    notes = prediction_split.Notes.of(tunes)
    one = prediction_split.Set("made", notes, np.array([0, 1, 2, 3]))
    picked = prediction_split.chosen([one], few)
    assert set(picked.experts) <= set(prediction_split.all_experts(few))
    assert one.bits(picked).mean() < np.log2(len(np.unique(notes.pitch)))
