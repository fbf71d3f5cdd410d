"""Whole numbers and a statement -> the rows that a node has for them, as bytes.

A search asks this of all nodes, several times a query, so it takes the shortest way: a prepared
statement, numbers sent as they are, and no thread. One node looks up while the next is still being
asked, and the answers are read when all have been.
"""

from __future__ import annotations

import select
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mer.notes.arrays import Ints
from mer.search.postgres.address import driver

# Rows of columns, each in the binary form of PostgreSQL: whole numbers with the first byte first.
Found = list[tuple[bytes | None, ...]]
_SENT = np.dtype([("bytes", ">i4"), ("number", ">i8")])
_INT8, _INT8_ARRAY = 20, 1016  # numbers of types in PostgreSQL
_BINARY = 1  # and of the form of values


class Inquiry(NamedTuple):
    """A statement and what it looks up.

    Parameters
    ----------
    statement
        With ``$1``, ``$2`` and so on where the numbers come.
    numbers
        Arrays of eight-byte numbers.
    """

    statement: str
    numbers: Sequence[Ints]

    def begin(self, connection: Any, prepared: dict[str, bytes]) -> None:
        """Ask, and do not wait.

        Parameters
        ----------
        prepared
            The statements that the connection knows, by what it calls them; this one is added.
        """
        link = connection.pgconn
        if self.statement not in prepared:
            name = b"mer_%d" % len(prepared)
            kinds = [_INT8_ARRAY] * len(self.numbers)
            _checked(connection, link.prepare(name, self.statement.encode(), kinds))
            prepared[self.statement] = name
        sent = [_array(numbers) for numbers in self.numbers]
        link.send_query_prepared(prepared[self.statement], sent, [_BINARY] * len(sent), _BINARY)
        while link.flush():
            _wait(link.socket, writing=True)

    def finish(self, connection: Any) -> Found:
        """Return the rows, when they are there."""
        link = connection.pgconn
        results = []
        while True:
            while link.is_busy():
                _wait(link.socket)
                link.consume_input()
            result = link.get_result()
            if result is None:
                break
            results.append(result)
        result = _checked(connection, results[0])
        columns = range(result.nfields)
        return [
            tuple(result.get_value(row, column) for column in columns)
            for row in range(result.ntuples)
        ]


def whole_number(sent: bytes | None) -> int:
    """Return a number of a row.

    Examples
    --------
    >>> whole_number(bytes([0, 0, 1, 2]))
    258
    """
    return int.from_bytes(sent or b"", "big")


def _array(numbers: Ints) -> bytes:
    """Return numbers as the binary form of an array has them."""
    sent = np.empty(len(numbers), dtype=_SENT)
    sent["bytes"], sent["number"] = 8, numbers
    return np.array([1, 0, _INT8, len(numbers), 1], dtype=">i4").tobytes() + sent.tobytes()


def _wait(socket: int, *, writing: bool = False) -> None:
    """Return when something can be read from a socket, or written to it."""
    if hasattr(select, "poll"):  # not on Windows; `select` takes no numbers above 1,023
        waiting = select.poll()
        waiting.register(socket, select.POLLOUT if writing else select.POLLIN)
        waiting.poll()
    else:
        select.select([] if writing else [socket], [socket] if writing else [], [])


def _checked(connection: Any, result: Any) -> Any:
    """Return a result that is no error."""
    psycopg = driver()
    if result.status in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
        return result
    if connection.pgconn.status == psycopg.pq.ConnStatus.BAD:
        raise psycopg.OperationalError(result.get_error_message())
    raise psycopg.errors.error_from_result(result)
