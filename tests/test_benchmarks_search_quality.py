"""The ranking of benchmarks/search_quality.py, by hand."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.notes.melody import Melody

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
BEATS = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
RISE = Melody(pitch=[60, 62, 64, 65], **BEATS)
CHORD = Melody(pitch=[60, 64, 67, 72], **BEATS)
# The rise again, higher, and with its last note changed.
TUNES = [RISE, CHORD, RISE.transpose(5), Melody(pitch=[60, 62, 64, 67], **BEATS)]


@pytest.fixture
def benchmark_module() -> Iterator[ModuleType]:
    """Lend the module, which lies in no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("search_quality")
    finally:
        sys.path.remove(str(FOLDER))


def test_a_search_returns_the_others_nearest_first(benchmark_module: ModuleType) -> None:
    index = benchmark_module.index_of(TUNES)
    assert benchmark_module.returned(index, 0, 4).tolist() == [2, 3, 1]
    # The query itself takes one of the k places.
    assert benchmark_module.returned(index, 0, 2).tolist() == [2]


def test_what_is_not_returned_comes_last_and_relevant_ones_last_of_all(
    benchmark_module: ModuleType,
) -> None:
    ranked, relevant = np.array([4, 2]), np.array([1, 4])
    order = benchmark_module.completed(ranked, 0, relevant, 6)
    assert order.tolist() == [4, 2, 3, 5, 1]


def test_the_figures_count_what_was_missed(benchmark_module: ModuleType) -> None:
    index = benchmark_module.index_of(TUNES)
    wanted = {0: np.array([1, 2])}
    whole, missed = benchmark_module.search_evaluation(index, wanted, 4)
    # Ranks 2, 3, 1: relevant at the first and the third, (1 + 2/3) / 2.
    assert missed == 0
    assert whole["map"] == pytest.approx(5 / 6)
    assert whole["p_at_1"] == 1.0
    cut, missed = benchmark_module.search_evaluation(index, wanted, 2)
    assert missed == 1
    assert cut["map"] == pytest.approx(5 / 6)
