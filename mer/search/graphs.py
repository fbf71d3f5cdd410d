"""A corpus -> the neighbour graph of its tunes, in a file beside the segments; and back.

Back: one tune -> those most like it, which the graph knows without a search.
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

import numpy as np

from mer.corpus.corpus import Corpus
from mer.corpus.filters import Filter
from mer.corpus.shipped import GRAPH
from mer.errors import InputError
from mer.notes.names import counted
from mer.search.index import PhraseIndex
from mer.search.match import Match
from mer.search.segments.locks import sole_writer
from mer.search.stack.comparison import LOCALLY, corresponding
from mer.search.stack.graph import KEPT, WAITING, NeighbourGraph, sequence_keys
from mer.search.stack.pool import Pool
from mer.search.stack.query import check_query


def make_graph(
    folder: Path,
    *,
    progress: bool = False,
    executor: Executor | None = None,
    waiting: int = WAITING,
) -> tuple[int, int]:
    """Make the neighbour graph of a corpus, or bring it up to date.

    Return how many tunes it has now, and how many of these are new to it. Only new ones are
    aligned, with all others; the file is replaced whole. A corpus so small that ``full`` compares
    all of it with itself needs no graph, and gets none.

    Parameters
    ----------
    folder
        With the manifest of the corpus.
    progress
        Whether to show progress bars on stderr, where that is a terminal.
    executor
        Aligns in place of this process; the bytes of the file are the same. It is not shut down.
    waiting
        How many parts of the work, of a second or so each, it is given at a time.

    Raises
    ------
    InputError
        If there is no corpus, the graph that is there is damaged, or the folder cannot be written.
    """
    file = folder / GRAPH
    index = PhraseIndex.load(folder).of_unit("melody")
    if index.pool.is_small:
        return 0, 0
    known = NeighbourGraph.load(file) if file.is_file() else None
    listed = 0
    if known is not None:
        listed = int(known.of_keys(sequence_keys(index.pool.columns)).is_listed.sum())
    with index.pool.showing(progress):
        graph = NeighbourGraph.of(index.pool, known, executor=executor, waiting=waiting)
    with sole_writer(folder):
        graph.save(file)
    return len(graph.keys), len(graph.keys) - listed


def more_like(
    index: PhraseIndex,
    tune_id: str,
    k: int = 10,
    *,
    phrase: int | None = None,
    method: str | None = None,
    distinct: bool = False,
    where: Filter | None = None,
    progress: bool = False,
) -> list[Match]:
    """Return the `k` tunes most like one of a corpus, which is left out, best first.

    Where the corpus has a neighbour graph that lists enough of them, their similarity is that of
    their best stretches, as the graph holds it, and nothing is searched. Else, and where a method
    is named or repeats are left out, it is that of a search of whole melodies.

    Parameters
    ----------
    index
        Of phrases or of whole melodies.
    phrase
        The number of one of its phrases, from 1: the phrases most like it are found, by a search.
    method, distinct, where
        As for `PhraseIndex.search`.
    progress
        Whether to show progress bars on stderr, where that is a terminal.

    Raises
    ------
    InputError
        If there is no such tune or phrase, it is too short or too long, `k` is not positive, or the
        graph is damaged.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": range(0, 1920, 240), "duration": [240] * 8}
    >>> up = Melody(pitch=[60, 62, 64, 65, 67, 69, 71, 72], **beat)
    >>> down = Melody(pitch=[72, 64, 72, 62, 69, 60, 61, 61], **beat)
    >>> tunes = [Tune("a", "", "", up), Tune("b", "", "", down), Tune("c", "", "", up.transpose(2))]
    >>> index = PhraseIndex.build(Corpus.from_tunes(tunes))
    >>> [match.phrase.tune_id for match in more_like(index, "a")]
    ['c', 'b']
    """
    corpus = index.corpus
    number = corpus.find(tune_id)
    if phrase is None:
        check_query(corpus.tune(number).melody, k)
        if method is None and not distinct:
            found = _by_graph(index, number, k, where)
            if found is not None:
                return found
        index = index.of_unit("melody")
    else:
        index = index.of_unit("phrase")
        number = _phrase_number(corpus, number, phrase)
    name = method or index.method_for(index.phrase(number).melody)
    index.prepare(name, progress=progress)
    return index.more_like(number, k, method=name, distinct=distinct, where=where)


def _phrase_number(corpus: Corpus, tune: int, phrase: int) -> int:
    own = np.flatnonzero(corpus.phrase_tune == tune)
    if not 1 <= phrase <= len(own):
        raise InputError(
            f"{corpus.tune_id(tune)} ({corpus.title(tune)}) has no phrase {phrase}; it has "
            f"{counted(len(own), 'phrase')}, from 1 to {len(own)}"
        )
    return int(own[phrase - 1])


def _by_graph(index: PhraseIndex, tune: int, k: int, where: Filter | None) -> list[Match] | None:
    """Return the nearest by the neighbour graph; None where it does not list as many."""
    corpus, file = index.corpus, index.graph_file
    if k > KEPT or file is None or not file.is_file():
        return None
    columns = corpus.columns("melody")
    graph = NeighbourGraph.load(file).of_keys(sequence_keys(columns))
    among = None if where is None else np.flatnonzero(where.tunes(corpus))
    numbers, similarity = graph.listed(tune, among)
    if len(numbers) < k:
        return None
    numbers, pool = numbers[:k], Pool(columns)
    pairs, shifts = corresponding(pool, pool.query(tune), numbers, None, local=True)
    return [
        Match(
            phrase=corpus.tune(number).as_phrase(),
            similarity=alike,
            transposition=int(shifts[place]),
            pairs=pairs[place],
            contributions={LOCALLY: alike},
            number=number,
            query=corpus.tune(tune).melody,
        )
        for place, (number, alike) in enumerate(
            zip(numbers.tolist(), similarity[:k].tolist(), strict=True)
        )
    ]
