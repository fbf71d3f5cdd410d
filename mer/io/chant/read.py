"""File in GABC or Volpiano -> the melody of a chant, and remarks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mer.errors import InputError
from mer.io.chant.chant import Chant
from mer.io.chant.gabc import chant_of_gabc
from mer.io.chant.volpiano import chant_of_volpiano
from mer.io.reading import Reading, read_bytes
from mer.io.tunebook.text import decoded

MAX_BYTES = 1_000_000


def read_gabc(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a ``.gabc`` file, in even quarters.

    Parameters
    ----------
    track
        1, or None: a chant has one part.

    Raises
    ------
    InputError
        If the file is too large, is no GABC or holds no notes, or `track` is another part.

    References
    ----------
    The Gregorio project. GABC: the notation and its reference.
    """
    return _read(Path(path), chant_of_gabc, track)


def read_volpiano(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a ``.volpiano`` file, in even quarters.

    Parameters
    ----------
    track
        1, or None: a chant has one part.

    Raises
    ------
    InputError
        If the file is too large, is no Volpiano or holds no notes, or `track` is another part.

    References
    ----------
    Swinford, K. and Haas, D. (2006). Volpiano, a font for chant; Cantus database, protocols.
    """
    return _read(Path(path), chant_of_volpiano, track)


def _read(path: Path, chant_of: Callable[[str], Chant], track: int | str | None) -> Reading:
    content = read_bytes(path, MAX_BYTES)
    try:
        return chant_of(decoded(content)).reading(track=track)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
