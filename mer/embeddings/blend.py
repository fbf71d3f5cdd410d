"""Columns -> the terms of five views at once, from which the dense vectors of terms are made.

The views hear different things: intervals, their direction only, intervals with rhythm, scale
degrees, and notes that need not follow each other. In an inverted file each view costs a list of
its own; a vector of a few hundred numbers costs the same, whatever goes in.
"""

from __future__ import annotations

from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.skipgrams import skipgram_terms
from mer.embeddings.terms import Terms, joined_terms

BLEND: Terms = joined_terms(
    (
        ngram_terms(("interval",), (1, 5)),
        ngram_terms(("step_contour",), (3, 6)),
        ngram_terms(("interval", "ioi_ratio"), (1, 4)),
        ngram_terms(("scale_degree",), (2, 5)),
        skipgram_terms(4),
    )
)
