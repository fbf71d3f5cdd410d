"""Visitor -> a folder of their own, removed when they leave or have done nothing for long."""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.visitor.limits import IDLE_SEC, Turns

_EVERYONE = "everyone"
_NOBODY = "nobody"
_RESULTS_KEPT = 3  # of a visitor


def visitor_of(request: Any) -> str:
    """Return the key of the visitor who makes a request, a `gradio.Request`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> visitor_of(SimpleNamespace(session_hash="ann"))
    'ann'
    """
    key: str = request.session_hash or _NOBODY
    return key


@dataclass(frozen=True)
class Sessions:
    """The folders of all visitors below one root, which the web server may serve.

    A folder is named after a keyed digest of the visitor's session key, so a hostile key cannot
    name a folder elsewhere, and the addresses of files cannot be guessed, not even by someone who
    knows the session key.

    Parameters
    ----------
    root
        The folder that all others are in.
    turns
        Who may have a turn now.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     sessions = Sessions(Path(root))
    ...     made = sessions.folder("../../etc").is_dir()
    ...     sessions.remove("../../etc")
    ...     made, list(Path(root).iterdir())
    (True, [])
    """

    root: Path
    turns: Turns = field(default_factory=Turns)
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _uploads: dict[str, set[Path]] = field(default_factory=dict, repr=False, compare=False)

    def take_turn(self, request: Any) -> None:
        """Count a turn of the visitor who asks for something (see `app.visitor.limits.Turns`).

        Parameters
        ----------
        request
            A `gradio.Request`.

        Raises
        ------
        InputError
            If there were too many within the last minute.
        """
        self.turns.take(visitor_of(request), request.client.host if request.client else None)

    def folder(self, visitor: str) -> Path:
        """Return the visitor's folder; it is made if it is not there."""
        path = self._path(visitor)
        path.mkdir(parents=True, exist_ok=True)
        os.utime(path)  # used just now
        return path

    def everyones(self) -> Path:
        """Return the folder of what all visitors are shown; no visitor's key leads to it."""
        path = self.root / _EVERYONE
        path.mkdir(parents=True, exist_ok=True)
        return path

    def uploaded(self, visitor: str, path: str | Path) -> None:
        """Note that a file was uploaded by the visitor, so that it goes when they leave.

        What lies below the root is no upload, whatever a program says, and is left alone.
        """
        path = Path(path).resolve()
        if self.root.resolve() not in path.parents:
            self._uploads.setdefault(self._path(visitor).name, set()).add(path)

    def remove(self, visitor: str) -> None:
        """Remove the visitor's folder with everything in it, and what they uploaded."""
        self._remove(self._path(visitor))

    def sweep(self, idle_sec: float = IDLE_SEC) -> int:
        """Remove the files of all visitors who have done nothing for so long; return how many."""
        old = time.time() - idle_sec
        gone = 0
        for path in list(self.root.glob("*")):
            with suppress(FileNotFoundError):
                if path.name != _EVERYONE and path.stat().st_mtime < old:
                    self._remove(path)
                    gone += 1
        return gone

    def _remove(self, folder: Path) -> None:
        mine = self._uploads.pop(folder.name, set())
        # The same file, uploaded by two visitors, is there once.
        others = set().union(*list(self._uploads.values()))
        for path in mine - others:
            path.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def _path(self, visitor: str) -> Path:
        return self.root / hmac.digest(self._secret, visitor.encode(), "sha256").hex()[:32]


def new_folder(folder: Path) -> Path:
    """Return a new folder for a result of a visitor; of the older ones only the last few stay."""
    made = folder / f"result-{time.time_ns()}"
    made.mkdir(parents=True)
    for old in sorted(folder.glob("result-*"))[:-_RESULTS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return made
