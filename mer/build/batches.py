"""Files of a collection -> the tunes in them, read in several processes and noted in a journal.

The unit of work is a batch: a score, or up to fifty tunes of a tunebook.
"""

from __future__ import annotations

import contextlib
import io
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from mer.build.collections import Collection
from mer.build.journal import append_to_journal, load_journal, source_key
from mer.errors import InputError
from mer.io.tunebook.tunes import TuneReading, read_tunebook

# Goes up with every change in what is read from a file, so that no old journal is used.
RECIPE = 1
BATCH_TUNES = 50


@dataclass(frozen=True)
class Batch:
    """Some tunes of a file: from number `start` on, counted from 0; `place` numbers the files."""

    collection: Collection
    path: Path
    place: int
    start: int
    key: str


def batches(collection: Collection, files: Sequence[Path]) -> list[Batch]:
    """Return the batches of all files, in order.

    Raises
    ------
    InputError
        If a file cannot be opened.
    """
    recipe = f"{RECIPE} {version('music21')} {collection.reader} {collection.convention}"
    found = []
    for place, path in enumerate(files, 1):
        key = source_key(path, recipe)
        tunes = len(re.findall(rb"(?m)^X:", path.read_bytes())) if path.suffix == ".abc" else 1
        for start in range(0, max(tunes, 1), BATCH_TUNES):
            found.append(Batch(collection, path, place, start, f"{key}-{start}"))
    return found


def read_batches(
    chosen: Sequence[Batch], *, journal: Path | None = None, workers: int = 1
) -> Iterator[tuple[Batch, list[TuneReading]]]:
    """Return every batch with its tunes, in order.

    Parameters
    ----------
    chosen
        The batches.
    journal
        File in which what was read is kept, and looked up before reading; None to keep nothing.
    workers
        How many processes read.

    Raises
    ------
    InputError
        If the journal cannot be written.
    """
    known = load_journal(journal) if journal else {}
    fresh = _in_processes([batch for batch in chosen if batch.key not in known], workers)
    for batch in chosen:
        found = known.get(batch.key)
        if found is None:
            found = next(fresh)
            if journal:
                append_to_journal(journal, batch.key, found)
        yield batch, found


def _in_processes(chosen: Sequence[Batch], workers: int) -> Iterator[list[TuneReading]]:
    if workers < 2 or len(chosen) < 2:
        yield from map(read_batch, chosen)
        return
    from concurrent.futures import ProcessPoolExecutor

    # An interrupt ends a worker at once and without a traceback.
    quietly = (signal.SIGINT, signal.SIG_DFL)
    with ProcessPoolExecutor(workers, initializer=signal.signal, initargs=quietly) as pool:
        try:
            yield from pool.map(read_batch, chosen)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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


READERS: dict[str, Callable[[Batch], list[TuneReading]]] = {
    "tunebook": _read_tunebook,
    "chorale": _read_chorale,
}
