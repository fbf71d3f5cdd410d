"""Looking up on two nodes: what is sent, and that no answer is taken for another."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest

from benchmarks.servers import Server
from mer.errors import InputError
from mer.search.index import PhraseIndex
from mer.search.postgres.inquiries import Inquiry
from mer.search.postgres.nodes import Nodes
from mer.search.postgres.pushing import push_segments, remove_segment
from mer.search.segments.segments import Segments

SAME = "SELECT unnest FROM unnest($1) ORDER BY 1"


@pytest.fixture
def nodes(urls: str) -> Iterator[Nodes]:
    made = Nodes(urls)
    yield made
    made.close()


def told(nodes: Nodes, statement: str, *numbers: int) -> list[list[int]]:
    """Return the numbers that each node says to a statement."""
    asked = Inquiry(statement, (np.array(numbers, dtype=np.int64),))
    answers = nodes.look_up(dict.fromkeys(range(len(nodes)), asked))
    return [[int.from_bytes(row[0] or b"", "big") for row in answers[n]] for n in sorted(answers)]


def with_one_segment(server: Server, name: str, segments: Segments) -> str:
    """Return the address of a new database that holds the first segment."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = server.url.replace("/music", f"/{name}")
    push_segments(segments.parts[:1], url)
    return url


def test_numbers_arrive_as_they_are(nodes: Nodes) -> None:
    numbers = [0, 1, 2**40, 2**62 + 3]
    assert told(nodes, SAME, *numbers) == [numbers, numbers]
    assert told(nodes, SAME) == [[], []]
    many = list(range(0, 10**6, 7))  # more than the socket takes at once
    assert told(nodes, SAME, *many) == [many, many]


def test_what_is_not_there_is_null(nodes: Nodes) -> None:
    asked = Inquiry("SELECT NULL::bytea WHERE 1 = ANY($1)", (np.array([1]),))
    assert nodes.look_up({0: asked}) == {0: [(None,)]}


def test_an_answer_that_nobody_read_is_not_that_to_the_next(nodes: Nodes) -> None:
    good = Inquiry(SAME, (np.array([5]),))
    wrong = Inquiry("SELECT 1 / place FROM unnest($1) AS place", (np.array([0]),))
    for which in (0, 1):
        with pytest.raises(InputError, match="division by zero"):
            nodes.look_up({which: wrong, 1 - which: good})
        assert told(nodes, SAME, 6) == [[6], [6]]


def test_statements_that_a_node_forgot_are_prepared_again(nodes: Nodes) -> None:
    assert told(nodes, SAME, 7) == [[7], [7]]
    for node in nodes.nodes:
        node.change(lambda connection: connection.execute("DEALLOCATE ALL"))
    assert told(nodes, SAME, 8) == [[8], [8]]


def test_a_segment_has_a_number_that_row_ids_can_hold(
    pair: list[Server], segments: Segments
) -> None:
    url = with_one_segment(pair[0], "crowded", segments)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER TABLE mer.segment ALTER id RESTART WITH 536870911")
    assert push_segments(segments.parts[:2], url).written == 1
    with pytest.raises(InputError, match="reached maximum value of sequence"):
        push_segments(segments.parts, url)


def test_tables_of_another_release_are_told_and_replaced(
    pair: list[Server], segments: Segments
) -> None:
    url = with_one_segment(pair[0], "earlier", segments)
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE mer.notes RENAME TO tune")
        connection.execute("ALTER TABLE mer.lists RENAME COLUMN row_id TO bucket")
    query = segments.phrases(np.array([3]))[0].melody
    with pytest.raises(InputError, match="of another release; 'mer index push' replaces it"):
        PhraseIndex.load(url).search(query, 3)
    with pytest.raises(InputError, match="of another release; 'mer index push' replaces it"):
        remove_segment("no-such", url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM mer.segment").fetchone() == (1,)
    assert push_segments(segments.parts[:1], url).written == 1
    expected = PhraseIndex(Segments(segments.parts[:1])).search(query, 3)
    assert PhraseIndex.load(url).search(query, 3) == expected
