"""A folder -> the music files below it, and batches of them that stay the same when others change.

A batch ends after a file whose path says so by its hash, one in a hundred. A file that comes or
goes changes the batch that it is in, and no other, and batches follow each other in the order of
the paths.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mer.build.music_files import ENDINGS

USUAL_FILES, MOST_FILES, MOST_BYTES = 100, 400, 8_000_000


@dataclass(frozen=True)
class SourceFile:
    """A music file as a listing found it.

    Parameters
    ----------
    path
        Below the folder, with slashes.
    size, mtime_ns
        Bytes, and when it was last changed; -1 where the file cannot be asked.
    """

    path: str
    size: int
    mtime_ns: int

    @property
    def name(self) -> str:
        """The path as text that can be stored and shown, whatever bytes are in it."""
        return os.fsencode(self.path).decode("utf-8", "backslashreplace")


def listed_files(
    folder: Path, problems: list[str], *, closed: list[str] | None = None
) -> list[SourceFile]:
    """Return the music files below a folder, by path.

    One line for each folder that cannot be entered is appended to `problems`, and its path below
    the folder, as text, to `closed`. Links to folders are not followed.
    """

    def told(error: OSError) -> None:
        problems.append(f"{error.filename}: cannot be entered ({error.strerror or error})")
        if closed is not None:
            below = os.path.relpath(error.filename, folder)
            closed.append(os.fsencode(below).decode("utf-8", "backslashreplace"))

    found = []
    for place, _, names in os.walk(folder, onerror=told):
        here = Path(place)
        below = "" if here == folder else f"{here.relative_to(folder).as_posix()}/"
        music = [name for name in names if Path(name).suffix.lower() in ENDINGS]
        found += [_asked(f"{below}{name}", here / name) for name in music]
    return sorted(found, key=lambda file: file.path)


def _asked(path: str, place: Path) -> SourceFile:
    try:
        told = place.stat()
    except OSError:
        return SourceFile(path, -1, -1)
    return SourceFile(path, told.st_size, told.st_mtime_ns)


def grouped(files: Iterable[SourceFile]) -> Iterator[tuple[SourceFile, ...]]:
    """Yield files in groups of some hundred, in their order; see the head of this module.

    Examples
    --------
    >>> files = [SourceFile(f"{number:03}.mid", 1, 1) for number in range(300)]
    >>> before, after = set(grouped(files)), set(grouped(files[:150] + files[151:]))
    >>> len(before) > 2, len(before - after), len(after - before)
    (True, 1, 1)
    """
    group: list[SourceFile] = []
    size = 0
    for file in files:
        if group and (len(group) == MOST_FILES or size + file.size > MOST_BYTES):
            yield tuple(group)
            group, size = [], 0
        group.append(file)
        size += file.size
        if _ends(file):
            yield tuple(group)
            group, size = [], 0
    if group:
        yield tuple(group)


def _ends(file: SourceFile) -> bool:
    key = hashlib.blake2b(os.fsencode(file.path), digest_size=8).digest()
    return int.from_bytes(key) % USUAL_FILES == 0
