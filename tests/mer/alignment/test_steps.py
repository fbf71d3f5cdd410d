"""Profiles of steps: their values, and that a note more changes no step after it."""

import numpy as np

from mer.alignment.align import align, trace
from mer.alignment.steps import STEPS, step_profile
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def tune(pitch: list[int], lengths: list[int]) -> Columns:
    step = np.array(lengths)
    return Columns.from_melodies([Melody(pitch=pitch, onset=np.cumsum(step) - step, duration=step)])


def test_steps_of_two_sequences_do_not_mix() -> None:
    both = [
        Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 240]),
        Melody(pitch=[60, 50, 50], onset=[0, 240, 720], duration=[240, 480, 240]),
    ]
    columns = Columns.from_melodies(both)
    assert step_profile(columns, "contour", first=False).pitch.tolist() == [1, -1, 0]
    assert step_profile(columns, "rhythm", first=False).pitch.tolist() == [-1, 1, -1]
    assert step_profile(columns, "rhythm", first=False).bounds.tolist() == [0, 1, 3]
    assert step_profile(columns, "contour").pitch[[0, 2]].min() > 100


def test_a_query_inside_is_found_and_earns_all() -> None:
    long = tune([60, 67, 64, 65, 62, 70, 60], [480, 240, 240, 480, 120, 120, 960])
    query = tune([50, 51, 40, 49], [240, 480, 120, 120])
    for aspect in ("rhythm", "contour"):
        own = step_profile(query, aspect, first=False)
        others = step_profile(long, aspect)
        none = np.zeros((1, 1), dtype=np.int64)
        similarity, _ = align(own, others, [0], STEPS, shifts=none)
        assert similarity.tolist() == [1.0]
    own, others = step_profile(query, "rhythm", first=False), step_profile(long, "rhythm")
    assert trace(own, others, 0, 0, STEPS) == ((0, 3), (1, 4), (2, 5))
