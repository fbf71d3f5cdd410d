"""N-gram views against a plain dictionary, and after a round trip through arrays."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.embeddings import TERMS
from mer.embeddings.ngrams import ngram_keys, ngram_terms
from mer.embeddings.terms import TermView
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.viewpoints import UNDEFINED, VIEWPOINTS


def tune(pitch):
    onset = [480 * note for note in range(len(pitch))]
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch))


def bags(parts, viewpoints, orders):
    """One Counter of n-grams per sequence, by slicing."""
    found = []
    for part in parts:
        columns = Columns.from_melodies([part])
        rows = list(zip(*(VIEWPOINTS[name](columns).tolist() for name in viewpoints), strict=True))
        grams = (
            tuple(rows[i : i + order])
            for order in range(orders[0], orders[1] + 1)
            for i in range(len(rows) - order + 1)
        )
        found.append(Counter(g for g in grams if all(UNDEFINED not in row for row in g)))
    return found


def cosine(query, bag, documents):
    idf = lambda gram: 1 + math.log((1 + len(documents)) / (1 + sum(gram in d for d in documents)))  # noqa: E731
    weigh = lambda counts: {g: (1 + math.log(n)) * idf(g) for g, n in counts.items()}  # noqa: E731
    a, b = weigh(query), weigh(bag)
    norm = math.sqrt(sum(v * v for v in a.values())) * math.sqrt(sum(v * v for v in b.values()))
    return sum(v * b.get(g, 0.0) for g, v in a.items()) / norm if norm else 0.0


pitches = st.lists(st.integers(60, 66), min_size=1, max_size=10)


@settings(max_examples=50)
@given(
    st.lists(pitches, min_size=1, max_size=5),
    pitches,
    st.sampled_from([("interval",), ("interval", "ioi_ratio"), ("scale_degree",)]),
    st.sampled_from([(1, 1), (1, 4), (2, 3)]),
)
def test_similarity_is_the_cosine_of_tf_idf(parts, query, viewpoints, orders):
    melodies = [tune(pitch) for pitch in parts]
    view = TermView(ngram_terms(viewpoints, orders)).fit(Columns.from_melodies(melodies))
    documents = bags(melodies, viewpoints, orders)
    own = bags([tune(query)], viewpoints, orders)[0]
    expected = [cosine(own, bag, documents) for bag in documents]
    similarity = view.similarity(Columns.from_melodies([tune(query)]))
    assert similarity.tolist() == pytest.approx(expected, abs=1e-4)


def test_ngrams_do_not_cross_a_boundary():
    columns = Columns.from_melodies([tune([60, 62]), tune([64, 66])])
    _, sequence = ngram_keys(columns, ("pitch",), 2)
    assert sequence.tolist() == [0, 1]
    _, sequence = ngram_keys(columns, ("interval",), 2)
    assert sequence.tolist() == []


def test_round_trip_through_arrays():
    columns = Columns.from_melodies([tune([60, 62, 64]), tune([60, 67, 60, 67])])
    view = TermView(TERMS["interval"]).fit(columns)
    again = TermView(TERMS["interval"]).restore(view.arrays())
    query = columns.take([1])
    assert np.array_equal(view.similarity(query), again.similarity(query))
    assert view.similarity(query)[1] == pytest.approx(1.0)


def test_a_sequence_without_ngrams_is_like_nothing():
    columns = Columns.from_melodies([tune([60]), tune([60, 62])])
    view = TermView(ngram_terms(("interval",), (1, 2))).fit(columns)
    assert view.similarity(columns.take([0])).tolist() == [0.0, 0.0]
