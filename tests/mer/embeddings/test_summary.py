"""Summary features, worked by hand."""

import math

import pytest

from mer.embeddings.summary import FEATURES, summary_features
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def test_a_tune_by_hand():
    # C D D G: a step, a repeat, a leap; two quarters, a half, a whole.
    tune = Melody(pitch=[60, 62, 62, 67], onset=[0, 480, 960, 1920], duration=[480, 480, 960, 1920])
    row = dict(zip(FEATURES, summary_features(Columns.from_melodies([tune]))[0], strict=True))
    assert row == pytest.approx(
        {
            "mean pitch (MIDI number)": 62.75,
            "spread of pitch (semitones)": math.sqrt((2.75**2 + 2 * 0.75**2 + 4.25**2) / 4),
            "range (semitones)": 7,
            "pitch classes": 3,
            "mean interval (semitones)": 7 / 3,
            "mean size of interval (semitones)": 7 / 3,
            "share of repeated notes": 1 / 3,
            "share of leaps": 1 / 3,
            "share of rising steps": 2 / 3,
            "notes per quarter": 4 / 8,
            "spread of log inter-onset intervals": math.sqrt((2 * 0.75**2 + 0.25**2 + 1.25**2) / 4),
            "log number of notes": math.log(4),
        }
    )
