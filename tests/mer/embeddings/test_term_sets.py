"""The views of an index: grown, shrunk and stored, they say what views fitted anew say."""

import numpy as np
import pytest

from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.views import StoredViews

NAMES = ("interval", "skip-gram")


def columns(seed, count):
    rng = np.random.default_rng(seed)
    onset = [480 * note for note in range(8)]
    return Columns.from_melodies(
        [
            Melody(pitch=60 + rng.integers(0, 8, 8), onset=onset, duration=[480] * 8)
            for _ in range(count)
        ]
    )


POOL = columns(1, 50)


@pytest.fixture(scope="module")
def views():
    return StoredViews.fit(POOL, NAMES)


def similarity(views, query):
    return {name: view.similarity(query) for name, view in views.named.items()}


def test_they_grow_and_shrink_as_values(views):
    query, gone = POOL.take([7]), np.arange(50) % 3 == 0
    before = similarity(views, query)
    smaller, larger = views.remove(gone), views.add(columns(3, 9))
    fresh = similarity(StoredViews.fit(POOL.take(np.flatnonzero(~gone)), NAMES), query)
    for name, values in fresh.items():
        assert similarity(smaller, query)[name].tolist() == values.tolist()
    for name, found in similarity(larger, columns(3, 9).take([4])).items():
        assert len(found) == 59
        assert int(np.argmax(found)) == 54, name
    for name, values in similarity(views, query).items():
        assert values.tolist() == before[name].tolist()


def test_stored_and_taken_from_among_other_arrays(views):
    query, arrays = POOL.take([7]), {**views.arrays(), "shape": np.zeros(3)}
    again = StoredViews.from_arrays(arrays, NAMES)
    for name, values in similarity(views, query).items():
        assert similarity(again, query)[name].tolist() == values.tolist()
    with pytest.raises(KeyError):
        StoredViews.from_arrays({"shape": np.zeros(3)}, NAMES)
