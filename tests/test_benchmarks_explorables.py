"""The plain functions of the explorables in benchmarks/, by hand, and their index."""

import doctest
import importlib
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.notes.columns import Columns
from mer.notes.melody import Melody

ROOT = Path(__file__).resolve().parent.parent
FOLDER, PAGES = ROOT / "benchmarks", ROOT / "docs" / "experiments"
EXPLORABLES = {
    "how_many_notes": "how-many-notes",
    "first_axes": "first-axes",
    "forgetting": "forgetting",
    "clustering": "clustering",
    "lending": "lending",
    "twelve_tones": "twelve-tones",
}
PARTS = ("What is seen.", "Why.", "The control.", "What it cannot tell.")


@pytest.fixture
def module(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """Lend a module of benchmarks/, which is no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module(request.param)
    finally:
        sys.path.remove(str(FOLDER))


def of(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", names, indirect=True)


def tune(*pitch: int) -> Melody:
    return Melody(pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch))


@of(*EXPLORABLES, "explorables")
def test_examples_are_right(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("page", EXPLORABLES.values())
def test_a_page_has_four_parts_figures_and_a_light_picture(page: str) -> None:
    words = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    places = [words.index(f"**{part}**") for part in PARTS]
    assert places == sorted(places)
    assert re.search(r"`python benchmarks/\w+\.py[^`]*` took \d+ s", words)
    svg = PAGES / f"{page}.svg"
    assert svg.stat().st_size < 100_000
    ElementTree.parse(svg)
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert f"({page}.md)" in index


@of("how_many_notes")
def test_a_run_is_told_where_no_other_tune_holds_it(module: ModuleType) -> None:
    columns = Columns.from_melodies([tune(60, 62, 64, 65), tune(67, 69, 71, 69), tune(60, 62, 64)])
    steps = np.array([0, 2, 2, 1, 0, 2, 2, -2, 0, 2, 2])
    # Of the first tune from its first note: 2 and 2 2 stand in all tunes, 2 2 1 in none but it.
    told = module.told(columns, steps, np.array([0]))
    assert told[:3].tolist() == [0.0, 0.0, 1.0]


@of("how_many_notes")
def test_tunes_of_equal_intervals_count_as_one(module: ModuleType) -> None:
    columns = Columns.from_melodies([tune(60, 62, 64), tune(67, 69, 71)])
    steps = np.array([0, 2, 2, 0, 2, 2])
    assert module.told(columns, steps, np.array([0]))[:2].tolist() == [1.0, 1.0]


@of("how_many_notes")
def test_dealing_anew_keeps_the_steps_of_each_tune(module: ModuleType) -> None:
    columns = Columns.from_melodies([tune(60, 62, 64, 65), tune(67, 69, 68)])
    steps = np.array([-99, 2, 2, 1, -99, 2, -1])
    dealt = module.shuffled(steps, columns, np.random.default_rng(1))
    assert dealt[[0, 4]].tolist() == [-99, -99]
    assert sorted(dealt[1:4]) == [1, 2, 2]
    assert sorted(dealt[5:]) == [-1, 2]


@of("first_axes")
def test_the_law_of_walks_is_that_of_their_covariance(module: ModuleType) -> None:
    # The covariance of a walk about its mean, worked out for eight moments without sampling.
    walk = np.tril(np.ones((8, 8)))
    about_mean = (np.eye(8) - 1 / 8) @ walk
    share = np.linalg.eigvalsh(about_mean @ about_mean.T)[::-1]
    assert module.law_of_walks(8) == pytest.approx((share / share.sum())[:6])


@of("first_axes")
def test_chance_order_keeps_the_notes_of_each_phrase(module: ModuleType) -> None:
    columns = Columns.from_melodies([tune(60, 62, 64, 65), tune(72, 71)])
    moved = module.in_chance_order(columns, np.random.default_rng(0))
    assert sorted(moved.pitch[:4]) == [60, 62, 64, 65]
    assert sorted(moved.pitch[4:]) == [71, 72]
    assert moved.onset.tolist() == columns.onset.tolist()


@of("clustering")
def test_a_cloud_has_no_groups_and_three_heaps_have(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GROUPS", 3)
    monkeypatch.setattr(module, "ROUNDS", 2)
    rng = np.random.default_rng(0)
    heaps = np.repeat([[0.0, 0.0, 9.0], [0.0, 9.0, 0.0], [9.0, 0.0, 0.0]], 20, axis=0)
    heaps = heaps + rng.normal(size=heaps.shape) * 0.01
    real = module.measured(heaps, rng)[:, 1].mean()
    null = module.measured(module.one_cloud(heaps, rng), rng)[:, 1].mean()
    assert real > 0.8 > null


@of("lending")
def test_bits_of_a_bar_that_every_source_expects(module: ModuleType) -> None:
    said = np.full((4, 6), 0.5)
    reached = module.bits([said], [said[:2], said[:1]], range(6))
    assert reached == pytest.approx(np.array([[2.0, 1.0], [2.0, 1.0]]))


@of("lending")
def test_chords_are_those_of_the_first_beats(module: ModuleType) -> None:
    melody = Melody(
        pitch=[67, 64, 65, 62, 60, 59, 60],
        onset=[0, 480, 960, 1440, 1920, 2400, 2880],
        duration=[480] * 6 + [960],
        meter=(4, 4),
    )
    first, second = module.chords(melody)
    assert first == (0, "major")
    assert second is not None


@of("twelve_tones")
def test_a_third_halfway_is_notated_upwards_and_lines_come_home(module: ModuleType) -> None:
    line = module.Line(np.array([0, 2, 0]), np.array([0.3, 0.6, 0.3]))
    melody = module.notated(line, module.SCALES["halfway"])
    assert (melody.pitch - melody.pitch[0]).tolist() == [0, 4, 0]
    assert melody.onset.tolist() == [0, 480, 1440]
    walk = module.made(np.random.default_rng(2))
    assert walk.degree[0] == walk.degree[-1] == 0
    assert walk.degree.min() >= -2
    assert walk.degree.max() <= 7


@of("twelve_tones")
def test_degrees_are_counted_from_the_commonest_tonic(module: ModuleType) -> None:
    line = module.Line(np.array([0, 2, 0, 0]), np.ones(4))
    above = module.above_tonic(line, np.array([60.0, 63.0, 60.0, 61.0]))
    assert above.tolist() == [0.0, 3.0, 0.0, 1.0]


@of("forgetting")
def test_pairs_most_alike_leave_twins_out(module: ModuleType) -> None:
    alike = np.array(
        [[1, 0.9, 0.3, 0.1], [0.9, 1, 0.5, 0.2], [0.3, 0.5, 1, 0.8], [0.1, 0.2, 0.8, 1]]
    )
    one, other, least = module.most_alike(alike, np.array([0, 0, 1, 2]), 2)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(1, 2), (2, 3)]
    assert least == 0.5
