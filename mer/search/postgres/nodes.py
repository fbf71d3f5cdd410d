"""Addresses -> nodes that answer questions, all of them at once.

A node is one PostgreSQL server, or several that are replicas of each other. A connection that is
lost is opened again once, and the question asked again, before that counts as an error; so a
question must change nothing. An error of one node is an error of the whole.
"""

from __future__ import annotations

import logging
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from mer.errors import InputError
from mer.search.postgres.address import Address, addresses, driver
from mer.search.postgres.inquiries import Found, Inquiry

_Answer = TypeVar("_Answer")
Rows = list[tuple[Any, ...]]
# Text of a statement and its parameters.
Question = tuple[str, Sequence[Any]]
# What the planner may not do: a search looks up rows by their keys, whatever it thinks of its
# tables; compiling a plan takes longer than the whole search, and making it anew half as long.
_SETTINGS = (
    "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "
    "SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"
)


class Node:
    """A server that holds segments. It connects when it is first asked.

    Parameters
    ----------
    address
        Where it is.
    writing
        Whether rows will be changed there, so that no replica will do.
    """

    def __init__(self, address: Address, *, writing: bool = False) -> None:
        self.name = address.name
        self._options = dict(address.options)
        if writing:
            self._options.setdefault("target_session_attrs", "read-write")
        self._connection: Any = None
        self._prepared: dict[str, bytes] = {}
        self._waiting = False
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Rows:
        """Return the rows of an answer.

        Raises
        ------
        InputError
            If the node does not answer, not even over a new connection, or refuses.
        """
        statement, parameters = question

        def asked(connection: Any) -> Rows:
            cursor = connection.cursor(binary=True)
            rows: Rows = cursor.execute(statement, parameters).fetchall()
            return rows

        with self._lock:
            return self._done(asked, tries=2)

    @contextmanager
    def looking_up(self, inquiry: Inquiry) -> Iterator[None]:
        """Let the node look something up; meanwhile nothing but `found` may be asked.

        Raises
        ------
        InputError
            As for `ask`.
        """
        with self._lock:
            self._done(lambda connection: inquiry.begin(connection, self._prepared), tries=2)
            self._waiting = True
            try:
                yield
            finally:
                if self._waiting:  # another node failed: this answer would be that to the next
                    self.close()
                self._waiting = False

    def found(self, inquiry: Inquiry) -> Found:
        """Return what the node has found.

        Raises
        ------
        InputError
            As for `ask`.
        """
        begun = self._connection

        def finished(connection: Any) -> Found:
            if connection is not begun:  # it was lost meanwhile
                inquiry.begin(connection, self._prepared)
            return inquiry.finish(connection)

        answer = self._done(finished, tries=2)
        self._waiting = False
        return answer

    def change(self, work: Callable[[Any], _Answer]) -> _Answer:
        """Return what `work` returns for the connection; its changes are kept all, or none.

        Raises
        ------
        InputError
            As for `ask`; but nothing is tried again.
        """

        def changed(connection: Any) -> _Answer:
            with connection.transaction():
                return work(connection)

        with self._lock:
            return self._done(changed, tries=1)

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _done(self, work: Callable[[Any], _Answer], tries: int) -> _Answer:
        psycopg = driver()
        logger = logging.getLogger("psycopg")
        if not logger.handlers:  # what it says there is said in the one line of the error
            logger.addHandler(logging.NullHandler())
        for left in range(tries - 1, -1, -1):
            fresh = self._connection is None
            try:
                if fresh:
                    connection = psycopg.connect(**self._options, autocommit=True)
                    connection.execute(_SETTINGS)
                    self._connection, self._prepared = connection, {}
                return work(self._connection)
            except psycopg.OperationalError as error:
                self.close()
                if fresh or not left:
                    raise self._silent(error) from None
            except psycopg.errors.InvalidSqlStatementName as error:
                self.close()  # it forgot what was prepared, which a new connection knows
                if fresh or not left:
                    raise self._refusing(error) from None
            except psycopg.Error as error:
                raise self._refusing(error) from None
        raise AssertionError("unreachable")

    def _silent(self, error: Exception) -> InputError:
        return InputError(
            f"node {self.name} does not answer ({_reason(error)}); nothing was left out: start it, "
            "or name one that has its data, and try again"
        )

    def _refusing(self, error: Exception) -> InputError:
        state = getattr(error, "sqlstate", None)
        if state == "42703":  # no such column
            return InputError(other_release(self.name))
        if state in ("42P01", "3F000"):  # no such table, no such schema
            return InputError(f"node {self.name} holds no index; 'mer index push' puts one there")
        if state == "42501":
            return InputError(
                f"node {self.name}: the role may not do that ({_reason(error)}); "
                "see 'Roles' in docs/postgres.md"
            )
        return InputError(f"node {self.name} refuses: {_reason(error)}")


def other_release(node: str) -> str:
    """Return what is said of a node whose tables are of another layout."""
    return f"node {node} holds an index of another release; 'mer index push' replaces it"


class Nodes:
    """All nodes of an index.

    Parameters
    ----------
    text
        Their addresses, see `mer.search.postgres.address`.
    writing
        Whether rows will be changed there.
    """

    def __init__(self, text: str, *, writing: bool = False) -> None:
        self.nodes = [Node(address, writing=writing) for address in addresses(text)]
        self._threads = ThreadPoolExecutor(len(self.nodes), thread_name_prefix="node")
        self.close = weakref.finalize(self, _closed, self.nodes, self._threads)

    def __len__(self) -> int:
        return len(self.nodes)

    def ask(self, questions: Mapping[int, Question]) -> dict[int, Rows]:
        """Return the answers of some nodes, by number, all of which are asked at the same time.

        Raises
        ------
        InputError
            If one of them does not answer; what the others said is then not used.
        """
        if len(questions) < 2:
            return {number: self.nodes[number].ask(asked) for number, asked in questions.items()}
        waiting: dict[int, Future[Rows]] = {
            number: self._threads.submit(self.nodes[number].ask, asked)
            for number, asked in questions.items()
        }
        return {number: future.result() for number, future in waiting.items()}

    def look_up(self, inquiries: Mapping[int, Inquiry]) -> dict[int, Found]:
        """Return what some nodes have, by number, all of which look it up at the same time.

        Raises
        ------
        InputError
            As for `ask`.
        """
        with ExitStack() as begun:
            # In one order, so that no two threads wait for each other.
            for number in sorted(inquiries):
                begun.enter_context(self.nodes[number].looking_up(inquiries[number]))
            return {number: self.nodes[number].found(asked) for number, asked in inquiries.items()}

    def ask_all(self, statement: str, parameters: Sequence[Any] = ()) -> list[Rows]:
        """Return the answer of every node to the same question.

        Raises
        ------
        InputError
            As for `ask`.
        """
        found = self.ask(dict.fromkeys(range(len(self)), (statement, parameters)))
        return [found[number] for number in range(len(self))]


def _closed(nodes: list[Node], threads: ThreadPoolExecutor) -> None:
    threads.shutdown(wait=False)
    for node in nodes:
        node.close()


def _reason(error: Exception) -> str:
    """Return what the driver says, in one line; of several attempts the last."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [
        "no reason given"
    ]
    told = [line for line in lines if "failed:" in line]
    line = told[-1].rpartition("failed:")[2] if told else lines[0]
    return re.sub(r"^(FATAL|ERROR):\s*", "", line.strip())
