"""Sequences -> their learned vectors, kept on disk: making them is the slowest thing a pool does.

A pool of a thousand sequences and more has its vectors written to `cache_folder`, under a name made
of the notes and of the weights, so that the second search or evaluation of it starts at once. The
oldest files go where there are many. A folder that cannot be written is no fault: the vectors are
then made each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mer.corpus.shipped import cache_folder
from mer.corpus.storage import load_arrays, save_arrays
from mer.errors import InputError
from mer.notes.columns import Columns

if TYPE_CHECKING:
    from mer.embeddings.learned import LearnedVector

KIND = "mer vectors"
VERSION = 1
KEPT_FROM = 1000  # sequences: fewer are made within a second
MOST_FILES = 12

# Steps of a work, how many there are, and what it is called -> the same steps, shown.
Shown = Callable[[Iterator[Any], int, str], Iterator[Any]]


def unseen(steps: Iterator[Any], count: int, name: str) -> Iterator[Any]:
    """Return the steps as they are."""
    return steps


def learned_vectors(columns: Columns, shown: Shown = unseen) -> LearnedVector:
    """Return the learned vectors of a pool, from the disk if they have been made before."""
    from mer.embeddings.learned import LearnedVector

    view = LearnedVector(shown=shown)
    if len(columns) < KEPT_FROM:
        return view.fit(columns)
    file = cache_folder() / f"vectors-{_name(columns, view)}.npz"
    with suppress(InputError, KeyError, TypeError, ValueError):
        return view.restore(load_arrays(file, kind=KIND, version=VERSION)[0], len(columns))
    view.fit(columns)
    with suppress(InputError, OSError):
        save_arrays(file, view.arrays(), {"kind": KIND, "version": VERSION})
        _forget(file.parent)
    return view


def _name(columns: Columns, view: LearnedVector) -> str:
    """Return a hash of all that the vectors depend on."""
    told = hashlib.sha256(view.weights_file.read_bytes())
    for field in fields(columns):
        values = getattr(columns, field.name)
        if values is not None:
            told.update(f"{field.name} {values.dtype} {values.shape} ".encode())
            told.update(np.ascontiguousarray(values).data)
    return told.hexdigest()[:24]


def _forget(folder: Path) -> None:
    files = sorted(folder.glob("vectors-*.npz"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_FILES]:
        path.unlink(missing_ok=True)
