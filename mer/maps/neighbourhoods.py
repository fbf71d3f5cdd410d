"""Rows of numbers -> a map on which near rows are alike, and how far a map keeps what is near.

t-SNE (van der Maaten and Hinton 2008, with the approximation of van der Maaten 2014), as
scikit-learn has it, on at most 50 principal components. It starts from the first two of these, so
that the same rows give the same map, and its learning rate grows with the number of rows (Belkina
et al. 2019), so that few rounds are enough. It has no place for further rows: one of these lies
where the medoid of its nearest rows lies (Kaufman and Rousseeuw 1987), that is the one from whose
place those of the others are least far, each weighted by the inverse square of its distance
(Shepard 1968). Not at their mean: that falls between groups, where nothing alike is near. Of the
ten true neighbours of a phrase, the medoid keeps two to three times as many among its ten nearest
on the map.

References
----------
van der Maaten, L. and Hinton, G. (2008). Visualizing data using t-SNE. JMLR 9.
van der Maaten, L. (2014). Accelerating t-SNE using tree-based algorithms. JMLR 15.
Belkina, A. C. et al. (2019). Automated optimized parameters for t-distributed stochastic neighbor
embedding improve visualization and analysis of large datasets. Nature Communications 10.
Kaufman, L. and Rousseeuw, P. J. (1987). Clustering by means of medoids. In: Statistical data
analysis based on the L1 norm.
Shepard, D. (1968). A two-dimensional interpolation function for irregularly-spaced data. ACM
National Conference.
Venna, J. and Kaski, S. (2001). Neighborhood preservation in nonlinear projection methods: an
experimental study. ICANN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.notes.arrays import Array, Floats, Singles, largest

_COMPONENTS = 50
_PERPLEXITY = 15.0
_ROUNDS = 350
_EXAGGERATION = 12.0
_SLOWEST = 50.0  # learning rate for few rows
_COARSENESS = 0.8  # of the tree: far rows are taken together
_NEAREST = 10
_SAME = 1e-4  # distance, in parts of the usual one, below which two rows are one


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """A map on which rows lie near those that they are like.

    Parameters
    ----------
    rows
        Shape (P, D): what was mapped.
    places
        Shape (P, 2): where each row lies.
    """

    rows: Singles
    places: Floats

    @classmethod
    def fit(cls, rows: Array) -> Neighbourhoods:
        """Return the map of `rows`, shape (P, D). Needs scikit-learn.

        Examples
        --------
        Two tunes of three notes each, as pitches: the variants of one lie together.

        >>> tunes = np.repeat([[60.0, 64.0, 67.0], [67.0, 62.0, 59.0]], 20, axis=0)
        >>> rows = tunes + np.random.default_rng(0).normal(size=tunes.shape)
        >>> places = Neighbourhoods.fit(rows).places
        >>> trustworthiness(rows, places, nearest=5) > 0.9
        True
        """
        table = np.asarray(rows, dtype=np.float32)
        parts = _components(table)
        return cls(table, parts[:, :2] if len(parts) < 4 else _spread(parts))

    def project(self, rows: Array) -> Floats:
        """Return where further rows lie, shape (S, 2): among those mapped that are nearest."""
        distances = _distances(np.asarray(rows, dtype=np.float32), self.rows)
        count = min(_NEAREST, len(self.rows))
        near = largest(-distances, count)
        squares = np.take_along_axis(distances, near, axis=1)
        weight = 1.0 / np.maximum(squares, _SAME**2 * (np.median(distances) or 1.0))
        places = self.places[near]
        apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=3)
        chosen = np.einsum("snm,sm->sn", apart, weight).argmin(axis=1)
        return np.asarray(places[np.arange(len(places)), chosen], dtype=np.float64)


def _components(table: Singles) -> Floats:
    """Return the principal components, shape (P, 2 to 50)."""
    about = np.asarray(table, dtype=np.float64) - table.mean(axis=0)
    _, axes = np.linalg.eigh(about.T @ about)
    parts = about @ axes[:, ::-1][:, :_COMPONENTS]
    return np.pad(parts, ((0, 0), (0, max(2 - parts.shape[1], 0))))


def _spread(parts: Floats) -> Floats:
    from sklearn.manifold import TSNE

    first = parts[:, :2]
    method = TSNE(
        perplexity=min(_PERPLEXITY, (len(parts) - 1) / 3),
        max_iter=_ROUNDS,
        early_exaggeration=_EXAGGERATION,
        learning_rate=max(len(parts) / _EXAGGERATION, _SLOWEST),
        angle=_COARSENESS,
        init=np.asarray(first * (1e-4 / (first[:, 0].std() or 1.0)), dtype=np.float32),
        random_state=0,
    )
    return np.asarray(method.fit_transform(parts.astype(np.float32)), dtype=np.float64)


def trustworthiness(rows: Array, places: Floats, *, nearest: int = 10) -> float:
    """Return how far those that lie near a row on a map are truly near it (Venna and Kaski 2001).

    1 if all of them are; about 0.5 on a map of places drawn by lot.

    Parameters
    ----------
    rows
        Shape (P, D), P more than twice `nearest`.
    places
        Shape (P, 2): the map of them.
    nearest
        How many on the map are asked about.

    Examples
    --------
    On a line nothing changes if it is stretched; folded in the middle, ends meet that are far.

    >>> line = np.arange(8.0)[:, None]
    >>> trustworthiness(line, line * [2.0, 0.0], nearest=2)
    1.0
    >>> round(trustworthiness(line, np.abs(line - 3.4) * [1.0, 0.0], nearest=2), 2)
    0.42
    """
    table = np.asarray(rows, dtype=np.float32)
    count, missed = len(table), 0
    for start in range(0, count, 256):
        part = np.arange(start, min(start + 256, count))
        truth, shown = _distances(table[part], table), _distances(places[part], places)
        for distances in (truth, shown):
            distances[np.arange(len(part)), part] = np.inf
        near = largest(-shown, nearest)
        for column in near.T:
            # The rank among all of one that lies near on the map.
            reach = truth[np.arange(len(part)), column]
            rank = 1 + (truth < reach[:, None]).sum(axis=1)
            missed += int(np.maximum(rank - nearest, 0).sum())
    return 1.0 - 2.0 * missed / (count * nearest * (2 * count - 3 * nearest - 1))


def _distances(rows: Array, others: Array) -> Array:
    """Return squared distances, shape (rows, others)."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(squares - 2.0 * rows @ others.T, 0.0))
