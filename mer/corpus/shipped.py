"""Where shipped and own files lie: the corpus pack, example motifs, soundfonts, corpora.

In a checkout they stand beside the package (`data/`, `soundfonts/`). A wheel carries the same files
as `mer_data/` and `mer_soundfonts/`, because any other package could own a top-level folder called
`data` there; `pyproject.toml` does the renaming.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from mer.errors import InputError

SHIPPED = "folk"
INDEX = "index.npz"
MANIFEST = "manifest.json"
GRAPH = "graph.npz"  # the neighbour graph, where a corpus has one
BESIDE_PACKAGE = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path:
    """Return the folder of the shipped corpus pack and the example motifs.

    Raises
    ------
    InputError
        If the installation is incomplete.

    Examples
    --------
    >>> data_folder().name in ("data", "mer_data")
    True
    """
    return first_folder(BESIDE_PACKAGE, "mer_data", "data")


def soundfont_folder() -> Path:
    """Return the folder of the shipped soundfonts; it may hold none.

    Raises
    ------
    InputError
        If the installation is incomplete.

    Examples
    --------
    >>> soundfont_folder().name in ("soundfonts", "mer_soundfonts")
    True
    """
    return first_folder(BESIDE_PACKAGE, "mer_soundfonts", "soundfonts")


def check_shipped() -> int:
    """Compare every shipped data file with its checksum, which reads all of it; return how many.

    Raises
    ------
    InputError
        If one is damaged or missing; the message names it.

    Examples
    --------
    >>> check_shipped() > 20
    True
    """
    folder = data_folder()
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        sums = {name: noted["sha256"] for name, noted in listed.items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{folder / MANIFEST} is missing or damaged; install mer again") from error
    for name, noted in sums.items():
        path = folder / name
        if not path.is_file():
            raise InputError(f"{path} is missing; install mer again")
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != noted:
            raise InputError(
                f"{path} is damaged: its checksum is not the one in {MANIFEST}; install mer again"
            )
    return len(sums)


def home_folder() -> Path:
    """Return the folder of the user's own corpora; it may not exist yet.

    It is ``$MER_HOME``, else ``$XDG_DATA_HOME/mer``, else ``~/.local/share/mer``.
    """
    if named := os.environ.get("MER_HOME"):
        return Path(named)
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "mer"


def cache_folder() -> Path:
    """Return the folder of what can be made again; it may not exist yet.

    It is ``$MER_HOME/cache``, else ``$XDG_CACHE_HOME/mer``, else ``~/.cache/mer``.
    """
    if named := os.environ.get("MER_HOME"):
        return Path(named) / "cache"
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "mer"


def index_file(where: str | Path | None = None) -> Path:
    """Return the index of a corpus: the shipped one, one of the user's by name, or a path.

    It is a file with one segment, or the manifest of a folder with several.

    Parameters
    ----------
    where
        None or ``"folk"`` for the shipped corpus; else a file, a folder that holds
        ``manifest.json`` or ``index.npz``, or the name of a corpus in `home_folder`.

    Raises
    ------
    InputError
        If there is no such corpus; the message lists the known ones.

    Examples
    --------
    >>> index_file().parts[-2:]
    ('folk', 'index.npz')
    """
    if where is None or str(where) == SHIPPED:
        return data_folder() / SHIPPED / INDEX
    given = Path(where)
    for path in (given, *_indexes(given), *_indexes(home_folder() / where)):
        if path.is_file():
            return path
    own = [folder.name for folder in own_folders()]
    raise InputError(
        f"no corpus {str(where)!r}: neither a file, nor a folder with {MANIFEST} or {INDEX}, "
        f"nor one of {', '.join([SHIPPED, *own])}; 'mer corpus add FOLDER' makes one"
    )


def own_folders() -> list[Path]:
    """Return the folders of the user's own corpora, by name."""
    there = sorted(home_folder().iterdir()) if home_folder().is_dir() else []
    return [folder for folder in there if any(path.is_file() for path in _indexes(folder))]


def _indexes(folder: Path) -> tuple[Path, Path]:
    return folder / MANIFEST, folder / INDEX


def first_folder(parent: Path, *names: str) -> Path:
    """Return the first of the folders `names` that exists in `parent`.

    Raises
    ------
    InputError
        If none exists.
    """
    for name in names:
        if (parent / name).is_dir():
            return parent / name
    raise InputError(f"none of the folders {', '.join(names)} is in {parent}; install mer again")
