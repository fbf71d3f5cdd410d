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

from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.skipgrams import skipgram_terms
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

# One row of numbers a sequence, compared by the cosine.
DENSE = ("pitch-class", "interval-histogram", "parsons", "step-curve", "cosine-shape", "summary")


def _dense(name: str) -> Representation:
    # Imported when one is made: a search for phrases needs none of them.
    from mer.embeddings.contours import cosine_shape, parsons_counts, step_curve
    from mer.embeddings.dense import DenseView, Features
    from mer.embeddings.histograms import interval_histogram, pitch_class_histogram
    from mer.embeddings.summary import summary_features

    features: dict[str, Features] = {
        "pitch-class": pitch_class_histogram,
        "interval-histogram": interval_histogram,
        "parsons": parsons_counts,
        "step-curve": step_curve,
        "cosine-shape": cosine_shape,
        "summary": summary_features,
    }
    return DenseView(features[name], standardise=name == "summary")


def _latent() -> Representation:
    from mer.embeddings.lsa import BLEND, LatentSemantic

    return LatentSemantic(BLEND)


def _learned() -> Representation:
    from mer.embeddings.learned import LearnedVector

    return LearnedVector()


REPRESENTATIONS: dict[str, Callable[[], Representation]] = {
    **{
        name: partial(TermSets if name in SETS else TermView, terms)
        for name, terms in TERMS.items()
    },
    **{name: partial(_dense, name) for name in DENSE},
    "lsa": _latent,
    "vector": _learned,
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
