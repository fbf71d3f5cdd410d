"""Viewpoints on one tune, worked out by hand, and never across a boundary.

The tune: G4 crotchet, A4 quaver, G4 quaver, B4 minim | C5 crotchet, in 3/4 and G major, with a
pick-up of one crotchet.
"""

import numpy as np
import pytest

from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.viewpoints import UNDEFINED, VIEWPOINTS, estimated_tonic, phrase_position, tonic

U = UNDEFINED
TUNE = Melody(
    pitch=[67, 69, 67, 71, 72],
    onset=[0, 480, 720, 960, 1920],
    duration=[480, 240, 240, 960, 480],
    meter=(3, 4),
    key=Key(7),
    downbeat=480,
    phrase_starts=(0, 3),
)
BY_HAND = {
    "pitch": [67, 69, 67, 71, 72],
    "interval": [U, 2, -2, 4, 1],
    "contour": [U, 1, -1, 1, 1],
    "step_contour": [U, 1, -1, 2, 1],
    "inter_onset_interval": [480, 240, 240, 960, 480],
    "duration": [480, 240, 240, 960, 480],
    "ioi_ratio": [U, -4, 0, 8, -4],
    "scale_degree": [0, 2, 0, 4, 5],
    "tonic_interval": [0, 2, 0, 4, 5],
    "bar_position": [960, 0, 240, 480, 0],
}


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_by_hand_alone_and_between_others(name):
    alone = VIEWPOINTS[name](Columns.from_melodies([TUNE]))
    assert alone.tolist() == BY_HAND[name]
    other = Melody(pitch=[40, 80], onset=[0, 960], duration=[960, 1920], key=Key(1))
    between = VIEWPOINTS[name](Columns.from_melodies([other, TUNE, other]))
    assert between[2:7].tolist() == BY_HAND[name]


def test_phrase_position_by_hand():
    columns = Columns.from_melodies([TUNE])
    assert phrase_position(columns).tolist() == [0.0, 0.5, 0.75, 0.0, pytest.approx(960 / 1440)]


def test_every_viewpoint_is_tested_here():
    assert set(VIEWPOINTS) == set(BY_HAND) | {"phrase_position"}


def test_the_estimated_tonic_moves_with_the_notes():
    scale = [60, 62, 64, 65, 67, 69, 71, 72]
    parts = [
        Melody(pitch=np.array(scale) + s, onset=np.arange(8) * 480, duration=[480] * 8)
        for s in range(12)
    ]
    columns = Columns.from_melodies(parts)
    assert estimated_tonic(columns).tolist() == list(range(12))
    assert tonic(Columns.from_melodies([TUNE])).tolist() == [7]
