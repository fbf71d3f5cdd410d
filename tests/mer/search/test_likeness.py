"""Likeness of melodies to one: what the search says, and what it says of very short ones."""

import numpy as np

from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.likeness import Likeness


def melody(pitch: list[int]) -> Melody:
    return Melody(pitch=pitch, onset=np.arange(len(pitch)) * 240, duration=[240] * len(pitch))


def test_a_melody_with_no_ngram_is_compared_too(index: PhraseIndex) -> None:
    known = Likeness([melody([60, 62, 64, 65]), melody([60, 62])], index)
    for pitch in ([60], [60, 62], [60, 62, 64]):
        similarity = known.of(melody(pitch))
        assert similarity.shape == (2,)
        assert np.isfinite(similarity).all()
        assert (similarity >= 0.0).all()
