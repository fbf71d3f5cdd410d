"""Lists of a large pool: the agreement by brute force, and where the lists come from."""

from dataclasses import replace

import numpy as np
import pytest

from mer.search.stack import neighbours
from mer.search.stack.graph import KEPT, NeighbourGraph, nearest_by_vector, sequence_keys
from mer.search.stack.methods import rank
from mer.search.stack.neighbours import (
    AVERAGED,
    EVEN_AVERAGED,
    EVEN_LISTED,
    LISTED,
    NeighbourLists,
)
from mer.search.stack.pool import Pool
from tests.mer.search.stack.test_graph import line


@pytest.fixture(scope="module")
def tunes():
    return [line(seed, 12) for seed in range(40)]


@pytest.fixture(scope="module")
def pool(tunes):
    return Pool(tunes)


def slow(nearest, numbers, fused, query, size, listed=LISTED, averaged=AVERAGED):
    """The agreement by vectors with a place for every sequence, lists added up one by one."""
    order = numbers[np.argsort(-fused, kind="stable")]

    def members(number):
        found = np.zeros(size)
        found[[number, *nearest[number]]] = 1.0
        return found

    own = np.zeros(size)
    own[order[:listed]] = 1.0
    own += sum(members(number) for number in order[: averaged - 1])
    cosines = []
    for number in numbers:
        theirs = sum(members(n) for n in [number, *nearest[number][: averaged - 1]])
        if query is not None:
            own[query] = theirs[query] = 0.0
        cosines.append(own @ theirs / np.linalg.norm(own) / np.linalg.norm(theirs))
    return np.array(cosines)


@pytest.mark.parametrize("query", [None, 7])
@pytest.mark.parametrize("by_graph", [False, True])
def test_the_agreement_is_that_of_whole_vectors(pool, query, by_graph):
    graph = NeighbourGraph.of(pool) if by_graph else None
    lists = NeighbourLists(pool, graph)
    rng = np.random.default_rng(2)
    numbers = np.setdiff1d(rng.permutation(40)[:25], [7])
    fused = rng.random(len(numbers)).astype(np.float32)
    everyone = np.arange(40)
    nearest = nearest_by_vector(pool.vectors, everyone, LISTED - 1)
    if graph is not None:
        nearest = graph.numbers[:, : LISTED - 1]
    found = lists.agreement(numbers, fused, query)
    expected = slow(nearest, numbers, fused, query, 40)
    assert found == pytest.approx(expected, abs=1e-5)
    assert ((found >= 0) & (found <= 1 + 1e-6)).all()


@pytest.mark.parametrize("query", [None, 7])
def test_lists_are_shorter_where_there_is_no_rhythm(query):
    tunes = [line(seed, 12) for seed in range(40)]
    pool = Pool([replace(tune, duration=np.full(12, 240)) for tune in tunes])
    assert not pool.has_rhythm
    rng = np.random.default_rng(2)
    numbers = np.setdiff1d(rng.permutation(40)[:25], [7])
    fused = rng.random(len(numbers)).astype(np.float32)
    nearest = nearest_by_vector(pool.vectors, np.arange(40), EVEN_LISTED - 1)
    expected = slow(nearest, numbers, fused, query, 40, EVEN_LISTED, EVEN_AVERAGED)
    assert NeighbourLists(pool).agreement(numbers, fused, query) == pytest.approx(
        expected, abs=1e-5
    )


def test_a_melody_that_aligns_with_many_stands_less_apart(tunes):
    pool = Pool(tunes[:3])
    graph = NeighbourGraph.empty(sequence_keys(pool.columns))
    graph.numbers[0, :2], graph.similarity[0, :2] = (1, 2), (0.75, 0.25)
    graph.numbers[1, 0], graph.similarity[1, 0] = 0, 0.75
    apart = NeighbourLists(pool, graph).apart(np.array([1, 0, 2]))
    assert apart.tolist() == [0.25, 0.5, 0.375]  # nobody knows of the last: the mean of the others
    assert NeighbourLists(pool).apart(np.arange(2)) is None


def test_standing_apart_counts_among_chants_alone(tunes, monkeypatch):
    monkeypatch.setattr("mer.search.stack.pool.SMALL_POOL_NOTES", 0)
    even = [replace(tune, duration=np.full(12, 240)) for tune in tunes]
    for pool, heard in ((Pool(tunes), False), (Pool(even), True)):
        before = rank(pool, 3, "full").parts["neighbour lists"]
        monkeypatch.setattr(NeighbourLists, "apart", lambda lists, numbers: np.zeros(len(numbers)))
        after = rank(pool, 3, "full").parts["neighbour lists"]
        monkeypatch.undo()
        monkeypatch.setattr("mer.search.stack.pool.SMALL_POOL_NOTES", 0)
        assert ((before != after).any()) == heard
        assert before.min() >= 0.0
        assert before.max() <= 1.0


def test_melodies_that_the_graph_lacks_are_found_by_vector(tunes, pool):
    lists = NeighbourLists(pool, NeighbourGraph.of(Pool(tunes[:30])))
    by_vector = nearest_by_vector(pool.vectors, np.array([33, 39]), LISTED - 1)
    assert np.array_equal(lists.nearest(np.array([33, 39])), by_vector)
    known = NeighbourGraph.of(Pool(tunes[:30])).numbers[5, : LISTED - 1]
    assert lists.nearest(np.array([5]))[0].tolist() == known.tolist()


def test_lists_are_made_once(pool, monkeypatch):
    lists = NeighbourLists(pool)
    before = lists.nearest(np.array([3, 5]))
    monkeypatch.setattr(neighbours, "nearest_by_vector", None)
    assert np.array_equal(lists.nearest(np.array([5, 3])), before[::-1])


def test_few_candidates_and_small_pools_do(tunes):
    for size in (1, 2, 3, LISTED - 1, KEPT + 2):
        pool = Pool(tunes[:size])
        for graph in (None, NeighbourGraph.of(pool)):
            numbers = np.arange(max(size - 1, 1))
            found = NeighbourLists(pool, graph).agreement(numbers, np.ones(len(numbers), "f"))
            assert np.isfinite(found).all()
            assert found.shape == numbers.shape


def test_a_search_reads_the_graph_of_its_pool(tunes, tmp_path, monkeypatch):
    monkeypatch.setattr("mer.search.stack.pool.SMALL_POOL_NOTES", 0)
    file = tmp_path / "graph.npz"
    without = rank(Pool(tunes, graph_file=file), 3, "full")
    NeighbourGraph.of(Pool(tunes)).save(file)
    pool = Pool(tunes, graph_file=file)
    with_graph = rank(pool, 3, "full")
    assert set(with_graph.parts) == set(without.parts)
    known = NeighbourGraph.load(file).numbers[:, : LISTED - 1]
    assert np.array_equal(NeighbourLists.of_pool(pool).nearest(np.arange(40)), known)


def test_a_pool_without_a_graph_gets_one_where_that_is_quick(tunes, monkeypatch):
    pool = Pool(tunes)
    graph = NeighbourGraph.of(pool)
    rows = np.arange(len(tunes))
    width = min(LISTED - 1, KEPT)
    assert (NeighbourLists.of_pool(pool).nearest(rows) == graph.numbers[:, :width]).all()
    pairs = neighbours.NEAREST * sum(len(tune) ** 2 for tune in tunes)
    monkeypatch.setattr(neighbours, "GRAPH_PAIRS", pairs - 1)
    large = Pool(tunes)
    by_vector = nearest_by_vector(large.vectors, rows, width)
    assert (NeighbourLists.of_pool(large).nearest(rows) == by_vector).all()
