"""One melody + many others -> how similar `mer` finds them, 0 to 1.

The parts and weights are those of `mer.PhraseIndex.search`, for melodies that are in no index; a
given index supplies the weights of the n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mer.alignment.align import Profile, align
from mer.embeddings import TermView
from mer.embeddings.terms import count_terms, find_terms, term_frequency
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.index import INSIDE, INSIDE_SCORING, WEIGHTS, WHOLE, WHOLE_SCORING, PhraseIndex


class Likeness:
    """Melodies that others are compared with.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus, Tune
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("s", "Scale", "mine", scale)]))
    >>> known = Likeness([scale, chord], index)
    >>> known.of(chord.transpose(2)).round(2).tolist()
    [0.03, 1.0]
    >>> bool(abs(known.of(chord)[0] - index.search(chord, k=1)[0].similarity) < 1e-6)
    True
    """

    def __init__(self, melodies: Sequence[Melody], index: PhraseIndex) -> None:
        columns = Columns.from_melodies(melodies)
        self._pool = Profile.of(columns, metre=False)
        self._rows = np.arange(len(melodies))
        self._views = {n: _Weights(v, columns) for n, v in index.shortlist.views.items()}

    def of(self, melody: Melody) -> Floats:
        """Return how similar each of the melodies is to this one, shape (melodies,)."""
        own = Columns.from_melodies([melody])
        profile = Profile.of(own, metre=False)
        inside, shift = align(profile, self._pool, self._rows, INSIDE_SCORING)
        whole, _ = align(profile, self._pool, self._rows, WHOLE_SCORING, shifts=shift[:, None])
        similarity = WEIGHTS[INSIDE] * inside.astype(np.float64) + WEIGHTS[WHOLE] * whole
        for name, view in self._views.items():
            similarity += WEIGHTS[name] * np.clip(view.cosine(own), 0.0, 1.0)
        return similarity


class _Weights:
    """The TF-IDF weights of melodies in a view that was fitted to others."""

    def __init__(self, view: TermView, columns: Columns) -> None:
        self._view = view
        self._size = len(columns)
        self._sequence, self._term, count = count_terms(view.terms, columns)
        row, known = find_terms(view.terms_, self._term)
        lists = np.where(known, np.diff(view.starts_)[row], 0)
        idf = 1.0 + np.log((1.0 + len(view.norms_)) / (1.0 + lists))
        self._weight = term_frequency(count) * idf
        squares = np.bincount(self._sequence, self._weight**2, minlength=self._size)
        self._length = np.sqrt(np.maximum(squares, 1e-12))

    def cosine(self, query: Columns) -> Floats:
        """Return the cosine of each melody with one sequence, shape (melodies,)."""
        term, weight, _, length = self._view.query_terms(query)
        if not len(term):  # fewer notes than the shortest of this view's n-grams
            return np.zeros(self._size)
        place, known = find_terms(term, self._term)
        product = np.where(known, self._weight * weight[place], 0.0)
        total = np.bincount(self._sequence, product, minlength=self._size)
        cosine: Floats = total / (self._length * length)
        return cosine
