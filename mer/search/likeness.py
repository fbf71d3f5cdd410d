"""One melody + many others -> how similar `mer` finds them, 0 to 1.

What a search for a motif says (method ``motif``), for melodies that are in no index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack.comparison import Limits
from mer.search.stack.methods import rank
from mer.search.stack.pool import Pool

MOST_COMPARED = 1000


class Likeness:
    """Melodies that others are compared with.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus, Tune
    >>> from mer.search.index import PhraseIndex
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("s", "Scale", "mine", scale)]))
    >>> known = Likeness([scale, chord])
    >>> known.of(chord.transpose(2)).round(2).tolist()
    [0.03, 1.0]
    >>> bool(abs(known.of(chord)[0] - index.search(chord, k=1)[0].similarity) < 1e-6)
    True
    """

    def __init__(self, melodies: Sequence[Melody]) -> None:
        self._pool = Pool(Columns.from_melodies(melodies), unit="phrase")

    def of(self, melody: Melody) -> Floats:
        """Return how similar each of the melodies is to this one, shape (melodies,)."""
        ranking = rank(self._pool, melody, "motif", limits=Limits(everything=True))
        similarity = np.zeros(len(self._pool))
        similarity[ranking.numbers] = ranking.similarity
        return similarity


def similarity_matrix(melodies: Sequence[Melody]) -> Floats:
    """Return how similar each of some melodies is to each, shape (melodies, melodies).

    The row is what is searched for. Turned round, two melodies need not be as similar: each is
    compared at the transpositions that are likeliest from its own side.

    Raises
    ------
    InputError
        If there are none, or more than 1,000.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> similarity_matrix([scale, chord, scale.transpose(5)]).round(2).tolist()
    [[1.0, 0.11, 1.0], [0.03, 1.0, 0.03], [1.0, 0.11, 1.0]]
    """
    if not 1 <= len(melodies) <= MOST_COMPARED:
        raise InputError(f"{len(melodies):,} melodies; 1 to {MOST_COMPARED:,} are compared")
    known = Likeness(melodies)
    return np.array([known.of(melody) for melody in melodies])
