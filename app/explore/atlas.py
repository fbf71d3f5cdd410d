"""Index -> its phrases in every representation, fitted when first asked for and kept.

Most representations are fitted on all phrases within a moment. For the slow ones that would take a
minute, so they are fitted on a sample, the one of which maps are drawn.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from app.explore.layouts import LAYOUTS, Placing
from app.visitor.library import OWN
from mer.embeddings import REPRESENTATIONS, SETS, TermSets, TermView
from mer.errors import InputError
from mer.maps.contrast import group_names
from mer.maps.neighbourhoods import trustworthiness
from mer.maps.projection import groups_of
from mer.maps.rows import rows_of
from mer.maps.traits import TRAITS
from mer.notes.arrays import Floats, Ints, Singles
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

_Made = TypeVar("_Made")

SAMPLE = 2500
MOST_OWN = 600  # phrases of the visitor's own that are always in the sample
GROUPS = 8
SLOW = frozenset({"vector"})
_KEPT = 32  # views, maps and the like
_CLEAR = 0.15  # correlation from which an axis is said to follow a trait


@dataclass(frozen=True, eq=False)
class Chart:
    """A sample of phrases on a map.

    Parameters
    ----------
    numbers
        Shape (P,): the phrases.
    places
        Shape (P, 2).
    group
        Shape (P,): which of the groups of k-means each is in.
    names
        What sets each group apart from the others, in a few words.
    placing
        What takes further rows to the map.
    axes
        What grows to the right, and upwards, in words; empty where nothing plain does.
    shown
        The share of all variance that the axes show; None if they have no meaning.
    trust
        How far those that lie near each other are truly near: 1 is best, 0.5 is by chance.
    """

    numbers: Ints
    places: Floats
    group: Ints
    names: tuple[str, ...]
    placing: Placing
    axes: tuple[str, str]
    shown: float | None
    trust: float


class Atlas:
    """The phrases of one index in every representation.

    Parameters
    ----------
    index
        The phrases.
    """

    def __init__(self, index: PhraseIndex) -> None:
        self.columns = index.columns
        self.tune_of = tunes_of(index)
        self.corpus = index.corpus
        self._pool = index.pool
        self.sample = _sample(index)
        self._made: OrderedDict[tuple[str, str], Any] = OrderedDict()
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def view(self, name: str) -> Any:
        """Return a fitted representation: of all phrases, or of the sample if it is a slow one.

        Raises
        ------
        InputError
            If there is no representation of that name.
        """
        if name not in REPRESENTATIONS:
            raise InputError(
                f"unknown representation {name!r}; known: {', '.join(REPRESENTATIONS)}"
            )
        if name in SETS:
            return self.kept("view", name, lambda: self._pool.view(name))
        pool = self.sampled if name in SLOW else self.columns
        return self.kept("view", name, lambda: REPRESENTATIONS[name]().fit(pool))

    @property
    def sampled(self) -> Columns:
        """The phrases of the sample."""
        return self.kept("columns", "", lambda: self.columns.take(self.sample))

    def similarity(self, name: str, query: Melody, numbers: Ints | None = None) -> Floats:
        """Return how like the query phrases are in one representation, shape (phrases,).

        Parameters
        ----------
        numbers
            The phrases; by default all, or the sample if the representation is a slow one.
        """
        view, own = self.view(name), Columns.from_melodies([query])
        if name in SLOW and numbers is not None:
            found = 0.5 + 0.5 * (self._rows_of(name, numbers) @ view.transform(own)[0])
            return np.asarray(np.clip(found, 0.0, 1.0), dtype=np.float64)
        found = np.asarray(view.similarity(own), dtype=np.float64)
        return found if numbers is None else found[numbers]

    def _rows_of(self, name: str, numbers: Ints) -> Singles:
        """Return the rows of some phrases in a slow representation: most are in the sample."""

        def made() -> Singles:
            view = self.view(name)
            there = np.isin(numbers, self.sample)
            rows = np.empty((len(numbers), view.rows_.shape[1]), dtype=np.float32)
            rows[there] = view.rows_[np.searchsorted(self.sample, numbers[there])]
            if not there.all():
                rows[~there] = view.transform(self.columns.take(numbers[~there]))
            return rows

        # While a slider moves, the same phrases are asked for again and again.
        return self.kept(f"rows {name}", str(hash(numbers.tobytes())), made)

    def rows(self, name: str) -> Singles:
        """Return the rows of the sample in one representation, shape (P, D)."""
        view = self.view(name)
        if isinstance(view, TermView | TermSets):
            return rows_of(view, self.sampled)
        return np.asarray(view.rows_ if name in SLOW else view.rows_[self.sample])

    def chart(self, name: str, layout: str = "directions") -> Chart:
        """Return the map of the sample in one representation and one of the layouts."""
        return self.kept(f"chart {layout}", name, lambda: self._drawn(name, layout))

    def places(self, name: str, melodies: list[Melody], layout: str = "directions") -> Floats:
        """Return where melodies lie on the map of a representation, shape (melodies, 2)."""
        if not melodies:
            return np.zeros((0, 2))
        rows = rows_of(self.view(name), Columns.from_melodies(melodies))
        return self.chart(name, layout).placing.project(rows)

    def _drawn(self, name: str, layout: str) -> Chart:
        rows = self.rows(name)
        placed = LAYOUTS[layout].place(rows)
        axes = ("", "") if placed.shown is None else self._axis_words(placed.places)
        return Chart(
            self.sample,
            placed.places,
            self._groups(name),
            self.kept("names", name, lambda: tuple(self._named(name))),
            placed.placing,
            axes,
            placed.shown,
            _trust(rows, placed.places),
        )

    def _groups(self, name: str) -> Ints:
        def made() -> Ints:
            return groups_of(self.rows(name), GROUPS, np.random.default_rng(0))

        return self.kept("groups", name, made)

    def _named(self, name: str) -> list[str]:
        return group_names(self.sampled, self._groups(name))

    def _axis_words(self, places: Floats) -> tuple[str, str]:
        traits = [(trait, trait.values(self.sampled)) for trait in TRAITS]
        words = []
        for axis in places.T:
            related = [(_correlation(values, axis), trait) for trait, values in traits]
            size, trait = max(related, key=lambda pair: abs(pair[0]))
            plain = trait.more if size > 0 else trait.fewer
            words.append(plain if abs(size) >= _CLEAR else "")
            # Both axes can follow one trait; the second is told by another.
            traits = [pair for pair in traits if pair[0] is not trait]
        return words[0], words[1]

    def kept(self, kind: str, name: str, make: Callable[[], _Made]) -> _Made:
        """Return what was made of this kind under a name; it is made once, and kept for a while."""
        key = (kind, name)
        with self._lock:
            made_by_one = self._locks.setdefault(key, threading.Lock())
        # Two visitors who ask for the same wait for one fit, not for two.
        with made_by_one:
            made: _Made = self._made[key] if key in self._made else make()
            with self._lock:
                self._made[key] = made
                self._made.move_to_end(key)
                while len(self._made) > _KEPT:
                    oldest, _ = self._made.popitem(last=False)
                    self._locks.pop(oldest, None)
        return made


class Atlases:
    """The atlas of each index; it goes when the index goes."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[PhraseIndex, Atlas] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, index: PhraseIndex) -> Atlas:
        """Return the atlas of an index, the same one each time."""
        with self._lock:
            if index not in self._of:
                self._of[index] = Atlas(index)
            return self._of[index]


def tunes_of(index: PhraseIndex) -> Ints:
    """Return the tune of each phrase of an index, shape (phrases,)."""
    if index.unit == "melody":
        return np.arange(len(index.corpus))
    return np.asarray(index.corpus.phrase_tune, dtype=np.int64)


def _sample(index: PhraseIndex) -> Ints:
    """Return the phrases that are drawn, rising: the visitor's own first, the rest by chance."""
    corpus, rng = index.corpus, np.random.default_rng(0)
    collection = corpus.texts["collection"][tunes_of(index)]
    own = np.zeros(len(collection), dtype=bool)
    if OWN in corpus.collections:
        own = collection == corpus.collections.index(OWN)
    mine, rest = np.flatnonzero(own), np.flatnonzero(~own)
    mine = rng.permutation(mine)[:MOST_OWN]
    others = rng.permutation(rest)[: max(SAMPLE - len(mine), 0)]
    return np.sort(np.concatenate([mine, others])).astype(np.int64)


def _trust(rows: Singles, places: Floats) -> float:
    nearest = min(10, (len(rows) - 1) // 2)
    return trustworthiness(rows, places, nearest=nearest) if nearest > 0 else 1.0


def _correlation(one: Floats, two: Floats) -> float:
    spread = float(one.std() * two.std())
    return float(((one - one.mean()) * (two - two.mean())).mean()) / spread if spread > 0 else 0.0
