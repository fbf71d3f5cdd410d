"""Uploaded files and zip archives -> music files in a folder of their own, which is removed again.

A zip archive is never unpacked as it says. Each member is written under a number and its ending,
after its size and the number of members were checked; its path is used in messages only.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from mer.errors import InputError
from mer.io import LOADERS

MOST_FILES = 500
MOST_MEMBERS = 5_000
MOST_FILE_BYTES = 2_000_000
MOST_BYTES = 30_000_000
MOST_ARCHIVE_BYTES = 20_000_000
_CHUNK = 1 << 16
_ENCRYPTED = 0x1


@contextmanager
def music_files(files: Sequence[Path], folder: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield a folder and the music files that were put into it, in order; then remove it.

    Parameters
    ----------
    files
        Music files and zip archives, as they were uploaded.
    folder
        Where the folder is made.

    Raises
    ------
    InputError
        If there is no music file, or a limit is exceeded.
    """
    with tempfile.TemporaryDirectory(prefix="unpack-", dir=folder) as made:
        target = Path(made)
        budget = _Allowance()
        found: list[Path] = []
        for file in files:
            unpack = _unzip if file.suffix.lower() == ".zip" else _copy
            found += unpack(file, target, budget)
        if not found:
            raise InputError(f"no music files among these; known endings: {' '.join(LOADERS)}")
        yield target, found


class _Allowance:
    """Counts files and bytes against the limits."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0

    def next_path(self, target: Path, place: str) -> Path:
        """Return a harmless path in a new folder that still tells which file it was."""
        self.files += 1
        if self.files > MOST_FILES:
            raise InputError(f"more than {MOST_FILES} music files; add fewer at a time")
        path = PurePosixPath(place.replace("\\", "/"))
        stem = re.sub(r"[^\w' -]+", "-", path.stem).strip("- ")[:60]
        folder = target / f"{self.files:03d}"
        folder.mkdir()
        return folder / f"{stem or 'tune'}{path.suffix.lower()}"

    def spend(self, count: int) -> None:
        self.bytes += count
        if self.bytes > MOST_BYTES:
            raise InputError(f"more than {MOST_BYTES // 1_000_000} MB of music files; add fewer")


def _is_music(place: str) -> bool:
    path = PurePosixPath(place.replace("\\", "/"))
    hidden = any(part.startswith(("__MACOSX", "._")) for part in path.parts)
    return path.suffix.lower() in LOADERS and not hidden


def _copy(file: Path, target: Path, budget: _Allowance) -> list[Path]:
    if not _is_music(file.name):
        raise InputError(f"{file.name}: is no music file; known endings: {' '.join(LOADERS)} .zip")
    size = file.stat().st_size
    if size > MOST_FILE_BYTES:
        raise InputError(f"{file.name}: has {size:,} bytes; at most {MOST_FILE_BYTES:,} are read")
    budget.spend(size)
    path = budget.next_path(target, file.name)
    shutil.copyfile(file, path)
    return [path]


def _unzip(file: Path, target: Path, budget: _Allowance) -> list[Path]:
    size = file.stat().st_size
    if size > MOST_ARCHIVE_BYTES:
        raise InputError(
            f"{file.name}: has {size:,} bytes; at most {MOST_ARCHIVE_BYTES:,} are read"
        )
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise InputError(
                    f"{file.name}: holds {len(members):,} files; at most {MOST_MEMBERS:,} are read"
                )
            music = [m for m in members if not m.is_dir() and _is_music(m.filename)]
            return [_member(archive, member, target, budget) for member in music]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise InputError(f"{file.name}: is damaged or no zip archive") from error


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: _Allowance
) -> Path:
    name = PurePosixPath(member.filename.replace("\\", "/")).name
    if member.flag_bits & _ENCRYPTED:
        raise InputError(f"{name}: is encrypted in the archive; unlock it first")
    path = budget.next_path(target, name)
    written = 0
    # What the archive says about sizes is not believed: bytes are counted as they come.
    with archive.open(member) as packed, path.open("wb") as unpacked:
        while chunk := packed.read(_CHUNK):
            written += len(chunk)
            if written > MOST_FILE_BYTES:
                raise InputError(f"{name}: has more than {MOST_FILE_BYTES:,} bytes when unpacked")
            budget.spend(len(chunk))
            unpacked.write(chunk)
    return path
