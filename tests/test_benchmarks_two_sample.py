"""benchmarks/two_sample.py and what it is made of, on invented tunes."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.corpus.corpus import Corpus, Tune
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
BARS, MANY = 8, 40


@pytest.fixture(scope="module")
def lent() -> Iterator[dict[str, ModuleType]]:
    """Lend modules of benchmarks/, which is no package."""
    sys.path.insert(0, str(FOLDER))
    names = ("two_sample", "two_sample_tables", "classifiers", "piece_features", "relatives")
    try:
        yield {name: importlib.import_module(name) for name in (*names, "candidates")}
    finally:
        sys.path.remove(str(FOLDER))


def of_bars(bars: list[list[int]], title: str = "") -> Melody:
    """Return a tune in C major and 4/4; the notes of a bar are equally long."""
    pitch = [note for bar in bars for note in bar]
    duration = [1920 // len(bar) for bar in bars for _ in bar]
    onset = np.cumsum([0, *duration[:-1]])
    return Melody(
        pitch=pitch, onset=onset, duration=duration, meter=(4, 4), key=Key(0), title=title
    )


def invented(number: int) -> Melody:
    """Return eight bars of quarters and eighths on the scale, bar 5 as bar 1."""
    rng = np.random.default_rng(number)
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    bars = [scale[rng.integers(0, 8, int(rng.choice([4, 8])))].tolist() for _ in range(BARS)]
    bars[4] = bars[0]
    return of_bars(bars)


def held(number: int) -> Melody:
    """Return a piece that begins as `invented` does, and then holds one note in every bar."""
    tune = invented(number)
    head = tune.cut(0, int(np.searchsorted(tune.onset, 2 * 1920)))
    bars = [[note] for note in np.random.default_rng(number).integers(60, 73, 6).tolist()]
    rest = of_bars(bars)
    return Melody(
        pitch=[*head.pitch, *rest.pitch],
        onset=[*head.onset, *(rest.onset + 2 * 1920)],
        duration=[*head.duration, *rest.duration],
        meter=(4, 4),
        key=Key(0),
    )


def of_few_figures(pieces: Any) -> Any:
    """Return the same pieces with every eighth figure, which are learned sooner."""
    return replace(
        pieces,
        names={part: names[::8] for part, names in pieces.names.items()},
        figures={part: table[:, ::8] for part, table in pieces.figures.items()},
    )


def test_real_is_not_told_from_real_and_held_notes_always_are(
    lent: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    two = lent["two_sample"]
    monkeypatch.setattr(two, "folds", partial(lent["classifiers"].folds, count=3))
    real = two.seen([invented(number) for number in range(MANY)], BARS)
    group = np.arange(MANY)
    chance = two.control(of_few_figures(real), group, 0, 0)
    assert len(chance) == 4
    assert 0.35 < np.mean(list(chance.values())) < 0.65
    other = two.seen([held(number) for number in range(MANY)], BARS)
    told = two.told(of_few_figures(real), of_few_figures(other), group, 0, explain=True)
    assert all(verdict.auc > 0.98 for verdict in told.verdicts.values())
    assert max(told.importances.values()) > 0.01
    table = lent["two_sample_tables"].report({"held": told}, [chance], real, {"held": other}, BARS)
    assert "| bars 5-6 resemble 1-2 |" in table
    assert "- **held**: " in table
    assert f"| held | {MANY} |" in table
    tables = lent["two_sample_tables"]
    page = tables.page("", table, "command", (BARS, MANY, MANY + 1))
    assert page.startswith("# Can generated pieces be told from real tunes?")
    both = tables.page(page, "further tables", "command", (16, MANY, MANY))
    assert tables.page(both, table, "command", (BARS, MANY, MANY + 1)) == both


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=5, max_size=60), st.integers(0, 9))
def test_groups_are_never_split_across_folds(
    lent: dict[str, ModuleType], groups: list[int], seed: int
) -> None:
    group = np.array(groups)
    fold = lent["classifiers"].folds(group, np.random.default_rng(seed))
    assert all(len(set(fold[group == name])) == 1 for name in set(groups))
    sizes = np.bincount(fold, minlength=5)
    assert sizes.max() - sizes.min() <= max(np.bincount(group))


def test_what_is_lost_by_shuffling_is_what_the_library_says(lent: dict[str, ModuleType]) -> None:
    from sklearn.inspection import permutation_importance

    classifiers = lent["classifiers"]
    rng = np.random.default_rng(0)
    first, second = rng.normal(0, 1, (100, 3)), rng.normal(0, 1, (100, 3))
    second[:, 0] += 3
    second[:, 1] += 1
    model = classifiers.boosting()
    labels = np.repeat([0, 1], 100)
    model.fit(np.concatenate([first, second]), labels)
    both = np.concatenate([first, second])
    library = permutation_importance(model, both, labels, scoring="roc_auc", random_state=0)
    ours = classifiers.lost_by_shuffling(model, first, second)
    np.testing.assert_allclose(ours, library.importances_mean, atol=0.02)
    assert ours[0] > 0.2 > ours[1] > ours[2] > -0.02


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_area_under_the_curve_is_the_share_of_pairs(
    lent: dict[str, ModuleType], scores: list[tuple[int, int]]
) -> None:
    first, second = np.array(scores, dtype=float).T
    verdict = lent["classifiers"].Verdict(first, second, np.arange(len(first)))
    pairs = [(b > a) + 0.5 * (b == a) for a in first for b in second]
    assert verdict.auc == pytest.approx(np.mean(pairs))
    low, high = verdict.interval(np.random.default_rng(0))
    assert 0 <= low <= high <= 1


def test_whole_groups_are_resampled(lent: dict[str, ModuleType]) -> None:
    # Group 0 has two pieces of each set that win, group 1 one that loses.
    verdict = lent["classifiers"].Verdict(
        np.array([0.0, 0.0, 1.0]), np.array([1.0, 1.0, 0.0]), np.array([0, 0, 1])
    )
    low, high = verdict.interval(np.random.default_rng(0))
    assert (low, high) == (0.0, 1.0)
    assert verdict.auc == pytest.approx((4 + 2 * 0.5 + 2 * 0.5) / 9)


def test_figures_by_hand(lent: dict[str, ModuleType]) -> None:
    up, down = [60, 62, 64, 65], [67, 65, 64, 62]
    tune = of_bars([up, down, [67, 69, 71, 72], [60], up, [67, 65, 64, 64], [72, 71], [60]])
    found = lent["piece_features"].measured(tune, BARS, 2, 7)
    assert found["notes per bar"] == pytest.approx((4 + 1 + 4 + 4 + 2) / 5)
    assert found["bar 4 stops"] == 1
    assert found["last note of bar 4 in quarters"] == 4
    assert found["bars 5-6 like 1-2 in pitch"] == pytest.approx(7 / 8)
    assert found["bars 5-6 like 1-2 in rhythm"] == 1
    assert found["bars 3-4 like 1-2 in rhythm"] == pytest.approx(5 / 8)
    assert found["bars 5-6 resemble 1-2"] == found["bars 5-6 use the rhythm of 1-2"] == 1
    assert found["bars that repeat one exactly"] == pytest.approx(1 / 5)
    assert found["bars that repeat a rhythm"] == pytest.approx(3 / 5)
    # Bar 3 is bar 1 a fifth higher; bar 5 would be bar 3 moved, but that it is bar 1.
    assert found["bars that repeat one moved"] == pytest.approx(1 / 5)
    assert found["range"] == 12
    assert found["downbeats off the triad"] == 0
    assert found["bar 4 ends on tonic"] == 1
    assert found["bar 4 ends on fifth or second"] == 0
    assert found["leaps of a sixth or more"] == pytest.approx(2 / 14)  # 72-60 and 64-72
    assert found["repeated notes"] == pytest.approx(2 / 14)  # 60-60 and 64-64
    assert found["time in rests"] == found["syncopated notes"] == 0


def test_figures_hear_syncopation_and_rests(lent: dict[str, ModuleType]) -> None:
    # an eighth, a quarter over the second beat, an eighth, a quarter, and a rest; eight times
    onset = np.concatenate([bar * 1920 + np.array([0, 240, 720, 960]) for bar in range(BARS)])
    tune = Melody(
        pitch=[60, 62, 64, 65] * BARS,
        onset=onset,
        duration=[240, 480, 240, 480] * BARS,
        meter=(4, 4),
        key=Key(0),
    )
    found = lent["piece_features"].measured(tune, BARS, 2, 7)
    assert found["syncopated notes"] == pytest.approx(1 / 4)
    assert found["time in rests"] == pytest.approx(1 / 4)
    assert found["rests at phrase ends"] == 1
    assert found["beats on which a note begins"] == pytest.approx(2 / 4)


@settings(max_examples=15)
@given(st.integers(0, 200), st.integers(-12, 12))
def test_figures_do_not_depend_on_the_key(
    lent: dict[str, ModuleType], number: int, semitones: int
) -> None:
    tune = invented(number)
    measured = lent["piece_features"].measured
    here, there = (measured(m, BARS, 2, 7) for m in (tune, tune.transpose(semitones)))
    assert here.keys() == there.keys()
    np.testing.assert_allclose(list(here.values()), list(there.values()), atol=1e-9)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(55, 80), st.integers(1, 40)), min_size=6, max_size=40))
def test_every_piece_has_the_same_figures(
    lent: dict[str, ModuleType], notes: list[tuple[int, int]]
) -> None:
    # bars without a note, notes over several bars, and a piece that ends too soon
    pitch, eighths = zip(*notes, strict=True)
    duration = 240 * np.array(eighths)
    onset = np.cumsum([0, *duration[:-1]])
    tune = Melody(pitch=pitch, onset=onset, duration=duration, meter=(4, 4), key=Key(0))
    measured = lent["piece_features"].measured
    for first, last in ((2, 7), (0, 8)):
        with np.errstate(all="raise"):
            assert measured(tune, BARS, first, last).keys() == (
                measured(invented(0), BARS, first, last).keys()
            )


@pytest.mark.parametrize("letters", ["ABAC", "ABCD", "AABA", "ABAB"])
def test_a_plan_is_read_off_the_notes(lent: dict[str, ModuleType], letters: str) -> None:
    part = {letter: [[60 + 2 * n] * 4, [61 + 2 * n] * 4] for n, letter in enumerate("ABCD")}
    tune = of_bars([bar for letter in letters for bar in part[letter]])
    module = lent["piece_features"]
    assert module.plan(module.Bars(tune, BARS)) == letters


def test_relatives_share_a_title_or_an_opening(lent: dict[str, ModuleType]) -> None:
    relatives = lent["relatives"]
    tunes = {
        "a": ("The Miller's Maid", invented(1)),
        "b": ("Miller's Maid, The (No. 2)", invented(2)),
        "c": ("Something", invented(3)),
        "d": ("Reel 1", invented(1).transpose(3)),
        "e": ("Reel 2", invented(4)),
    }
    corpus = Corpus.from_tunes(
        Tune(name, title, "mine", melody) for name, (title, melody) in tunes.items()
    )
    family = relatives.related(corpus, [0, 1, 2, 3])
    assert [names.tolist() for names in family] == [[0, 1, 3], [0, 1], [2], [0, 3]]
    group = relatives.groups(corpus, [0, 1, 2, 3], family)
    assert group[0] == group[1] == group[3] != group[2]


def test_another_tune_follows_the_motif_in_its_key(lent: dict[str, ModuleType]) -> None:
    index = PhraseIndex.build(Corpus.from_tunes([Tune("a", "", "mine", invented(5))]))
    motif = of_bars([[60, 62, 64, 65], [67] * 4]).transpose(2)
    rng = np.random.default_rng(0)
    piece = lent["candidates"].another_tune(motif, index, BARS, rng)
    rest = invented(5).onset >= 2 * 1920
    assert piece.pitch.tolist() == [*motif.pitch, *(invented(5).pitch[rest] + 2)]
    assert piece.onset.tolist() == [*motif.onset, *invented(5).onset[rest]]
    chain = lent["candidates"].by_chain(motif, index, BARS, rng, order=3)
    assert chain.pitch[: len(motif)].tolist() == motif.pitch.tolist()
    assert int(chain.end[-1]) == BARS * 1920
