"""An index on two servers gives what the same index gives in files, whatever happens to them."""

from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
import pytest

from benchmarks.servers import Server
from mer.corpus.filters import Filter
from mer.embeddings import SETS
from mer.errors import InputError
from mer.search.index import PhraseIndex
from mer.search.postgres.pushing import push_segments
from mer.search.postgres.store import NodeStore
from mer.search.segments.segments import Segments
from mer.search.segments.store import Store


@pytest.fixture(scope="module")
def remote(urls: str, segments: Segments) -> PhraseIndex:
    push_segments(segments.parts, urls)
    return PhraseIndex.load(urls)


@pytest.mark.parametrize(
    "how",
    [{}, {"distinct": True}, {"where": Filter(meters=((6, 8),))}, {"method": "inside"}],
    ids=["plain", "distinct", "filtered", "inside"],
)
def test_matches_are_the_same_in_every_query(
    remote: PhraseIndex, segments: Segments, how: dict[str, Any]
) -> None:
    embedded = PhraseIndex(segments)
    rng = np.random.default_rng(1)
    many = 10 if how else 25
    for number in rng.integers(0, len(embedded), many).tolist():
        query = embedded.phrase(number).melody.transpose(3)
        query = query.cut(0, max(3, len(query) - int(rng.integers(0, 5))))
        found = remote.search(query, 10, **how)
        assert found == embedded.search(query, 10, **how)
        assert [match.pairs for match in found] != []


def test_a_store_says_what_segments_say(remote: PhraseIndex, segments: Segments) -> None:
    store = remote.store
    assert isinstance(store, NodeStore)
    assert isinstance(store, Store)
    assert (store.size, store.unit) == (segments.size, segments.unit)
    assert (store.collections, store.has_metre) == (segments.collections, segments.has_metre)
    assert store.is_marked
    assert segments.is_marked
    np.testing.assert_array_equal(store.all_shapes(), segments.all_shapes())
    some = np.array([segments.size.sequences - 1, 0, 5, 0])
    np.testing.assert_array_equal(store.shapes(some), segments.shapes(some))
    assert [p.tune_id for p in store.phrases(some)] == [p.tune_id for p in segments.phrases(some)]
    nothing = np.zeros(0, np.int64)
    assert len(store.notes(nothing)) == len(store.phrases(nothing)) == 0


def test_the_whole_corpus_comes_back(remote: PhraseIndex, segments: Segments) -> None:
    expected, found = segments.corpus().arrays(), remote.corpus.arrays()
    assert expected.keys() == found.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
    for view in SETS:
        for name, array in segments.sets(view).arrays().items():
            np.testing.assert_array_equal(remote.store.sets(view).arrays()[name], array)


def test_tunes_are_added_and_removed_in_memory(remote: PhraseIndex) -> None:
    tune = remote.corpus.tune(0)
    less = remote.remove(tune.tune_id)
    assert len(less.add([tune])) == len(remote) > len(less)
    with pytest.raises(InputError, match="already has"):
        remote.add([tune])


def test_a_dead_node_is_an_error_and_a_restarted_one_is_not(
    remote: PhraseIndex, segments: Segments, pair: list[Server]
) -> None:
    queries = [segments.phrases(np.array([n]))[0].melody for n in (3, 200, 900)]
    expected = [PhraseIndex(segments).search(query, 5) for query in queries]
    pair[1].kill()
    try:
        for query in queries:
            with pytest.raises(InputError, match=r"node .*node1.* does not answer") as told:
                remote.search(query, 5)
            assert "\n" not in str(told.value)
    finally:
        pair[1].start()
    assert [remote.search(query, 5) for query in queries] == expected


def test_a_lost_connection_is_opened_again(
    remote: PhraseIndex, segments: Segments, pair: list[Server]
) -> None:
    query = segments.phrases(np.array([3]))[0].melody
    remote.search(query, 5)
    with psycopg.connect(pair[0].url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended
    assert remote.search(query, 5) == PhraseIndex(segments).search(query, 5)


def test_a_forgotten_node_is_an_error(remote: PhraseIndex, pair: list[Server]) -> None:
    with pytest.raises(InputError, match="on none of the nodes"):
        PhraseIndex.load(pair[0].url)


def test_reading_needs_no_more_than_select(
    remote: PhraseIndex, segments: Segments, pair: list[Server]
) -> None:
    for server in pair:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'hidden-word'")
            if server is pair[0]:
                continue
            connection.execute("GRANT USAGE ON SCHEMA mer TO reader")
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA mer TO reader")
    as_reader = ",".join(server.url.replace("://mer@", "://reader:hidden-word@") for server in pair)
    with pytest.raises(InputError, match="may not do that") as told:
        PhraseIndex.load(as_reader)
    assert "hidden" not in str(told.value)
    with psycopg.connect(pair[0].url, autocommit=True) as connection:
        connection.execute("GRANT USAGE ON SCHEMA mer TO reader")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA mer TO reader")
    query = segments.phrases(np.array([3]))[0].melody
    found = PhraseIndex.load(as_reader).search(query, 5)
    assert found == PhraseIndex(segments).search(query, 5)
    with pytest.raises(InputError, match="may not do that") as told:
        push_segments(segments.parts[:2], as_reader)
    assert "hidden" not in str(told.value)
    assert all(a.similarity >= b.similarity for a, b in pairwise(found))
