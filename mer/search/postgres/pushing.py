"""Changes of an index on nodes: push segments, remove them, say what is there.

A segment is written in one transaction, so that a writer that is killed leaves nothing of the one
it was writing; those before are there, and the next push passes over them. When all are there, the
manifest is replaced on one node after the other, and readers take the newest; only then do the
segments go that it no longer lists.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from mer.errors import InputError
from mer.search.postgres.nodes import Node, Nodes, other_release
from mer.search.postgres.places import MANIFEST, SEGMENTS, newest_manifest
from mer.search.postgres.tables import (
    NO_TABLES,
    REMOVE,
    TABLES,
    columns_of,
    list_rows,
    note_rows,
)
from mer.search.segments.manifest import manifest_of
from mer.search.segments.segment import Segment
from mer.search.segments.store import Size
from mer.search.segments.writing import content_name

# Says how many sequences have been written.
Shown = Callable[[int], object]
_LOCK = 0x6D6572  # "mer": one number for all writers
_WAIT_SEC = 20
_ROWS_A_STEP = 500
_NOTE_KINDS, _LIST_KINDS = ("int8", "bytea"), ("int8", *("bytea",) * 3)


@dataclass(frozen=True)
class Pushed:
    """What a push did: segments written, there before, and removed."""

    written: int
    present: int
    removed: int
    size: Size


@dataclass(frozen=True)
class Holding:
    """What one node holds: segments and what is in them, bytes on disk with all indexes.

    `spare` counts segments that the manifest does not list: a push that was interrupted left them.
    """

    node: str
    segments: int
    size: Size
    bytes: int
    spare: int


def push_segments(segments: Sequence[Segment], text: str, shown: Shown = lambda _: None) -> Pushed:
    """Make the nodes hold these segments, and nothing else.

    Parameters
    ----------
    segments
        Those of files.
    text
        Addresses of all nodes.
    shown
        Called with the number of sequences of which the next part has been written.

    Raises
    ------
    InputError
        If a node does not answer, or its role may not write there.
    """
    made = manifest_of(segments)
    by_name = {}
    for segment, listed in zip(segments, made["segments"], strict=True):
        assert segment.file is not None
        if not segment.file.name.startswith("segment-"):
            listed["file"] = content_name(segment.file)
        by_name[str(listed["file"])] = segment
    with _writers(text) as nodes:
        there = _named(nodes)
        load = [sum(row[3] for name, row in held.items() if name in by_name) for held in there]
        present = {name for held in there for name in held} & set(by_name)
        for name, segment in by_name.items():
            if name in present:
                shown(segment.size.sequences)
                continue
            node = load.index(min(load))
            load[node] += len(segment.columns)
            _write(nodes.nodes[node], name, segment, shown)
        removed = _published(nodes, made)
    sizes = [segment.size for segment in segments]
    return Pushed(len(by_name) - len(present), len(present), removed, _total(sizes))


def remove_segment(name: str, text: str) -> int:
    """Remove one segment from the nodes; return how many there were of it.

    Raises
    ------
    InputError
        If a node does not answer, there is no such segment, or it is the last.
    """
    with _writers(text, replacing=False) as nodes:
        made = newest_manifest(nodes.ask_all(MANIFEST))
        listed = [] if made is None else made["segments"]
        left = [one for one in listed if one["file"] not in (name, f"{name}.npz")]
        if made is None or len(left) == len(listed):
            names = ", ".join(str(one["file"]) for one in listed) or "none"
            raise InputError(f"no segment {name!r} on these nodes; there are {names}")
        if not left:
            raise InputError(f"{name!r} is the last segment; remove the whole index with --all")
        return _published(nodes, made | {"segments": left})


def remove_all(text: str) -> int:
    """Remove the index from all nodes; return how many segments went.

    Raises
    ------
    InputError
        If a node does not answer, or its role may not write there.
    """
    with _writers(text) as nodes:
        there = _named(nodes)
        for node in nodes.nodes:
            node.change(lambda connection: connection.execute("DELETE FROM mer.manifest"))
        return _without(nodes, there, keep={})


def holdings(text: str) -> Iterator[Holding | InputError]:
    """Yield what each node holds, or why it cannot say so.

    Raises
    ------
    InputError
        If an address is wrong.
    """
    nodes = Nodes(text)
    found: list[Any] = []
    for node in nodes.nodes:
        try:
            found.append([node.ask((sql, ())) for sql in (MANIFEST, SEGMENTS, _BYTES)])
        except InputError as error:
            found.append(error)
    made = newest_manifest([one[0] for one in found if isinstance(one, list)])
    listed = {} if made is None else {one["file"]: one for one in made["segments"]}
    for node, one in zip(nodes.nodes, found, strict=True):
        if isinstance(one, InputError):
            yield one
            continue
        mine = [listed[row[1]] for row in one[1] if row[1] in listed]
        size = _total([Size(m["tunes"], m["sequences"], m["notes"]) for m in mine])
        yield Holding(node.name, len(mine), size, int(one[2][0][0]), len(one[1]) - len(mine))
    nodes.close()


_BYTES = """
SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'mer' AND c.relkind = 'r'
"""


@contextmanager
def _writers(text: str, *, replacing: bool = True) -> Iterator[Nodes]:
    """Connect to all nodes for writing, with tables there, and no other writer meanwhile.

    Parameters
    ----------
    replacing
        Whether tables of an earlier layout go, with all that is in them; else they are refused.
    """
    nodes = Nodes(text, writing=True)
    try:
        for node in sorted(nodes.nodes, key=lambda node: node.name):
            node.change(_locked)
        for node in nodes.nodes:
            node.change(partial(_with_tables, node=node.name, replacing=replacing))
        yield nodes
    finally:
        nodes.close()


def _locked(connection: Any) -> None:
    connection.execute(f"SET LOCAL lock_timeout = '{_WAIT_SEC}s'")
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))  # until the connection ends


def _with_tables(connection: Any, *, node: str, replacing: bool) -> None:
    asked = "SELECT to_regclass('mer.notes'), to_regclass('mer.manifest')"
    notes, manifest = connection.execute(asked).fetchone()
    if notes is None:
        if manifest is not None and not replacing:
            raise InputError(other_release(node))
        connection.execute(NO_TABLES)
        connection.execute(TABLES)


def _named(nodes: Nodes) -> list[dict[str, tuple[Any, ...]]]:
    """Return the segments that each node has, by name."""
    return [{row[1]: row for row in rows} for rows in nodes.ask_all(SEGMENTS)]


def _write(node: Node, name: str, segment: Segment, shown: Shown) -> None:
    """Write one segment in one transaction."""
    rows = len(segment.columns)

    def written(connection: Any) -> None:
        ((number,),) = connection.execute(
            "INSERT INTO mer.segment (name, tunes, sequences, notes, collections) "
            "VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (
                name,
                len(segment.tunes),
                rows,
                len(segment.columns.pitch),
                list(segment.tunes.collections),
            ),
        ).fetchall()
        arrays = columns_of(segment).items()
        _copy(
            connection,
            "mer.columns",
            ("int4", "text", "text", "bytea"),
            ((number, key, array.dtype.str, array.tobytes()) for key, array in arrays),
        )
        notes = _stepped(note_rows(segment, number), rows, rows // 4, shown)
        _copy(connection, "mer.notes", _NOTE_KINDS, notes)
        lists = list(list_rows(segment, number))
        buckets = _stepped(iter(lists), len(lists), rows - rows // 4, shown)
        _copy(connection, "mer.lists", _LIST_KINDS, buckets)

    node.change(written)


def _copy(connection: Any, table: str, kinds: Sequence[str], rows: Iterator[Any]) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(kinds)
        for row in rows:
            copy.write_row(row)


def _stepped(
    rows: Iterator[tuple[Any, ...]], many: int, sequences: int, shown: Shown
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows; meanwhile tell of a number of sequences, in steps."""
    told = 0
    for place, row in enumerate(rows, start=1):
        yield row
        if place % _ROWS_A_STEP == 0 or place == many:
            due = sequences * place // many
            shown(due - told)
            told = due


def _published(nodes: Nodes, made: Mapping[str, Any]) -> int:
    """Replace the manifest on all nodes, then remove what it does not list; return how many."""
    serials = [row[0] for rows in nodes.ask_all(MANIFEST) for row in rows]
    serial, said = max(serials, default=0) + 1, json.dumps(made)

    def replaced(connection: Any) -> None:
        connection.execute("DELETE FROM mer.manifest")
        connection.execute("INSERT INTO mer.manifest VALUES (%s, %s)", (serial, said))

    for node in nodes.nodes:
        node.change(replaced)
    listed = {str(one["file"]) for one in made["segments"]}
    there = _named(nodes)
    keep: dict[str, int] = {}
    for number, held in enumerate(there):
        for name in held:
            if name in listed:
                keep.setdefault(name, number)
    return _without(nodes, there, keep)


def _without(
    nodes: Nodes, there: Sequence[Mapping[str, tuple[Any, ...]]], keep: Mapping[str, int]
) -> int:
    """Remove all segments but those of some names, each on one node; return how many."""
    count = 0
    for number, (node, held) in enumerate(zip(nodes.nodes, there, strict=True)):
        gone = [row[0] for name, row in held.items() if keep.get(name) != number]
        count += len(gone)
        if gone:
            node.change(partial(_deleted, segments=gone))
        node.change(lambda connection: connection.execute(_ANALYZE))
    return count


_ANALYZE = "ANALYZE mer.segment, mer.columns, mer.notes, mer.lists"


def _deleted(connection: Any, segments: list[int]) -> None:
    for statement in REMOVE:
        connection.execute(statement, (segments,))


def _total(sizes: Sequence[Size]) -> Size:
    return Size(
        sum(size.tunes for size in sizes),
        sum(size.sequences for size in sizes),
        sum(size.notes for size in sizes),
    )
