"""An index -> a table of its phrases or melodies, with vectors if asked for, as CSV or Parquet.

The first line of CSV names the columns. pandas reads it with ``read_csv``, Parquet with
``read_parquet``, and so do the tools that draw maps of vectors.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from mer.errors import InputError
from mer.io.libraries import library
from mer.maps.projection import Projection
from mer.notes.arrays import Floats
from mer.notes.meter import Meter
from mer.notes.names import pitch_name
from mer.search.index import PhraseIndex
from mer.search.stack.vectors import Shown, unseen

FIELDS = (
    *("number", "tune_id", "title", "collection", "phrase", "start", "stop", "notes"),
    *("quarters", "meter", "key", "tempo_bpm", "lowest", "highest", "names"),
)
PLACES = ("x", "y")  # on the map of the learned vectors
_PLACES = 6  # of a vector, after the point


def table_rows(index: PhraseIndex, *, vectors: bool = False) -> Iterator[dict[str, Any]]:
    """Yield one row for each indexed sequence, in their order.

    Parameters
    ----------
    vectors
        Whether to add the learned vector, 256 numbers ``v0`` to ``v255``, and its place ``x``,
        ``y`` on their two main directions (`mer.maps.projection`); making those of a large corpus
        takes minutes the first time.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus, Tune
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3, meter=(3, 4))
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("a", "A Tune", "mine", tune)]))
    >>> row = next(table_rows(index))
    >>> row["tune_id"], row["notes"], row["quarters"], row["meter"], row["highest"]
    ('a', 3, 3.0, '3/4', 64)
    >>> row["names"]
    'C4 D4 E4'
    """
    made = index.pool.vectors if vectors else None
    places = _places(index) if vectors else None
    for number in range(len(index)):
        phrase = index.phrase(number)
        melody = phrase.melody
        row: dict[str, Any] = {
            "number": number,
            "tune_id": phrase.tune_id,
            "title": phrase.title,
            "collection": phrase.collection,
            "phrase": phrase.number,
            "start": phrase.start,
            "stop": phrase.stop,
            "notes": len(melody),
            "quarters": round(float(melody.onset_quarter[-1] + melody.duration_quarter[-1]), 4),
            "meter": "" if melody.meter is None else str(Meter(*melody.meter)),
            "key": "" if melody.key is None else str(melody.key),
            "tempo_bpm": melody.tempo_bpm or "",
            "lowest": int(melody.pitch.min()),
            "highest": int(melody.pitch.max()),
            "names": " ".join(map(pitch_name, melody.pitch.tolist())),
        }
        if made is not None and places is not None:
            row |= zip(PLACES, np.round(places[number], _PLACES).tolist(), strict=True)
            values = np.round(made[number].astype(np.float64), _PLACES).tolist()
            row |= {f"v{place}": value for place, value in enumerate(values)}
        yield row


def table_as_csv(index: PhraseIndex, *, vectors: bool = False, shown: Shown | None = None) -> str:
    """Return the table as text, one line a row.

    Parameters
    ----------
    vectors
        As for `table_rows`.
    shown
        What the rows go through, with how many there are and what is done: a progress bar, say.
    """
    written = io.StringIO()
    numbered = (f"v{n}" for n in range(index.pool.vectors.shape[1] if vectors else 0))
    names = [*FIELDS, *(PLACES if vectors else ()), *numbered]
    table = csv.DictWriter(written, names, lineterminator="\n")
    table.writeheader()
    rows = table_rows(index, vectors=vectors)
    table.writerows((shown or unseen)(rows, len(index), "writing"))
    return written.getvalue()


def table_as_parquet(
    index: PhraseIndex, *, vectors: bool = False, shown: Shown | None = None
) -> bytes:
    """Return the table as a Parquet file; an unknown tempo is null.

    Parameters
    ----------
    vectors
        Whether to add the learned vector, as one column ``vector`` of 256 numbers in single
        precision, and its place ``x``, ``y``.
    shown
        As for `table_as_csv`.

    Raises
    ------
    InputError
        If pyarrow, the extra ``tables``, is not installed.
    """
    arrow, parquet = library("pyarrow"), library("pyarrow.parquet")
    if arrow is None or parquet is None:
        raise InputError("Parquet needs pyarrow: pip install 'mer[tables]'; CSV needs nothing")
    rows = (shown or unseen)(table_rows(index), len(index), "writing")
    columns: dict[str, list[Any]] = {name: [] for name in FIELDS}
    for row in rows:
        for name in FIELDS:
            columns[name].append(row[name])
    columns["tempo_bpm"] = [tempo or None for tempo in columns["tempo_bpm"]]
    table = arrow.table(columns).set_column(
        FIELDS.index("tempo_bpm"), "tempo_bpm", arrow.array(columns["tempo_bpm"], arrow.float64())
    )
    if vectors:
        values = np.asarray(index.pool.vectors, dtype=np.float32)
        for name, column in zip(PLACES, _places(index).T, strict=True):
            table = table.append_column(name, arrow.array(column))
        flat = arrow.array(values.reshape(-1))
        table = table.append_column(
            "vector", arrow.FixedSizeListArray.from_arrays(flat, values.shape[1])
        )
    written = io.BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()


def _places(index: PhraseIndex) -> Floats:
    """Return where the learned vectors lie on their two main directions, shape (sequences, 2)."""
    return Projection.fit(index.pool.vectors).project(index.pool.vectors)
