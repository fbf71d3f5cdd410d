"""Cosines of rows of numbers."""

import numpy as np
import pytest

from mer.embeddings.dense import DenseView, unit_rows
from mer.embeddings.histograms import interval_histogram
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def tune(pitch):
    size = len(pitch)
    return Melody(pitch=pitch, onset=480 * np.arange(size), duration=[480] * size)


def lengths_and_pitch(columns):
    return np.column_stack([columns.lengths, np.add.reduceat(columns.pitch, columns.bounds[:-1])])


def test_standardised_rows_have_mean_zero_and_deviation_one():
    columns = Columns.from_melodies([tune([60] * size) for size in (2, 4, 9)])
    view = DenseView(lengths_and_pitch, standardise=True).fit(columns)
    scaled = (lengths_and_pitch(columns) - view.mean_) / view.scale_
    assert scaled.mean(axis=0) == pytest.approx([0.0, 0.0])
    assert scaled.std(axis=0) == pytest.approx([1.0, 1.0])


def test_a_number_that_never_differs_is_no_division_by_zero():
    view = DenseView(lengths_and_pitch, standardise=True)
    rows = view.fit(Columns.from_melodies([tune([60, 61])] * 2)).rows_
    assert rows.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_opposite_equal_and_empty():
    up, down, note = tune([60, 62]), tune([62, 60]), tune([60])
    view = DenseView(interval_histogram).fit(Columns.from_melodies([up, down, note]))
    assert view.similarity(Columns.from_melodies([up])).tolist() == [1.0, 0.5, 0.5]


def test_unit_rows_are_of_length_one():
    rows = unit_rows(np.random.default_rng(0).standard_normal((5, 3)))
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(5), abs=1e-6)
