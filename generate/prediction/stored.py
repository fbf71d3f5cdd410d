"""Fitted models <-> one file, so that what is learned from tunes that stay is learned once.

Counting what follows what in some hundred tunes takes longer than drawing a piece. The counts are
whole numbers, and the file is mapped into memory (`mer.corpus.storage`): a model is there at once,
and only the contexts that are asked about are ever read. Each model is kept under a mark of its
tunes, so that it is never used for others.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from generate.prediction.melody_model import MelodyModel
from generate.prediction.memory.lookup import Lookup
from mer.corpus.storage import load_arrays, save_arrays
from mer.notes.arrays import Array, Floats
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key, placed_keys

KIND, VERSION = "memories of tunes", 1
_BY_NOTE = ("pitch", "onset", "duration")
_BY_TUNE = ("bounds", "downbeat", "bar_ticks", "tonic", "mode")


def mark_of(tunes: Columns) -> str:
    """Return what tunes are told from others by: a hash of all that a model learns from.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> scale = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> marks = [mark_of(Columns.from_melodies([m])) for m in (scale, scale, scale.transpose(1))]
    >>> marks[0] == marks[1], marks[0] == marks[2]
    (True, False)
    """
    sums = []
    for names in (_BY_NOTE, _BY_TUNE):
        values = [np.asarray(getattr(tunes, name), dtype=np.int64) for name in names]
        keys = np.zeros(max(map(len, values)), dtype=np.uint64)
        for column in values:
            keys[: len(column)] = extend_key(keys[: len(column)], column)
        sums.append(int(placed_keys(keys, np.arange(len(keys))).sum()))
    return "".join(f"{one:016x}" for one in sums)


def save_models(path: Path, models: Mapping[str, MelodyModel]) -> None:
    """Write what fitted models know, but for the weights of their experts.

    Parameters
    ----------
    models
        By the mark of their tunes.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    arrays: dict[str, Array] = {}
    header = []
    for number, (mark, model) in enumerate(models.items()):
        known = model.lookup_
        for name in ("keys", "bounds", "symbols", "counts"):
            values = getattr(known, name)
            arrays[f"{name}-{number}"] = values.astype(np.min_scalar_type(int(values.max())))
        arrays[f"alphabet-{number}"] = model.alphabet_.astype(np.uint8)
        about = {"names": known.names, "dropped": int(known.dropped), "middle": model.middle_}
        header.append({"mark": mark, **about})
    save_arrays(path, arrays, {"kind": KIND, "version": VERSION, "models": header})


def load_model(path: Path, mark: str, model: MelodyModel, weights: Floats) -> MelodyModel | None:
    """Return a model that knows what was learned from the tunes of a mark; None if none is kept.

    Parameters
    ----------
    model
        A new one, of the target and tonic of the one that was kept.
    weights
        Weights of its experts.

    Raises
    ------
    InputError
        If the file is missing or damaged, or the weights are of another shape.
    """
    arrays, header = load_arrays(path, kind=KIND, version=VERSION, verify=False)
    for number, about in enumerate(header["models"]):
        if about["mark"] == mark:
            keys, bounds, symbols, counts, alphabet = (
                arrays[f"{name}-{number}"]
                for name in ("keys", "bounds", "symbols", "counts", "alphabet")
            )
            names, dropped = tuple(about["names"]), np.uint64(about["dropped"])
            known = Lookup(names, keys, bounds, symbols, counts, dropped)
            return model.recall(known, alphabet.astype(np.int64), about["middle"], weights)
    return None
