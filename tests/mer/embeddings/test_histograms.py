"""Histograms, worked by hand."""

import numpy as np
import pytest

from mer.embeddings.histograms import interval_histogram, pitch_class_histogram
from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody

# In G: a dotted half on G, a quarter on B an octave up, a half on D below; in C: one whole note F.
TUNE = Melody(
    pitch=[67, 83, 62], onset=[0, 1440, 1920], duration=[1440, 480, 960], key=Key(7, "major")
)
NOTE = Melody(pitch=[65], onset=[0], duration=[1920], key=Key(0, "major"))


def test_time_on_each_scale_degree():
    rows = pitch_class_histogram(Columns.from_melodies([TUNE, NOTE]))
    first, second = np.zeros(12), np.zeros(12)
    first[[0, 4, 7]] = [3 / 6, 1 / 6, 2 / 6]
    second[5] = 1.0
    assert rows == pytest.approx(np.stack([first, second]))


def test_wide_intervals_count_as_an_octave_and_one_note_has_none():
    rows = interval_histogram(Columns.from_melodies([TUNE, NOTE, TUNE.transpose(2)]))
    expected = np.zeros(25)
    expected[[24, 0]] = 0.5  # 16 semitones up, 21 down
    assert rows == pytest.approx(np.stack([expected, np.zeros(25), expected]))
