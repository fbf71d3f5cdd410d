"""Learned vectors of a pool: made once, kept on disk, made anew where what is kept is of no use."""

import numpy as np
import pytest

from mer.embeddings.learned import LearnedVector
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack import vectors
from mer.search.stack.vectors import learned_vectors


def columns(seed):
    rng = np.random.default_rng(seed)
    beat = {"onset": np.arange(8) * 240, "duration": [240] * 8}
    return Columns.from_melodies(
        [Melody(pitch=60 + rng.integers(0, 9, 8), **beat) for _ in range(4)]
    )


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return how many times vectors were made, in a list of one number."""
    count = [0]
    fit = LearnedVector.fit

    def counted(view, *arguments):
        count[0] += 1
        return fit(view, *arguments)

    monkeypatch.setenv("MER_HOME", str(tmp_path))
    monkeypatch.setattr(vectors, "KEPT_FROM", 2)
    monkeypatch.setattr(LearnedVector, "fit", counted)
    return count


def test_the_same_pool_is_described_once(made, tmp_path):
    first, again = learned_vectors(columns(1)), learned_vectors(columns(1))
    assert made == [1]
    assert again.rows_.tolist() == first.rows_.tolist()
    query = columns(2).take([0])
    assert again.similarity(query).tolist() == first.similarity(query).tolist()
    learned_vectors(columns(3))
    assert made == [2]
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_damaged_file_is_made_anew(made, tmp_path):
    learned_vectors(columns(1))
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    learned_vectors(columns(1))
    learned_vectors(columns(1))
    assert made == [2]


def test_a_folder_that_cannot_be_written_is_no_fault(made, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    assert len(learned_vectors(columns(1)).rows_) == 4


def test_the_oldest_go(made, tmp_path, monkeypatch):
    monkeypatch.setattr(vectors, "MOST_FILES", 2)
    for seed in range(4):
        learned_vectors(columns(seed))
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_small_pools_are_not_kept(made, tmp_path, monkeypatch):
    monkeypatch.setattr(vectors, "KEPT_FROM", 5)
    learned_vectors(columns(1))
    assert not (tmp_path / "cache").exists()
