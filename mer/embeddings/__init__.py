"""Columns -> vectors and similarities: one representation a file, and one table of their names.

A representation has ``fit(columns)``, which returns itself, ``transform(columns)``, which returns
one row per sequence (numbers, or a scipy sparse array of term weights), and ``similarity(query)``,
which returns the similarity of one sequence with every fitted one, shape (S,), 0 to 1. A list of
melodies works as well as `mer.notes.columns.Columns`, which ``corpus.columns()`` returns. Learned
state ends in an underscore; the constructor only stores its arguments, so that scikit-learn's
``clone`` and ``Pipeline`` take every representation.

Imports `mer.notes` and `mer.corpus`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, Self

from mer.embeddings.contours import cosine_shape, parsons_counts, step_curve
from mer.embeddings.dense import DenseView
from mer.embeddings.histograms import interval_histogram, pitch_class_histogram
from mer.embeddings.learned import LearnedVector
from mer.embeddings.lsa import BLEND, LatentSemantic
from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.skipgrams import skipgram_terms
from mer.embeddings.summary import summary_features
from mer.embeddings.term_sets import TermSets
from mer.embeddings.terms import Terms, TermView
from mer.notes.arrays import Singles
from mer.notes.columns import Sequences

__all__ = ["INVARIANCES", "REPRESENTATIONS", "TERMS", "Representation", "TermSets", "TermView"]


class Representation(Protocol):
    """What every representation can do."""

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Learn from the sequences of `columns`, keep them, and return self."""
        ...

    def transform(self, columns: Sequences) -> Any:
        """Return one row of numbers or of term weights per sequence, shape (S, D)."""
        ...

    def similarity(self, query: Sequences) -> Singles:
        """Return the similarity of one query with every fitted sequence, shape (S,)."""
        ...


# Notes after the first among which a skip-gram has its others.
THREE_NOTE_REACH, FOUR_NOTE_REACH = 3, 5
# Views over terms: an inverted file each. Those of `SETS` are so rare that neither their number nor
# their rarity counts.
SETS = ("three-note", "four-note")
TERMS: dict[str, Terms] = {
    "interval": ngram_terms(("interval",), (1, 5)),
    "interval-rhythm": ngram_terms(("interval", "ioi_ratio"), (1, 4)),
    "scale-degree": ngram_terms(("scale_degree",), (3, 5)),
    "contour": ngram_terms(("step_contour",), (3, 6)),
    "rhythm": ngram_terms(("ioi_ratio",), (2, 6)),
    "skip-gram": skipgram_terms(4),
    "three-note": skipgram_terms(THREE_NOTE_REACH),
    "four-note": skipgram_terms(FOUR_NOTE_REACH, 4),
}

REPRESENTATIONS: dict[str, Callable[[], Representation]] = {
    **{
        name: partial(TermSets if name in SETS else TermView, terms)
        for name, terms in TERMS.items()
    },
    "pitch-class": partial(DenseView, pitch_class_histogram),
    "interval-histogram": partial(DenseView, interval_histogram),
    "parsons": partial(DenseView, parsons_counts),
    "step-curve": partial(DenseView, step_curve),
    "cosine-shape": partial(DenseView, cosine_shape),
    "summary": partial(DenseView, summary_features, standardise=True),
    "lsa": partial(LatentSemantic, BLEND),
    "vector": LearnedVector,
}

# What a representation does not hear. The conformance test checks each line, and that the
# representation hears everything else.
INVARIANCES: dict[str, frozenset[str]] = {
    "interval": frozenset({"transposition", "tempo", "rhythm"}),
    "interval-rhythm": frozenset({"transposition", "tempo"}),
    # Not rhythm: where no key is notated, the tonic is estimated from pitches weighted by duration.
    "scale-degree": frozenset({"transposition", "tempo", "octave"}),
    "contour": frozenset({"transposition", "tempo", "rhythm"}),
    "rhythm": frozenset({"transposition", "tempo", "octave", "pitch"}),
    "skip-gram": frozenset({"transposition", "tempo"}),
    "three-note": frozenset({"transposition", "tempo"}),
    "four-note": frozenset({"transposition", "tempo"}),
    "pitch-class": frozenset({"transposition", "tempo", "octave"}),
    "interval-histogram": frozenset({"transposition", "tempo", "rhythm"}),
    "parsons": frozenset({"transposition", "tempo", "rhythm"}),
    "step-curve": frozenset({"transposition", "tempo"}),
    "cosine-shape": frozenset({"transposition", "tempo"}),
    "summary": frozenset(),
    "lsa": frozenset({"transposition", "tempo"}),
    "vector": frozenset({"transposition", "tempo"}),
}
