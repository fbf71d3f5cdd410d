"""Sequences -> a `Pool`: views, vectors and profiles, made when a method first asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mer.alignment.profile import Profile
from mer.embeddings import REPRESENTATIONS, SETS, Representation
from mer.notes.arrays import Flags, Floats, Ints, Singles
from mer.notes.columns import Columns, Sequences, as_columns
from mer.search.segments.store import Store, set_similarities
from mer.search.stack.query import Query
from mer.search.stack.vectors import Shown, learned_vectors, unseen

if TYPE_CHECKING:
    from mer.embeddings.learned import LearnedVector

# Marks further apart than this delimit sections, not phrases, and say little about where in a
# phrase a note stands.
LONGEST_MEAN_PHRASE = 18.0
# A pool with no more notes than this is compared as a whole for neighbour lists.
SMALL_POOL_NOTES = 50_000
# Entropy of inter-onset ratios, in bits, up to which rhythm tells nothing and from which it tells
# all it can. Dance tunes in quavers have 1.2, songs 1.9.
RHYTHM_BITS = (1.25, 1.9)
# Share of sequences with notes of different lengths up to which a pool has no rhythm.
UNEVEN = 0.1
# Sequences whose marks are compared with those that the boundary model would set, and the share of
# them that must agree for the marks to count as guesses.
_LOOKED_AT, _GUESSED = 30, 0.5
# Bytes of memory, of which twice as many are kept for the next search where they are freed.
_KEPT_BYTES = 1 << 23


class Pool:
    """Sequences with everything the methods need, computed when it is first asked for.

    Parameters
    ----------
    sequences
        A list of melodies, columns, or the segments of an index.
    views
        Name -> a representation that is already fitted to them.
    unit
        ``"melody"``, or ``"phrase"`` where each sequence is one phrase.
    marked
        Whether the marks of phrases are known to be given with the data; None for what the segments
        say, or where nobody can tell: then they are compared with those of the boundary model.
    graph_file
        Where a neighbour graph of some of the sequences is, if there is one.

    Attributes
    ----------
    shown
        What the steps of a long work go through: a progress bar, say.
    attached
        What a stage computes once and keeps, by name.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> scale = Melody(pitch=[60, 62, 64, 65], **beat)
    >>> pool = Pool([scale, Melody(pitch=[60, 72, 60, 72], **beat)])
    >>> len(pool), pool.has_metre, pool.view("interval").similarity([scale]).round(3).tolist()
    (2, False, [1.0, 0.0])
    """

    def __init__(
        self,
        sequences: Sequences | Store,
        views: Mapping[str, Representation] | None = None,
        *,
        unit: str = "melody",
        marked: bool | None = None,
        graph_file: Path | None = None,
    ) -> None:
        self._store: Store | None = None
        self.unit = unit
        self.marked = marked
        self.graph_file = graph_file
        if isinstance(sequences, Store):
            self._store, self.unit = sequences, sequences.unit
        else:
            self.columns = as_columns(sequences)
        self.shown: Shown = unseen
        self.attached: dict[str, object] = {}
        self._views: dict[str, Representation] = dict(views or {})
        # The C library of Linux gives freed memory back to the system where it is more than twice
        # the largest block that was ever freed, so that each search waits for the same pages again:
        # a twentieth of its time. One large block will do, that nobody reads or writes.
        np.empty(_KEPT_BYTES, dtype=np.uint8)

    def __len__(self) -> int:
        return len(self.columns) if self._store is None else self._store.size.sequences

    @cached_property
    def columns(self) -> Columns:
        """The notes of all sequences; those of segments are joined when first asked for."""
        assert self._store is not None
        return self._store.corpus().columns(self.unit)

    def take(self, numbers: Ints) -> Columns:
        """Return the notes of some sequences, in the order given."""
        return self.columns.take(numbers) if self._store is None else self._store.notes(numbers)

    @contextmanager
    def showing(self, progress: bool) -> Iterator[None]:
        """Show long work as progress bars on stderr meanwhile, where that is a terminal."""
        before = self.shown
        self.shown = _bar if progress else unseen
        try:
            yield
        finally:
            self.shown = before

    def query(self, number: int) -> Query:
        """Return one sequence of the pool as a query that does not find itself."""
        return Query(self.take(np.array([number])), number)

    def similarities(self, names: Iterable[str], query: Query) -> dict[str, Singles]:
        """Return how like a query all sequences are in some representations, each of shape (S,)."""
        listed = [name for name in names if self._is_listed(name)]
        found = {} if self._store is None else set_similarities(self._store, listed, query.columns)
        return {
            name: found[name] if name in found else self.view(name).similarity(query.columns)
            for name in names
        }

    def make_ready(self, name: str) -> None:
        """Make a representation, unless segments hold it."""
        if not self._is_listed(name):
            self.view(name)

    def _is_listed(self, name: str) -> bool:
        return self._store is not None and name in SETS and name not in self._views

    def view(self, name: str) -> Representation:
        """Return the fitted representation of that name."""
        if name not in self._views:
            if self._is_listed(name):
                assert self._store is not None
                return self._store.sets(name)
            if name == "vector":
                self._views[name] = learned_vectors(self.columns, self.shown)
            else:
                self._views[name] = REPRESENTATIONS[name]().fit(self.columns)
        return self._views[name]

    @property
    def vectors(self) -> Singles:
        """The learned vector of every sequence, shape (S, 256)."""
        return cast("LearnedVector", self.view("vector")).rows_

    @property
    def is_small(self) -> bool:
        """Whether all sequences are compared with each other for neighbour lists."""
        return self._notes <= SMALL_POOL_NOTES

    @cached_property
    def mean_notes(self) -> float:
        """Notes of a sequence, on average."""
        return self._notes / max(len(self), 1)

    @property
    def _notes(self) -> int:
        return len(self.columns.pitch) if self._store is None else self._store.size.notes

    @cached_property
    def profile(self) -> Profile:
        """What the alignment compares; phrases are guessed where none are marked.

        The metrical weights are those of the notated metre, or where the pool has none, and rhythm
        tells something, inner ones.
        """
        return self._profiled(self.columns)

    def profile_of(self, query: Query) -> Profile:
        """Return the same of a query."""
        if query.number is not None:
            return self.profile.take(query.number)
        return self._profiled(query.columns)

    def _profiled(self, columns: Columns) -> Profile:
        weighed = self._with_phrases(columns)
        if not self.has_metre:
            unknown = np.zeros_like(columns.meter)
            weighed = replace(weighed, meter=unknown, beat_strength=None)
        return Profile.of(
            weighed,
            metre=self.has_metre or self.rhythm_tells > 0.0,
            to_last_onset=self.has_metre,
        )

    def _with_phrases(self, columns: Columns) -> Columns:
        if self.unit == "phrase":
            return replace(columns, phrase_start=columns.is_first)
        if self._has_marks and columns.phrase_start is not None:
            return columns
        return replace(columns, phrase_start=guessed_phrases(columns))

    @cached_property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given for most sequences, or tunes of an index."""
        if self._store is not None:
            return self._store.has_metre
        if self.columns.beat_strength is not None:
            return True
        return bool((self.columns.meter[:, 1] > 0).mean() > 0.5)

    @cached_property
    def has_phrases(self) -> bool:
        """Whether phrase marks are given, close enough to be those of phrases, and no guesses.

        Corpora mark phrases by the boundary model where a file marks none, and those of earlier
        releases do not say where they did; so the marks of some sequences are compared with those
        of the model, unless it is known where they come from.
        """
        if not self._has_marks:
            return False
        if self.marked is not None:
            return self.marked
        return (self._store is not None and self._store.is_marked) or not self._marks_are_guesses

    @cached_property
    def _has_marks(self) -> bool:
        marks = self.columns.phrase_start
        if marks is None or self.unit == "phrase":
            return False
        phrases = int((marks | self.columns.is_first).sum())
        return len(marks) / phrases <= LONGEST_MEAN_PHRASE

    @cached_property
    def _marks_are_guesses(self) -> bool:
        if not self._has_marks:
            return False
        step = max(1, len(self) // _LOOKED_AT)
        some = self.columns.take(np.arange(0, len(self), step)[:_LOOKED_AT])
        assert some.phrase_start is not None
        differs = np.flatnonzero((some.phrase_start | some.is_first) != guessed_phrases(some))
        differing = np.unique(some.sequence[differs])
        inner = np.unique(some.sequence[np.flatnonzero(some.phrase_start & ~some.is_first)])
        # A short sequence without an inner mark says nothing either way.
        return bool(len(inner)) and len(np.setdiff1d(inner, differing)) >= _GUESSED * len(inner)

    @cached_property
    def rhythm_bits(self) -> float:
        """The entropy of inter-onset ratios in bits, median of sequences."""
        return float(np.median(self._bits))

    @cached_property
    def has_rhythm(self) -> bool:
        """Whether notes differ in length: not in a pool of chant, whose rhythm is not told.

        Examples
        --------
        >>> from mer.notes.melody import Melody
        >>> even = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
        >>> dotted = Melody(pitch=[60, 62, 64], onset=[0, 720, 960], duration=[720, 240, 480])
        >>> Pool([even, even]).has_rhythm, Pool([even, dotted]).has_rhythm
        (False, True)
        """
        return bool(np.mean(self._bits > 0.0) > UNEVEN)

    @cached_property
    def _bits(self) -> Floats:
        from mer.search.stack.variety import bits

        return bits(self.columns, "ioi_ratio")

    @property
    def rhythm_tells(self) -> float:
        """How much rhythm tells, 0 (as dance tunes in quavers) to 1 (as songs)."""
        return float(np.interp(self.rhythm_bits, RHYTHM_BITS, (0.0, 1.0)))


def _bar(steps: Iterator[Any], count: int, name: str) -> Iterator[Any]:
    from tqdm import tqdm

    return iter(tqdm(steps, total=count, desc=name, leave=False, disable=None))


def guessed_phrases(columns: Columns) -> Flags:
    """Return where the boundary model begins a phrase, shape (N,), ignoring any marks."""
    from mer.notes.phrases import phrase_starts

    marks = np.zeros(len(columns.pitch), dtype=bool)
    unmarked = replace(columns, phrase_start=None)
    for sequence, start in enumerate(columns.bounds[:-1].tolist()):
        marks[start + np.array(phrase_starts(unmarked.melody(sequence)))] = True
    return marks
