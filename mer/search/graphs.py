"""The folder of a corpus -> the neighbour graph of its tunes, in a file beside the segments."""

from __future__ import annotations

from pathlib import Path

from mer.search.index import PhraseIndex
from mer.search.segments.locks import sole_writer
from mer.search.stack.graph import GRAPH, NeighbourGraph, sequence_keys


def make_graph(folder: Path, *, progress: bool = False) -> tuple[int, int]:
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
        graph = NeighbourGraph.of(index.pool, known)
    with sole_writer(folder):
        graph.save(file)
    return len(graph.keys), len(graph.keys) - listed
