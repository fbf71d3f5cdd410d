"""Tunes -> corpus: a columnar store of tunes and their phrases, in one file.

A tune is a `Melody` with a title and a collection; its phrases are the stretches between its phrase
marks. A `Tune` or a `Phrase` is cut out of the columns only when it is asked for.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mer.corpus.storage import load_arrays, pack_strings, save_arrays, unpack_string
from mer.errors import InputError
from mer.notes.arrays import Array, Arrays, Flags, Ints, Keys
from mer.notes.columns import Columns
from mer.notes.melody import Melody, Phrase
from mer.notes.names import counted

KIND = "mer corpus"
VERSION = 2
UNITS = ("phrase", "melody")
MOST_COLLECTIONS = 65_535
_TEXTS = (
    "id_bytes",
    "id_bounds",
    "title_bytes",
    "title_bounds",
    "collection",
    "id_keys",
    "id_tunes",
)
_MARKED = "marked"


class Tune(NamedTuple):
    """A melody with its identifier, title and the name of its collection.

    Parameters
    ----------
    marked
        Whether the phrase marks of the melody are given with it: by the lines of a song or by
        fermatas, say. False where they were guessed, or nobody can tell.
    """

    tune_id: str
    title: str
    collection: str
    melody: Melody
    marked: bool = False

    def as_phrase(self) -> Phrase:
        """Return the whole melody as one phrase."""
        return Phrase(
            self.melody, self.tune_id, self.title, self.collection, 1, 0, len(self.melody)
        )


class Corpus:
    """Tunes in columns. Build one with `from_tunes` or `load`.

    Parameters
    ----------
    tunes
        One sequence per tune; ``tunes.phrase_start`` marks the phrases.
    texts
        The byte columns of tune ids and titles, and the collection of each tune; a key of each id,
        rising, and its tune. Where the phrase marks of some tunes are given, ``marked`` says of
        which, in a bit each.
    collections
        Names of the collections.

    Examples
    --------
    >>> notes = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4,
    ...                phrase_starts=(0, 2))
    >>> corpus = Corpus.from_tunes([Tune("a1", "Scale", "mine", notes)])
    >>> len(corpus), corpus.n_phrases, corpus.phrase(1).melody.pitch.tolist()
    (1, 2, [64, 65])
    """

    def __init__(self, tunes: Columns, texts: Arrays, collections: tuple[str, ...]) -> None:
        self.tunes, self.texts = tunes, texts
        self.collections = collections

    @cached_property
    def phrase_bounds(self) -> Array:
        """The notes at which phrases begin, and how many notes there are, shape (phrases + 1,)."""
        starts = np.flatnonzero(self.tunes.is_first | self._marked())
        return np.append(starts, len(self.tunes.pitch)).astype(np.int64)

    @cached_property
    def phrase_tune(self) -> Array:
        """The tune of each phrase, shape (phrases,)."""
        tune = np.searchsorted(self.tunes.bounds, self.phrase_bounds[:-1], side="right") - 1
        return tune.astype(np.int64)

    def _marked(self) -> Array:
        if self.tunes.phrase_start is None:
            return np.zeros(len(self.tunes.pitch), dtype=bool)
        return self.tunes.phrase_start

    @classmethod
    def from_tunes(cls, tunes: Iterable[Tune]) -> Corpus:
        """Return a corpus of `tunes`, kept in the order given.

        Raises
        ------
        InputError
            If there is no tune, two share an id, one of them is not a `Tune`, or they are in too
            many collections.
        """
        chosen = list(tunes)
        given: list[object] = [*chosen]
        for one in given:
            if not isinstance(one, Tune):
                kind = type(one).__name__
                raise InputError(f"a corpus is made of Tunes, not {kind}; wrap it in mer.Tune")
        if not chosen:
            raise InputError("a corpus needs at least one tune")
        ids = [tune.tune_id for tune in chosen]
        if len(set(ids)) < len(ids):
            times = Counter(ids)
            twice = next(name for name in ids if times[name] > 1)
            raise InputError(f"two tunes share the id {twice!r}; ids must be unique")
        collections = sorted_collections(tune.collection for tune in chosen)
        code = {name: number for number, name in enumerate(collections)}
        codes = np.array([code[tune.collection] for tune in chosen], dtype=np.uint16)
        texts = texts_of(ids, [tune.title for tune in chosen], codes)
        texts |= marks_of(np.array([tune.marked for tune in chosen], dtype=bool))
        return cls(Columns.from_melodies([tune.melody for tune in chosen]), texts, collections)

    def __len__(self) -> int:
        return len(self.tunes)

    @property
    def n_phrases(self) -> int:
        """Number of phrases."""
        return len(self.phrase_tune)

    def _repr_html_(self) -> str:
        """Return the table that a notebook shows: how much there is of each collection."""
        from mer.notes.drawing import escape

        codes, counts = np.unique(self.texts["collection"], return_counts=True)
        rows = [
            f"<tr><td>{escape(self.collections[code])}</td><td>{count:,}</td></tr>"
            for code, count in zip(codes.tolist(), counts.tolist(), strict=True)
        ]
        total = f"<tr><th>together</th><th>{len(self):,}</th></tr>"
        return (
            "<table><thead><tr><th>collection</th><th>tunes</th></tr></thead>"
            f"<tbody>{''.join(rows)}{total}</tbody></table>"
        )

    def tune_id(self, tune: int) -> str:
        """Return the identifier of tune number `tune`."""
        return unpack_string(self.texts["id_bytes"], self.texts["id_bounds"], tune)

    def title(self, tune: int) -> str:
        """Return the title of tune number `tune`."""
        return unpack_string(self.texts["title_bytes"], self.texts["title_bounds"], tune)

    def collection(self, tune: int) -> str:
        """Return the name of the collection of tune number `tune`."""
        return self.collections[int(self.texts["collection"][tune])]

    @property
    def marked(self) -> Flags:
        """Whether the phrase marks of each tune are known to be given, shape (tunes,)."""
        if _MARKED not in self.texts:
            return np.zeros(len(self), dtype=bool)
        return np.unpackbits(self.texts[_MARKED])[: len(self)].astype(bool)

    def find(self, tune_id: str) -> int:
        """Return the number of the tune with this id.

        Raises
        ------
        InputError
            If there is none.
        """
        (found,) = self.found([tune_id]).tolist()
        if found < 0:
            raise InputError(f"no tune {tune_id!r} in this corpus of {counted(len(self), 'tune')}")
        return int(found)

    def found(self, tune_ids: Sequence[str]) -> Ints:
        """Return the number of the tune with each id, or -1 where there is none, shape (ids,)."""
        keys = _keys(tune_ids)
        place = np.searchsorted(self.texts["id_keys"], keys)
        place[place == len(self)] = 0
        there = self.texts["id_keys"][place] == keys
        number = np.where(there, self.texts["id_tunes"][place].astype(np.int64), -1)
        for which in np.flatnonzero(there).tolist():
            if self.tune_id(int(number[which])) != tune_ids[which]:
                number[which] = -1  # another id with the same key
        return number

    def tune(self, tune: int) -> Tune:
        """Return tune number `tune`."""
        title, marks = self.title(tune), self.texts.get(_MARKED)
        return Tune(
            self.tune_id(tune),
            title,
            self.collection(tune),
            self.tunes.melody(tune, title=title),
            marks is not None and bool(marks[tune >> 3] & 128 >> (tune & 7)),
        )

    def __iter__(self) -> Iterator[Tune]:
        return (self.tune(tune) for tune in range(len(self)))

    def phrase(self, phrase: int) -> Phrase:
        """Return phrase number `phrase`, counted through the whole corpus from 0."""
        tune = int(self.phrase_tune[phrase])
        origin = int(self.tunes.bounds[tune])
        first = int(np.searchsorted(self.phrase_bounds, origin))
        title = self.title(tune)
        return Phrase(
            melody=self.columns("phrase").melody(phrase, title=title),
            tune_id=self.tune_id(tune),
            title=title,
            collection=self.collection(tune),
            number=phrase - first + 1,
            start=int(self.phrase_bounds[phrase]) - origin,
            stop=int(self.phrase_bounds[phrase + 1]) - origin,
        )

    def columns(self, unit: str = "phrase") -> Columns:
        """Return the notes with one sequence per phrase, or per melody (tune).

        Raises
        ------
        InputError
            If `unit` is neither ``"phrase"`` nor ``"melody"``.
        """
        if unit not in UNITS:
            raise InputError(f"unknown unit {unit!r}; choose one of {', '.join(UNITS)}")
        if unit == "melody":
            return self.tunes
        return self._phrases

    @cached_property
    def attached(self) -> dict[str, object]:
        """Results that callers compute from the corpus once and keep, by name."""
        return {}

    @cached_property
    def _phrases(self) -> Columns:
        tune = self.phrase_tune
        return replace(
            self.tunes,
            bounds=self.phrase_bounds,
            meter=self.tunes.meter[tune],
            downbeat=self.tunes.downbeat[tune],
            tonic=self.tunes.tonic[tune],
            mode=self.tunes.mode[tune],
            tempo_bpm=self.tunes.tempo_bpm[tune],
            phrase_start=None,
        )

    def arrays(self) -> Arrays:
        """Return everything that has to be stored, by name."""
        columns = {f.name: getattr(self.tunes, f.name) for f in fields(self.tunes)}
        stored = {f"tunes.{name}": array for name, array in columns.items() if array is not None}
        return stored | {f"texts.{name}": array for name, array in self.texts.items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, collections: Iterable[str]) -> Corpus:
        """Return the corpus stored in `arrays` (see `arrays`); other names are ignored.

        Raises
        ------
        KeyError, TypeError
            If an array is missing.
        """
        columns: dict[str, Any] = {
            f.name: arrays[f"tunes.{f.name}"]
            for f in fields(Columns)
            if f"tunes.{f.name}" in arrays
        }
        texts = {name: arrays[f"texts.{name}"] for name in _TEXTS}
        if f"texts.{_MARKED}" in arrays:
            texts[_MARKED] = arrays[f"texts.{_MARKED}"]
        return cls(Columns(**columns), texts, tuple(collections))

    def save(self, path: str | Path) -> None:
        """Write the corpus to one file (``.npz``), all or nothing."""
        header = {"kind": KIND, "version": VERSION, "collections": self.collections}
        save_arrays(path, self.arrays(), header)

    @classmethod
    def load(cls, path: str | Path) -> Corpus:
        """Return the corpus stored in a file, mapped into memory.

        Raises
        ------
        InputError
            If the file is missing, damaged, or of another version.
        """
        arrays, header = load_arrays(path, kind=KIND, version=VERSION)
        try:
            return cls.from_arrays(arrays, header["collections"])
        except (KeyError, TypeError) as error:
            raise InputError(f"{path} is incomplete; build it again") from error


def texts_of(tune_ids: Sequence[str], titles: Sequence[str], collection: Array) -> Arrays:
    """Return the `texts` of a corpus from the id, title and number of collection of each tune."""
    id_bytes, id_bounds = pack_strings(tune_ids)
    title_bytes, title_bounds = pack_strings(titles)
    return {
        "id_bytes": id_bytes,
        "id_bounds": id_bounds,
        "title_bytes": title_bytes,
        "title_bounds": title_bounds,
        "collection": collection,
        **_looked_up(tune_ids),
    }


def marks_of(marked: Flags) -> Arrays:
    """Return what the `texts` of a corpus say of tunes whose phrase marks are given, if any are."""
    return {_MARKED: np.packbits(marked)} if marked.any() else {}


def sorted_collections(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of collections, each once.

    Raises
    ------
    InputError
        If there are more than two bytes can number.
    """
    found = tuple(sorted(set(names)))
    if len(found) > MOST_COLLECTIONS:
        raise InputError(
            f"the tunes are in {len(found):,} collections; {MOST_COLLECTIONS:,} are supported"
        )
    return found


def _keys(tune_ids: Sequence[str]) -> Keys:
    """Return a hash of each id, shape (ids,)."""
    # A name that was no UTF-8 where it was given holds surrogates: no tune has it, but one may ask.
    encoded = (name.encode(errors="surrogatepass") for name in tune_ids)
    digests = (hashlib.blake2b(name, digest_size=8).digest() for name in encoded)
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def _looked_up(tune_ids: Sequence[str]) -> Arrays:
    keys = _keys(tune_ids)
    order = np.argsort(keys, kind="stable")
    return {"id_keys": keys[order], "id_tunes": order.astype(np.uint32)}
