"""Files of a collection -> the tunes in them, read in several processes.

The unit of work is a batch: a score, or up to fifty tunes of a tunebook.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mer.build.collections import Collection
from mer.build.workers import worker_pool
from mer.errors import InputError
from mer.io.tunebook.files import tunes_of
from mer.io.tunebook.tunes import TuneReading, read_tunebook

BATCH_TUNES = 50


@dataclass(frozen=True)
class Batch:
    """Some tunes of a file: from number `start` on, counted from 0; `place` numbers the files."""

    collection: Collection
    path: Path
    place: int
    start: int


def batches(collection: Collection, files: Sequence[Path]) -> list[Batch]:
    """Return the batches of all files, in order.

    Raises
    ------
    InputError
        If a file cannot be opened.
    """
    found = []
    for place, path in enumerate(files, 1):
        tunes = len(tunes_of(path)) if path.suffix == ".abc" else 1
        starts = range(0, max(tunes, 1), BATCH_TUNES)
        found += [Batch(collection, path, place, start) for start in starts]
    return found


def read_batches(
    chosen: Sequence[Batch], *, workers: int = 1
) -> Iterator[tuple[Batch, list[TuneReading]]]:
    """Return every batch with its tunes, in order.

    Parameters
    ----------
    chosen
        The batches.
    workers
        How many processes read.
    """
    if workers < 2 or len(chosen) < 2:
        yield from ((batch, read_batch(batch)) for batch in chosen)
        return
    with worker_pool(workers) as pool:
        yield from zip(chosen, pool.map(read_batch, chosen), strict=True)


def read_batch(batch: Batch) -> list[TuneReading]:
    """Return the tunes of a batch; a file that cannot be read counts as a tune with a problem."""
    path = batch.path
    # music21 prints a warning about every oddity.
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            return READERS[batch.collection.reader](batch)
        except InputError as error:
            return [TuneReading(0, path.stem, None, str(error).replace(str(path), path.name))]


def _read_tunebook(batch: Batch) -> list[TuneReading]:
    convention, stop = batch.collection.convention, batch.start + BATCH_TUNES
    return list(read_tunebook(batch.path, convention=convention, start=batch.start, stop=stop))


def _read_chorale(batch: Batch) -> list[TuneReading]:
    from mer.io.score.chorales import read_chorale

    melody = read_chorale(batch.path)
    return [TuneReading(0, melody.title, melody)]


def _read_cantus(batch: Batch) -> list[TuneReading]:
    from mer.io.chant.cantus import read_cantus

    return list(read_cantus(batch.path))


READERS: dict[str, Callable[[Batch], list[TuneReading]]] = {
    "tunebook": _read_tunebook,
    "chorale": _read_chorale,
    "cantus": _read_cantus,
}
