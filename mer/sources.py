"""Files of a collection -> the tunes in them, read in several processes and noted in a journal."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mer.collections import Collection
from mer.errors import InputError
from mer.io.tunebook import TuneReading, read_tunebook
from mer.journal import append_to_journal, load_journal, source_key

# Goes up with every change in what is read from a file, so that no old journal is used.
RECIPE = 1


def read_collection(
    collection: Collection, files: Sequence[Path], *, journal: Path | None = None, workers: int = 1
) -> Iterator[tuple[Path, list[TuneReading]]]:
    """Return every file with its tunes, in order.

    Parameters
    ----------
    collection
        Says how its files are read.
    files
        The files.
    journal
        File in which what was read is kept, and looked up before reading; None to keep nothing.
    workers
        How many processes read.

    Raises
    ------
    InputError
        If a file cannot be opened, or the journal cannot be written.
    """
    recipe = f"{RECIPE} {version('music21')} {collection.reader} {collection.convention}"
    keys = [source_key(path, recipe) for path in files]
    known = load_journal(journal) if journal else {}
    missing = [
        (collection, file) for file, key in zip(files, keys, strict=True) if key not in known
    ]
    fresh = _in_processes(read_source, missing, workers)
    for path, key in zip(files, keys, strict=True):
        found = known.get(key)
        if found is None:
            found = next(fresh)
            if journal:
                append_to_journal(journal, key, found)
        yield path, found


def _in_processes(
    function: Callable[[Any], Any], tasks: Sequence[Any], workers: int
) -> Iterator[Any]:
    if workers < 2 or len(tasks) < 2:
        yield from map(function, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as pool:
        try:
            yield from pool.map(function, tasks)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def read_source(task: tuple[Collection, Path]) -> list[TuneReading]:
    """Return the tunes of one file; one that cannot be read counts as a tune with a problem."""
    collection, path = task
    # music21 prints a warning about every oddity.
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            return READERS[collection.reader](collection, path)
        except InputError as error:
            return [TuneReading(0, path.stem, None, str(error).replace(str(path), path.name))]


def _read_tunebook(collection: Collection, path: Path) -> list[TuneReading]:
    return list(read_tunebook(path, convention=collection.convention))


def _read_chorale(collection: Collection, path: Path) -> list[TuneReading]:
    from mer.io.chorales import read_chorale

    melody = read_chorale(path)
    return [TuneReading(0, melody.title, melody)]


READERS: dict[str, Callable[[Collection, Path], list[TuneReading]]] = {
    "tunebook": _read_tunebook,
    "chorale": _read_chorale,
}
