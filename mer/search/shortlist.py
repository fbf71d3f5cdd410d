"""Query -> the few hundred sequences worth aligning: the first stage of a search.

`Shortlist` is all that `mer.search.index` asks of this stage, so that another engine (approximate
search over vectors, say, or a database) can take its place. `TermShortlist`, the one in use, holds
n-gram views in memory and compares the query with every sequence that shares a term with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from mer.embeddings import TERMS, TermView
from mer.embeddings.terms import extended_view, reduced_view
from mer.notes.arrays import Arrays, Flags, Ints, Singles
from mer.notes.columns import Columns

_LEARNED = ("terms_", "starts_", "sequences_", "counts_", "norms_")


class Shortlisted(NamedTuple):
    """The chosen sequences, best first, and name of a view -> their similarity in it, 0 to 1."""

    numbers: Ints
    views: dict[str, Singles]


class Shortlist(Protocol):
    """The first stage of a search. A value: `add` and `remove` return another one."""

    def search(self, query: Columns, count: int, among: Ints | None = None) -> Shortlisted:
        """Return the `count` sequences nearest to the query, of all or of those in `among`."""
        ...

    def add(self, columns: Columns) -> Self:
        """Return the shortlist with more sequences after the ones it has."""
        ...

    def remove(self, sequences: Flags) -> Self:
        """Return the shortlist without the sequences marked True; those behind move up."""
        ...


@dataclass(frozen=True, eq=False)
class TermShortlist:
    """The sequences with the largest weighted mean of cosines in n-gram views.

    Parameters
    ----------
    views
        Name -> fitted view.
    weights
        Name -> share of the view in the similarity.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> up = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> leap = Melody(pitch=[60, 72, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> pool = TermShortlist.fit(Columns.from_melodies([up, leap]), {"interval": 1.0})
    >>> pool.search(Columns.from_melodies([leap.transpose(2)]), 1).numbers.tolist()
    [1]
    """

    views: Mapping[str, TermView]
    weights: Mapping[str, float]

    @classmethod
    def fit(cls, columns: Columns, weights: Mapping[str, float]) -> Self:
        """Return a shortlist of the sequences of `columns` with the views named in `weights`."""
        return cls({name: TermView(TERMS[name]).fit(columns) for name in weights}, weights)

    def search(self, query: Columns, count: int, among: Ints | None = None) -> Shortlisted:
        """Return the `count` sequences nearest to the query, of all or of those in `among`."""
        views = {name: view.similarity(query) for name, view in self.views.items()}
        if among is not None:
            views = {name: values[among] for name, values in views.items()}
        total = np.sum([self.weights[name] * values for name, values in views.items()], axis=0)
        chosen = _largest(total, count)
        numbers = chosen if among is None else among[chosen]
        return Shortlisted(numbers, {name: values[chosen] for name, values in views.items()})

    def add(self, columns: Columns) -> Self:
        """Return the shortlist with more sequences after the ones it has."""
        views = {name: extended_view(view, columns) for name, view in self.views.items()}
        return replace(self, views=views)

    def remove(self, sequences: Flags) -> Self:
        """Return the shortlist without the sequences marked True; those behind move up."""
        views = {name: reduced_view(view, sequences) for name, view in self.views.items()}
        return replace(self, views=views)

    def arrays(self) -> Arrays:
        """Return everything that has to be stored, by name."""
        return {
            f"views.{name}.{key}": array
            for name, view in self.views.items()
            for key, array in view.arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, weights: Mapping[str, float]) -> Self:
        """Return the shortlist stored in `arrays` (see `arrays`); other names are ignored.

        Raises
        ------
        KeyError
            If an array is missing.
        """
        views = {}
        for name in weights:
            own = {learned: arrays[f"views.{name}.{learned}"] for learned in _LEARNED}
            views[name] = TermView(TERMS[name]).restore(own)
        return cls(views, weights)


def _largest(values: npt.NDArray[np.floating], count: int) -> Ints:
    """Return where the `count` largest values stand, largest first, ties in order."""
    if count < len(values):
        threshold = np.partition(values, len(values) - count)[len(values) - count]
        above = np.flatnonzero(values > threshold)
        level = np.flatnonzero(values == threshold)[: count - len(above)]
        chosen = np.concatenate([above, level])
    else:
        chosen = np.arange(len(values))
    return chosen[np.argsort(-values[chosen], kind="stable")]
