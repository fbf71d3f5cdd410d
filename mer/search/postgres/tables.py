"""A segment -> rows of five tables, and the statements that ask for them.

``segment`` names each segment; ``columns`` has its arrays with one value a tune or a sequence;
``tune`` the notes and names of each tune; ``lists`` the inverted lists, in buckets of terms whose
first bits are equal; ``manifest`` the one manifest of the whole index, the same on every node. A
segment is on one node only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
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
_PER_TUNE = ("bounds", "meter", "downbeat", "tonic", "mode", "tempo_bpm")
NOTE_KINDS: dict[str, np.dtype[Any]] = {
    "pitch": np.dtype("u1"),
    "onset": np.dtype("<i4"),
    "duration": np.dtype("<i4"),
}

TABLES = """
CREATE SCHEMA IF NOT EXISTS mer;
CREATE TABLE IF NOT EXISTS mer.manifest (
    serial bigint PRIMARY KEY,
    manifest text NOT NULL
);
CREATE TABLE IF NOT EXISTS mer.segment (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
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
CREATE TABLE IF NOT EXISTS mer.tune (
    segment integer NOT NULL,
    number integer NOT NULL,
    id bytea NOT NULL,
    title bytea NOT NULL,
    pitch bytea NOT NULL,
    onset bytea NOT NULL,
    duration bytea NOT NULL,
    strength bytea,
    PRIMARY KEY (segment, number)
);
CREATE TABLE IF NOT EXISTS mer.lists (
    segment integer NOT NULL,
    bucket integer NOT NULL,
    view smallint NOT NULL,
    terms bytea NOT NULL,
    lengths bytea NOT NULL,
    sequences bytea NOT NULL,
    PRIMARY KEY (segment, bucket, view)
);
ALTER TABLE mer.columns ALTER data SET STORAGE EXTERNAL;
ALTER TABLE mer.tune ALTER pitch SET STORAGE EXTERNAL, ALTER onset SET STORAGE EXTERNAL,
    ALTER duration SET STORAGE EXTERNAL, ALTER strength SET STORAGE EXTERNAL;
ALTER TABLE mer.lists ALTER terms SET STORAGE EXTERNAL, ALTER lengths SET STORAGE EXTERNAL,
    ALTER sequences SET STORAGE EXTERNAL;
"""

# The lists of some buckets, joined for each segment and view; and every segment that is there.
LISTS = """
SELECT w.segment, l.view, string_agg(l.terms, ''), string_agg(l.lengths, ''),
    string_agg(l.sequences, '')
FROM unnest(%s::int[], %s::int[], %s::smallint[]) AS w (segment, bucket, view)
JOIN mer.lists AS l USING (segment, bucket, view) GROUP BY w.segment, l.view
UNION ALL SELECT id, NULL, NULL, NULL, NULL FROM mer.segment WHERE id = ANY(%s::int[])
"""
# Stretches of tunes, joined for each segment in the order asked for.
NOTES = """
SELECT w.segment, string_agg(substr(t.pitch, w.start + 1, w.notes), '' ORDER BY w.place),
    string_agg(substr(t.onset, 4 * w.start + 1, 4 * w.notes), '' ORDER BY w.place),
    string_agg(substr(t.duration, 4 * w.start + 1, 4 * w.notes), '' ORDER BY w.place),
    string_agg(substr(t.strength, 4 * w.start + 1, 4 * w.notes), '' ORDER BY w.place)
FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])
    WITH ORDINALITY AS w (segment, number, start, notes, place)
JOIN mer.tune AS t USING (segment, number) GROUP BY w.segment
"""
# The names of tunes.
NAMES = """
SELECT DISTINCT segment, number, t.id, t.title
FROM unnest(%s::int[], %s::int[]) AS w (segment, number) JOIN mer.tune AS t USING (segment, number)
"""
# Shapes of sequences, joined for each segment in the order asked for.
SHAPES = """
SELECT w.segment, string_agg(substr(c.data, 8 * w.place + 1, 8), '' ORDER BY w.number)
FROM unnest(%s::int[], %s::int[]) WITH ORDINALITY AS w (segment, place, number)
JOIN mer.columns AS c ON c.segment = w.segment AND c.name = 'shape' GROUP BY w.segment
"""


def as_array(numbers: Ints) -> str:
    """Return whole numbers as PostgreSQL writes an array, which takes less time than a list.

    Examples
    --------
    >>> as_array(np.array([3, 1]))
    '{3,1}'
    """
    return f"{{{','.join(map(str, numbers.tolist()))}}}"


def columns_of(segment: Segment) -> Arrays:
    """Return what of a segment has one value a tune or a sequence, by name."""
    tunes = segment.tunes.tunes
    marks = tunes.phrase_start
    made: Arrays = {name: getattr(tunes, name) for name in _PER_TUNE}
    made |= marks_of(segment.tunes.marked)
    made |= {"collection": segment.tunes.texts["collection"], "shape": segment.shape}
    made["phrase_start"] = _NONE if marks is None else np.packbits(marks)
    strength = tunes.beat_strength
    made["has_strength"] = _NONE if strength is None else np.packbits(~np.isnan(strength))
    for view, sets in segment.sets.items():
        made[f"sizes.{view}"] = sets.sizes_
        made[f"buckets.{view}"] = np.array([_bits(sets), sets.sequences_.itemsize], np.uint8)
    return {name: np.ascontiguousarray(array) for name, array in made.items()}


def tune_rows(segment: Segment) -> Iterator[tuple[Any, ...]]:
    """Yield number, id, title, pitch, onset, duration and strength of each tune."""
    corpus, columns = segment.tunes, segment.tunes.tunes
    pitch, onset, duration = (
        columns.pitch.astype("u1"),
        columns.onset.astype("<i4"),
        columns.duration.astype("<i4"),
    )
    strength = columns.beat_strength
    strength = None if strength is None else strength.astype("<f4")
    bounds = columns.bounds.tolist()
    for tune, (start, stop) in enumerate(pairwise(bounds)):
        yield (
            tune,
            corpus.tune_id(tune).encode(),
            corpus.title(tune).encode(),
            *(column[start:stop].tobytes() for column in (pitch, onset, duration)),
            None if strength is None else strength[start:stop].tobytes(),
        )


def list_rows(segment: Segment) -> Iterator[tuple[Any, ...]]:
    """Yield bucket, number of the view, terms, lengths less one, and sequences of each bucket."""
    for view, name in enumerate(SETS):
        sets = segment.sets[name]
        kind = sets.sequences_.dtype
        bucket = buckets(sets.terms_, _bits(sets))
        first = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1])[: len(bucket)])
        starts = sets.starts_.astype(np.int64)
        lengths = (np.diff(starts) - 1).astype(kind)
        bounds = zip(first.tolist(), [*first[1:].tolist(), len(bucket)], strict=True)
        for begin, end in bounds:
            yield (
                int(bucket[begin]),
                view,
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
        name: np.broadcast_to(np.zeros(1, kind), notes) for name, kind in NOTE_KINDS.items()
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


def filled(taken: Columns, held: Sequence[bytes | None]) -> Columns:
    """Return columns of a `frame` with the notes that a node has sent.

    Parameters
    ----------
    held
        Pitches, onsets, durations and strengths, joined.

    Raises
    ------
    InputError
        If there are more or fewer than the frame has.
    """
    columns: dict[str, Any] = {
        name: np.frombuffer(data or b"", kind)
        for (name, kind), data in zip(NOTE_KINDS.items(), held[:3], strict=True)
    }
    for column in columns.values():
        there(column if len(column) == len(taken.pitch) else None)
    strength = None if held[3] is None else np.frombuffer(held[3], "<f4")
    return replace(taken, **columns, beat_strength=strength)


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
