"""The features and the comparison of benchmarks/distribution.py, by hand."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.notes.melody import Melody

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def features() -> Iterator[ModuleType]:
    """Lend a module of benchmarks/, which is no package."""
    spec = importlib.util.spec_from_file_location("benchmark_features", FOLDER / "features.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


# c d e c', the third note a half, the others quarters
TUNE = Melody(pitch=[60, 62, 64, 72], onset=[0, 480, 960, 1920], duration=[480, 480, 960, 480])


def test_nine_features_of_a_tune(features: ModuleType) -> None:
    found = {name: of(TUNE) for name, of in features.FEATURES.items()}
    assert len(found) == 9
    assert found["pitch count"].tolist() == [4]
    assert found["pitch range"].tolist() == [12]
    assert found["mean interval"].tolist() == [4]
    assert found["note count"].tolist() == [4]
    assert found["mean inter-onset interval"] == pytest.approx(4 / 3)
    sounding = found["pitch-class histogram"]
    assert sounding[[0, 2, 4]].tolist() == pytest.approx([0.4, 0.2, 0.4])
    steps = found["pitch-class transitions"].reshape(12, 12)
    assert steps[0, 2] == steps[2, 4] == steps[4, 0] == pytest.approx(1 / 3)
    lengths = found["note-length histogram"]
    assert (lengths[2], lengths[1]) == (0.75, 0.25)
    pairs = found["note-length transitions"].reshape(12, 12)
    assert pairs[2, 2] == pairs[2, 1] == pairs[1, 2] == pytest.approx(1 / 3)


def test_distances_by_hand(features: ModuleType) -> None:
    rows = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
    assert features.distances(rows[:1], rows).tolist() == pytest.approx([0, 5, 1])
    assert sorted(features.distances_within(rows)) == pytest.approx(
        sorted([5, 1, 5, np.sqrt(18), 1, np.sqrt(18)])
    )


def test_a_sample_overlaps_itself_and_not_what_is_far(features: ModuleType) -> None:
    rng = np.random.default_rng(0)
    one, shifted = rng.normal(0, 1, 4000), rng.normal(1, 1, 4000)
    assert features.overlap(one, one) == pytest.approx(1.0)
    assert features.divergence(one, one) == pytest.approx(0.0, abs=1e-9)
    assert features.overlap(one, one + 50) == pytest.approx(0.0, abs=1e-3)
    # Two normal densities one deviation apart: 2 * Phi(-1/2) = .617; divergence 1/2.
    assert features.overlap(one, shifted) == pytest.approx(0.617, abs=0.03)
    assert features.divergence(one, shifted) == pytest.approx(0.5, abs=0.1)
