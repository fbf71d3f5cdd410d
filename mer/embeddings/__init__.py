"""Representations of melodies: one file each, and one table of their names.

A representation has ``fit(columns)``, which returns itself, and ``similarity(query)``, which
returns the similarity of one sequence with every fitted one, shape (S,), 0 to 1. Learned state ends
in an underscore.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self

from mer.columns import Columns
from mer.embeddings.ngrams import NgramView, Scores

__all__ = [
    "INVARIANCES",
    "NGRAM_VIEWS",
    "NGRAM_WEIGHTS",
    "REPRESENTATIONS",
    "NgramView",
    "Representation",
]


class Representation(Protocol):
    """What every representation can do."""

    def fit(self, columns: Columns) -> Self:
        """Learn from the sequences of `columns`, keep them, and return self."""
        ...

    def similarity(self, query: Columns) -> Scores:
        """Return the similarity of one query with every fitted sequence, shape (S,)."""
        ...


# Name -> linked viewpoints, and shortest and longest n-gram.
NGRAM_VIEWS: dict[str, tuple[tuple[str, ...], tuple[int, int]]] = {
    "interval": (("interval",), (1, 5)),
    "interval-rhythm": (("interval", "ioi_ratio"), (1, 4)),
    "scale-degree": (("scale_degree",), (3, 5)),
    "contour": (("step_contour",), (3, 6)),
    "rhythm": (("ioi_ratio",), (2, 6)),
}

# Weight of each view where the views are used together; they add up to 1.
NGRAM_WEIGHTS: dict[str, float] = {
    "interval": 0.34,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "contour": 0.33,
    "rhythm": 0.03,
}


def _ngram_view(name: str) -> NgramView:
    viewpoints, orders = NGRAM_VIEWS[name]
    return NgramView(viewpoints, orders)


REPRESENTATIONS: dict[str, Callable[[], Representation]] = {
    "interval": lambda: _ngram_view("interval"),
    "interval-rhythm": lambda: _ngram_view("interval-rhythm"),
    "scale-degree": lambda: _ngram_view("scale-degree"),
    "contour": lambda: _ngram_view("contour"),
    "rhythm": lambda: _ngram_view("rhythm"),
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
}
