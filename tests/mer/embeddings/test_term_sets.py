"""Sets of terms: cosines worked out by hand, and the same ones whatever else is indexed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.embeddings import TERMS
from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.term_sets import TermSets, set_cosines, terms_of
from mer.notes.melody import Melody

STEPS = ngram_terms(("interval",), (1, 1))


def melody(pitch):
    return Melody(
        pitch=pitch, onset=[480 * n for n in range(len(pitch))], duration=[480] * len(pitch)
    )


# Sets of intervals: {2}, {2, -2}, {2, -2, 5}, {}.
POOL = [melody(p) for p in ([60, 62], [60, 62, 60, 62], [60, 62, 60, 65], [60])]
PITCHES = st.lists(st.integers(50, 70), min_size=1, max_size=12)


def test_cosines_by_hand():
    sets = TermSets(STEPS).fit(POOL)
    assert sets.sizes_.tolist() == [1, 2, 3, 0]
    found = sets.similarity([melody([70, 68, 70])])
    assert found == pytest.approx([1 / 2**0.5, 1.0, 2 / 6**0.5, 0.0])
    assert sets.similarity([melody([60])]).tolist() == [0.0] * 4
    assert sets.similarity([melody([60, 71])]).tolist() == [0.0] * 4


@given(st.lists(PITCHES, min_size=1, max_size=6), PITCHES)
def test_they_are_the_cosines_of_sets(pitches, query):
    melodies = [melody(one) for one in pitches]
    wanted, held = ({*np.diff(one).tolist()} for one in (query, pitches[0]))
    shared, sizes = len(wanted & held), len(wanted) * len(held)
    found = TermSets(STEPS).fit(melodies).similarity([melody(query)])
    assert found[0] == np.float32(shared / sizes**0.5 if sizes else 0.0)
    alone = [TermSets(STEPS).fit([one]).similarity([melody(query)])[0] for one in melodies]
    assert found.tolist() == alone


@given(st.lists(PITCHES, min_size=1, max_size=6), PITCHES)
def test_rows_multiply_to_cosines(pitches, query):
    sets = TermSets(TERMS["three-note"]).fit([melody(one) for one in pitches])
    both = [sets.transform([melody(one) for one in given]) for given in (pitches, [query])]
    product = (both[0] @ both[1].T).toarray()[:, 0]
    assert product == pytest.approx(sets.similarity([melody(query)]), abs=1e-6)


def test_stored_and_restored():
    sets = TermSets(STEPS).fit(POOL)
    again = TermSets(STEPS).restore({**sets.arrays(), "other": np.zeros(3)})
    assert again.similarity([POOL[2]]).tolist() == sets.similarity([POOL[2]]).tolist()
    assert terms_of(STEPS, [POOL[1]]).tolist() == sorted(terms_of(STEPS, [POOL[1]]).tolist())
    with pytest.raises(KeyError):
        TermSets(STEPS).restore({"terms_": np.zeros(0, np.uint64)})


def test_lists_name_a_sequence_as_often_as_it_holds():
    sets = TermSets(STEPS).fit(POOL)
    lists = sets.lists(terms_of(STEPS, [POOL[2]]))
    assert np.bincount(lists, minlength=4).tolist() == [1, 2, 3, 0]
    assert set_cosines(lists[:0], sets.sizes_, 3).tolist() == [0.0] * 4


@pytest.mark.parametrize("shared", [255, 256, 70_000])
def test_many_terms_are_counted_as_few(shared: int) -> None:
    """Counts are as narrow as the number of terms allows."""
    lists, sizes = np.zeros(shared, dtype=np.uint16), np.array([shared, 4])
    assert set_cosines(lists, sizes, shared).tolist() == [1.0, 0.0]
