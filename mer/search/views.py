"""Columns -> the views that an index keeps: inverted files that grow, shrink and are stored.

What the first stage of a search (`mer.search.stack.proposal`) asks for and finds here need not be
made anew from the notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from mer.embeddings import TERMS, TermView
from mer.embeddings.terms import extended_view, reduced_view
from mer.notes.arrays import Arrays, Flags
from mer.notes.columns import Columns

_LEARNED = ("terms_", "starts_", "sequences_", "counts_", "norms_")


@dataclass(frozen=True, eq=False)
class StoredViews:
    """Views by name. A value: `add` and `remove` return another one.

    Parameters
    ----------
    named
        Name -> fitted view.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> up = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> leap = Melody(pitch=[60, 72, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> views = StoredViews.fit(Columns.from_melodies([up]), ["interval"])
    >>> views = views.add(Columns.from_melodies([leap]))
    >>> views.named["interval"].similarity([leap.transpose(2)]).round(3).tolist()
    [0.0, 1.0]
    """

    named: Mapping[str, TermView]

    @classmethod
    def fit(cls, columns: Columns, names: Iterable[str]) -> Self:
        """Return the named views of the sequences of `columns`."""
        return cls({name: TermView(TERMS[name]).fit(columns) for name in names})

    def add(self, columns: Columns) -> Self:
        """Return the views with more sequences after the ones they have."""
        return type(self)({name: extended_view(v, columns) for name, v in self.named.items()})

    def remove(self, sequences: Flags) -> Self:
        """Return the views without the sequences marked True; those behind move up."""
        return type(self)({name: reduced_view(v, sequences) for name, v in self.named.items()})

    def arrays(self) -> Arrays:
        """Return everything that has to be stored, by name."""
        return {
            f"views.{name}.{key}": array
            for name, view in self.named.items()
            for key, array in view.arrays().items()
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, names: Iterable[str]) -> Self:
        """Return the views stored in `arrays` (see `arrays`); other names are ignored.

        Raises
        ------
        KeyError
            If an array is missing.
        """
        found = {}
        for name in names:
            own = {learned: arrays[f"views.{name}.{learned}"] for learned in _LEARNED}
            found[name] = TermView(TERMS[name]).restore(own)
        return cls(found)
