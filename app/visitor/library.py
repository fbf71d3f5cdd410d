"""A visitor's own files -> an index that only this visitor searches, kept in their folder.

What travels between the pages is a `Shelf`: the path of the index and what there is to say about
it. The folder is removed when the visitor leaves, and the index with it.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.visitor.sessions import Sessions
from app.visitor.unpacking import music_files
from mer.build.corpora import unique_ids
from mer.build.music_files import read_tunes
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.search.index import PhraseIndex

OWN = "Your files"
MOST_TUNES = 500
MOST_NOTES = 60_000
LONGEST_READ_SEC = 40.0
_KEPT_OPEN = 4  # indexes of visitors


@dataclass(frozen=True)
class Shelf:
    """The files that a visitor has added.

    Parameters
    ----------
    path
        The index, a folder in the visitor's folder.
    tune_ids
        The visitor's tunes.
    phrases
        Phrases in these.
    alone
        Whether the index holds nothing but these.
    problems
        One line for each file or tune that could not be read.
    """

    path: Path
    tune_ids: tuple[str, ...]
    phrases: int
    alone: bool
    problems: tuple[str, ...] = ()


@dataclass
class _Adding:
    """What a visitor adds at one time: several clicks may be on their way."""

    running: int = 0
    tunes: list[Tune] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Library:
    """The shipped index, and the index of each visitor who has added files.

    Parameters
    ----------
    index
        The index of everyone.
    sessions
        The visitors' folders.
    """

    def __init__(self, index: PhraseIndex, sessions: Sessions) -> None:
        self.shipped = index
        self._sessions = sessions
        self._open: OrderedDict[Path, PhraseIndex] = OrderedDict()
        self._lock = threading.Lock()
        self._adding: dict[str, _Adding] = {}
        self._writing = threading.Lock()

    def index_of(self, shelf: Shelf | None) -> PhraseIndex:
        """Return the index that a visitor's pages search: that of their shelf, or the shipped one.

        Raises
        ------
        InputError
            If the visitor's files have been removed meanwhile.
        """
        if shelf is None:
            return self.shipped
        with self._lock:
            for path in [path for path in self._open if not path.is_dir()]:
                del self._open[path]
            if shelf.path not in self._open:
                if not shelf.path.is_dir():
                    raise InputError("your files were removed when the page closed; add them again")
                self._open[shelf.path] = PhraseIndex.load(shelf.path)
            self._open.move_to_end(shelf.path)
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
            return self._open[shelf.path]

    def add(self, files: Sequence[Path], visitor: str, *, alone: bool = False) -> Shelf:
        """Return a shelf with the tunes in `files`, which may be zip archives.

        What the visitor added before is replaced, but not what is being added at the same time: the
        shelf that is ready last holds the tunes of all.

        Parameters
        ----------
        alone
            Whether to search nothing but these tunes.

        Raises
        ------
        InputError
            If a file is refused, or no tune can be read.
        """
        folder = self._sessions.folder(visitor)
        for file in files:
            self._sessions.uploaded(visitor, file)
        problems: list[str] = []
        with self._together(visitor) as adding:
            with music_files(files, folder) as (unpacked, found):
                tunes = _read(found, unpacked, problems)
            if not tunes:
                first = f": {problems[0]}" if problems else ""
                raise InputError(f"no tune could be read{first}")
            with self._writing:
                adding.tunes += [tune for tune in tunes if tune not in adding.tunes]
                adding.problems += problems
                everything = list(unique_ids(adding.tunes))
                return self._shelved(everything, visitor, alone, tuple(adding.problems))

    @contextmanager
    def _together(self, visitor: str) -> Iterator[_Adding]:
        """Give what the visitor adds at this time, which is forgotten when all of it is done."""
        with self._lock:
            adding = self._adding.setdefault(visitor, _Adding())
            adding.running += 1
        try:
            yield adding
        finally:
            with self._lock:
                adding.running -= 1
                if not adding.running:
                    del self._adding[visitor]

    def limited(self, shelf: Shelf | None, visitor: str, *, alone: bool) -> Shelf:
        """Return a shelf with the same tunes, searched alone or beside the shipped ones.

        Raises
        ------
        InputError
            If the visitor has added no files, or they have been removed meanwhile.
        """
        if shelf is None:
            raise InputError("you have added no files yet; add some, and search only these then")
        if shelf.alone == alone:
            return shelf
        corpus = self.index_of(shelf).corpus
        tunes = [corpus.tune(corpus.find(tune_id)) for tune_id in shelf.tune_ids]
        with self._writing:
            return self._shelved(tunes, visitor, alone, shelf.problems)

    def _shelved(
        self, tunes: Sequence[Tune], visitor: str, alone: bool, problems: tuple[str, ...]
    ) -> Shelf:
        """Write the index of a visitor's tunes in place of the one before, and return its shelf.

        Nobody else may write meanwhile.
        """
        folder = self._sessions.folder(visitor)
        corpus = Corpus.from_tunes(tunes)
        index = PhraseIndex.build(corpus) if alone else self.shipped.add(tunes)
        path = folder / f"own-{time.time_ns()}"
        index.save(path)
        for old in folder.glob("own-*"):
            if old != path:
                shutil.rmtree(old)
        return Shelf(
            path,
            tuple(tune.tune_id for tune in tunes),
            corpus.n_phrases,
            alone,
            problems,
        )

    def remove(self, visitor: str) -> None:
        """Remove the index of a visitor, if there is one."""
        for path in self._sessions.folder(visitor).glob("own-*"):
            shutil.rmtree(path)


def _read(files: Sequence[Path], source: Path, problems: list[str]) -> list[Tune]:
    tunes: list[Tune] = []
    notes, until = 0, time.monotonic() + LONGEST_READ_SEC
    reading = read_tunes(files, source, OWN, problems)
    for tune in reading:
        notes += len(tune.melody)
        if len(tunes) == MOST_TUNES or notes > MOST_NOTES or time.monotonic() > until:
            problems.append(f"only the first {len(tunes)} tunes were taken: that is the limit here")
            break
        tunes.append(tune)
    # Where a file lay for a moment is the server's business.
    problems[:] = [re.sub(rf"{re.escape(str(source))}/\d+/", "", line) for line in problems]
    return list(unique_ids(tunes))
