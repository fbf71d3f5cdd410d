"""Onsets in seconds -> ticks: drift, rests, short takes, and what never may happen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.io.recording.pulse import on_a_grid
from mer.notes.melody import Melody

# Eighths: two eighths, a quarter, a dotted quarter and an eighth, two quarters.
EIGHTHS = np.array([1, 1, 2, 3, 1, 2, 2, 1, 1, 4])


def played(units, unit_sec):
    edges = np.concatenate([[0.0], np.cumsum(units * unit_sec)])
    return edges[:-1], edges[1:]


@pytest.mark.parametrize("unit", [0.12, 0.2, 0.3])
def test_an_even_tempo(unit):
    timed = on_a_grid(*played(EIGHTHS, unit))
    assert np.array_equal(timed.duration * 1.0 / timed.duration[0], EIGHTHS)


@pytest.mark.parametrize("change", [0.75, 1.3])
def test_a_tempo_that_drifts(change):
    unit = 0.22 * np.geomspace(1.0, change, len(EIGHTHS))
    timed = on_a_grid(*played(EIGHTHS, unit))
    assert np.array_equal(timed.duration // timed.duration[0], EIGHTHS)


def test_notes_sung_apart_are_not_rests_but_a_silent_beat_is():
    start = np.array([0.0, 0.3, 0.6, 1.2])
    timed = on_a_grid(start, start + 0.22)
    assert timed.duration.tolist() == [240, 240, 240, 240]
    assert timed.onset.tolist() == [0, 240, 480, 960]


def test_a_single_note():
    assert on_a_grid([1.0], [1.5]).onset.tolist() == [0]


@settings(max_examples=60)
@given(
    steps=st.lists(st.floats(0.05, 8.0), min_size=1, max_size=30),
    share=st.floats(0.05, 1.0),
)
def test_anything_becomes_a_melody(steps, share):
    edges = np.concatenate([[0.0], np.cumsum(steps)])
    timed = on_a_grid(edges[:-1], edges[:-1] + np.array(steps) * share)
    made = Melody(
        pitch=[60] * len(steps),
        onset=timed.onset,
        duration=timed.duration,
        tempo_bpm=timed.tempo_bpm,
    )
    assert made.onset[0] == 0
