"""Segments in memory or mapped files -> the store of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.joining import joined_columns, joined_corpus
from mer.embeddings import TERMS, TermSets
from mer.errors import InputError
from mer.notes.arrays import Ints, Keys
from mer.notes.columns import Columns
from mer.notes.melody import Phrase
from mer.notes.names import counted
from mer.search.segments.segment import Segment, in_parts
from mer.search.segments.store import Listed, Size

if TYPE_CHECKING:
    from mer.corpus.filters import Filter

_Taken = TypeVar("_Taken")


class Segments:
    """A list of segments: a `Store`. A value: `add` and `remove` return another one.

    Parameters
    ----------
    parts
        The segments, in the order in which their sequences are numbered; at least one.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> segments = Segments.of(Corpus.from_tunes([Tune("a", "", "mine", tune)]))
    >>> more = segments.add([Tune("b", "", "mine", tune.transpose(2))])
    >>> len(more.parts), more.size.sequences, more.phrases(np.array([1]))[0].tune_id
    (2, 2, 'b')
    """

    def __init__(self, parts: Iterable[Segment]) -> None:
        self.parts = tuple(parts)
        self.unit = self.parts[0].unit

    @classmethod
    def of(cls, corpus: Corpus, unit: str = "phrase") -> Segments:
        """Return the segments of all tunes of a corpus."""
        return cls(Segment.of(part, unit) for part in in_parts(corpus, unit))

    @cached_property
    def size(self) -> Size:
        """How much there is, without what was removed."""
        sizes = [part.size for part in self.parts]
        return Size(
            sum(size.tunes for size in sizes),
            sum(size.sequences for size in sizes),
            sum(size.notes for size in sizes),
        )

    @property
    def collections(self) -> tuple[str, ...]:
        """The names of all collections that have a tune left."""
        return tuple(sorted({name for part in self.parts for name in part.collections}))

    @cached_property
    def _starts(self) -> Ints:
        """The number of the first sequence of each segment."""
        return np.cumsum([0, *(part.size.sequences for part in self.parts)])

    @cached_property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given for most tunes."""
        if any(part.has_beat_strength for part in self.parts):
            return True
        return 2 * sum(part.metred_tunes for part in self.parts) > self.size.tunes

    @cached_property
    def is_marked(self) -> bool:
        """Whether the phrase marks of most tunes are known to be given."""
        return 2 * sum(part.marked_tunes for part in self.parts) > self.size.tunes

    def lists(self, terms: Mapping[str, Keys]) -> Iterator[Mapping[str, Listed]]:
        """Yield what each segment says of the terms, by view."""
        for part in self.parts:
            with _reading(part):
                living = part.rows
                found = {name: part.sets[name].lists(wanted) for name, wanted in terms.items()}
                for rows in found.values():
                    if rows.max(initial=0) >= len(part.shape):
                        raise IndexError(rows.max())
            yield {
                name: Listed(rows, part.sets[name].sizes_, living) for name, rows in found.items()
            }

    def notes(self, numbers: Ints) -> Columns:
        """Return the notes of some sequences, in the order given."""
        found, order = self._gathered(numbers, lambda part, rows: part.columns.take(rows))
        return found[0] if len(found) == 1 else joined_columns(found).take(order)

    def phrases(self, numbers: Ints) -> list[Phrase]:
        """Return some sequences with the tunes that they are from."""
        part, row = self.places(numbers)
        pairs = zip(part.tolist(), row.tolist(), strict=True)
        found = []
        for which, at in pairs:
            with _reading(self.parts[which]):
                found.append(self.parts[which].phrase(at))
        return found

    def shapes(self, numbers: Ints) -> Keys:
        """Return a key of each sequence, equal for the same up to transposition and tempo."""
        found, order = self._gathered(numbers, lambda part, rows: part.shape[rows])
        return found[0] if len(found) == 1 else np.concatenate(found)[order]

    def all_shapes(self) -> Keys:
        """Return the shapes of all sequences, shape (sequences,)."""
        shapes = [part.shape if part.rows is None else part.shape[part.rows] for part in self.parts]
        return shapes[0] if len(shapes) == 1 else np.concatenate(shapes)

    def passing(self, where: Filter) -> Ints:
        """Return the sequences that a filter lets pass."""
        if self.unit == "melody" and where.place != "anywhere":
            raise InputError(f"only phrases have a place; search them for the {where.place}")
        corpora = [part.corpus for part in self.parts]
        flags = [
            passing
            if self.unit == "melody"
            else passing[corpus.phrase_tune] & where.phrases(corpus)
            for passing, corpus in zip(where.of_each(corpora), corpora, strict=True)
        ]
        return np.flatnonzero(np.concatenate(flags))

    def corpus(self) -> Corpus:
        """Return all tunes as one corpus: that of the segment, where there is one."""
        return self._joined

    @cached_property
    def _joined(self) -> Corpus:
        return joined_corpus([part.corpus for part in self.parts])

    def sets(self, view: str) -> TermSets:
        """Return the sets of terms of all sequences: those of the segment, where there is one."""
        if len(self.parts) == 1 and not len(self.parts[0].dead):
            return self.parts[0].sets[view]
        return TermSets(TERMS[view]).fit(self._joined.columns(self.unit))

    def find(self, tune_ids: Sequence[str]) -> list[tuple[int, int] | None]:
        """Return segment and row of the tune with each id, None where there is none."""
        found: list[tuple[int, int] | None] = [None] * len(tune_ids)
        for number, part in enumerate(self.parts):
            rows = part.find(list(tune_ids))
            for which in np.flatnonzero(rows >= 0).tolist():
                found[which] = (number, int(rows[which]))
        return found

    def add(self, tunes: Iterable[Tune]) -> Segments:
        """Return the segments with more after them.

        Raises
        ------
        InputError
            If there is no tune, or one has an id that is taken.
        """
        more = Corpus.from_tunes(tunes)
        ids = [more.tune_id(tune) for tune in range(len(more))]
        for tune_id, there in zip(ids, self.find(ids), strict=True):
            if there is not None:
                raise InputError(f"the corpus already has a tune {tune_id!r}; remove it first")
        return Segments([*self.parts, *Segments.of(more, self.unit).parts])

    def remove(self, tune_ids: Iterable[str]) -> Segments:
        """Return the segments without some tunes.

        Raises
        ------
        InputError
            If there is no tune of an id, or none would be left.
        """
        ids = list(tune_ids)
        gone: dict[int, list[int]] = {}
        for tune_id, there in zip(ids, self.find(ids), strict=True):
            if there is None:
                raise InputError(
                    f"no tune {tune_id!r} in this corpus of {counted(self.size.tunes, 'tune')}"
                )
            gone.setdefault(there[0], []).append(there[1])
        parts = [
            part.without(gone[number]) if number in gone else part
            for number, part in enumerate(self.parts)
        ]
        left = [part for part in parts if part.size.tunes]
        if not left:
            raise InputError("a corpus needs at least one tune; removing these would leave none")
        return Segments(left)

    def places(self, numbers: Ints) -> tuple[Ints, Ints]:
        """Return segment and row of each sequence."""
        part = np.searchsorted(self._starts, numbers, side="right") - 1
        row = np.asarray(numbers, dtype=np.int64) - self._starts[part]
        for which in _present(part):
            living = self.parts[which].rows
            if living is not None:
                here = part == which
                row[here] = living[row[here]]
        return part, row

    def _gathered(
        self, numbers: Ints, take: Callable[[Segment, Ints], _Taken]
    ) -> tuple[list[_Taken], Ints]:
        """Return what each segment has of some sequences, and the order that these have in it."""
        part, row = self.places(numbers)
        chosen = _present(part) or [0]
        order = np.argsort(part, kind="stable")
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        found = []
        for which in chosen:
            with _reading(self.parts[which]):
                found.append(take(self.parts[which], row[part == which]))
        return found, back


@contextmanager
def _reading(part: Segment) -> Iterator[None]:
    """Say which file is damaged where what is read of it points to what is not there.

    Files are not compared with their checksums when they are opened.
    """
    try:
        yield
    except InputError:
        raise
    except (IndexError, ValueError) as error:
        raise InputError(f"{part.file} is damaged; 'mer corpus check' says where") from error


def _present(numbers: Ints) -> list[int]:
    """Return which numbers occur, rising."""
    found: list[int] = np.flatnonzero(np.bincount(numbers)).tolist()
    return found
