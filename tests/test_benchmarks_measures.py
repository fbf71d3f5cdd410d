"""The distances and the changes of benchmarks/measures.py, by hand."""

import importlib
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.notes.melody import Melody

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
TUNE = Melody(
    pitch=[60, 62, 64, 65, 67, 65],
    onset=[0, 480, 960, 1440, 1920, 2880],
    duration=[480, 480, 480, 480, 960, 480],
)


def load(name: str) -> Iterator[ModuleType]:
    """Lend a module of benchmarks/, which is no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))


@pytest.fixture
def distances() -> Iterator[ModuleType]:
    yield from load("distances")


@pytest.fixture
def changes() -> Iterator[ModuleType]:
    yield from load("changes")


@pytest.fixture
def robustness() -> Iterator[ModuleType]:
    yield from load("robustness")


@pytest.fixture
def measures() -> Iterator[ModuleType]:
    yield from load("measures")


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def histogram(*pitches: int) -> np.ndarray:
    return np.bincount(pitches, minlength=128) / len(pitches)


def test_jaccard_is_shared_over_all(distances: ModuleType) -> None:
    sets = [np.array([1, 2, 3]), np.array([2, 3, 4, 5]), np.array([9])]
    assert distances.jaccard(sets[0], sets).tolist() == [1.0, 0.4, 0.0]


def test_earth_mover_of_one_semitone_is_one(distances: ModuleType) -> None:
    pool = np.stack([histogram(60, 64), histogram(61, 65), histogram(60, 66)])
    # In place: 0, both notes one semitone, half of the time two semitones.
    assert distances.earth_mover(pool[0], pool, [0]).tolist() == [0.0, 1.0, 1.0]
    assert distances.earth_mover(pool[0], pool, [-1, 0, 1]).tolist() == [0.0, 0.0, 1.0]


def test_edit_distance_counts_single_edits(distances: ModuleType) -> None:
    own = np.array([2, 2, 1, 2])
    others = [[2, 2, 1, 2], [2, 3, 1, 2], [2, 2, 2], [2, 2, 1, 2, -2], [], [7, 8, 9, 7, 8, 9, 7, 8]]
    found = distances.edit_distances(own, [np.array(other, dtype=np.int64) for other in others])
    assert found.tolist() == [0.0, 0.25, 0.25, 0.2, 1.0, 1.0]


def plain_edits(a: list[int], b: list[int]) -> int:
    if not a or not b:
        return len(a) + len(b)
    return min(
        plain_edits(a[1:], b) + 1,
        plain_edits(a, b[1:]) + 1,
        plain_edits(a[1:], b[1:]) + (a[0] != b[0]),
    )


def test_edit_distance_against_brute_force(distances: ModuleType) -> None:
    random = rng()
    own = random.integers(0, 3, 5)
    others = [random.integers(0, 3, random.integers(1, 7)) for _ in range(40)]
    expected = [plain_edits(own.tolist(), o.tolist()) / max(5, len(o)) for o in others]
    assert distances.edit_distances(own, others) == pytest.approx(expected)


def test_time_warp(distances: ModuleType) -> None:
    curve = np.array([0.0, 0.0, 2.0, 2.0])
    late = np.array([0.0, 0.0, 0.0, 2.0])
    higher = curve + 1.0
    # The late one is warped onto the curve at no cost; one semitone higher costs one per moment,
    # unless the band is left: 8 halves over both lengths.
    assert distances.time_warp(curve, np.stack([curve, late, higher]), 2).tolist() == [0, 0, 1.0]
    assert distances.time_warp(curve, late[None], 0).tolist() == [0.5]


def test_nothing_changes_where_the_amount_is_nothing(changes: ModuleType) -> None:
    tune = Melody(pitch=np.arange(48, 72), onset=np.arange(24) * 480, duration=[480] * 24)
    for kind in changes.KINDS.values():
        assert kind.nothing in kind.amounts
        assert kind.change(tune, kind.nothing, rng()) == tune


@pytest.mark.parametrize("amount", [1, 2, 4])
def test_notes_are_deleted_inserted_and_changed(changes: ModuleType, amount: int) -> None:
    assert len(changes.delete(TUNE, amount, rng())) == len(TUNE) - amount
    longer = changes.insert(TUNE, amount, rng())
    assert len(longer) == len(TUNE) + amount
    assert longer.end[-1] == TUNE.end[-1]
    altered = changes.alter(TUNE, amount, rng())
    assert (altered.pitch != TUNE.pitch).sum() == amount
    assert altered.onset.tolist() == TUNE.onset.tolist()


def test_a_larger_amount_changes_the_same_notes_and_more(changes: ModuleType) -> None:
    few, more = (changes.alter(TUNE, amount, rng()).pitch for amount in (2, 4))
    moved = few != TUNE.pitch
    assert few[moved].tolist() == more[moved].tolist()


def test_intervals_are_scaled_and_rounded(changes: ModuleType) -> None:
    wide = Melody(pitch=[60, 65, 64, 60], onset=[0, 1, 2, 3], duration=[1] * 4)
    assert changes.scale_intervals(wide, 1.2, rng()).interval.tolist() == [6, -1, -5]
    assert changes.scale_intervals(wide, 0.8, rng()).interval.tolist() == [4, -1, -3]


def test_rhythm_is_augmented_and_altered(changes: ModuleType) -> None:
    twice = changes.stretch(TUNE, 2, rng())
    assert twice.onset.tolist() == (2 * TUNE.onset).tolist()
    assert twice.duration.tolist() == (2 * TUNE.duration).tolist()
    altered = changes.alter_rhythm(TUNE, 3, rng())
    assert (altered.duration != TUNE.duration).sum() == 3
    assert altered.pitch.tolist() == TUNE.pitch.tolist()


def test_an_ornament_is_a_mordent(changes: ModuleType) -> None:
    one = Melody(pitch=[60], onset=[0], duration=[480])
    shaken = changes.ornament(one, 1, rng())
    assert shaken.onset.tolist() == [0, 120, 240]
    assert shaken.duration.tolist() == [120, 120, 240]
    assert shaken.pitch[0] == shaken.pitch[2] == 60
    assert abs(shaken.pitch[1] - 60) in (1, 2)


def test_transposing_and_cutting(changes: ModuleType) -> None:
    assert changes.transpose(TUNE, -6, rng()).pitch.tolist() == (TUNE.pitch - 6).tolist()
    assert changes.cut(TUNE, 3, rng()).pitch.tolist() == [60, 62, 64]
    low = Melody(pitch=[2, 4], onset=[0, 1], duration=[1, 1])
    assert changes.transpose(low, -6, rng()).pitch.tolist() == [8, 10]


def random_tunes(count: int) -> list[Melody]:
    random = rng()
    onset, duration = np.arange(40) * 240, np.full(40, 240)
    return [
        Melody(pitch=random.integers(55, 80, 40), onset=onset, duration=duration)
        for _ in range(count)
    ]


def test_equals_share_the_middle_of_their_ranks(robustness: ModuleType) -> None:
    similarity = np.array([0.9, 0.5, 0.5, 0.5, 0.1], dtype=np.float32)
    assert robustness.reciprocal_rank(similarity, 0) == 1.0
    assert robustness.reciprocal_rank(similarity, 2) == pytest.approx(1 / 3)  # of 2, 3 and 4
    assert robustness.reciprocal_rank(similarity, 4) == 0.2


def test_excerpts_in_several_tunes_are_counted(robustness: ModuleType) -> None:
    tunes = random_tunes(3)
    assert robustness.shared_excerpts(tunes, 3, 0) == 0
    assert robustness.shared_excerpts([tunes[0], tunes[0].transpose(2), tunes[1]], 3, 0) == 2


def test_unchanged_excerpts_of_random_tunes_are_found(robustness: ModuleType) -> None:
    found = robustness.curves(random_tunes(6), 3, 0)
    again = robustness.curves(random_tunes(6), 3, 0)
    for curve, same in zip(found, again, strict=True):
        kind = robustness.KINDS[curve.kind]
        assert curve.means("interval")[kind.amounts.index(kind.nothing)] == 1.0
        assert all((curve.ranks[name] == same.ranks[name]).all() for name in curve.ranks)
    ElementTree.fromstring(robustness_picture(robustness, found))


def robustness_picture(robustness: ModuleType, found: list[object]) -> str:
    drawn = importlib.import_module("charts").small_multiples(robustness.panels(found))
    assert isinstance(drawn, str)
    return drawn


def test_every_measure_finds_a_transposed_copy(measures: ModuleType) -> None:
    tunes = random_tunes(5)
    tunes.append(tunes[0].transpose(3))
    wanted = {0: np.array([5]), 5: np.array([0])}
    rows = measures.compare(tunes, wanted)
    assert {name: row.evaluation["map"] for name, row in rows.items()} == dict.fromkeys(rows, 1.0)
    assert measures.comparison(rows).count("\n") == len(rows) + 1
    chart = importlib.import_module("charts").intervals_chart({"a < b": (0.5, 0.4, 0.6)}, "MAP")
    ElementTree.fromstring(chart)


def test_blocks_are_replaced_and_words_stay(measures: ModuleType) -> None:
    page = measures.replace_blocks("# Title\n\nWords.\n\n", {"a": "one"})
    page = measures.replace_blocks(page + "More words.\n", {"a": "two"})
    assert "Words." in page
    assert page.endswith("<!-- end of a -->\nMore words.\n")
    assert "two" in page
    assert "one" not in page
