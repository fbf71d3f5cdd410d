"""Rows of numbers -> similarity: what every representation with one dense vector has in common.

`DenseView` is to vectors what `mer.embeddings.terms.TermView` is to terms: it takes the function
that describes a sequence, and compares by the cosine. A cosine c is shown as (1 + c) / 2, so that
similarities lie between 0 and 1 and the order of unlike sequences is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np

from mer.embeddings.parameters import Parameters
from mer.notes.arrays import Array, Singles
from mer.notes.columns import Columns, Sequences, as_columns

# Columns -> one row of numbers per sequence, shape (S, D).
Features = Callable[[Columns], Array]

_SMALLEST = 1e-9


def unit_rows(rows: Array) -> Singles:
    """Return the rows divided by their lengths, shape (S, D); a row of zeros stays one.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > _SMALLEST, length, 1.0), dtype=np.float32)


def cosine_similarity(pool: Singles, query: Singles) -> Singles:
    """Return (1 + cosine) / 2 of one unit row with each row of a pool, shape (S,).

    Parameters
    ----------
    pool
        Shape (S, D), rows of length 1.
    query
        Shape (1, D), of length 1.
    """
    return np.asarray(np.clip(0.5 + 0.5 * (pool @ query[0]), 0.0, 1.0), dtype=np.float32)


class DenseView(Parameters):
    """The cosine of rows of numbers.

    Parameters
    ----------
    features
        What a sequence looks like: see `Features`.
    standardise
        Whether to subtract the mean of each number over the fitted sequences, and to divide by its
        standard deviation.

    Attributes
    ----------
    mean_, scale_
        Shape (D,): what is subtracted, and divided by.
    rows_
        Shape (S, D): the fitted sequences, rows of length 1.
    """

    def __init__(self, features: Features, standardise: bool = False) -> None:
        self.features = features
        self.standardise = standardise

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Keep the rows of all sequences and return self; `labels` are ignored."""
        rows = np.asarray(self.features(as_columns(columns)), dtype=np.float64)
        self.mean_ = rows.mean(axis=0) if self.standardise else np.zeros(rows.shape[1])
        spread = rows.std(axis=0) if self.standardise else np.ones(rows.shape[1])
        self.scale_ = np.where(spread > _SMALLEST, spread, 1.0)
        self.rows_ = self._scaled(rows)
        return self

    def _scaled(self, rows: Array) -> Singles:
        return unit_rows((rows - self.mean_) / self.scale_)

    def transform(self, columns: Sequences) -> Singles:
        """Return one row of length 1 per sequence, shape (S, D)."""
        return self._scaled(np.asarray(self.features(as_columns(columns)), dtype=np.float64))

    def similarity(self, query: Sequences) -> Singles:
        """Return (1 + cosine) / 2 of one query with every fitted sequence, shape (S,).

        Examples
        --------
        >>> from mer.embeddings.histograms import interval_histogram
        >>> from mer.notes.melody import Melody
        >>> up = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> down = Melody(pitch=[64, 62, 60], onset=[0, 480, 960], duration=[480, 480, 480])
        >>> view = DenseView(interval_histogram).fit(Columns.from_melodies([up, down]))
        >>> view.similarity(Columns.from_melodies([up.transpose(5)])).tolist()
        [1.0, 0.5]
        """
        return cosine_similarity(self.rows_, self.transform(query))
