"""Term counts -> latent semantic vectors: TF-IDF reduced to a few hundred numbers.

The matrix of TF-IDF weights (sequences by terms) is approximated by its largest singular vectors;
sequences are compared in the space that they span, in which terms that occur together are alike.

Departures from Deerwester et al. are that only the most frequent terms get a column, which bounds
time and memory, that the singular vectors come from a randomised algorithm (Halko, Martinsson and
Tropp 2011), and that the coordinates are not divided by the singular values.

References
----------
Deerwester, S., Dumais, S. T., Furnas, G. W., Landauer, T. K. and Harshman, R. (1990). Indexing by
latent semantic analysis. Journal of the American Society for Information Science 41(6).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import numpy as np

from mer.embeddings.dense import cosine_similarity, unit_rows
from mer.embeddings.ngrams import ngram_terms
from mer.embeddings.parameters import Parameters
from mer.embeddings.skipgrams import skipgram_terms
from mer.embeddings.terms import Terms, count_terms, find_terms, joined_terms, term_frequency
from mer.notes.arrays import Array, Ints, Keys, Singles
from mer.notes.columns import Columns, Sequences, as_columns

_NOTES_AT_ONCE = 200_000
_PAIRS_AT_ONCE = 20_000

# The terms of five views at once. The views hear different things: intervals, their direction only,
# intervals with rhythm, scale degrees, and notes that need not follow each other. In an inverted
# file each view costs a list of its own; a vector of a few hundred numbers costs the same, whatever
# goes in.
BLEND: Terms = joined_terms(
    (
        ngram_terms(("interval",), (1, 5)),
        ngram_terms(("step_contour",), (3, 6)),
        ngram_terms(("interval", "ioi_ratio"), (1, 4)),
        ngram_terms(("scale_degree",), (2, 5)),
        skipgram_terms(4),
    )
)


class LatentSemantic(Parameters):
    """Latent semantic analysis. Fitting needs scikit-learn, everything else only numpy.

    Parameters
    ----------
    terms
        What a sequence holds: see `mer.embeddings.terms.Terms`.
    size
        Numbers per sequence; fewer come back where the sequences or their terms are fewer.
    vocabulary
        How many terms get a column: those that the most sequences hold.
    seed
        Of the randomised algorithm.

    Attributes
    ----------
    terms_, idf_
        Shape (V,): the terms, rising, and their inverse document frequencies.
    components_
        Shape (V, size): what each term adds to the vector.
    rows_
        Shape (S, size): the fitted sequences, rows of length 1.
    """

    def __init__(
        self, terms: Terms, size: int = 256, vocabulary: int = 40_000, seed: int = 0
    ) -> None:
        self.terms = terms
        self.size = size
        self.vocabulary = vocabulary
        self.seed = seed

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Find the components, keep the rows of all sequences, return self."""
        columns = as_columns(columns)
        return self.learn(columns).keep(columns)

    def learn(self, columns: Columns) -> Self:
        """Find the components and return self."""
        from scipy.sparse import csr_array, vstack
        from sklearn.utils.extmath import randomized_svd

        self._choose_terms(columns)
        parts = []
        for chunk in chunks(columns):
            sequence, place, weight = weigh_terms(self.terms, chunk, self.terms_, self.idf_)
            shape = (len(chunk), len(self.terms_))
            parts.append(csr_array((weight, (sequence, place)), shape=shape))
        size = min(self.size, len(columns), len(self.terms_))
        axes = np.zeros((0, len(self.terms_)))
        if size:
            _, _, axes = randomized_svd(vstack(parts), size, n_iter=3, random_state=self.seed)
        self.components_ = np.ascontiguousarray(axes.T, dtype=np.float32)
        return self

    def _choose_terms(self, columns: Columns) -> None:
        found = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
        for chunk in chunks(columns):
            term, count = np.unique(count_terms(self.terms, chunk)[1], return_counts=True)
            found[0].append(term)
            found[1].append(count)
        term, which = np.unique(np.concatenate(found[0]), return_inverse=True)
        holders = np.bincount(which, weights=np.concatenate(found[1]), minlength=len(term))
        chosen = np.sort(np.argsort(-holders, kind="stable")[: self.vocabulary])
        self.terms_ = term[chosen]
        idf = 1.0 + np.log((1.0 + len(columns)) / (1.0 + holders[chosen]))
        self.idf_ = idf.astype(np.float32)

    def keep(self, columns: Columns) -> Self:
        """Keep the rows of the sequences to be searched and return self."""
        self.rows_ = self.transform(columns)
        return self

    def transform(self, columns: Sequences) -> Singles:
        """Return one row of length 1 per sequence, shape (S, size)."""
        columns = as_columns(columns)
        rows = np.zeros((len(columns), self.components_.shape[1]), dtype=np.float32)
        done = 0
        for chunk in chunks(columns):
            found = weigh_terms(self.terms, chunk, self.terms_, self.idf_)
            rows[done : done + len(chunk)] = project(*found, self.components_, len(chunk))
            done += len(chunk)
        return unit_rows(rows)

    def similarity(self, query: Sequences) -> Singles:
        """Return (1 + cosine) / 2 of one query with every fitted sequence, shape (S,).

        Examples
        --------
        >>> from mer.embeddings import TERMS
        >>> from mer.notes.melody import Melody
        >>> up = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> down = Melody(pitch=[64, 60, 55], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> view = LatentSemantic(TERMS["interval"]).fit(Columns.from_melodies([up, down]))
        >>> view.similarity(Columns.from_melodies([up.transpose(5)])).round(3).tolist()
        [1.0, 0.5]
        """
        return cosine_similarity(self.rows_, self.transform(query))


def chunks(columns: Columns, notes: int | None = None) -> Iterator[Columns]:
    """Yield the columns in parts of whole sequences, of about so many notes each."""
    start = 0
    while start < len(columns):
        limit = columns.bounds[start] + (notes or _NOTES_AT_ONCE)
        stop = max(start + 1, int(np.searchsorted(columns.bounds, limit, side="right")) - 1)
        yield columns.take(np.arange(start, stop)) if stop - start < len(columns) else columns
        start = stop


def weigh_terms(
    terms: Terms, columns: Columns, known: Keys, idf: Singles
) -> tuple[Ints, Ints, Singles]:
    """Return TF-IDF weights: sequence, place of the term among the known ones, weight.

    Shapes (pairs,); terms that are not known are left out. The weights of a sequence make a vector
    of length 1.
    """
    sequence, term, count = count_terms(terms, columns)
    place, there = find_terms(known, term)
    sequence, place = sequence[there], place[there]
    weight = term_frequency(count[there]) * idf[place]
    length = np.sqrt(np.bincount(sequence, weights=weight**2, minlength=len(columns)))
    return sequence, place, (weight / length[sequence]).astype(np.float32)


def project(
    sequence: Ints,
    place: Ints,
    weight: Singles,
    components: Array,
    sequences: int,
) -> Singles:
    """Return the sums of weighted components of each sequence, shape (sequences, size)."""
    rows = np.zeros((sequences, components.shape[1]), dtype=np.float32)
    for start in range(0, len(place), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        own = sequence[part]
        first = np.flatnonzero(np.append(True, own[1:] != own[:-1]))
        added = components[place[part]] * weight[part, None]
        rows[own[first]] += np.add.reduceat(added, first, axis=0)
    return rows
