"""The neighbour graph: against all pairs, in steps, after changes, and on disk."""

from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from mer.alignment.align import align
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack import graph as graphs
from mer.search.stack.comparison import LOCALLY, scorings
from mer.search.stack.graph import (
    KEPT,
    NOBODY,
    NeighbourGraph,
    nearest_by_vector,
    sequence_keys,
)
from mer.search.stack.pool import Pool


def line(seed, notes):
    """Return a melody; its durations differ, so that no two transpositions fit equally well."""
    rng = np.random.default_rng(seed)
    pitch = 60 + np.cumsum(rng.integers(-4, 5, notes)).clip(-12, 12)
    return Melody(pitch=pitch, onset=np.arange(notes) * 240, duration=rng.integers(100, 240, notes))


@pytest.fixture(scope="module")
def tunes():
    """Thirty lines of different lengths, and one of them twice."""
    return [line(seed, 8 + seed % 7) for seed in range(30)] + [line(3, 11).transpose(2)]


@pytest.fixture(scope="module")
def pool(tunes):
    return Pool(tunes)


@pytest.fixture(scope="module")
def graph(pool):
    return NeighbourGraph.of(pool)


def same(one, other):
    assert np.array_equal(one.keys, other.keys)
    assert np.array_equal(one.numbers, other.numbers)
    assert np.array_equal(one.similarity, other.similarity)


def test_a_small_pool_is_compared_as_a_whole(pool, graph):
    scoring = scorings(pool)[LOCALLY]
    table = np.zeros((31, 31), dtype=np.float16)
    for one in range(30):
        later = np.arange(one + 1, 31)
        found, _ = align(pool.profile.take(one), pool.profile, later, scoring)
        table[one, later] = table[later, one] = found
    for one in range(31):
        others = np.delete(np.arange(31), one)
        order = others[np.argsort(-table[one, others].astype(float), kind="stable")][:KEPT]
        assert graph.numbers[one].tolist() == order.tolist()
        assert np.array_equal(graph.similarity[one], table[one, order])
    assert graph.numbers[3, 0] == 30
    assert graph.numbers[30, 0] == 3


@pytest.mark.parametrize("first", [1, 2, 12, 30])
def test_two_steps_come_to_what_one_does(tunes, pool, graph, first):
    before = NeighbourGraph.of(Pool(tunes[:first]))
    same(NeighbourGraph.of(pool, before), graph)


def test_what_is_known_is_not_aligned_again(tunes, pool, graph, monkeypatch):
    monkeypatch.setattr(graphs, "Comparisons", None)
    same(NeighbourGraph.of(pool, graph), graph)


class Failing(Executor):
    """Takes the first few works and loses every second of them."""

    def __init__(self, taken):
        self.taken = taken

    def submit(self, work, /, *args, **options):
        self.taken -= 1
        if self.taken < 0:
            raise BrokenExecutor
        future = Future()
        if self.taken % 2:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(work(*args, **options))
        return future


@pytest.mark.parametrize("executor", [ThreadPoolExecutor(2), Failing(0), Failing(3), Failing(99)])
@pytest.mark.parametrize("waiting", [1, 4])
def test_an_executor_changes_nothing(pool, graph, monkeypatch, executor, waiting):
    monkeypatch.setattr(graphs, "_PAIRS_OF_NOTES", 4000)
    assert len(list(graphs._parts(np.diff(pool.profile.bounds), *np.triu_indices(31, 1)))) > 5
    same(NeighbourGraph.of(pool, executor=executor, waiting=waiting), graph)


def test_only_so_many_are_aligned_with_each(pool, graph, monkeypatch):
    monkeypatch.setattr(graphs, "NEAREST", 4)
    some = NeighbourGraph.of(pool)
    near = nearest_by_vector(pool.vectors, np.arange(31), 4)
    for one in range(31):
        listed = some.numbers[one][some.numbers[one] != NOBODY]
        assert set(near[one].tolist()) <= set(listed.tolist())
        both = set(near[one].tolist()) | {n for n in range(31) if one in near[n]}
        assert set(listed.tolist()) == both
        values = dict(zip(graph.numbers[one].tolist(), graph.similarity[one].tolist(), strict=True))
        for other, value in zip(listed.tolist(), some.similarity[one].tolist(), strict=False):
            assert values.get(other, value) == value


def test_removed_tunes_leave_the_lists_and_others_move_with_their_keys(tunes, graph):
    order = [number for number in range(30, -1, -1) if number not in (4, 17)]
    moved = graph.of_keys(graph.keys[order])
    for row, number in enumerate(order):
        kept = [order.index(n) for n in graph.numbers[number].tolist() if n not in (4, 17)]
        assert moved.numbers[row].tolist() == kept + [NOBODY] * (KEPT - len(kept))
    assert (moved.similarity[moved.numbers == NOBODY] == 0).all()


def test_melodies_that_a_graph_does_not_know_have_no_list(tunes, graph):
    other = sequence_keys(Columns.from_melodies([line(99, 20), tunes[5]]))
    assert graph.of_keys(other).is_listed.tolist() == [False, False]  # of one there is no other


def test_equal_melodies_have_keys_of_their_own(tunes):
    keys = sequence_keys(Columns.from_melodies([tunes[0], tunes[1], tunes[0].transpose(5)]))
    assert len(set(keys.tolist())) == 3
    again = sequence_keys(Columns.from_melodies([tunes[1], tunes[0]]))
    assert again.tolist() == [keys[1], keys[0]]


def test_the_nearest_by_vector_are_those_of_the_whole_table(monkeypatch):
    monkeypatch.setattr(graphs, "_ROWS", 3)
    vectors = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    table = vectors @ vectors.T
    np.fill_diagonal(table, -np.inf)
    rows = np.array([4, 0, 19, 7])
    for count in (1, 6, 19):
        expected = np.argsort(-table[rows], axis=1, kind="stable")[:, :count]
        assert np.array_equal(nearest_by_vector(vectors, rows, count), expected)


def test_a_graph_on_disk_is_the_same(graph, tmp_path):
    graph.save(tmp_path / "graph.npz")
    same(NeighbourGraph.load(tmp_path / "graph.npz"), graph)


def test_a_damaged_file_is_refused(graph, tmp_path):
    file = tmp_path / "graph.npz"
    with pytest.raises(InputError):
        NeighbourGraph.load(file)
    NeighbourGraph(graph.keys, graph.numbers + 20, graph.similarity).save(file)
    with pytest.raises(InputError, match="damaged"):
        NeighbourGraph.load(file)
    NeighbourGraph(graph.keys, graph.numbers[:, :3], graph.similarity).save(file)
    with pytest.raises(InputError, match="damaged"):
        NeighbourGraph.load(file)
    graph.save(file)
    whole = file.read_bytes()
    for place in range(10, len(whole), 997):
        file.write_bytes(whole[:place])
        with pytest.raises(InputError):
            NeighbourGraph.load(file)


def test_one_melody_has_no_neighbour(tunes):
    assert NeighbourGraph.of(Pool(tunes[:1])).is_listed.tolist() == [False]
