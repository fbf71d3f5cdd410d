"""Representations of melodies: one file each, and one table of their names.

A representation has ``fit(columns)``, which returns itself, and ``similarity(query)``, which
returns the similarity of one sequence with every fitted one, shape (S,), 0 to 1. Learned state ends
in an underscore.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, Self

from mer.columns import Columns
from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.skipgrams import skipgram_terms
from mer.embeddings.terms import Scores, Terms, TermView

__all__ = ["INVARIANCES", "REPRESENTATIONS", "TERMS", "Representation", "TermView"]


class Representation(Protocol):
    """What every representation can do."""

    def fit(self, columns: Columns) -> Self:
        """Learn from the sequences of `columns`, keep them, and return self."""
        ...

    def similarity(self, query: Columns) -> Scores:
        """Return the similarity of one query with every fitted sequence, shape (S,)."""
        ...


# Views over terms: an inverted file each.
TERMS: dict[str, Terms] = {
    "interval": ngram_terms(("interval",), (1, 5)),
    "interval-rhythm": ngram_terms(("interval", "ioi_ratio"), (1, 4)),
    "scale-degree": ngram_terms(("scale_degree",), (3, 5)),
    "contour": ngram_terms(("step_contour",), (3, 6)),
    "rhythm": ngram_terms(("ioi_ratio",), (2, 6)),
    "skip-gram": skipgram_terms(4),
}

REPRESENTATIONS: dict[str, Callable[[], Representation]] = {
    name: partial(TermView, terms) for name, terms in TERMS.items()
}

# What a representation does not hear. The conformance test holds each to its line, and shows that
# it hears everything else.
INVARIANCES: dict[str, frozenset[str]] = {
    "interval": frozenset({"transposition", "tempo", "rhythm"}),
    "interval-rhythm": frozenset({"transposition", "tempo"}),
    # Not rhythm: where no key is notated, the tonic is estimated from pitches weighted by duration.
    "scale-degree": frozenset({"transposition", "tempo", "octave"}),
    "contour": frozenset({"transposition", "tempo", "rhythm"}),
    "rhythm": frozenset({"transposition", "tempo", "octave", "pitch"}),
    "skip-gram": frozenset({"transposition", "tempo"}),
}
