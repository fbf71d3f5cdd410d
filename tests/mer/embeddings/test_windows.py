"""Windows of the pitch curve, worked by hand, and their mean cosines against a plain loop."""

import numpy as np
import pytest

from mer.embeddings.windows import MOMENTS, SPANS, WIDTH, mean_cosines, windows
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def random_tune(rng, size):
    duration = 120 * rng.integers(1, 5, size)
    pitch = 60 + rng.integers(0, 12, size)
    return Melody(pitch=pitch, onset=np.cumsum(duration) - duration, duration=duration)


def test_a_window_by_hand():
    # Six notes: 4 quarters, then 2 of four quarters each; one window of 12 quarters.
    melody = Melody(
        pitch=[60, 62, 64, 65, 67, 72],
        onset=[0, 480, 960, 1440, 1920, 3840],
        duration=[480] * 4 + [1920] * 2,
    )
    rows, sequence = windows(Columns.from_melodies([melody]))
    heard = np.array([60, 62, 64, 65] + [67] * 4 + [72] * 4, dtype=float)
    assert sequence.tolist() == [0]
    assert rows[0, :MOMENTS] == pytest.approx(heard - heard.mean(), abs=1e-5)
    assert rows[0, MOMENTS:] == pytest.approx([0.0, 0.5], abs=1e-5)


def test_how_many_windows():
    rng = np.random.default_rng(0)
    sizes = [1, 2, 5, 6, 8, 9, 12, 30]
    rows, sequence = windows(Columns.from_melodies([random_tune(rng, size) for size in sizes]))
    counts = np.bincount(sequence, minlength=len(sizes)).tolist()
    expected = [max(1, sum(max(0, size - span + 1) for span in SPANS)) for size in sizes]
    assert counts == expected
    assert (np.diff(sequence) >= 0).all()
    assert rows.shape == (sum(expected), WIDTH)


def test_dotting_moves_a_window_little():
    even = Melody(pitch=[60, 64, 67, 72, 67, 64], onset=480 * np.arange(6), duration=[480] * 6)
    length = np.array([720, 240] * 3)
    dotted = Melody(pitch=even.pitch, onset=np.cumsum(length) - length, duration=length)
    one, other = (windows(Columns.from_melodies([tune]))[0][0, :MOMENTS] for tune in (even, dotted))
    assert 0 < np.linalg.norm(other - one) < 0.7 * np.linalg.norm(one)


def test_mean_cosines_do_not_depend_on_the_neighbours():
    rng = np.random.default_rng(1)
    tunes = [random_tune(rng, size) for size in (3, 300, 40, 700, 8)]
    frequencies = rng.standard_normal((WIDTH, 5)).astype(np.float32) / 5
    phases = rng.uniform(0, 6, 5).astype(np.float32)
    together = mean_cosines(Columns.from_melodies(tunes), frequencies, phases)
    for tune, row in zip(tunes, together, strict=True):
        rows, _ = windows(Columns.from_melodies([tune]))
        assert row == pytest.approx(np.cos(rows @ frequencies + phases).mean(axis=0), abs=1e-4)
