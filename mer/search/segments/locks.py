"""A place on disk -> the right to change it, for one process at a time.

Locks are files that the operating system holds for a process, so that they end with it, however it
ends. The lock of an index lies in its folder; so does the folder, for as long as somebody waits.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mer.errors import InputError

if TYPE_CHECKING:
    from filelock import FileLock

LOCK = ".lock"
_QUIET_SEC = 1.0  # so long is waited without a word
_TRIES = 20


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Let no other process change the index in `folder` meanwhile; wait for one that does.

    The folder is made if need be, and goes again if nothing has been put into it.

    Raises
    ------
    InputError
        If the place cannot be written.
    """
    with held_lock(folder / LOCK, folder):
        try:
            yield
        except OSError as error:
            raise InputError(f"{folder}: cannot be written ({error.strerror or error})") from error
        finally:
            with suppress(OSError):
                if [path.name for path in folder.iterdir()] == [LOCK]:
                    (folder / LOCK).unlink()
                    folder.rmdir()


@contextmanager
def held_lock(path: Path, guarded: Path) -> Iterator[None]:
    """Hold the lock at `path` meanwhile; wait for a process that holds it, and soon say so.

    Raises
    ------
    InputError
        If the lock cannot be made; the message names what is guarded by it.
    """
    lock = lock_at(path)
    try:
        for _ in range(_TRIES):
            if _is_held(lock, path, guarded):
                break
            lock.release()
        else:
            raise InputError(f"{guarded}: another process keeps removing it; try again later")
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{guarded}: cannot be written ({reason})") from error
    try:
        yield
    finally:
        lock.release()


def lock_at(path: Path) -> FileLock:
    """Return the lock at a path, not held yet."""
    from filelock import FileLock

    return FileLock(path)


def _is_held(lock: FileLock, path: Path, guarded: Path) -> bool:
    """Take a lock; return whether its file is still there, or was removed by who held it before."""
    from filelock import Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    # Opened here as well: where no file can be made, the lock would be tried for ever.
    with path.open("ab") as stream:
        try:
            lock.acquire(timeout=_QUIET_SEC)
        except Timeout:
            sys.stderr.write(f"waiting for another process that changes {guarded} (lock: {path})\n")
            lock.acquire()
        # A file that is removed never comes back: if it is there now, it has been all the time.
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    return False
