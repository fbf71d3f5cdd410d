"""Nodes that hold segments as rows -> the store of an index.

Every call asks each node at most one question, and all nodes at the same time. What never changes
and is small (sizes of sets, bounds of phrases, metres) is read at the first search and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from mer.corpus.corpus import Corpus, Tune, marks_of, texts_of
from mer.corpus.filters import Filter
from mer.corpus.joining import joined_columns
from mer.embeddings import SETS, TermSets
from mer.notes.arrays import Arrays, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.melody import Phrase
from mer.search.postgres.nodes import Nodes, Question
from mer.search.postgres.places import Located, places_on
from mer.search.postgres.tables import (
    LISTS,
    NAMES,
    NOTES,
    SHAPES,
    as_array,
    buckets,
    filled,
    found_lists,
    frame,
    there,
)
from mer.search.segments.segment import Segment
from mer.search.segments.segments import Segments
from mer.search.segments.store import Listed, Size


class NodeStore:
    """The segments that some nodes hold: a `Store`.

    `add` and `remove` leave the nodes as they are and return segments in memory, which reads
    everything; ``mer index push`` changes the nodes.

    Parameters
    ----------
    nodes
        All nodes of the index.
    unit
        What a sequence is.
    places
        Where each segment is, in the order in which sequences are numbered.
    """

    def __init__(self, nodes: Nodes, unit: str, places: Sequence[Located]) -> None:
        self.nodes = nodes
        self.unit = unit
        self._places = list(places)
        self._last: tuple[Ints, Columns] = (np.zeros(0, np.int64), Columns.from_melodies([]))

    @classmethod
    def open(cls, text: str) -> NodeStore:
        """Return the store of the index at some addresses; reads its manifest.

        Raises
        ------
        InputError
            If a node does not answer, or does not hold its part of an index of this release.
        """
        nodes = Nodes(text)
        return cls(nodes, *places_on(nodes))

    @cached_property
    def size(self) -> Size:
        """How much there is, without what was removed."""
        sizes = [place.size for place in self._places]
        return Size(
            sum(size.tunes for size in sizes),
            sum(size.sequences for size in sizes),
            sum(size.notes for size in sizes),
        )

    @property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given for most tunes."""
        return self._frame.has_metre

    @property
    def is_marked(self) -> bool:
        """Whether the phrase marks of most tunes are known to be given."""
        return self._frame.is_marked

    @property
    def collections(self) -> tuple[str, ...]:
        """The names of all collections."""
        return tuple(sorted({name for place in self._places for name in place.collections}))

    @cached_property
    def _arrays(self) -> list[Arrays]:
        """The columns of each segment, read from all nodes at once."""
        statement = (
            "SELECT segment, name, kind, data FROM mer.columns "
            "WHERE segment = ANY(%s::int[]) AND name <> 'shape'"
        )
        found: dict[tuple[int, int], Arrays] = {}
        for node, rows in self._of_nodes(statement).items():
            for segment, name, kind, data in rows:
                array = np.frombuffer(data, kind)
                found.setdefault((node, segment), {})[name] = (
                    array.reshape(-1, 2) if name == "meter" else array
                )
        arrays = [found.get((place.node, place.segment)) for place in self._places]
        return [there(one) for one in arrays]

    @cached_property
    def _frame(self) -> Segments:
        """All segments without notes, names and lists."""
        return Segments(
            frame(
                arrays,
                place.collections,
                unit=self.unit,
                size=place.size,
                dead=place.dead,
                notes=place.notes,
            )
            for place, arrays in zip(self._places, self._arrays, strict=True)
        )

    def lists(self, terms: Mapping[str, Keys]) -> Iterator[Mapping[str, Listed]]:
        """Yield what each segment says of the terms, by view; asks once for all segments."""
        if not terms:  # a method that asks for no view
            yield from ({} for _ in self._places)
            return
        asked: dict[int, list[tuple[int, Ints, int]]] = {}
        kinds: list[dict[str, np.dtype[Any]]] = []
        for place, arrays in zip(self._places, self._arrays, strict=True):
            kinds.append({})
            for name, wanted in terms.items():
                bits, itemsize = arrays[f"buckets.{name}"].tolist()
                kinds[-1][name] = np.dtype(f"<u{itemsize}")
                chosen = np.unique(buckets(wanted, bits))
                asked.setdefault(place.node, []).append((place.segment, chosen, SETS.index(name)))
        questions: dict[int, Question] = {}
        for node, parts in asked.items():
            many = [len(chosen) for _, chosen, _ in parts]
            questions[node] = (
                LISTS,
                (
                    as_array(np.repeat([segment for segment, _, _ in parts], many)),
                    as_array(np.concatenate([chosen for _, chosen, _ in parts])),
                    as_array(np.repeat([view for _, _, view in parts], many)),
                    sorted({segment for segment, _, _ in parts}),
                ),
            )
        joined: dict[tuple[int, int], dict[str, tuple[bytes, bytes, bytes]]] = {}
        for node, rows in self.nodes.ask(questions).items():
            for segment, view, *held in rows:
                lists = joined.setdefault((node, segment), {})
                if view is not None:
                    lists[SETS[view]] = (held[0], held[1], held[2])
        for place, part, kind in zip(self._places, self._frame.parts, kinds, strict=True):
            found = there(joined.get((place.node, place.segment)))
            yield {
                name: Listed(
                    found_lists(wanted, kind[name], *found.get(name, (b"", b"", b""))),
                    part.sets[name].sizes_,
                    part.rows,
                )
                for name, wanted in terms.items()
            }

    def notes(self, numbers: Ints) -> Columns:
        """Return the notes of some sequences, in the order given; asks once for all segments.

        What was fetched last is kept: the matches of a search are among its candidates.
        """
        held, columns = self._last
        if len(held) and len(numbers):
            order = np.argsort(held, kind="stable")
            place = np.minimum(np.searchsorted(held, numbers, sorter=order), len(held) - 1)
            if np.array_equal(held[order[place]], numbers):
                return columns.take(order[place])
        fetched = self._fetched(numbers)
        self._last = (numbers, fetched)  # a pair, so that threads cannot mix two
        return fetched

    def _fetched(self, numbers: Ints) -> Columns:
        part, row = self._frame.places(numbers)
        stretches = {
            which: self._stretches(which, row[part == which]) for which in np.unique(part).tolist()
        }
        held: dict[tuple[int, int], tuple[bytes | None, ...]] = {}
        for node, rows in self.nodes.ask(self._asked(NOTES, stretches)).items():
            held |= {(node, segment): tuple(columns) for segment, *columns in rows}
        found = []
        for which, wanted in stretches.items():
            place = self._places[which]
            columns = there(held.get((place.node, place.segment)))
            taken = self._frame.parts[which].columns.take(row[part == which])
            found.append(filled(taken, columns))
            assert len(wanted[0]) == len(taken)
        if not found:
            return self._frame.parts[0].columns.take(row)
        if len(found) == 1:
            return found[0]
        back = np.argsort(np.argsort(part, kind="stable"), kind="stable")
        return joined_columns(found).take(back)

    def _stretches(self, which: int, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the tune of each row of a segment, where in it the row begins, and how long."""
        segment = self._frame.parts[which]
        tune = rows if self.unit == "melody" else segment.tunes.phrase_tune[rows]
        bounds = segment.columns.bounds
        start = bounds[rows] - segment.tunes.tunes.bounds[tune]
        return tune, start, bounds[rows + 1] - bounds[rows]

    def _asked(
        self, statement: str, stretches: Mapping[int, tuple[Ints, ...]]
    ) -> dict[int, Question]:
        """Return the question to each node: the segment of each number, and the numbers."""
        gathered: dict[int, list[tuple[Ints, ...]]] = {}
        for which, columns in stretches.items():
            place = self._places[which]
            segment = np.full(len(columns[0]), place.segment)
            gathered.setdefault(place.node, []).append((segment, *columns))
        return {
            node: (
                statement,
                [as_array(np.concatenate(columns)) for columns in zip(*parts, strict=True)],
            )
            for node, parts in gathered.items()
        }

    def phrases(self, numbers: Ints) -> list[Phrase]:
        """Return some sequences with the tunes that they are from."""
        part, row = self._frame.places(numbers)
        tunes = {
            which: (self._stretches(which, row[part == which])[0],)
            for which in np.unique(part).tolist()
        }
        names: dict[tuple[int, int, int], tuple[str, str]] = {}
        for node, rows in self.nodes.ask(self._asked(NAMES, tunes)).items():
            for segment, tune, name, title in rows:
                names[node, segment, tune] = (name.decode(), title.decode())
        columns = self.notes(numbers)
        return [
            self._phrase(columns, at, which, number, names)
            for at, (which, number) in enumerate(zip(part.tolist(), row.tolist(), strict=True))
        ]

    def _phrase(
        self,
        columns: Columns,
        at: int,
        which: int,
        row: int,
        names: Mapping[tuple[int, int, int], tuple[str, str]],
    ) -> Phrase:
        place, segment = self._places[which], self._frame.parts[which]
        (tune,), (start,), (notes,) = (
            column.tolist() for column in self._stretches(which, np.array([row]))
        )
        tune_id, title = there(names.get((place.node, place.segment, tune)))
        first = row
        if self.unit == "phrase":
            first = int(np.searchsorted(segment.tunes.phrase_tune, tune))
        return Phrase(
            melody=columns.melody(at, title=title),
            tune_id=tune_id,
            title=title,
            collection=segment.tunes.collection(tune),
            number=row - first + 1,
            start=start,
            stop=start + notes,
        )

    def shapes(self, numbers: Ints) -> Keys:
        """Return a key of each sequence, equal for the same up to transposition and tempo."""
        part, row = self._frame.places(numbers)
        rows = {which: (row[part == which],) for which in np.unique(part).tolist()}
        found = np.zeros(len(row), np.uint64)
        held = {
            (node, segment): np.frombuffer(data, np.uint64)
            for node, answer in self.nodes.ask(self._asked(SHAPES, rows)).items()
            for segment, data in answer
        }
        for which in rows:
            place = self._places[which]
            found[part == which] = there(held.get((place.node, place.segment)))
        return found

    def all_shapes(self) -> Keys:
        """Return the shapes of all sequences, shape (sequences,)."""
        statement = (
            "SELECT segment, data FROM mer.columns "
            "WHERE segment = ANY(%s::int[]) AND name = 'shape'"
        )
        held = {
            (node, segment): np.frombuffer(data, np.uint64)
            for node, rows in self._of_nodes(statement).items()
            for segment, data in rows
        }
        shapes = []
        for place, part in zip(self._places, self._frame.parts, strict=True):
            shape = there(held.get((place.node, place.segment)))
            shapes.append(shape if part.rows is None else shape[part.rows])
        return np.concatenate(shapes)

    def passing(self, where: Filter) -> Ints:
        """Return the sequences that a filter lets pass."""
        return self._frame.passing(where)

    def corpus(self) -> Corpus:
        """Return all tunes as one corpus; reads everything."""
        return self._read.corpus()

    def sets(self, view: str) -> TermSets:
        """Return the sets of terms of all sequences, made from all notes."""
        return self._measured.sets(view)

    def add(self, tunes: Iterable[Tune]) -> Segments:
        """Return all segments, in memory, with more after them.

        Raises
        ------
        InputError
            If there is no tune, or one has an id that is taken.
        """
        return self._measured.add(tunes)

    def remove(self, tune_ids: Iterable[str]) -> Segments:
        """Return all segments, in memory, without some tunes.

        Raises
        ------
        InputError
            If there is no tune of an id, or none would be left.
        """
        return self._measured.remove(tune_ids)

    @cached_property
    def _read(self) -> Segments:
        """The segments with notes and names, but without lists."""
        statement = (
            "SELECT segment, number, id, title, pitch, onset, duration, strength FROM mer.tune "
            "WHERE segment = ANY(%s::int[]) ORDER BY segment, number"
        )
        held: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
        for node, rows in self._of_nodes(statement).items():
            for segment, _, *values in rows:
                held.setdefault((node, segment), []).append(tuple(values))
        parts = []
        for place, part in zip(self._places, self._frame.parts, strict=True):
            rows = there(held.get((place.node, place.segment)))
            names, titles, *notes = zip(*rows, strict=True)
            joined = [None if column[0] is None else b"".join(column) for column in notes]
            texts = texts_of(
                [name.decode() for name in names],
                [title.decode() for title in titles],
                part.tunes.texts["collection"],
            ) | marks_of(part.tunes.marked)
            tunes = Corpus(filled(part.tunes.tunes, joined), texts, place.collections)
            parts.append(replace(part, tunes=tunes))
        return Segments(parts)

    @cached_property
    def _measured(self) -> Segments:
        """The segments as they are in files."""
        return Segments(
            replace(Segment.of(part.tunes, self.unit), dead=part.dead, size=part.size)
            for part in self._read.parts
        )

    def _of_nodes(self, statement: str) -> dict[int, Any]:
        """Return what each node answers to a question about its segments."""
        segments: dict[int, list[int]] = {}
        for place in self._places:
            segments.setdefault(place.node, []).append(place.segment)
        return self.nodes.ask({node: (statement, (held,)) for node, held in segments.items()})
