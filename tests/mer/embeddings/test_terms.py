"""TF-IDF by hand: two tunes of two intervals each."""

import numpy as np
import pytest

from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.terms import (
    TermView,
    count_terms,
    find_terms,
    joined_terms,
    term_frequency,
)
from mer.notes.columns import Columns
from mer.notes.melody import Melody

STEPS = ngram_terms(("interval",), (1, 1))


def columns(*pitches: list[int]) -> Columns:
    return Columns.from_melodies(
        [
            Melody(pitch=pitch, onset=480 * np.arange(len(pitch)), duration=[480] * len(pitch))
            for pitch in pitches
        ]
    )


RISING, TURNING = [60, 62, 64], [60, 62, 61]  # up 2 twice; up 2, down 1
TWO = TermView(STEPS).fit(columns(RISING, TURNING))
RARE = 1 + np.log(3 / 2)  # of two tunes one has it; what both have weighs 1
UNKNOWN = 1 + np.log(3)


def test_the_cosine_of_two_tunes_by_hand() -> None:
    assert TWO.norms_.tolist() == pytest.approx([1 + np.log(2), np.hypot(1, RARE)])
    expected = [1.0, 1 / np.hypot(1, RARE)]
    assert TWO.similarity(columns(RISING)).tolist() == pytest.approx(expected)
    assert TWO.similarity(columns(TURNING)).tolist() == pytest.approx(expected[::-1])


def test_a_term_that_no_tune_has_makes_the_query_longer() -> None:
    found = TWO.similarity(columns([60, 62, 67]))  # up 2, up 5
    length = np.hypot(1, UNKNOWN)
    assert found.tolist() == pytest.approx([1 / length, 1 / (length * np.hypot(1, RARE))])
    assert TWO.similarity(columns([60, 70, 50])).tolist() == [0.0, 0.0]


def test_the_terms_of_a_query_with_their_weights_and_places() -> None:
    term, weight, place, length = TWO.query_terms(columns([60, 62, 64, 69]))  # up 2 twice, up 5
    by_place = dict(zip(place.tolist(), weight.tolist(), strict=True))
    both = int(find_terms(TWO.terms_, term)[0][place >= 0][0])
    assert by_place[both] == pytest.approx(1 + np.log(2))
    assert by_place[-1] == pytest.approx(UNKNOWN)
    assert length == pytest.approx(np.hypot(1 + np.log(2), UNKNOWN))


def test_sparse_vectors_give_the_same_cosines() -> None:
    pytest.importorskip("scipy")
    query = columns([60, 62, 67], TURNING)
    product = (TWO.transform(query) @ TWO.transform(columns(RISING, TURNING)).T).toarray()
    for row, pitch in enumerate(([60, 62, 67], TURNING)):
        assert product[row].tolist() == pytest.approx(
            TWO.similarity(columns(pitch)).tolist(), abs=1e-6
        )


def test_terms_are_counted_once_in_each_sequence() -> None:
    sequence, term, count = count_terms(STEPS, columns(RISING, TURNING))
    assert sequence.tolist() == [0, 1, 1]
    assert sorted(count.tolist()) == [1, 1, 2]
    assert count[0] == 2
    assert term[0] in term[1:]
    assert term[1] < term[2]


def test_the_terms_of_two_views_are_kept_apart() -> None:
    both = joined_terms((STEPS, STEPS))
    batches = list(both(columns(RISING)))
    assert len(batches) == 2
    assert not set(batches[0][0].tolist()) & set(batches[1][0].tolist())


def test_frequencies_grow_with_the_logarithm_up_to_255() -> None:
    found = term_frequency(np.array([1, 2, 255, 256, 100_000]))
    assert found.tolist() == pytest.approx(
        [1.0, 1 + np.log(2), 1 + np.log(255), 1 + np.log(255), 1 + np.log(255)]
    )


def test_nothing_is_found_among_no_terms() -> None:
    nothing = np.zeros(0, dtype=np.uint64)
    place, there = find_terms(nothing, np.array([4], dtype=np.uint64))
    assert (place.tolist(), there.tolist()) == ([0], [False])
    place, there = find_terms(np.array([3, 5], np.uint64), np.array([9, 1], np.uint64))
    assert there.tolist() == [False, False]
