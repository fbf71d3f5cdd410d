"""Columns -> one vector of 256 numbers, by weights learned from variants of folk tunes.

Two descriptions of a sequence are put side by side: hashed TF-IDF over the terms of five views
(exact, and blind to what an ornament does to an n-gram) and mean cosines of windows of the pitch
curve (soft; see `mer.embeddings.windows`). A linear map takes both to 512 numbers. It was learned
as a linear discriminant without labels: it keeps the directions in which tunes differ most,
compared with how much they move when the same tune is varied. The variants are made by
ornamenting, thinning, changing notes and rhythms, and cutting, or found among the tunes themselves
by alignment. `benchmarks/train_vector.py` does the learning and writes the weights.

Of the 512 numbers, fitting keeps the 256 directions in which the pool that is searched differs
most (principal components). Variation moves a sequence equally far in every direction, so these are
the best ones for that pool, be it fiddle tunes or songs; nothing about what counts as a variant is
learned from the pool. New sequences can be added with the same directions.

References
----------
Weinberger, K., Dasgupta, A., Langford, J., Smola, A. and Attenberg, J. (2009). Feature hashing for
large scale multitask learning. ICML.
Hadsell, R., Chopra, S. and LeCun, Y. (2006). Dimensionality reduction by learning an invariant
mapping. CVPR. (Variants as the only labels; the map here is linear and has a closed form.)
Fukunaga, K. (1990). Introduction to Statistical Pattern Recognition, ch. 10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np

from mer.corpus.shipped import data_folder
from mer.corpus.storage import load_arrays
from mer.embeddings.dense import cosine_similarity, unit_rows
from mer.embeddings.lsa import BLEND, chunks, project
from mer.embeddings.parameters import Parameters
from mer.embeddings.terms import count_terms, term_frequency
from mer.embeddings.windows import mean_cosines
from mer.notes.arrays import Arrays, Ints, Singles
from mer.notes.columns import Columns, Sequences, as_columns

KIND = "mer vector"
VERSION = 1
FILE = "vector.npz"
BUCKETS = 8192
WINDOW_SHARE = 0.6  # of the squared length of the description; the rest is for terms
SIZE = 256
_NOTES_A_STEP = 20_000  # a second of work or so: what a progress bar shows as one step


class LearnedVector(Parameters):
    """The learned vector; fitting only loads the weights and keeps the vectors of the pool.

    Parameters
    ----------
    weights
        File written by ``benchmarks/train_vector.py``; None for the shipped one.
    prior
        How many sequences the training tunes count for when the directions are chosen: in a pool
        of a few phrases they decide, in one of thousands the pool does.
    term_share
        What the terms count beside the windows, 0 to 1: 1 as they were trained.
    shown
        What the parts of a pool go through while their vectors are made, with how many there are
        and what the work is called; None for nothing.

    Attributes
    ----------
    arrays_
        The weights (see `project_down`).
    mean_, axes_
        Shapes (512,) and (512, 256): what is subtracted, and the directions kept.
    rows_
        Shape (S, 256): the fitted sequences, rows of length 1.
    """

    def __init__(
        self,
        weights: str | Path | None = None,
        prior: float = 100.0,
        shown: Callable[[Iterator[Any], int, str], Iterator[Any]] | None = None,
        term_share: float = 1.0,
    ) -> None:
        self.weights = weights
        self.prior = prior
        self.term_share = term_share
        self.shown = shown

    @property
    def weights_file(self) -> Path:
        """The file of the weights."""
        return Path(data_folder() / FILE if self.weights is None else self.weights)

    def fit(self, columns: Sequences, labels: object = None) -> Self:
        """Load the weights, choose directions, keep the vectors of all sequences, return self.

        Raises
        ------
        InputError
            If the weights are missing, damaged, or of another version.
        """
        self._load_weights()
        columns = as_columns(columns)
        parts = chunks(columns, _NOTES_A_STEP)
        if self.shown is not None:
            parts = self.shown(parts, -(-len(columns.pitch) // _NOTES_A_STEP), "vectors")
        rows = np.concatenate([self._projected(part) for part in parts])
        total = self.prior + len(rows)
        self.mean_ = rows.sum(axis=0) / total  # that of the training tunes is 0
        rows -= self.mean_
        spread = rows.T @ rows + self.prior * np.diag(self.arrays_["spread"])
        self.axes_ = np.linalg.eigh(spread.astype(np.float64))[1][:, -SIZE:].astype(np.float32)
        self.rows_ = unit_rows(rows @ self.axes_)
        return self

    def _load_weights(self) -> None:
        self.arrays_ = load_arrays(self.weights_file, kind=KIND, version=VERSION)[0]

    def arrays(self) -> Arrays:
        """Return what was learned from the pool, by name."""
        return {name: getattr(self, name) for name in ("mean_", "axes_", "rows_")}

    def restore(self, arrays: Arrays, size: int) -> Self:
        """Take what `arrays` returned for a pool of `size` sequences, and return self.

        Raises
        ------
        KeyError, ValueError
            If something is missing, or of another size.
        """
        self.mean_, self.axes_, self.rows_ = (arrays[n] for n in ("mean_", "axes_", "rows_"))
        if self.rows_.shape != (size, SIZE):
            raise ValueError(f"vectors of shape {self.rows_.shape}, not {(size, SIZE)}")
        self._load_weights()
        return self

    def _projected(self, columns: Columns) -> Singles:
        return project_down(columns, self.arrays_, term_share=self.term_share)

    def _project(self, columns: Sequences) -> Singles:
        return np.concatenate([self._projected(chunk) for chunk in chunks(as_columns(columns))])

    def transform(self, columns: Sequences) -> Singles:
        """Return one row of length 1 per sequence, shape (S, 256)."""
        return unit_rows((self._project(columns) - self.mean_) @ self.axes_)

    def similarity(self, query: Sequences) -> Singles:
        """Return (1 + cosine) / 2 of one query with every fitted sequence, shape (S,).

        Examples
        --------
        >>> from mer.notes.melody import Melody
        >>> tune = Melody(pitch=[60, 62, 64, 60], onset=[0, 480, 960, 1440], duration=[480] * 4)
        >>> other = Melody(pitch=[60, 72, 71, 67], onset=[0, 240, 480, 720], duration=[240] * 4)
        >>> view = LearnedVector().fit(Columns.from_melodies([tune, other]))
        >>> similarity = view.similarity(Columns.from_melodies([tune.transpose(5)]))
        >>> similarity[0].round(3).item(), bool(similarity[1] < 0.8)
        (1.0, True)
        """
        return cosine_similarity(self.rows_, self.transform(query))


def window_part(columns: Columns, arrays: Arrays) -> Singles:
    """Return the mean cosines of windows about those of the training tunes, rows of length 1.

    Shape (S, D). ``frequencies``, ``phases`` and ``window_mean`` are used.
    """
    means = mean_cosines(columns, arrays["frequencies"], arrays["phases"])
    return unit_rows(means - arrays["window_mean"])


def term_part(columns: Columns, idf: Singles) -> tuple[Ints, Ints, Singles]:
    """Return hashed TF-IDF weights: sequence, bucket, weight. Shapes (pairs,).

    Terms share a bucket by chance; the weights of a sequence, taken one by one, make a vector of
    length 1.

    Parameters
    ----------
    idf
        Shape (BUCKETS,): inverse document frequency of each bucket.
    """
    sequence, term, count = count_terms(BLEND, columns)
    bucket = (term >> np.uint64(20)).astype(np.int64) % len(idf)
    weight = term_frequency(count) * idf[bucket]
    length = np.sqrt(np.bincount(sequence, weights=weight**2, minlength=len(columns)))
    return sequence, bucket, (weight / np.maximum(length, 1e-9)[sequence]).astype(np.float32)


def project_down(columns: Columns, arrays: Arrays, *, term_share: float = 1.0) -> Singles:
    """Return 512 numbers per sequence, shape (S, 512), about the mean of the training tunes.

    The two linear maps, ``window_codes`` (D, 512) and ``term_codes`` (BUCKETS, 512), are stored in
    8 bits; ``window_step`` and ``term_step`` (512,) are the units of their columns. ``centre``
    (512,) is what they make of the mean training tune. What the terms say is multiplied by
    `term_share`.
    """
    windows = window_part(columns, arrays) @ arrays["window_codes"].astype(np.float32)
    terms = project(*term_part(columns, arrays["idf"]), arrays["term_codes"], len(columns))
    return np.asarray(
        windows * arrays["window_step"]
        + terms * (np.float32(term_share) * arrays["term_step"])
        - arrays["centre"]
    )
