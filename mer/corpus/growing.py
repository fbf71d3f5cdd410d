"""A corpus + tunes to add or remove -> the corpus that a fresh build would give.

No function changes a corpus in place. Only new sequences are read, hashed and sorted; the others
are copied. Results equal those of a fresh build, array by array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Array, Arrays, Flags
from mer.notes.columns import Columns
from mer.notes.names import counted

_PER_NOTE = ("pitch", "onset", "duration")
_PER_SEQUENCE = ("meter", "downbeat", "tonic", "mode", "tempo_bpm")


def extended_corpus(corpus: Corpus, more: Corpus) -> Corpus:
    """Return the tunes of `corpus`, followed by those of `more`.

    Raises
    ------
    InputError
        If both hold a tune of the same id.
    """
    known = {corpus.tune_id(tune) for tune in range(len(corpus))}
    for tune in range(len(more)):
        if more.tune_id(tune) in known:
            raise InputError(
                f"the corpus already has a tune {more.tune_id(tune)!r}; remove it first"
            )
    names = tuple(sorted({*corpus.collections, *more.collections}))
    texts: Arrays = {
        "collection": np.concatenate([_recoded(part, names) for part in (corpus, more)])
    }
    for name in ("id", "title"):
        old, new = corpus.texts[f"{name}_bounds"], more.texts[f"{name}_bounds"]
        texts[f"{name}_bounds"] = np.concatenate([old, old[-1] + new[1:]])
        both = [part.texts[f"{name}_bytes"] for part in (corpus, more)]
        texts[f"{name}_bytes"] = np.concatenate(both)
    return Corpus(_joined(corpus.tunes, more.tunes), texts, names)


def reduced_corpus(corpus: Corpus, gone: Flags) -> Corpus:
    """Return `corpus` without the tunes marked True.

    Raises
    ------
    InputError
        If no tune would be left.
    """
    kept = np.flatnonzero(~gone)
    if not len(kept):
        raise InputError("a corpus needs at least one tune; removing these would leave none")
    codes = np.unique(corpus.texts["collection"][kept])
    names = tuple(corpus.collections[code] for code in codes.tolist())
    texts: Arrays = {
        "collection": np.searchsorted(codes, corpus.texts["collection"][kept]).astype(np.uint16)
    }
    for name in ("id", "title"):
        bounds = corpus.texts[f"{name}_bounds"]
        lengths = np.diff(bounds)
        texts[f"{name}_bounds"] = np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64)
        texts[f"{name}_bytes"] = corpus.texts[f"{name}_bytes"][np.repeat(~gone, lengths)]
    columns = corpus.tunes.take(kept)
    marks, strength = columns.phrase_start, columns.beat_strength
    columns = replace(
        columns,
        phrase_start=marks if marks is not None and marks.any() else None,
        beat_strength=None if strength is None or np.isnan(strength).all() else strength,
    )
    return Corpus(columns, texts, names)


def marked_tunes(corpus: Corpus, tune_ids: Iterable[str]) -> Flags:
    """Return which tunes have one of these ids, shape (tunes,).

    Raises
    ------
    InputError
        If there is no tune of an id.
    """
    number = {corpus.tune_id(tune): tune for tune in range(len(corpus))}
    marked = np.zeros(len(corpus), dtype=bool)
    for tune_id in tune_ids:
        if tune_id not in number:
            raise InputError(
                f"no tune {tune_id!r} in this corpus of {counted(len(corpus), 'tune')}"
            )
        marked[number[tune_id]] = True
    return marked


def _recoded(corpus: Corpus, names: tuple[str, ...]) -> Array:
    code = np.array([names.index(name) for name in corpus.collections], dtype=np.uint16)
    return code[corpus.texts["collection"]]


def _joined(first: Columns, second: Columns) -> Columns:
    both = (first, second)
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in both])
        for name in (*_PER_NOTE, *_PER_SEQUENCE)
    }
    joined["bounds"] = np.concatenate([first.bounds, first.bounds[-1] + second.bounds[1:]])
    for name, missing, kind in (
        ("phrase_start", False, bool),
        ("beat_strength", np.nan, np.float32),
    ):
        parts = [getattr(part, name) for part in both]
        if any(part is not None for part in parts):
            joined[name] = np.concatenate(
                [
                    np.full(len(columns.pitch), missing, dtype=kind) if part is None else part
                    for part, columns in zip(parts, both, strict=True)
                ]
            )
    return Columns(**joined)
