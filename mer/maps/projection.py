"""Rows of numbers -> a map of them in two dimensions, and groups of rows that lie together.

Principal components (Hotelling 1933) with one departure: the sign of an axis, which is arbitrary,
is chosen so that its largest number is positive, and the same rows give the same map. Groups are
those of k-means (Lloyd 1982), seeded as k-means++ (Arthur and Vassilvitskii 2007).

References
----------
Hotelling, H. (1933). Analysis of a complex of statistical variables into principal components.
Journal of Educational Psychology 24.
Lloyd, S. P. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory 28.
Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. SODA.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.notes.arrays import Array, Floats, Ints

_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Projection:
    """A linear map onto the directions in which some rows differ most.

    Parameters
    ----------
    mean
        Shape (D,): what is subtracted.
    axes
        Shape (D, 2): directions of length 1, at right angles.
    explained
        Shape (2,): the share of all variance that lies in each direction.
    """

    mean: Floats
    axes: Floats
    explained: Floats

    @classmethod
    def fit(cls, rows: Array) -> Projection:
        """Return the projection that shows most of how `rows`, shape (S, D), differ.

        Examples
        --------
        Four points in a plane that is hardly tilted: the long side comes first.

        >>> rows = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 0.0], [9.0, 1.0]])
        >>> found = Projection.fit(rows)
        >>> np.abs(found.axes[:, 0]).round(2).tolist(), found.explained.round(2).tolist()
        ([1.0, 0.0], [0.99, 0.01])
        """
        table = np.asarray(rows, dtype=np.float64)
        mean = table.mean(axis=0)
        about = table - mean
        variance, axes = np.linalg.eigh(about.T @ about / max(len(table) - 1, 1))
        variance, axes = np.maximum(variance[::-1], 0.0), axes[:, ::-1]
        axes, shown = axes[:, :2], variance[:2]
        if axes.shape[1] < 2:  # rows of one number: nothing lies in the second direction
            axes, shown = np.pad(axes, ((0, 0), (0, 1))), np.pad(shown, (0, 1))
        largest = axes[np.argmax(np.abs(axes), axis=0), np.arange(2)]
        axes = axes * np.where(largest < 0, -1.0, 1.0)
        return cls(mean, axes, shown / (variance.sum() or 1.0))

    def project(self, rows: Array) -> Floats:
        """Return where rows lie on the map, shape (S, 2)."""
        return np.asarray((rows - self.mean) @ self.axes, dtype=np.float64)


def groups_of(rows: Array, count: int, rng: np.random.Generator) -> Ints:
    """Return the group of each row, shape (S,): 0 is the largest of `count` groups at most.

    Examples
    --------
    >>> rows = np.array([[0.0], [0.1], [0.2], [7.0], [7.1]])
    >>> groups_of(rows, 2, np.random.default_rng(0)).tolist()
    [0, 0, 0, 1, 1]
    """
    table = np.asarray(rows, dtype=np.float64)
    centres = table[_seeds(table, min(count, len(table)), rng)]
    group = np.full(len(table), -1)
    for _ in range(_ROUNDS):
        nearest = np.argmin(_distances(table, centres), axis=1)
        if (nearest == group).all():
            break
        group = nearest
        members = np.bincount(group, minlength=len(centres))
        for number in np.flatnonzero(members).tolist():
            centres[number] = table[group == number].mean(axis=0)
    order = np.argsort(-np.bincount(group, minlength=len(centres)), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[group])


def _seeds(table: Floats, count: int, rng: np.random.Generator) -> list[int]:
    chosen = [int(rng.integers(len(table)))]
    while len(chosen) < count:
        distance = _distances(table, table[chosen]).min(axis=1)
        total = distance.sum()
        if total <= 0.0:  # fewer different rows than groups
            break
        chosen.append(int(rng.choice(len(table), p=distance / total)))
    return chosen


def _distances(table: Floats, centres: Floats) -> Floats:
    """Return squared distances, shape (S, centres)."""
    squares = (table**2).sum(axis=1)[:, None] + (centres**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(squares - 2.0 * table @ centres.T, 0.0))
