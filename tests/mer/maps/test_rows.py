import numpy as np
import pytest

from mer.embeddings import REPRESENTATIONS
from mer.maps.rows import rows_of
from mer.notes.columns import Columns
from mer.notes.melody import Melody


@pytest.fixture(scope="module")
def columns() -> Columns:
    rng = np.random.default_rng(7)
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    melodies = []
    for _ in range(60):
        pitch = scale[np.clip(4 + np.cumsum(rng.integers(-2, 3, 12)), 0, 7)]
        melodies.append(Melody(pitch=pitch, onset=np.arange(12) * 240, duration=[240] * 12))
    return Columns.from_melodies(melodies)


@pytest.mark.parametrize("name", ["interval", "contour", "skip-gram", "pitch-class", "summary"])
def test_rows_keep_similarities(columns: Columns, name: str) -> None:
    view = REPRESENTATIONS[name]().fit(columns)
    rows = rows_of(view, columns)
    assert len(rows) == len(columns)
    near = [np.corrcoef(rows @ rows[q], view.similarity(columns.take([q])))[0, 1] for q in (0, 9)]
    assert min(near) > 0.7


def test_unknown_terms_are_safe(columns: Columns) -> None:
    view = REPRESENTATIONS["interval"]().fit(columns)
    odd = Melody(pitch=[20, 100, 30], onset=[0, 1, 2], duration=[1, 1, 1])
    row = rows_of(view, Columns.from_melodies([odd]))
    assert np.isfinite(row).all()
