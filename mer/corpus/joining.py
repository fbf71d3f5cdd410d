"""Corpora -> one corpus of all their tunes; a corpus -> the corpus of some of them.

Both give what `Corpus.from_tunes` would give for the same tunes, array by array.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.corpus.corpus import Corpus, marks_of, sorted_collections
from mer.notes.arrays import Array, Arrays, Ints
from mer.notes.columns import Columns

_PER_NOTE = ("pitch", "onset", "duration")
_PER_SEQUENCE = ("meter", "downbeat", "tonic", "mode", "tempo_bpm")
_OPTIONAL: tuple[tuple[str, Any, type], ...] = (
    ("phrase_start", False, np.bool_),
    ("beat_strength", np.nan, np.float32),
)


def joined_corpus(corpora: Sequence[Corpus]) -> Corpus:
    """Return the tunes of all corpora, one corpus after another; of one, that one itself.

    Raises
    ------
    InputError
        If they are in too many collections.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> note = Melody(pitch=[60], onset=[0], duration=[480])
    >>> parts = [Corpus.from_tunes([Tune(name, "", "mine", note)]) for name in ("a", "b")]
    >>> [tune.tune_id for tune in joined_corpus(parts)]
    ['a', 'b']
    """
    if len(corpora) == 1:
        return corpora[0]
    names = sorted_collections(name for part in corpora for name in part.collections)
    before = np.cumsum([0, *map(len, corpora)])
    texts: Arrays = {"collection": np.concatenate([_recoded(part, names) for part in corpora])}
    for name in ("id", "title"):
        parts = [part.texts[f"{name}_bounds"] for part in corpora]
        texts[f"{name}_bounds"] = joined_bounds(parts)
        texts[f"{name}_bytes"] = np.concatenate([part.texts[f"{name}_bytes"] for part in corpora])
    keys = np.concatenate([part.texts["id_keys"] for part in corpora])
    tunes = [part.texts["id_tunes"] + start for part, start in zip(corpora, before, strict=False)]
    order = np.argsort(keys, kind="stable")
    texts["id_keys"] = keys[order]
    texts["id_tunes"] = np.concatenate(tunes)[order].astype(np.uint32)
    texts |= marks_of(np.concatenate([part.marked for part in corpora]))
    return Corpus(joined_columns([part.tunes for part in corpora]), texts, names)


def taken_corpus(corpus: Corpus, tunes: npt.ArrayLike) -> Corpus:
    """Return the corpus of some tunes, whose numbers rise."""
    chosen = np.asarray(tunes, dtype=np.int64)
    codes = np.unique(corpus.texts["collection"][chosen])
    names = tuple(corpus.collections[code] for code in codes.tolist())
    texts: Arrays = {
        "collection": np.searchsorted(codes, corpus.texts["collection"][chosen]).astype(np.uint16)
    }
    kept = np.zeros(len(corpus), dtype=bool)
    kept[chosen] = True
    for name in ("id", "title"):
        lengths = np.diff(corpus.texts[f"{name}_bounds"])
        ends = np.cumsum(lengths[chosen])
        texts[f"{name}_bounds"] = np.concatenate([[0], ends]).astype(np.int64)
        texts[f"{name}_bytes"] = corpus.texts[f"{name}_bytes"][np.repeat(kept, lengths)]
    there = kept[corpus.texts["id_tunes"]]
    number = np.cumsum(kept) - 1
    texts["id_keys"] = corpus.texts["id_keys"][there]
    texts["id_tunes"] = number[corpus.texts["id_tunes"][there]].astype(np.uint32)
    texts |= marks_of(corpus.marked[chosen])
    columns = corpus.tunes.take(chosen)
    marks, strength = columns.phrase_start, columns.beat_strength
    columns = replace(
        columns,
        phrase_start=marks if marks is not None and marks.any() else None,
        beat_strength=None if strength is None or np.isnan(strength).all() else strength,
    )
    return Corpus(columns, texts, names)


def joined_columns(parts: Sequence[Columns]) -> Columns:
    """Return the sequences of all parts, one part after another."""
    if len(parts) == 1:
        return parts[0]
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in (*_PER_NOTE, *_PER_SEQUENCE)
    }
    joined["bounds"] = joined_bounds([part.bounds for part in parts])
    for name, missing, kind in _OPTIONAL:
        given = [getattr(part, name) for part in parts]
        if any(values is not None for values in given):
            joined[name] = np.concatenate(
                [
                    np.full(len(part.pitch), missing, dtype=kind) if values is None else values
                    for part, values in zip(parts, given, strict=True)
                ]
            )
    return Columns(**joined)


def joined_bounds(parts: Iterable[Array]) -> Ints:
    """Return the boundaries of all parts, one part after another."""
    found, end = [np.zeros(1, dtype=np.int64)], 0
    for bounds in parts:
        found.append(bounds[1:] - bounds[0] + end)
        end = int(found[-1][-1]) if len(found[-1]) else end
    return np.concatenate(found).astype(np.int64)


def _recoded(corpus: Corpus, names: tuple[str, ...]) -> Array:
    number = {name: place for place, name in enumerate(names)}
    code = np.array([number[name] for name in corpus.collections], dtype=np.uint16)
    return code[corpus.texts["collection"]]
