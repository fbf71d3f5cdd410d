"""Nodes that hold segments as rows -> the store of an index.

Every call asks each node at most one question, and all nodes at the same time. What never changes
and is small (sizes of sets, bounds of phrases, metres, names of tunes) is read at the first search
and kept.
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
from mer.notes.arrays import Arrays, Ints, Keys, distinct
from mer.notes.columns import Columns
from mer.notes.melody import Phrase
from mer.search.postgres.inquiries import Inquiry, whole_number
from mer.search.postgres.nodes import Nodes, Question
from mer.search.postgres.places import Located, places_on
from mer.search.postgres.tables import (
    ALL_NOTES,
    LISTS,
    NOTES,
    SHAPE,
    SHAPES,
    TEXTS,
    buckets,
    filled,
    found_lists,
    frame,
    list_row_ids,
    note_kind,
    note_row_ids,
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
            "WHERE segment = ANY(%s::int[]) AND name <> ALL(%s)"
        )
        return self._arrays_of(statement, [SHAPE, *TEXTS])

    def _arrays_of(self, statement: str, names: list[str]) -> list[Arrays]:
        found: dict[tuple[int, int], Arrays] = {}
        for node, rows in self._of_nodes(statement, names).items():
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

    @cached_property
    def _named(self) -> list[Corpus]:
        """The tunes of each segment with their names, but without notes."""
        statement = (
            "SELECT segment, name, kind, data FROM mer.columns "
            "WHERE segment = ANY(%s::int[]) AND name = ANY(%s)"
        )
        return [
            Corpus(part.tunes.tunes, part.tunes.texts | arrays, part.tunes.collections)
            for part, arrays in zip(
                self._frame.parts, self._arrays_of(statement, [*TEXTS]), strict=True
            )
        ]

    def lists(self, terms: Mapping[str, Keys]) -> Iterator[Mapping[str, Listed]]:
        """Yield what each segment says of the terms, by view; asks once for all segments."""
        if not terms:  # a method that asks for no view
            yield from ({} for _ in self._places)
            return
        asked: dict[int, list[Ints]] = {}
        segments: dict[int, list[int]] = {}
        for place, arrays in zip(self._places, self._arrays, strict=True):
            segments.setdefault(place.node, []).append(place.segment)
            for name, wanted in terms.items():
                bits = int(arrays[f"buckets.{name}"][0])
                chosen = distinct(buckets(wanted, bits))
                places = list_row_ids(place.segment, SETS.index(name), chosen, bits)
                asked.setdefault(place.node, []).append(places)
        inquiries = {
            node: Inquiry(LISTS, (np.concatenate(places), np.array(segments[node])))
            for node, places in asked.items()
        }
        joined: dict[tuple[int, int], dict[int, tuple[bytes, ...]]] = {}
        for node, rows in self.nodes.look_up(inquiries).items():
            for segment, view, *held in rows:
                views = joined.setdefault((node, whole_number(segment)), {})
                if view is not None:
                    views[whole_number(view)] = tuple(column or b"" for column in held)
        for place, part, arrays in zip(self._places, self._frame.parts, self._arrays, strict=True):
            views = there(joined.get((place.node, place.segment)))
            found = {}
            for name, wanted in terms.items():
                lists = views.get(SETS.index(name), (b"", b"", b""))
                kind = np.dtype(f"<u{arrays[f'buckets.{name}'][1]}")
                sequences = found_lists(wanted, kind, *lists)
                found[name] = Listed(sequences, part.sets[name].sizes_, part.rows)
            yield found

    def notes(self, numbers: Ints) -> Columns:
        """Return the notes of some sequences, in the order given; asks once for all segments.

        What was fetched last is kept: the matches of a search are among its candidates.
        """
        held, columns = self._last
        if len(held) and len(numbers):
            place = np.minimum(np.searchsorted(held, numbers), len(held) - 1)
            if np.array_equal(held[place], numbers):
                return columns.take(place)
        wanted = distinct(numbers)
        columns = self._fetched(wanted)
        self._last = (wanted, columns)  # a pair, so that threads cannot mix two
        return columns.take(np.searchsorted(wanted, numbers))

    def _fetched(self, wanted: Ints) -> Columns:
        """Return the notes of sequences whose numbers rise."""
        part, row = self._frame.places(wanted)
        chosen = {which: row[part == which] for which in distinct(part).tolist()}
        asked: dict[int, list[int]] = {}
        for which in sorted(chosen, key=lambda which: self._places[which].segment):
            asked.setdefault(self._places[which].node, []).append(which)
        inquiries = {}
        for node, parts in asked.items():
            places = [note_row_ids(self._places[which].segment, chosen[which]) for which in parts]
            inquiries[node] = Inquiry(NOTES, (np.concatenate(places),))
        found: dict[int, Columns] = {}
        for node, ((held,),) in self.nodes.look_up(inquiries).items():
            start, sent = 0, held or b""
            for which in asked[node]:
                rows, own = chosen[which], self._frame.parts[which].columns
                arrays = self._arrays[which]
                size = note_kind(arrays, strong=own.beat_strength is not None).itemsize
                stop = start + size * int((own.bounds[rows + 1] - own.bounds[rows]).sum())
                found[which] = filled(own, rows, arrays, sent[start:stop])
                start = stop
            there(sent if start == len(sent) else None)
        if not found:
            return self._frame.parts[0].columns.take(row)
        return joined_columns([found[which] for which in chosen])

    def phrases(self, numbers: Ints) -> list[Phrase]:
        """Return some sequences with the tunes that they are from."""
        part, row = self._frame.places(numbers)
        columns = self.notes(numbers)
        return [
            self._phrase(columns, at, which, number)
            for at, (which, number) in enumerate(zip(part.tolist(), row.tolist(), strict=True))
        ]

    def _phrase(self, columns: Columns, at: int, which: int, row: int) -> Phrase:
        tunes, bounds = self._named[which], self._frame.parts[which].columns.bounds
        tune = first = row
        if self.unit == "phrase":
            tune = int(tunes.phrase_tune[row])
            first = int(np.searchsorted(bounds, tunes.tunes.bounds[tune]))
        origin, title = int(tunes.tunes.bounds[tune]), tunes.title(tune)
        return Phrase(
            melody=columns.melody(at, title=title),
            tune_id=tunes.tune_id(tune),
            title=title,
            collection=tunes.collection(tune),
            number=row - first + 1,
            start=int(bounds[row]) - origin,
            stop=int(bounds[row + 1]) - origin,
        )

    def shapes(self, numbers: Ints) -> Keys:
        """Return a key of each sequence, equal for the same up to transposition and tempo."""
        part, row = self._frame.places(numbers)
        asked: dict[int, list[tuple[Ints, Ints]]] = {}
        for which in distinct(part).tolist():
            rows, place = row[part == which], self._places[which]
            asked.setdefault(place.node, []).append((np.full(len(rows), place.segment), rows))
        questions: dict[int, Question] = {
            node: (SHAPES, [np.concatenate(rows).tolist() for rows in zip(*parts, strict=True)])
            for node, parts in asked.items()
        }
        held = {
            (node, segment): np.frombuffer(data, np.uint64)
            for node, answer in self.nodes.ask(questions).items()
            for segment, data in answer
        }
        found = np.zeros(len(row), np.uint64)
        for which in distinct(part).tolist():
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
        held = {
            (node, segment): notes
            for node, rows in self._of_nodes(ALL_NOTES).items()
            for segment, notes in rows
        }
        parts = []
        for which, (place, part) in enumerate(zip(self._places, self._frame.parts, strict=True)):
            named, arrays = self._named[which], self._arrays[which]
            notes = there(held.get((place.node, place.segment)))
            sequences = filled(part.columns, np.arange(len(part.columns)), arrays, notes)
            names = ("pitch", "onset", "duration", "beat_strength")
            columns = replace(part.tunes.tunes, **{one: getattr(sequences, one) for one in names})
            texts = texts_of(
                [named.tune_id(tune) for tune in range(len(named))],
                [named.title(tune) for tune in range(len(named))],
                named.texts["collection"],
            ) | marks_of(named.marked)
            parts.append(replace(part, tunes=Corpus(columns, texts, place.collections)))
        return Segments(parts)

    @cached_property
    def _measured(self) -> Segments:
        """The segments as they are in files."""
        return Segments(
            replace(Segment.of(part.tunes, self.unit), dead=part.dead, size=part.size)
            for part in self._read.parts
        )

    def _of_nodes(self, statement: str, *more: Any) -> dict[int, Any]:
        """Return what each node answers to a question about its segments."""
        segments: dict[int, list[int]] = {}
        for place in self._places:
            segments.setdefault(place.node, []).append(place.segment)
        return self.nodes.ask({node: (statement, (held, *more)) for node, held in segments.items()})
