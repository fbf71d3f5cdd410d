"""The entropy of a viewpoint in each sequence: by hand, and by counting."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.viewpoints import UNDEFINED, VIEWPOINTS
from mer.search.stack.variety import bits


def melody(pitch: list[int]) -> Melody:
    return Melody(pitch=pitch, onset=np.arange(len(pitch)) * 240, duration=[240] * len(pitch))


def test_by_hand() -> None:
    # Up, up, down, down: two kinds of steps, as often; one note: none at all.
    columns = Columns.from_melodies([melody([60, 62, 64, 62, 60]), melody([60])])
    assert bits(columns, "interval").tolist() == [1.0, 0.0]


@pytest.mark.parametrize("viewpoint", ["interval", "ioi_ratio", "scale_degree"])
@given(
    tunes=st.lists(st.lists(st.integers(55, 70), min_size=1, max_size=20), min_size=1, max_size=4)
)
def test_it_is_the_entropy_of_the_counts(viewpoint: str, tunes: list[list[int]]) -> None:
    columns = Columns.from_melodies([melody(pitch) for pitch in tunes])
    values, found = VIEWPOINTS[viewpoint](columns), bits(columns, viewpoint)
    for number in range(len(tunes)):
        here = values[columns.bounds[number] : columns.bounds[number + 1]].tolist()
        counts = Counter(value for value in here if value != UNDEFINED)
        shares = np.array(list(counts.values())) / max(counts.total(), 1)
        assert found[number] == pytest.approx(-(shares * np.log2(shares)).sum(), abs=1e-9)
