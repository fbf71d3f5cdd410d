"""Contours, worked by hand and against plain loops."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.embeddings.contours import (
    COEFFICIENTS,
    MOMENTS,
    cosine_shape,
    cosine_waves,
    parsons_counts,
    step_curve,
)
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def tune(pitch):
    size = len(pitch)
    return Melody(pitch=pitch, onset=480 * np.arange(size), duration=[480] * size)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(60, 64), min_size=1, max_size=9), min_size=1, max_size=4))
def test_runs_of_parsons_code_are_counted(parts):
    rows = parsons_counts(Columns.from_melodies([tune(part) for part in parts])) ** 2
    for part, row in zip(parts, rows, strict=True):
        code = np.sign(np.diff(part)).tolist()
        expected = []
        for length in range(1, 5):
            runs = Counter(tuple(code[i : i + length]) for i in range(len(code) - length + 1))
            shape = (3,) * length
            expected += [runs[tuple(step - 1 for step in run)] for run in np.ndindex(shape)]
        assert row.tolist() == pytest.approx(expected)


def test_the_curve_is_read_at_equal_times_and_holds_through_rests():
    # A half note C, a quarter of rest, a quarter E: the first three quarters of the time are C.
    melody = Melody(pitch=[60, 64], onset=[0, 1440], duration=[960, 480])
    curve = step_curve(Columns.from_melodies([tune([50]), melody]))
    assert curve[0].tolist() == [0.0] * MOMENTS
    assert curve[1].tolist() == [-1.0] * 48 + [3.0] * 16


def test_waves_are_orthonormal_and_a_wave_has_one_coefficient():
    waves = cosine_waves()
    assert waves @ waves.T == pytest.approx(np.eye(COEFFICIENTS), abs=1e-12)
    assert waves.sum(axis=1) == pytest.approx(np.zeros(COEFFICIENTS), abs=1e-12)


def test_inversion_turns_the_shape_over():
    melody = tune([60, 67, 64, 62, 60])
    upside_down = tune([60, 53, 56, 58, 60])
    rows = cosine_shape(Columns.from_melodies([melody, upside_down]))
    assert rows[0] == pytest.approx(-rows[1])
