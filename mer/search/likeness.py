"""One melody + many others -> how similar `mer` finds them, 0 to 1.

What a search for a motif says (method ``motif``), for melodies that are in no index; a given index
supplies the weights of the n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from mer.embeddings.terms import TermView, count_terms, find_terms, term_frequency
from mer.notes.arrays import Floats, Singles
from mer.notes.columns import Columns, Sequences, as_columns
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.stack.comparison import Limits
from mer.search.stack.methods import rank
from mer.search.stack.pool import Pool


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
        views = {name: _Weights(view, columns) for name, view in index.views.named.items()}
        self._pool = Pool(columns, views, unit="phrase")

    def of(self, melody: Melody) -> Floats:
        """Return how similar each of the melodies is to this one, shape (melodies,)."""
        ranking = rank(self._pool, melody, "motif", limits=Limits(everything=True))
        similarity = np.zeros(len(self._pool))
        similarity[ranking.numbers] = ranking.similarity
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

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Return self: the view is fitted to other melodies."""
        return self

    def transform(self, columns: Sequences) -> Any:
        """Return the TF-IDF vectors of sequences, as the view does."""
        return self._view.transform(columns)

    def similarity(self, query: Sequences) -> Singles:
        """Return the cosine of each melody with one sequence, shape (melodies,)."""
        term, weight, _, length = self._view.query_terms(as_columns(query))
        if not len(term):  # fewer notes than the shortest of this view's n-grams
            return np.zeros(self._size, dtype=np.float32)
        place, known = find_terms(term, self._term)
        product = np.where(known, self._weight * weight[place], 0.0)
        total = np.bincount(self._sequence, product, minlength=self._size)
        return np.asarray(total / (self._length * length), dtype=np.float32)
