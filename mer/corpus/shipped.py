"""Where shipped and own files lie: the corpus pack, example motifs, soundfonts, corpora.

In a checkout they stand beside the package (`data/`, `soundfonts/`). A wheel carries the same files
as `mer_data/` and `mer_soundfonts/`, because any other package could own a top-level folder called
`data` there; `pyproject.toml` does the renaming.
"""

from __future__ import annotations

import os
from pathlib import Path

from mer.errors import InputError

SHIPPED = "folk"
INDEX = "index.npz"
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
    """Return the index file of a corpus: the shipped one, one of the user's by name, or a path.

    Parameters
    ----------
    where
        None or ``"folk"`` for the shipped corpus; else a file, a folder that holds ``index.npz``,
        or the name of a corpus in `home_folder`.

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
    for path in (Path(where), Path(where) / INDEX, home_folder() / where / INDEX):
        if path.is_file():
            return path
    own = sorted(path.parent.name for path in home_folder().glob(f"*/{INDEX}"))
    raise InputError(
        f"no corpus {str(where)!r}: neither a file, nor a folder with {INDEX}, nor one of "
        f"{', '.join([SHIPPED, *own])}; 'mer corpus add FOLDER' makes one"
    )


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
