"""Tunes -> a segment: an immutable part of an index, in one file.

A segment holds tunes in columns, the sets of terms of their sequences, and the shapes of these. It
has so few sequences that two bytes name one. Tunes are removed from it by a list of their numbers,
which the file does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mer.corpus.corpus import UNITS, Corpus
from mer.corpus.joining import joined_corpus, taken_corpus
from mer.corpus.storage import load_arrays, save_arrays
from mer.embeddings import SETS, TERMS, TermSets
from mer.embeddings.ngrams import ngram_keys
from mer.embeddings.term_sets import LEARNED
from mer.errors import InputError
from mer.notes.arrays import Arrays, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.hashing import placed_keys
from mer.notes.melody import Phrase
from mer.search.segments.store import Size

KIND = "mer index"
VERSION = 3
# At most so many sequences, so that two bytes number them, and about so many notes, so that making
# a segment takes less than a gigabyte.
MOST_SEQUENCES, MOST_NOTES = 65_536, 1_000_000
HELD = {"phrase": "phrases", "melody": "whole melodies"}

_NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Segment:
    """A part of an index that never changes, and the tunes that are removed from it.

    Parameters
    ----------
    tunes
        All its tunes, with those that are removed.
    unit
        What a sequence is: ``"phrase"`` or ``"melody"``.
    sets
        View -> the sets of terms of all sequences.
    shape
        Shape (rows,): see `shapes_of`.
    dead
        Numbers of the removed tunes, rising.
    size
        How much there is without these.
    file
        Where it is stored, if it is.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> two = [Tune(name, "", "mine", tune) for name in ("a", "b")]
    >>> segment = Segment.of(Corpus.from_tunes(two))
    >>> segment.size.sequences, segment.without([0]).size.sequences
    (2, 1)
    """

    tunes: Corpus
    unit: str
    sets: Mapping[str, TermSets]
    shape: Keys
    size: Size
    dead: Ints = field(default_factory=_NONE.copy)
    file: Path | None = None

    @classmethod
    def of(cls, corpus: Corpus, unit: str = "phrase") -> Segment:
        """Return the segment of all tunes of a corpus."""
        columns = corpus.columns(unit)
        sets = {name: TermSets(TERMS[name]).fit(columns) for name in SETS}
        size = Size(len(corpus), len(columns), len(columns.pitch))
        return cls(corpus, unit, sets, shapes_of(columns), size)

    @property
    def columns(self) -> Columns:
        """The notes of all rows, with those of removed tunes."""
        return self.tunes.columns(self.unit)

    @cached_property
    def rows(self) -> Ints | None:
        """The rows that are not of removed tunes, rising; None for all."""
        if not len(self.dead):
            return None
        gone = np.zeros(len(self.tunes), dtype=bool)
        gone[self.dead] = True
        rows = np.flatnonzero(~(gone if self.unit == "melody" else gone[self.tunes.phrase_tune]))
        if len(rows) != self.size.sequences:
            raise InputError(f"{self.file} does not hold what its manifest says; build it again")
        return rows

    @cached_property
    def corpus(self) -> Corpus:
        """The tunes that are not removed."""
        if not len(self.dead):
            return self.tunes
        return taken_corpus(self.tunes, np.setdiff1d(np.arange(len(self.tunes)), self.dead))

    @property
    def collections(self) -> tuple[str, ...]:
        """The names of the collections of tunes that are not removed."""
        if not len(self.dead):
            return self.tunes.collections
        codes = np.unique(np.delete(self.tunes.texts["collection"], self.dead))
        return tuple(self.tunes.collections[code] for code in codes.tolist())

    @property
    def metred_tunes(self) -> int:
        """How many tunes that are not removed have a metre."""
        return int((np.delete(self.tunes.tunes.meter, self.dead, axis=0)[:, 1] > 0).sum())

    @property
    def marked_tunes(self) -> int:
        """How many tunes that are not removed have phrase marks that are known to be given."""
        return int(np.delete(self.tunes.marked, self.dead).sum())

    @property
    def has_beat_strength(self) -> bool:
        """Whether a tune that is not removed has beat strengths of its own."""
        given = self.tunes.tunes.beat_strength is not None
        return given and self.corpus.tunes.beat_strength is not None

    def without(self, tunes: Iterable[int]) -> Segment:
        """Return the segment with more tunes removed, by their numbers among all its tunes."""
        dead = np.union1d(self.dead, np.array(list(tunes), dtype=np.int64))
        lost = np.setdiff1d(dead, self.dead)
        gone = np.zeros(len(self.tunes), dtype=bool)
        gone[lost] = True
        count = len(lost) if self.unit == "melody" else int(gone[self.tunes.phrase_tune].sum())
        size = Size(
            self.size.tunes - len(lost),
            self.size.sequences - count,
            self.size.notes - int(self.tunes.tunes.lengths[lost].sum()),
        )
        return replace(self, dead=dead, size=size)

    def find(self, tune_ids: list[str]) -> Ints:
        """Return the number of the tune with each id among all its tunes; -1 where none is left."""
        found = self.tunes.found(tune_ids)
        return np.where(np.isin(found, self.dead), -1, found)

    def phrase(self, row: int) -> Phrase:
        """Return one row; a whole melody counts as one phrase."""
        if self.unit == "phrase":
            return self.tunes.phrase(row)
        return self.tunes.tune(row).as_phrase()

    def save(self, path: Path) -> None:
        """Write all its tunes to one file (``.npz``), all or nothing."""
        arrays: Arrays = self.tunes.arrays() | {"shape": self.shape}
        for name, sets in self.sets.items():
            arrays |= {f"sets.{name}.{key}": array for key, array in sets.arrays().items()}
        header: dict[str, Any] = {
            "kind": KIND,
            "version": VERSION,
            "unit": self.unit,
            "collections": self.tunes.collections,
            "views": list(SETS),
        }
        save_arrays(path, arrays, header)

    @classmethod
    def load(cls, path: Path) -> Segment:
        """Return the segment stored in a file, mapped into memory and not read.

        Raises
        ------
        InputError
            If the file is missing, damaged, or of another version.
        """
        arrays, header = load_arrays(path, kind=KIND, version=VERSION, verify=False)
        try:
            if header["unit"] not in UNITS or header["views"] != list(SETS):
                raise InputError(f"{path} holds other views than this release uses; build it again")
            tunes = Corpus.from_arrays(arrays, header["collections"])
            sets = {
                name: TermSets(TERMS[name]).restore(
                    {key: arrays[f"sets.{name}.{key}"] for key in LEARNED}
                )
                for name in SETS
            }
            shape = arrays["shape"]
            size = Size(len(tunes), len(shape), len(tunes.tunes.pitch))
            fits = _fits(tunes, list(sets.values()), shape)
        except (KeyError, TypeError) as error:
            raise InputError(f"{path} is incomplete; build it again") from error
        if not fits:
            raise InputError(f"{path} is damaged: its arrays do not fit together; build it again")
        return cls(tunes, header["unit"], sets, shape, size, file=path)


def _fits(tunes: Corpus, sets: list[TermSets], shape: Keys) -> bool:
    """Return whether arrays are as long as others say; reads no more than the last of some."""
    columns, texts = tunes.tunes, tunes.texts
    ends = [
        (columns.bounds, columns.pitch),
        (texts["id_bounds"], texts["id_bytes"]),
        (texts["title_bounds"], texts["title_bytes"]),
        *((one.starts_, one.sequences_) for one in sets),
    ]
    per_tune = [
        *(columns.meter, columns.downbeat, columns.tonic, columns.mode, columns.tempo_bpm),
        *(texts["id_bounds"][1:], texts["title_bounds"][1:]),
        *(texts["collection"], texts["id_keys"], texts["id_tunes"]),
        tunes.marked,
    ]
    per_note = [columns.onset, columns.duration, columns.phrase_start, columns.beat_strength]
    return (
        len(columns) > 0
        and all(bounds.ndim == 1 and bounds.dtype.kind in "iu" for bounds, _ in ends)
        and all(len(bounds) and int(bounds[-1]) == len(held) for bounds, held in ends)
        and all(len(array) == len(columns) for array in per_tune)
        and all(len(array) == len(columns.pitch) for array in per_note if array is not None)
        and all(len(one.sizes_) == len(shape) for one in sets)
        and all(len(one.starts_) == len(one.terms_) + 1 for one in sets)
    )


def shapes_of(columns: Columns) -> Keys:
    """Return one hash per sequence over its intervals and inter-onset ratios, shape (S,).

    It is equal for sequences that are the same up to transposition and tempo.
    """
    key, sequence = ngram_keys(columns, ("interval", "ioi_ratio"), 1)
    place = np.arange(len(key)) - np.searchsorted(sequence, sequence)
    shape = np.bincount(sequence, minlength=len(columns)).astype(np.uint64)
    np.add.at(shape, sequence, placed_keys(key, place))
    return shape


def in_parts(corpus: Corpus, unit: str = "phrase") -> Iterator[Corpus]:
    """Yield a corpus in parts that are small enough for a segment, at least one tune in each."""
    rows = np.arange(len(corpus) + 1)
    if unit == "phrase":
        rows = np.searchsorted(corpus.phrase_tune, rows)
    bounds, start = corpus.tunes.bounds, 0
    while start < len(corpus):
        by_rows = np.searchsorted(rows, rows[start] + MOST_SEQUENCES, side="right") - 1
        by_notes = np.searchsorted(bounds, bounds[start] + MOST_NOTES, side="right") - 1
        stop = max(int(min(by_rows, by_notes)), start + 1)
        whole = stop - start == len(corpus)
        yield corpus if whole else taken_corpus(corpus, np.arange(start, stop))
        start = stop


def merged(segments: Iterable[Segment]) -> Segment:
    """Return one segment with the tunes that are left in several, in their order."""
    chosen = list(segments)
    if len(chosen) == 1 and not len(chosen[0].dead):
        return chosen[0]
    return Segment.of(joined_corpus([one.corpus for one in chosen]), chosen[0].unit)
