"""A segment -> rows of five tables, and the statements that ask for them.

``segment`` names each segment; ``columns`` has its arrays with one value a tune or a sequence, and
the names of tunes; ``notes`` the notes of each sequence; ``lists`` the inverted lists, in buckets
of terms whose first bits are equal; ``manifest`` the one manifest of the whole index, the same on
every node. A segment is on one node only. Notes and lists are found by a *row id*: one number, of
which some bits are the number of the segment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from mer.corpus.corpus import Corpus, marks_of
from mer.embeddings import SETS, TERMS, TermSets
from mer.embeddings.terms import find_terms
from mer.errors import InputError
from mer.notes.arrays import Array, Arrays, Ints, Keys
from mer.notes.columns import Columns
from mer.search.segments.segment import Segment
from mer.search.segments.store import Size

_Found = TypeVar("_Found")
# What one row of lists holds, about: so that rows are neither many nor long.
_BUCKET_BYTES = 512
_MOST_BITS = 31
_NONE = np.zeros(0, np.uint8)
_PER_SEQUENCE = ("meter", "downbeat", "tonic", "mode", "tempo_bpm")
_PER_TUNE = ("bounds", *_PER_SEQUENCE)
FIRST, _TIME_BYTES = "first_onset", "time_bytes"

# A row id is looked up in less time than three columns. Of that of notes the last bits are the
# number of the sequence, before which comes that of the segment. Of that of lists they are the
# segment, before which come view and bucket: lists of one term in several segments are neighbours,
# and found together.
_ROW_BITS, _SEGMENT_BITS = 32, 29
_LISTS_OF = (1 << _SEGMENT_BITS) - 1

TABLES = f"""
CREATE SCHEMA IF NOT EXISTS mer;
CREATE TABLE IF NOT EXISTS mer.manifest (
    serial bigint PRIMARY KEY,
    manifest text NOT NULL
);
CREATE TABLE IF NOT EXISTS mer.segment (
    id integer GENERATED ALWAYS AS IDENTITY (MAXVALUE {_LISTS_OF}) PRIMARY KEY,
    name text NOT NULL UNIQUE,
    tunes integer NOT NULL,
    sequences integer NOT NULL,
    notes bigint NOT NULL,
    collections text[] NOT NULL
);
CREATE TABLE IF NOT EXISTS mer.columns (
    segment integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (segment, name)
);
CREATE TABLE IF NOT EXISTS mer.notes (
    row_id bigint PRIMARY KEY,
    notes bytea NOT NULL
);
CREATE TABLE IF NOT EXISTS mer.lists (
    row_id bigint PRIMARY KEY,
    terms bytea NOT NULL,
    lengths bytea NOT NULL,
    sequences bytea NOT NULL
);
ALTER TABLE mer.columns ALTER data SET STORAGE EXTERNAL;
ALTER TABLE mer.notes ALTER notes SET STORAGE EXTERNAL;
ALTER TABLE mer.lists ALTER terms SET STORAGE EXTERNAL, ALTER lengths SET STORAGE EXTERNAL,
    ALTER sequences SET STORAGE EXTERNAL;
"""
# Tables of an earlier layout, whose rows were found by several columns.
NO_TABLES = "DROP TABLE IF EXISTS mer.manifest, mer.segment, mer.columns, mer.tune, mer.lists"

# The lists of some buckets, joined for each segment and view; and every segment that is there.
LISTS = f"""
SELECT row_id & {_LISTS_OF}, row_id >> {_MOST_BITS + _SEGMENT_BITS},
    string_agg(terms, '' ORDER BY row_id), string_agg(lengths, '' ORDER BY row_id),
    string_agg(sequences, '' ORDER BY row_id)
FROM mer.lists WHERE row_id = ANY($1) GROUP BY 1, 2
UNION ALL SELECT id, NULL, NULL, NULL, NULL FROM mer.segment WHERE id = ANY($2)
"""
# Rows are in order at no cost: an index has them so.
# The notes of some sequences, in the order of their row ids.
NOTES = "SELECT string_agg(notes, '' ORDER BY row_id) FROM mer.notes WHERE row_id = ANY($1)"
# Those of whole segments.
ALL_NOTES = f"""
SELECT row_id >> {_ROW_BITS}, string_agg(notes, '' ORDER BY row_id)
FROM mer.notes WHERE row_id >> {_ROW_BITS} = ANY(%s::bigint[]) GROUP BY 1
"""
# Shapes of sequences, joined for each segment in the order asked for.
SHAPES = """
SELECT w.segment, string_agg(substr(c.data, 8 * w.place + 1, 8), '' ORDER BY w.number)
FROM unnest(%s::int[], %s::int[]) WITH ORDINALITY AS w (segment, place, number)
JOIN mer.columns AS c ON c.segment = w.segment AND c.name = 'shape' GROUP BY w.segment
"""
# Arrays that a search does not begin with.
SHAPE, TEXTS = "shape", ("id_bytes", "id_bounds", "title_bytes", "title_bounds")


def note_row_ids(segment: int, rows: Ints) -> Ints:
    """Return where the notes of some sequences of a segment are, by their numbers in it.

    Examples
    --------
    >>> note_row_ids(1, np.array([0, 5])).tolist()
    [4294967296, 4294967301]
    """
    return np.asarray((segment << _ROW_BITS) + rows, dtype=np.int64)


def list_row_ids(segment: int, view: int, chosen: Ints, bits: int) -> Ints:
    """Return where the lists of some buckets of a segment are, in one view.

    Examples
    --------
    >>> divmod(int(list_row_ids(3, 0, np.array([1]), 31)[0]), 2**29)
    (1, 3)
    """
    first = (view << _MOST_BITS) + (chosen << (_MOST_BITS - bits))
    return np.asarray((first << _SEGMENT_BITS) + segment, dtype=np.int64)


# What removes the rows of some segments, whose numbers are given.
REMOVE = tuple(
    f"DELETE FROM mer.{table} WHERE {number} = ANY(%s)"
    for table, number in (
        ("columns", "segment"),
        ("notes", f"row_id >> {_ROW_BITS}"),
        ("lists", f"row_id & {_LISTS_OF}"),
        ("segment", "id"),
    )
)


def columns_of(segment: Segment) -> Arrays:
    """Return what of a segment has one value a tune or a sequence, by name."""
    tunes = segment.tunes.tunes
    marks = tunes.phrase_start
    made: Arrays = {name: getattr(tunes, name) for name in _PER_TUNE}
    made |= marks_of(segment.tunes.marked)
    made |= {name: segment.tunes.texts[name] for name in ("collection", *TEXTS)}
    made |= {SHAPE: segment.shape, **_times(segment.columns)}
    made["phrase_start"] = _NONE if marks is None else np.packbits(marks)
    strength = tunes.beat_strength
    made["has_strength"] = _NONE if strength is None else np.packbits(~np.isnan(strength))
    for view, sets in segment.sets.items():
        made[f"sizes.{view}"] = sets.sizes_
        made[f"buckets.{view}"] = np.array([_bits(sets), sets.sequences_.itemsize], np.uint8)
    return {name: np.ascontiguousarray(array) for name, array in made.items()}


def note_kind(arrays: Arrays, *, strong: bool) -> np.dtype[Any]:
    """Return the kind of what a segment stores of a note, with its strength or without.

    Onsets count from the first one of the sequence: so two bytes are enough for most.
    """
    time = np.dtype(f"<u{arrays[_TIME_BYTES][0]}")
    kinds = [("pitch", np.dtype("u1")), ("onset", time), ("duration", time)]
    return np.dtype([*kinds, *([("beat_strength", np.dtype("<f4"))] if strong else [])])


def note_rows(segment: Segment, number: int) -> Iterator[tuple[int, bytes]]:
    """Yield row id and notes of each sequence of segment `number`."""
    columns, times = segment.columns, _times(segment.columns)
    strength = columns.beat_strength
    notes = np.empty(len(columns.pitch), note_kind(times, strong=strength is not None))
    notes["pitch"], notes["duration"] = columns.pitch, columns.duration
    notes["onset"] = columns.onset - np.repeat(times[FIRST], columns.lengths)
    if strength is not None:
        notes["beat_strength"] = strength
    stored = notes.tobytes()
    ends = (columns.bounds.astype(np.int64) * notes.itemsize).tolist()
    places = note_row_ids(number, np.arange(len(columns))).tolist()
    for place, (start, stop) in zip(places, pairwise(ends), strict=True):
        yield place, stored[start:stop]


def _times(columns: Columns) -> Arrays:
    """Return the first onset of each sequence, and how many bytes times after it take."""
    first = columns.onset[columns.bounds[:-1]]
    since = columns.onset[columns.bounds[1:] - 1] - first
    longest = max(int(since.max()), int(columns.duration.max()))
    return {FIRST: first, _TIME_BYTES: np.array([2 if longest < 1 << 16 else 4], np.uint8)}


def list_rows(segment: Segment, number: int) -> Iterator[tuple[Any, ...]]:
    """Yield row id, terms, lengths less one, and sequences of each bucket of segment `number`."""
    for view, name in enumerate(SETS):
        sets = segment.sets[name]
        kind = sets.sequences_.dtype
        bucket = buckets(sets.terms_, _bits(sets))
        first = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])[: len(bucket)])
        starts = sets.starts_.astype(np.int64)
        lengths = (np.diff(starts) - 1).astype(kind)
        places = list_row_ids(number, view, bucket[first], _bits(sets)).tolist()
        bounds = zip(places, first.tolist(), [*first[1:].tolist(), len(bucket)], strict=True)
        for place, begin, end in bounds:
            yield (
                place,
                sets.terms_[begin:end].tobytes(),
                lengths[begin:end].tobytes(),
                sets.sequences_[starts[begin] : starts[end]].tobytes(),
            )


def buckets(terms: Keys, bits: int) -> Ints:
    """Return the bucket of each term: its first bits.

    Examples
    --------
    >>> buckets(np.array([0, 2**63], dtype=np.uint64), 2).tolist()
    [0, 2]
    """
    return (terms >> np.uint64(64 - bits)).astype(np.int64)


def found_lists(
    wanted: Keys, kind: np.dtype[Any], terms: bytes, lengths: bytes, sequences: bytes
) -> Array:
    """Return the sequences of the wanted terms, rising, out of the joined lists of buckets."""
    held = np.frombuffer(terms, np.uint64)
    long = np.frombuffer(lengths, kind).astype(np.int64) + 1
    _, asked = find_terms(wanted, held)
    return np.frombuffer(sequences, kind)[np.repeat(asked, long)]


def frame(
    arrays: Arrays, collections: Iterable[str], *, unit: str, size: Size, dead: Ints, notes: int
) -> Segment:
    """Return a segment that knows all but notes, names and lists, from `columns_of`.

    Parameters
    ----------
    notes
        How many it holds, with those of removed tunes.
    """
    tunes = len(arrays["bounds"]) - 1
    marks, strong = (
        np.unpackbits(arrays[name], count=notes).astype(bool) if len(arrays[name]) else None
        for name in ("phrase_start", "has_strength")
    )
    # Nothing is stored for these: they stand for what a node has.
    absent: Arrays = {
        name: np.broadcast_to(np.zeros(1, kind), notes)
        for name, kind in (("pitch", np.uint8), ("onset", np.int32), ("duration", np.int32))
    }
    columns = Columns(
        **{name: arrays[name] for name in _PER_TUNE},
        **absent,
        phrase_start=marks,
        beat_strength=None if strong is None else np.where(strong, 0, np.nan).astype(np.float32),
    )
    texts: Arrays = {
        "collection": arrays["collection"],
        "id_keys": np.zeros(tunes, np.uint64),
        "id_tunes": np.arange(tunes, dtype=np.uint32),
    }
    if "marked" in arrays:
        texts["marked"] = arrays["marked"]
    for name in ("id", "title"):
        texts |= {f"{name}_bytes": _NONE, f"{name}_bounds": np.zeros(tunes + 1, np.int64)}
    empty: Arrays = {"terms_": np.zeros(0, np.uint64), "starts_": np.zeros(1, np.uint32)}
    sets = {
        name: TermSets(TERMS[name]).restore(
            empty | {"sizes_": arrays[f"sizes.{name}"], "sequences_": _NONE}
        )
        for name in SETS
    }
    corpus = Corpus(columns, texts, tuple(collections))
    return Segment(corpus, unit, sets, np.zeros(0, np.uint64), size, dead)


def filled(columns: Columns, rows: Ints, arrays: Arrays, held: bytes | None) -> Columns:
    """Return some sequences of the columns of a `frame`, with the notes that a node has sent.

    Parameters
    ----------
    arrays
        What the node has of the segment, from `columns_of`.

    Raises
    ------
    InputError
        If there are more or fewer than the frame has.
    """
    start = columns.bounds[rows]
    lengths = columns.bounds[rows + 1] - start
    bounds = np.append(0, np.cumsum(lengths))
    strong, marks = columns.beat_strength is not None, columns.phrase_start
    kind, sent = note_kind(arrays, strong=strong), held or b""
    whole = len(sent) == kind.itemsize * int(bounds[-1])
    notes: Array = np.frombuffer(there(sent if whole else None), kind)
    if marks is not None:
        marks = marks[np.arange(bounds[-1]) + np.repeat(start - bounds[:-1], lengths)]
    return Columns(
        pitch=notes["pitch"].copy(),
        onset=notes["onset"].astype(np.int32) + np.repeat(arrays[FIRST][rows], lengths),
        duration=notes["duration"].astype(np.int32),
        bounds=bounds,
        **{name: getattr(columns, name)[rows] for name in _PER_SEQUENCE},
        phrase_start=marks,
        beat_strength=notes["beat_strength"].copy() if strong else None,
    )


def there(found: _Found | None) -> _Found:
    """Return what a node was asked for.

    Raises
    ------
    InputError
        If it is None: the node has it no more.
    """
    if found is None:
        raise InputError("the index on the nodes was changed meanwhile; open it again")
    return found


def _bits(sets: TermSets) -> int:
    per_term = 8 + sets.sequences_.itemsize
    total = per_term * len(sets.terms_) + sets.sequences_.nbytes
    return min(max(math.ceil(math.log2(max(total, 1) / _BUCKET_BYTES)), 1), _MOST_BITS)
