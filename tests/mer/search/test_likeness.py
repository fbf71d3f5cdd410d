"""Likeness of melodies to one: what the search says, and what it says of very short ones."""

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.likeness import Likeness


def melody(pitch: list[int]) -> Melody:
    return Melody(pitch=pitch, onset=np.arange(len(pitch)) * 240, duration=[240] * len(pitch))


TUNES = [
    melody([60, 62, 64, 65, 67, 65, 64, 62]),
    melody([60, 64, 67, 72, 67, 64, 60, 62]),
    melody([67, 65, 64, 62, 60, 62, 64, 60]),
]


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    tunes = [Tune(f"t{n}", f"Tune {n}", "mine", one) for n, one in enumerate(TUNES)]
    return PhraseIndex.build(Corpus.from_tunes(tunes))


def test_melodies_are_as_alike_as_the_search_says(index: PhraseIndex) -> None:
    query = melody([62, 64, 66, 67, 69, 65])
    found = {match.number: match.similarity for match in index.search(query, k=3)}
    similarity = Likeness(TUNES).of(query)
    assert similarity == pytest.approx([found[number] for number in range(3)], abs=1e-6)
    assert len(set(similarity.round(3).tolist())) == 3


def test_a_melody_with_no_ngram_is_compared_too() -> None:
    known = Likeness([melody([60, 62, 64, 65]), melody([60, 62])])
    for pitch in ([60], [60, 62], [60, 62, 64]):
        similarity = known.of(melody(pitch))
        assert similarity.shape == (2,)
        assert np.isfinite(similarity).all()
        assert (similarity >= 0.0).all()
