"""What of a corpus comes from which file: the ledger, a database beside the manifest.

The manifest says what is in the corpus, and the ledger is believed only as far as the tunes that it
names are there. So it need not be written in the same moment: a process that is killed in between
leaves files that are read again, and nothing wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mer.build.bundles import ReadFile
from mer.build.sources import SourceFile
from mer.errors import InputError

if TYPE_CHECKING:
    import sqlite3

LEDGER = "ledger.sqlite"
# Somebody else who adds holds the ledger while bundles become segments, which takes minutes.
_PATIENCE_SEC = 24 * 3600
_TABLES = """
create table if not exists file (
    name text primary key, folder text, size integer, mtime_ns integer, readers text,
    problems text, mended text
) without rowid;
create table if not exists tune (
    number integer primary key, id text unique, file text, shape integer
);
create index if not exists tune_file on tune (file);
create index if not exists tune_shape on tune (shape);
create table if not exists left_out (file text, id text, same_as text);
create index if not exists left_out_file on left_out (file);
"""


@dataclass(frozen=True)
class KnownFile:
    """What the ledger says of a file: the folder that it was in, how it was, who read it."""

    folder: str
    size: int
    mtime_ns: int
    readers: str

    def is_still(self, file: SourceFile, readers: str) -> bool:
        """Whether a file is as it was when it was read by these readers."""
        return (self.size, self.mtime_ns, self.readers) == (file.size, file.mtime_ns, readers)


class Ledger:
    """The files of a corpus, their tunes, and what was wrong with them. Get one from `opened`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def files(self) -> dict[str, KnownFile]:
        """Return what is known of each file, by name."""
        rows = self._database.execute("select name, folder, size, mtime_ns, readers from file")
        return {name: KnownFile(*told) for name, *told in rows}

    def ids(self) -> Iterator[tuple[str, str]]:
        """Yield each tune's id with the name of its file."""
        yield from self._database.execute("select id, file from tune order by number")

    def has_tunes(self, folder: Path) -> bool:
        """Whether any tune comes from a file that was last in this folder."""
        question = "select 1 from tune join file on tune.file = file.name where folder = ? limit 1"
        return self._one(question, str(folder)) is not None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else change the ledger meanwhile; keep the changes if all goes well."""
        self._database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")

    def forget(self, names: Iterable[str]) -> list[str]:
        """Strike files out; return the ids of their tunes."""
        ids: list[str] = []
        for name in names:
            found = self._database.execute("select id from tune where file = ?", (name,))
            ids += [tune_id for (tune_id,) in found]
            for table, column in (("file", "name"), ("tune", "file"), ("left_out", "file")):
                self._database.execute(f"delete from {table} where {column} = ?", (name,))
        return ids

    def forget_tunes(self, ids: Iterable[str]) -> None:
        """Strike tunes out; their files are not read again for this."""
        self._database.executemany("delete from tune where id = ?", ((name,) for name in ids))

    def move(self, names: Iterable[str], folder: Path) -> None:
        """Note that files, unchanged, are now in another folder."""
        self._database.executemany(
            "update file set folder = ? where name = ?", ((str(folder), name) for name in names)
        )

    def enter(self, read: ReadFile, folder: Path, readers: str) -> None:
        """Note a file; its tunes are noted one by one."""
        self._database.execute(
            "insert or replace into file values (?, ?, ?, ?, ?, ?, ?)",
            (
                read.file.name,
                str(folder),
                read.file.size,
                read.file.mtime_ns,
                readers,
                json.dumps(read.problems),
                json.dumps(read.mended),
            ),
        )

    def free_id(self, tune_id: str) -> str:
        """Return the id, or the first of ``id-2``, ``id-3`` ... that no tune has."""
        name, times = tune_id, 1
        while self._one("select 1 from tune where id = ?", name):
            times += 1
            name = f"{tune_id}-{times}"
        return name

    def enter_tune(self, tune_id: str, file: SourceFile, shape: int) -> None:
        """Note a tune of a file."""
        self._database.execute(
            "insert into tune (id, file, shape) values (?, ?, ?)",
            (tune_id, file.name, _signed(shape)),
        )

    def same_as(self, shape: int) -> str | None:
        """Return the id of the first tune of a shape, None if there is none."""
        found = self._one(
            "select id from tune where shape = ? order by number limit 1", _signed(shape)
        )
        return None if found is None else str(found)

    def leave_out(self, tune_id: str, file: SourceFile, same_as: str) -> None:
        """Note that a tune was left out, because another is the same."""
        self._database.execute(
            "insert into left_out values (?, ?, ?)", (file.name, tune_id, same_as)
        )

    def report(self) -> Iterator[str]:
        """Yield one line for each problem, mended tune and duplicate, by file."""
        for column, word in (("problems", "not read"), ("mended", "mended")):
            rows = self._database.execute(
                f"select {column} from file where {column} != '[]' order by name"
            )
            for (lines,) in rows:
                yield from (f"{word}: {line}" for line in json.loads(lines))
        rows = self._database.execute(
            "select tune.id, first.id from tune join (select shape, min(number) as number "
            "from tune group by shape having count(*) > 1) as seen on tune.shape = seen.shape "
            "join tune as first on first.number = seen.number "
            "where tune.number != seen.number order by tune.number"
        )
        yield from (f"same notes: {tune} as {first}" for tune, first in rows)
        rows = self._database.execute("select id, same_as from left_out order by rowid")
        yield from (f"left out: {tune}, which is the same as {first}" for tune, first in rows)

    def _one(self, question: str, value: str | int) -> str | int | None:
        row: tuple[str | int] | None = self._database.execute(question, (value,)).fetchone()
        return None if row is None else row[0]


@contextmanager
def opened(corpus: Path) -> Iterator[Ledger]:
    """Give the ledger of a corpus, an empty one in memory where there is no folder.

    Raises
    ------
    InputError
        If it cannot be read or written.
    """
    import sqlite3

    place = corpus / LEDGER
    try:
        with closing(
            sqlite3.connect(
                place if corpus.is_dir() else ":memory:",
                timeout=_PATIENCE_SEC,
                isolation_level=None,
            )
        ) as database:
            database.executescript(_TABLES)
            yield Ledger(database)
    except sqlite3.Error as error:
        raise InputError(
            f"{place}: cannot be used ({error}); without it, 'mer corpus add' reads all files again"
        ) from error


def _signed(shape: int) -> int:
    """Return 64 bits as the database keeps them."""
    return int(np.uint64(shape).astype(np.int64))
