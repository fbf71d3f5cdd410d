"""The first stage of a search: the best by all views, among all or among some."""

import numpy as np
import pytest

from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.shortlist import Shortlist, TermShortlist

WEIGHTS = {"interval": 0.25, "skip-gram": 0.75}


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
def shortlist():
    made: Shortlist = TermShortlist.fit(POOL, WEIGHTS)
    return made


def test_the_best_come_first_and_views_add_up(shortlist):
    query = POOL.take([7])
    found = shortlist.search(query, 50)
    assert found.numbers[0] == 7
    assert sorted(found.numbers.tolist()) == list(range(50))
    total = sum(WEIGHTS[name] * values for name, values in found.views.items())
    assert total.tolist() == sorted(total.tolist(), reverse=True)
    assert total[0] == pytest.approx(1.0)


def test_fewer_are_the_first_of_more(shortlist):
    query = columns(2, 1)
    more, fewer = shortlist.search(query, 30), shortlist.search(query, 4)
    assert fewer.numbers.tolist() == more.numbers[:4].tolist()
    assert fewer.views["interval"].tolist() == more.views["interval"][:4].tolist()


def test_among_some(shortlist):
    query, some = POOL.take([7]), np.array([3, 7, 11, 40])
    found = shortlist.search(query, 3, some)
    assert found.numbers[0] == 7
    assert len(found.numbers) == 3
    everywhere = [number for number in shortlist.search(query, 50).numbers if number in some]
    assert found.numbers.tolist() == everywhere[:3]
    assert len(shortlist.search(query, 3, np.zeros(0, dtype=np.int64)).numbers) == 0


def test_it_grows_and_shrinks_as_a_value(shortlist):
    gone = np.arange(50) % 3 == 0
    smaller, larger = shortlist.remove(gone), shortlist.add(columns(3, 9))
    assert len(shortlist.search(POOL.take([0]), 100).numbers) == 50
    assert len(smaller.search(POOL.take([0]), 100).numbers) == int((~gone).sum())
    assert larger.search(columns(3, 9).take([4]), 1).numbers.tolist() == [54]
