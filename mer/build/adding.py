"""A listing of a folder and a ledger -> what has to be read, and its way into the corpus."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from mer.build.bundles import FileBatch, ReadFile, read_files, readers_version
from mer.build.ledger import LEDGER, Ledger
from mer.build.sources import SourceFile, grouped
from mer.errors import InputError
from mer.search.segments.locks import held_lock, sole_writer
from mer.search.segments.manifest import segments_of
from mer.search.segments.segments import Segments
from mer.search.segments.writing import Draft

BUNDLES, LOG = "bundles", "add.log"
# Bundles of a folder that nobody has gone on with for so long are removed.
_STALE_SEC = 30 * 24 * 3600
_AT_ONCE = 10_000  # ids that are looked up in one go


@dataclass(frozen=True)
class Work:
    """What has to be done so that a corpus holds what is in a folder.

    Parameters
    ----------
    batches
        The files that are new or have changed.
    moved
        Names of files that were added from another folder and have not changed.
    pruned
        Names of files that are no more, whose tunes have to go.
    vanished
        How many files are no more and keep their tunes.
    """

    batches: tuple[FileBatch, ...]
    moved: tuple[str, ...]
    pruned: tuple[str, ...]
    vanished: int

    @property
    def files(self) -> list[SourceFile]:
        """The files of all batches."""
        return [file for batch in self.batches for file in batch.files]

    @property
    def is_any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.batches or self.moved or self.pruned)


@dataclass
class Outcome:
    """What became of the tunes of all batches: see `mer.build.folders.Addition`."""

    new: int = 0
    replaced: int = 0
    duplicates: int = 0
    left_out: int = 0
    problems: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


def bundles_place(corpus: Path, folder: Path) -> Path:
    """Return where the bundles of a folder lie: the same for every run over it."""
    return corpus / BUNDLES / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def needed_work(
    ledger: Ledger, corpus: Path, folder: Path, files: Sequence[SourceFile], *, prune: bool
) -> Work:
    """Return what has to be done: nothing, where no file has changed.

    Raises
    ------
    InputError
        If the corpus that is there cannot be opened.
    """
    known, readers = ledger.files(), readers_version()
    lost = _files_not_in(segments_of(corpus), ledger)
    there = {file.name for file in files}
    changed = [
        file
        for file in files
        if file.name in lost
        or file.name not in known
        or not known[file.name].is_still(file, readers)
    ]
    same = there - {file.name for file in changed}
    gone = sorted(n for n, told in known.items() if told.folder == str(folder) and n not in there)
    place = bundles_place(corpus, folder)
    return Work(
        batches=tuple(
            FileBatch(folder, corpus.name, place, group, readers) for group in grouped(changed)
        ),
        moved=tuple(sorted(name for name in same if known[name].folder != str(folder))),
        pruned=tuple(gone) if prune else (),
        vanished=0 if prune else len(gone),
    )


def _files_not_in(segments: Sequence[Any], ledger: Ledger) -> set[str]:
    """Return the names of the files with a tune that is in none of the segments."""
    rows = iter(ledger.ids())
    lost: set[str] = set()
    while some := list(islice(rows, _AT_ONCE)):
        ids = [tune_id for tune_id, _ in some]
        found = Segments(segments).find(ids) if segments else [None] * len(ids)
        lost |= {file for (_, file), where in zip(some, found, strict=True) if where is None}
    return lost


def publish(
    work: Work,
    ledger: Ledger,
    corpus: Path,
    folder: Path,
    *,
    skip_duplicates: bool,
    progress: bool = False,
) -> Outcome:
    """Put all bundles into the corpus, in their order, and remove what is no more; all or nothing.

    Raises
    ------
    InputError
        If no tune would be left, or the corpus cannot be written.
    """
    outcome = Outcome()
    with ledger.changing(), Draft(corpus) as draft:
        old = ledger.forget([*(file.name for file in work.files), *work.pruned])
        ledger.move(work.moved, folder)
        with bar("writing", len(work.files), shown=progress) as advance:
            for batch in work.batches:
                for read in read_files(batch):
                    ledger.enter(read, folder, batch.readers)
                    for tune in _kept(read, ledger, outcome, skip_duplicates=skip_duplicates):
                        draft.add(tune)
                advance(len(batch.files))
        if outcome.new or old:
            _, outcome.replaced = draft.publish(without=old)
    return outcome


def _kept(
    read: ReadFile, ledger: Ledger, outcome: Outcome, *, skip_duplicates: bool
) -> Iterator[Any]:
    """Yield the tunes of a file under ids that are free, and note what became of all."""
    outcome.problems += read.problems
    outcome.mended += read.mended
    for tune, shape in zip(read.tunes, read.shapes, strict=True):
        tune_id, first = ledger.free_id(tune.tune_id), ledger.same_as(shape)
        if first is not None and skip_duplicates:
            outcome.left_out += 1
            ledger.leave_out(tune_id, read.file, first)
            continue
        outcome.new += 1
        outcome.duplicates += first is not None
        ledger.enter_tune(tune_id, read.file, shape)
        yield tune._replace(tune_id=tune_id)


def write_log(ledger: Ledger, corpus: Path, closed: Sequence[str]) -> None:
    """Write one line for each problem, mended tune and duplicate of a corpus to its log.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    target = corpus / LOG
    beside = corpus / f".{LOG}.{os.getpid()}.part"
    try:
        with beside.open("w", encoding="utf-8") as stream:
            stream.writelines(f"not read: {line}\n" for line in closed)
            stream.writelines(f"{line}\n" for line in ledger.report())
        beside.replace(target)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # the first error is the one to report
            beside.unlink(missing_ok=True)


@contextmanager
def turn(place: Path) -> Iterator[None]:
    """Let no other process add the folder of these bundles meanwhile; wait for one that does.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    with held_lock(_lock_of(place), place):
        yield


def tidy(place: Path) -> None:
    """Remove bundles that are in the corpus, and those of folders that nobody went on with."""
    from filelock import FileLock, Timeout

    shutil.rmtree(place, ignore_errors=True)
    for other in (path for path in place.parent.iterdir() if path.is_dir()):
        with suppress(OSError, Timeout):
            newest = max((path.stat().st_mtime for path in other.iterdir()), default=0)
            if newest < time.time() - _STALE_SEC:
                with FileLock(_lock_of(other), timeout=0):
                    shutil.rmtree(other, ignore_errors=True)


def undo(corpus: Path, place: Path) -> None:
    """Remove what was written for a corpus that never came to be."""
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        if segments_of(corpus):
            return
        _lock_of(place).unlink(missing_ok=True)
        place.parent.rmdir()  # not if others are adding
        with sole_writer(corpus):
            (corpus / LEDGER).unlink(missing_ok=True)
        corpus.parent.rmdir()


def _lock_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.lock")


@contextmanager
def bar(title: str, total: int, done: int = 0, *, shown: bool) -> Iterator[Callable[[int], object]]:
    """Give what moves a progress bar on, in files; it estimates how long the rest takes."""
    if not shown:
        yield lambda files: None
        return
    from tqdm import tqdm

    with tqdm(total=total, initial=done, desc=title, unit="file", disable=None) as moving:
        yield moving.update
