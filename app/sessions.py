"""Visitor -> a folder of their own, removed when they leave."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path


@dataclass(frozen=True)
class Sessions:
    """The folders of all visitors below one root, which the web server may serve.

    A folder is named after a digest of the visitor's session key, so a hostile key cannot name a
    folder elsewhere and the addresses of files cannot be guessed.

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

    def folder(self, visitor: str) -> Path:
        """Return the visitor's folder; it is made if it is not there."""
        path = self._path(visitor)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def remove(self, visitor: str) -> None:
        """Remove the visitor's folder with everything in it, if it is there."""
        shutil.rmtree(self._path(visitor), ignore_errors=True)

    def _path(self, visitor: str) -> Path:
        return self.root / sha256(visitor.encode()).hexdigest()[:32]
