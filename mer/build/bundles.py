"""A batch of files -> a bundle: the tunes in them, in one file on disk.

`make_bundle` is all that a worker does. It is a pure function: the same files give the same bundle,
whoever makes it, and all that is passed to it can be pickled. A bundle is named by what it is made
from: path, size and time of each file, and the readers. So a bundle that is there need not be made.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from mer.build.music_files import read_tunes
from mer.build.sources import SourceFile
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.storage import load_arrays, save_arrays
from mer.errors import InputError
from mer.notes.arrays import Arrays
from mer.search.segments.segment import shapes_of

KIND, VERSION = "mer bundle", 1
_READERS = ("io", "notes", "build/music_files.py")


@dataclass(frozen=True)
class FileBatch:
    """Files that are read together.

    Parameters
    ----------
    folder
        Absolute; the paths of the files begin there.
    corpus
        Begins the ids of the tunes and is their collection.
    place
        The folder of the bundles.
    files
        In the order of their paths.
    readers
        See `readers_version`.
    skipped
        Paths of files that are not to be opened, because they killed their reader.
    """

    folder: Path
    corpus: str
    place: Path
    files: tuple[SourceFile, ...]
    readers: str
    skipped: frozenset[str] = frozenset()

    @cached_property
    def name(self) -> str:
        """A hash of what the bundle is made from."""
        made_from = [[file.name, file.size, file.mtime_ns] for file in self.files]
        text = json.dumps([VERSION, self.corpus, self.readers, made_from])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    @property
    def bundle(self) -> Path:
        """Where the bundle is, or will be."""
        return self.place / f"{self.name}.npz"

    @property
    def mark(self) -> Path:
        """Where the number of the file stands that is being read."""
        return self.place / f"{self.name}.at"

    def marked(self) -> SourceFile | None:
        """Return the file at which a worker ended, if it had begun."""
        try:
            return self.files[int(self.mark.read_text(encoding="ascii"))]
        except (OSError, ValueError, IndexError):
            return None


@dataclass(frozen=True)
class ReadFile:
    """What a bundle holds of one file: tunes with their shapes, and one line for each problem.

    The shapes, see `mer.search.segments.segment.shapes_of`, are those of whole tunes.
    """

    file: SourceFile
    tunes: tuple[Tune, ...]
    shapes: tuple[int, ...]
    problems: tuple[str, ...]
    mended: tuple[str, ...]


@cache
def readers_version() -> str:
    """Return a hash of the code that turns files into tunes: other code may read other notes."""
    package, told = Path(__file__).resolve().parent.parent, hashlib.sha256()
    for place in _READERS:
        root = package / place
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            told.update(path.relative_to(package).as_posix().encode())
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


def make_bundle(batch: FileBatch) -> None:
    """Read the files of a batch and write its bundle.

    Raises
    ------
    InputError
        If the bundle cannot be written.
    """
    tunes: list[Tune] = []
    told: list[dict[str, Any]] = []
    try:
        batch.place.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(batch.files):
            batch.mark.write_text(str(number), encoding="ascii")
            read, problems, mended = _read(batch, file)
            told.append({"tunes": len(read), "problems": problems, "mended": mended})
            tunes += read
    except OSError as error:
        raise InputError(f"{batch.place}: cannot be written ({error.strerror})") from error
    header = {"kind": KIND, "version": VERSION, "files": told, "collections": [batch.corpus]}
    arrays: Arrays = {}
    if tunes:
        # Ids need not be unique before all bundles are put together.
        numbered = [
            tune._replace(tune_id=f"{row} {tune.tune_id}") for row, tune in enumerate(tunes)
        ]
        corpus = Corpus.from_tunes(numbered)
        arrays = corpus.arrays() | {"shape": shapes_of(corpus.columns("melody"))}
    save_arrays(batch.bundle, arrays, header)
    batch.mark.unlink(missing_ok=True)


def _read(batch: FileBatch, file: SourceFile) -> tuple[list[Tune], list[str], list[str]]:
    path = batch.folder / file.path
    if file.path in batch.skipped:
        return [], [f"{path}: ended the process that read it, twice; left out"], []
    problems: list[str] = []
    mended: list[str] = []
    try:
        tunes = list(read_tunes([path], batch.folder, batch.corpus, problems, mended=mended))
    except Exception as error:  # whatever is in one file, the others are read
        fault = f"{type(error).__name__}: {error}".splitlines()[0]
        return [], [f"{path}: the reader fails ({fault})"], []
    return tunes, [_shown(line) for line in problems], [_shown(line) for line in mended]


def _shown(line: str) -> str:
    return os.fsencode(line).decode("utf-8", "backslashreplace")


def read_files(batch: FileBatch) -> Iterator[ReadFile]:
    """Yield what the bundle of a batch holds, file by file; a damaged bundle is made again."""
    try:
        arrays, header = _loaded(batch)
    except InputError:
        make_bundle(batch)
        arrays, header = _loaded(batch)
    corpus = Corpus.from_arrays(arrays, header["collections"]) if arrays else None
    row = 0
    for file, told in zip(batch.files, header["files"], strict=True):
        rows = range(row, row + told["tunes"])
        tunes = [corpus.tune(number) for number in rows] if corpus is not None else []
        yield ReadFile(
            file,
            tuple(tune._replace(tune_id=tune.tune_id.partition(" ")[2]) for tune in tunes),
            tuple(arrays["shape"][rows.start : rows.stop].tolist()) if tunes else (),
            tuple(told["problems"]),
            tuple(told["mended"]),
        )
        row = rows.stop


def _loaded(batch: FileBatch) -> tuple[Arrays, dict[str, Any]]:
    return load_arrays(batch.bundle, kind=KIND, version=VERSION)
