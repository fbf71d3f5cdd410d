"""Changes of an index on disk, each all or nothing: publish, remove, merge, check.

One process changes an index at a time, under a lock; what it publishes is the manifest. Segments
are written before that, in a folder of the writer's own within the index (`Draft`), and may take as
long as they like. A writer that is killed leaves at most such a folder, or files that no manifest
lists; the next writer removes them.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.shipped import INDEX
from mer.corpus.storage import verify_arrays
from mer.errors import InputError
from mer.search.segments.locks import lock_at, sole_writer
from mer.search.segments.manifest import remedy, segments_of, write_manifest
from mer.search.segments.segment import HELD, MOST_NOTES, MOST_SEQUENCES, Segment, merged
from mer.search.segments.segments import Segments

if TYPE_CHECKING:
    from filelock import FileLock

_DRAFT, _DRAFT_LOCK = ".draft-", "lock"
_DRAFTED = re.compile(rf"{re.escape(_DRAFT)}[a-z0-9_]{{8}}")
# What a writer may leave: segments in no manifest, an index of one file, and files half written.
_LEFT = re.compile(rf"segment-\w+\.npz|{re.escape(INDEX)}|\..+\.(npz|part)")
# So many segments more than need be are left to a step of its own; then adding merges, as every
# segment takes one of the files that a process may have open.
MOST_SPARE = 100
# Groups of segments -> the same groups, shown.
Shown = Callable[[list[list[Segment]]], Iterable[list[Segment]]]


class Draft:
    """Tunes that become segments beside an index and join it, all at once, with `publish`.

    Use it in a ``with`` block. Tunes are written whenever there are enough for a segment, so that
    memory does not grow with their number.

    Parameters
    ----------
    folder
        Of the index; it is made if need be.
    unit
        What a sequence is: ``"phrase"`` or ``"melody"``.
    """

    def __init__(self, folder: Path, unit: str = "phrase") -> None:
        self.folder = folder
        self.unit = unit
        self.segments: list[Segment] = []
        self._waiting: list[Tune] = []
        self._sequences = self._notes = 0
        self._ids: set[str] = set()
        self._place: Path | None = None
        self._lock: FileLock | None = None

    def __enter__(self) -> Draft:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._lock is None or self._place is None:
            return
        self._lock.release()
        shutil.rmtree(self._place, ignore_errors=True)
        with sole_writer(self.folder):
            pass  # an index that never came to be leaves no folder

    def add(self, tune: Tune) -> None:
        """Take one more tune.

        Raises
        ------
        InputError
            If a tune of the same id was added before, or the folder cannot be written.
        """
        if tune.tune_id in self._ids:
            raise InputError(f"two tunes share the id {tune.tune_id!r}; ids must be unique")
        self._ids.add(tune.tune_id)
        notes = len(tune.melody)
        sequences = max(len(tune.melody.phrase_starts), 1) if self.unit == "phrase" else 1
        too_many = self._sequences + sequences > MOST_SEQUENCES or self._notes + notes > MOST_NOTES
        if self._waiting and too_many:
            self._write()
        self._waiting.append(tune)
        self._sequences += sequences
        self._notes += notes

    def publish(self, *, alone: bool = False, without: Iterable[str] = ()) -> tuple[Segments, int]:
        """Make the tunes part of the index; return what it now is, and how many were replaced.

        Tunes of the index with the same ids are removed.

        Parameters
        ----------
        alone
            Whether the tunes replace all that was in the index.
        without
            Ids of more tunes that are removed from the index, if they are there.

        Raises
        ------
        InputError
            If no tune is left, the index cannot be read or written, or it is of another unit.
        """
        if self._waiting:
            self._write()
        with sole_writer(self.folder):
            old = [] if alone else segments_of(self.folder)
            check_unit(self.folder, old, self.unit)
            left = without_tunes(old, self._ids)
            lost = sum(part.size.tunes for part in old) - sum(part.size.tunes for part in left)
            left = without_tunes(left, without)
            new = [*left, *(_moved(part, self.folder) for part in self.segments)]
            if not new:
                raise InputError("a corpus needs at least one tune")
            if len(new) - len(list(groups(new))) > MOST_SPARE:
                new = _merged(new, self.folder)
            return _replaced(self.folder, new), lost

    def _write(self) -> None:
        if self._place is None:
            with sole_writer(self.folder):  # so that nobody takes the new folder for a left one
                self._place = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.folder))
                self._lock = lock_at(self._place / _DRAFT_LOCK)
                self._lock.acquire()
        segment = Segment.of(Corpus.from_tunes(self._waiting), self.unit)
        self.segments.append(_stored(segment, self._place))
        self._waiting = []
        self._sequences = self._notes = 0


def check_unit(folder: Path, segments: Sequence[Segment], unit: str = "phrase") -> None:
    """Refuse to let sequences of a unit join the segments of a folder that are of another.

    Raises
    ------
    InputError
        If they are.
    """
    if segments and segments[0].unit != unit:
        raise InputError(
            f"{folder} holds {HELD[segments[0].unit]}; {HELD[unit]} cannot join them: "
            "choose another folder"
        )


def publish_segments(folder: Path, segments: Sequence[Segment]) -> Segments:
    """Write segments in place of all that was in the index of a folder.

    A file that holds a segment already is linked or copied.

    Raises
    ------
    InputError
        If the folder cannot be written, or the segments make no index.
    """
    with sole_writer(folder):
        return _replaced(folder, [_stored(segment, folder) for segment in segments])


def remove_tunes(folder: Path, tune_ids: Sequence[str]) -> Segments:
    """Remove tunes from the index of a folder by naming them in its manifest.

    Raises
    ------
    InputError
        If there is no index, no tune of an id, or none would be left.
    """
    with sole_writer(folder):
        return _replaced(folder, Segments(_present(folder)).remove(tune_ids).parts)


def merge_segments(folder: Path, shown: Shown = iter) -> tuple[int, int]:
    """Join small segments of the index of a folder, and drop removed tunes from the files.

    Searches find the same before and after. Neighbours in the list are joined while together they
    are small enough for one segment. Return how many segments there were, and how many there are.

    Parameters
    ----------
    shown
        What the groups that become a segment each go through: a progress bar, say.

    Raises
    ------
    InputError
        If there is no index, or it cannot be written.
    """
    with sole_writer(folder):
        old = _present(folder)
        new = _merged(old, folder, shown)
        _replaced(folder, new)
    return len(old), len(new)


def _merged(segments: Iterable[Segment], folder: Path, shown: Shown = iter) -> list[Segment]:
    return [
        group[0] if len(group) == 1 and not len(group[0].dead) else _stored(merged(group), folder)
        for group in shown(list(groups(segments)))
    ]


def groups(segments: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Yield segments in groups of neighbours that fit into one segment each."""
    group: list[Segment] = []
    sequences = notes = 0
    for segment in segments:
        size = segment.size
        fits = sequences + size.sequences <= MOST_SEQUENCES and notes + size.notes <= MOST_NOTES
        if group and not fits:
            yield group
            group, sequences, notes = [], 0, 0
        group.append(segment)
        sequences += size.sequences
        notes += size.notes
    if group:
        yield group


def check_segments(
    segments: Iterable[Segment], shown: Callable[[Iterable[Segment]], Iterable[Segment]] = iter
) -> None:
    """Compare every file with its checksums, which reads all of it, and with its manifest.

    Raises
    ------
    InputError
        If a file is damaged, or its manifest counts wrongly; the message names it.
    """
    for segment in shown(segments):
        if segment.file is None:
            continue
        with remedy(segment.file.parent):
            verify_arrays(segment.file)
            if Segment.load(segment.file).without(segment.dead).size != segment.size:
                raise InputError(
                    f"{segment.file} does not hold what its manifest says; build it again"
                )


def without_tunes(segments: Sequence[Segment], tune_ids: Iterable[str]) -> list[Segment]:
    """Return the segments without tunes of these ids, where there are such; empty ones go."""
    ids = list(tune_ids)
    left = []
    for segment in segments:
        found = segment.find(ids)
        gone = found[found >= 0].tolist()
        left.append(segment.without(gone) if gone else segment)
    return [segment for segment in left if segment.size.tunes]


def _present(folder: Path) -> list[Segment]:
    segments = segments_of(folder)
    if not segments:
        raise InputError(f"{folder}: no corpus in it")
    return segments


def _stored(segment: Segment, folder: Path) -> Segment:
    """Return a segment as it lies in a folder, written there if it does not yet."""
    if segment.file is not None:
        if segment.file.parent == folder:
            return segment
        target = folder / content_name(segment.file)
        if not target.exists():
            try:
                os.link(segment.file, target)
            except OSError:  # another disk, or a file system without links
                beside = folder / f".{target.name}.part"
                shutil.copyfile(segment.file, beside)
                beside.replace(target)
        return replace(Segment.load(target), dead=segment.dead, size=segment.size)
    made = folder / f".{os.getpid()}-{id(segment)}.npz"
    segment.save(made)
    target = folder / content_name(made)
    made.replace(target)
    return replace(Segment.load(target), dead=segment.dead, size=segment.size)


def _moved(segment: Segment, folder: Path) -> Segment:
    assert segment.file is not None
    target = folder / segment.file.name
    segment.file.replace(target)
    return replace(segment, file=target)


def content_name(file: Path) -> str:
    """Return the name of a segment file: a hash of what it holds."""
    with file.open("rb") as stream:
        return f"segment-{hashlib.file_digest(stream, 'sha256').hexdigest()[:24]}.npz"


def _replaced(folder: Path, segments: Sequence[Segment]) -> Segments:
    """Publish the manifest and remove what it does not list; only under the lock."""
    write_manifest(folder, segments)
    listed = {segment.file.name for segment in segments if segment.file is not None}
    for path in folder.iterdir():
        if _DRAFTED.fullmatch(path.name):
            _sweep(path)
        elif _LEFT.fullmatch(path.name) and path.name not in listed:
            path.unlink(missing_ok=True)
    return Segments(segments)


def _sweep(draft: Path) -> None:
    """Remove what a writer that is no more had drafted; that of one at work holds its lock.

    A folder with anything in it that no draft holds is somebody else's.
    """
    if draft.is_symlink() or not draft.is_dir():
        return
    names = [path.name for path in draft.iterdir()]
    if not all(name == _DRAFT_LOCK or _LEFT.fullmatch(name) for name in names):
        return
    lock = lock_at(draft / _DRAFT_LOCK)
    try:
        lock.acquire(timeout=0)
    except OSError:  # held, or not to be written
        return
    lock.release()
    for name in {*names, _DRAFT_LOCK}:
        (draft / name).unlink(missing_ok=True)
    with suppress(OSError):
        draft.rmdir()
