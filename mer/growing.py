"""A corpus, or an inverted file, and what is added or removed -> the same as if built anew.

Nothing is changed in place. Reading, hashing and sorting are done for the new sequences only; what
is already there is copied. Results are equal to those of a fresh build, array by array.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.columns import Array, Columns
from mer.corpus import Corpus
from mer.embeddings import TermView
from mer.errors import InputError
from mer.naming import counted
from mer.storage import Arrays

Flags = npt.NDArray[np.bool_]
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
            raise InputError(f"there is a tune {more.tune_id(tune)!r} already; remove it first")
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
    """Return which tunes bear one of these ids, shape (tunes,).

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


def extended_view(view: TermView, columns: Columns) -> TermView:
    """Return a fitted view with the sequences of `columns` after the ones it has."""
    new = TermView(view.terms).fit(columns)
    known = len(view.norms_)
    size = known + len(columns)
    terms = np.union1d(view.terms_, new.terms_)
    old_lengths, new_lengths = np.diff(view.starts_), np.diff(new.starts_)
    old_row, new_row = np.searchsorted(terms, view.terms_), np.searchsorted(terms, new.terms_)
    lengths = np.zeros(len(terms), dtype=np.int64)
    lengths[old_row] = old_lengths
    begin = lengths.copy()  # the new sequences follow the old ones in each list
    lengths[new_row] += new_lengths
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    begin += starts[:-1]
    is_new = np.zeros(starts[-1], dtype=bool)
    is_new[_spread(begin[new_row], new_lengths)] = True
    sequences = np.empty(len(is_new), dtype=np.min_scalar_type(max(size - 1, 1)))
    counts = np.empty(len(is_new), dtype=np.uint8)
    sequences[~is_new], counts[~is_new] = view.sequences_, view.counts_
    sequences[is_new] = new.sequences_.astype(sequences.dtype) + sequences.dtype.type(known)
    counts[is_new] = new.counts_
    return _measured(view, (terms, starts, sequences, counts), size)


def reduced_view(view: TermView, gone: Flags) -> TermView:
    """Return a fitted view without the sequences marked True; those behind move up."""
    size = int((~gone).sum())
    held = ~gone[view.sequences_]
    before = np.concatenate([[0], np.cumsum(held)])
    lengths = np.diff(before[view.starts_])
    number = (np.cumsum(~gone) - 1).astype(np.min_scalar_type(max(size - 1, 1)))
    starts = np.concatenate([[0], np.cumsum(lengths[lengths > 0])]).astype(np.int64)
    columns = (view.terms_[lengths > 0], starts, number[view.sequences_[held]], view.counts_[held])
    return _measured(view, columns, size)


def _measured(view: TermView, columns: tuple[Array, ...], size: int) -> TermView:
    names = ("terms_", "starts_", "sequences_", "counts_")
    fresh = TermView(view.terms).restore(dict(zip(names, columns, strict=True)))
    fresh._measure(size)  # the rarity of every term depends on the number of sequences
    return fresh


def _spread(begin: Array, lengths: Array) -> Array:
    """Return ``begin[i], begin[i] + 1 ...``, ``lengths[i]`` numbers for each i."""
    ends = np.cumsum(lengths)
    place: Array = np.arange(int(lengths.sum())) + np.repeat(begin - ends + lengths, lengths)
    return place


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
