"""Nothing -> the folders that travel with the code: the corpus pack, example motifs, soundfonts.

In a checkout they stand beside the package (`data/`, `soundfonts/`). A wheel carries the same files
as `mer_data/` and `mer_soundfonts/`, because a top-level folder called `data` could belong to
anybody there; `pyproject.toml` does the renaming.
"""

from __future__ import annotations

from pathlib import Path

from mer.errors import InputError

BESIDE_PACKAGE = Path(__file__).resolve().parent.parent


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
    """Return the folder in which shipped soundfonts lie; it may hold no soundfont at all.

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
