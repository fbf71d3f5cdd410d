"""A pool of whole melodies -> for each the nearest others, aligned once, kept in a file.

The nearest by learned vector are aligned by their best stretch, in pairs, and the best are kept. A
pair counts for both, so that a melody that comes later joins the lists of those before it. Which
melody a row is about is told by a key of its notes: so a graph serves every pool that holds some of
the same melodies, in any order, whatever was added or removed since; melodies that it does not know
have no list.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mer.corpus.storage import load_arrays, save_arrays
from mer.embeddings.terms import find_terms
from mer.errors import InputError
from mer.notes.arrays import Array, Flags, Ints, Keys, Singles, largest
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key
from mer.search.segments.segment import shapes_of
from mer.search.stack.comparison import Comparisons
from mer.search.stack.pool import Pool

if TYPE_CHECKING:  # imported where it is used: few searches need it
    from concurrent.futures import Executor, Future

KIND = "mer graph"
VERSION = 1
# How many are aligned with each melody, and how many are kept: more than a search reads, so that
# some may be removed.
NEAREST, KEPT = 60, 20
NOBODY = -1
WAITING = 8
_ROWS = 256  # of the table of vectors, at once
_PAIRS_OF_NOTES = 60_000_000  # a second of work or so: one step of the progress bar


class NeighbourGraph(NamedTuple):
    """The nearest of each melody, best first.

    Parameters
    ----------
    keys
        Shape (S,): which melody a row is about (see `sequence_keys`).
    numbers
        Shape (S, KEPT): rows of the nearest; `NOBODY` behind the last.
    similarity
        Shape (S, KEPT), half precision: how well their best stretches align, 0 to 1.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> scale = Melody(pitch=[60, 62, 64, 65], **beat)
    >>> leaps = Melody(pitch=[60, 72, 61, 73], **beat)
    >>> graph = NeighbourGraph.of(Pool([scale, leaps, scale.transpose(5)]))
    >>> graph.numbers[:, 0].tolist()
    [2, 0, 0]
    """

    keys: Keys
    numbers: Array
    similarity: Array

    @classmethod
    def of(
        cls,
        pool: Pool,
        known: NeighbourGraph | None = None,
        *,
        executor: Executor | None = None,
        waiting: int = WAITING,
    ) -> NeighbourGraph:
        """Return the graph of a pool; it may take minutes.

        Parameters
        ----------
        known
            A graph of some of the same melodies: only the others are aligned, with all of the pool.
            Where a pool has at most `NEAREST` melodies more than one, the result is the same, but
            for transpositions that fit equally well.
        executor
            Aligns in place of this process; the graph is the same. It is not shut down.
        waiting
            How many parts of the work, of a second or so each, it is given at a time.
        """
        keys = sequence_keys(pool.columns)
        old = cls.empty(keys) if known is None else known.of_keys(keys)
        new = np.flatnonzero(~old.is_listed)
        if len(pool) < 2 or not len(new):
            return old
        first, second = _nearest_pairs(pool, new, NEAREST)
        found = np.empty(len(first), dtype=np.float16)
        parts = list(_parts(np.diff(pool.profile.bounds), first, second))
        work = ((part, Comparisons.of(pool, first[part], second[part])) for part in parts)
        done = _here(work) if executor is None else _elsewhere(work, executor, waiting)
        for part, similarity in pool.shown(done, len(parts), "neighbour graph"):
            found[part] = similarity
        return old._learned(first, second, found)

    @classmethod
    def empty(cls, keys: Keys) -> NeighbourGraph:
        """Return a graph in which no melody has a neighbour."""
        shape = (len(keys), KEPT)
        return cls(keys, np.full(shape, NOBODY, np.int32), np.zeros(shape, np.float16))

    @property
    def is_listed(self) -> Flags:
        """Which melodies have a list, shape (S,)."""
        return np.asarray(self.numbers[:, 0] != NOBODY)

    def of_keys(self, keys: Keys) -> NeighbourGraph:
        """Return the graph of the melodies with these keys; a list loses those that are gone."""
        order = np.argsort(keys, kind="stable")
        place, there = find_terms(keys[order], self.keys)
        now = np.full(len(self.keys) + 1, NOBODY, dtype=np.int32)  # the last is that of NOBODY
        now[:-1][there] = order[place[there]]
        made = self.empty(keys)
        rows = now[:-1][there]
        numbers, similarity = now[self.numbers[there]], self.similarity[there]
        # Those that are left move to the front, in their order.
        front = np.argsort(numbers == NOBODY, axis=1, kind="stable")
        made.numbers[rows] = np.take_along_axis(numbers, front, axis=1)
        made.similarity[rows] = np.take_along_axis(similarity, front, axis=1)
        made.similarity[made.numbers == NOBODY] = 0
        return made

    def _learned(self, first: Ints, second: Ints, similarity: Array) -> NeighbourGraph:
        """Return the graph with pairs that it did not have, each in the lists of both."""
        row, place = np.nonzero(self.numbers != NOBODY)
        one = np.concatenate([row, first, second])
        other = np.concatenate([self.numbers[row, place].astype(np.int64), second, first])
        value = np.concatenate([self.similarity[row, place], similarity, similarity])
        order = np.lexsort((other, -value.astype(np.float32), one))
        one, other, value = one[order], other[order], value[order]
        rank = np.arange(len(one)) - np.searchsorted(one, one)
        kept = rank < KEPT
        made = self.empty(self.keys)
        made.numbers[one[kept], rank[kept]] = other[kept]
        made.similarity[one[kept], rank[kept]] = value[kept]
        return made

    def listed(self, number: int, among: Ints | None = None) -> tuple[Ints, Array]:
        """Return the nearest of a melody, best first, and how similar they are.

        Parameters
        ----------
        among
            The melodies that may be found; None for all.
        """
        there = self.numbers[number] != NOBODY
        if among is not None:
            there &= np.isin(self.numbers[number], among)
        return self.numbers[number][there].astype(np.int64), self.similarity[number][there]

    def save(self, path: Path) -> None:
        """Write the graph to a file, all or nothing.

        Raises
        ------
        InputError
            If it cannot be written.
        """
        arrays = {"keys": self.keys, "numbers": self.numbers, "similarity": self.similarity}
        save_arrays(path, arrays, {"kind": KIND, "version": VERSION})

    @classmethod
    def load(cls, path: Path) -> NeighbourGraph:
        """Return the graph of a file.

        Raises
        ------
        InputError
            If the file is missing, damaged, or of another version.
        """
        arrays, _ = load_arrays(path, kind=KIND, version=VERSION)
        try:
            keys, numbers, similarity = (arrays[n] for n in ("keys", "numbers", "similarity"))
        except KeyError as error:
            raise InputError(f"{path} is incomplete; remove it and make the graph again") from error
        shape = (len(keys), KEPT)
        fits = numbers.shape == similarity.shape == shape
        if not fits or numbers.min(initial=0) < NOBODY or numbers.max(initial=0) >= len(keys):
            raise InputError(f"{path} is damaged; remove it and make the graph again")
        return cls(keys, numbers, similarity)


def sequence_keys(columns: Columns) -> Keys:
    """Return a key for each sequence, shape (S,): of its notes, and which of its equals it is.

    Transposition and tempo change nothing. Where equal sequences change places, they change keys
    as well, which does no harm: their neighbours are the same.
    """
    shape = shapes_of(columns)
    order = np.argsort(shape, kind="stable")
    equals = np.empty(len(shape), dtype=np.int64)
    equals[order] = np.arange(len(shape)) - np.searchsorted(shape[order], shape[order])
    return extend_key(shape, equals)


def nearest_by_vector(vectors: Singles, rows: Ints, count: int) -> Ints:
    """Return the `count` nearest of each row, best first, without itself, shape (rows, count)."""
    found = np.empty((len(rows), count), dtype=np.int64)
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        table = vectors[part] @ vectors.T
        table[np.arange(len(part)), part] = -np.inf
        found[start : start + len(part)] = largest(table, count)
    return found


def _nearest_pairs(pool: Pool, rows: Ints, count: int) -> tuple[Ints, Ints]:
    """Return each pair of a row and one of its nearest once, the smaller number first."""
    count = min(count, len(pool) - 1)
    own = np.repeat(rows, count)
    other = nearest_by_vector(pool.vectors, rows, count).ravel()
    pair = np.unique(np.minimum(own, other) * len(pool) + np.maximum(own, other))
    return pair // len(pool), pair % len(pool)


def _parts(lengths: Ints, first: Ints, second: Ints) -> Iterator[Ints]:
    """Yield pairs in parts of about equal work; those whose first is as long are together."""
    order = np.argsort(lengths[first], kind="stable")
    work = np.cumsum(lengths[first[order]] * lengths[second[order]])
    steps = np.arange(_PAIRS_OF_NOTES, int(work[-1]), _PAIRS_OF_NOTES)
    yield from (part for part in np.split(order, np.searchsorted(work, steps)) if len(part))


def _here(work: Iterator[tuple[Ints, Comparisons]]) -> Iterator[tuple[Ints, Singles]]:
    """Yield each part with its similarities."""
    for part, comparisons in work:
        yield part, comparisons.similarity()


def _elsewhere(
    work: Iterator[tuple[Ints, Comparisons]], executor: Executor, waiting: int
) -> Iterator[tuple[Ints, Singles]]:
    """Yield the same, in any order; what an executor loses is done here."""
    from concurrent.futures import FIRST_COMPLETED, wait

    running: dict[Future[Singles], tuple[Ints, Comparisons]] = {}
    while True:
        for part, comparisons in islice(work, waiting - len(running)):
            running[_submitted(executor, comparisons)] = (part, comparisons)
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            part, comparisons = running.pop(future)
            lost = future.cancelled() or future.exception() is not None
            yield part, comparisons.similarity() if lost else future.result()


def _submitted(executor: Executor, comparisons: Comparisons) -> Future[Singles]:
    from concurrent.futures import BrokenExecutor, Future

    try:
        return executor.submit(comparisons.similarity)
    except BrokenExecutor as error:
        broken: Future[Singles] = Future()
        broken.set_exception(error)
        return broken
