"""What is remembered of each visitor between two events: which run is theirs, why one was refused.

A run is what a visitor asked for last: a motif, or music from one. What an older run still brings
must not be shown beside it. So every request for a motif has a number: the answer to an older one
that comes later is dropped.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from mer.errors import InputError

_MOST = 1000  # visitors remembered
_BEFORE = 4  # motifs remembered of each: what a page shows may be some answers old
_Value = TypeVar("_Value")


class Visitors:
    """The current run, and the last refusal, of each visitor.

    Examples
    --------
    >>> visitors = Visitors()
    >>> run = visitors.begin("ann")
    >>> visitors.run("ann") == run, visitors.begin("ann") == run
    (True, False)
    """

    def __init__(self) -> None:
        self._runs: OrderedDict[str, int] = OrderedDict()
        self._refusals: OrderedDict[str, str] = OrderedDict()
        self._motifs: OrderedDict[str, dict[int, object]] = OrderedDict()
        self._fresh: set[str] = set()
        self._rerolling: set[str] = set()
        self._begun = 0
        self._lock = threading.Lock()

    def begin(self, visitor: str, asked: int | None = None, motif: object = None) -> int:
        """Return the number of a new run, which is now the visitor's.

        Parameters
        ----------
        asked
            The request for the motif that it is about: if another has been met meanwhile, no run
            begins, and 0 is returned, which is nobody's.
        motif
            What the motif is now, where its notes were edited.

        Examples
        --------
        >>> visitors = Visitors()
        >>> slow, quick = visitors.ask(), visitors.ask()
        >>> visitors.meet("ann", quick), visitors.begin("ann", slow)
        (True, 0)
        """
        with self._lock:
            if asked is not None and self._last(visitor, asked) != asked:
                return 0
            if asked is not None and motif is not None:
                _keep(self._motifs, visitor, {**self._motifs.get(visitor, {}), asked: motif})
            self._begun += 1
            _keep(self._runs, visitor, self._begun)
            return self._begun

    def ask(self) -> int:
        """Return the number of a request for a motif; nothing else changes before it is met."""
        with self._lock:
            self._begun += 1
            return self._begun

    def meet(self, visitor: str, asked: int, motif: object = None, *, fresh: bool = False) -> bool:
        """Begin a run with the motif that was asked for; False if a later one has been met.

        Parameters
        ----------
        motif
            What was asked for.
        fresh
            Whether it is to be composed from without another click.

        Examples
        --------
        >>> visitors = Visitors()
        >>> slow, quick = visitors.ask(), visitors.ask()
        >>> visitors.meet("ann", quick), visitors.meet("ann", slow)
        (True, False)
        """
        with self._lock:
            if asked < self._last(visitor, 0):
                return False
            before = [*self._motifs.get(visitor, {}).items()]
            _keep(self._motifs, visitor, {**dict(before[1 - _BEFORE :]), asked: motif})
            self._fresh.discard(visitor)
            if fresh:
                self._fresh.add(visitor)
            self._begun += 1
            _keep(self._runs, visitor, self._begun)
            return True

    def is_met(self, visitor: str, asked: int) -> bool:
        """Return whether no other motif was met after that one; True if that is not known."""
        with self._lock:
            return self._last(visitor, asked) == asked

    def met(self, visitor: str, asked: int | None = None) -> tuple[int, object]:
        """Return the request that was met last, and the motif; 0 and None if none is known.

        Parameters
        ----------
        asked
            A request that was met earlier, to have its motif instead.

        Examples
        --------
        >>> visitors = Visitors()
        >>> visitors.meet("ann", visitors.ask(), "a motif"), visitors.meet("ann", 2, "another")
        (True, True)
        >>> visitors.met("ann"), visitors.met("ann", 1), visitors.met("ben")
        ((2, 'another'), (1, 'a motif'), (0, None))
        """
        with self._lock:
            number = self._last(visitor, 0) if asked is None else asked
            return number, self._motifs.get(visitor, {}).get(number)

    def take_fresh(self, visitor: str) -> bool:
        """Return whether what was met last is to be composed from without a click; True once.

        Examples
        --------
        >>> visitors = Visitors()
        >>> visitors.meet("ann", visitors.ask(), "a motif", fresh=True)
        True
        >>> visitors.take_fresh("ann"), visitors.take_fresh("ann")
        (True, False)
        """
        with self._lock:
            waits = visitor in self._fresh and visitor in self._motifs  # not forgotten meanwhile
            self._fresh.discard(visitor)
            return waits

    def _last(self, visitor: str, unknown: int) -> int:
        """Return the request that was met last."""
        return next(reversed(self._motifs.get(visitor, {})), unknown)

    @contextmanager
    def alone(self, visitor: str, sentence: str) -> Iterator[None]:
        """Let nothing else of the visitor's be done so at the same time.

        Raises
        ------
        InputError
            With the sentence, if something is.
        """
        with self._lock:
            if visitor in self._rerolling:
                raise InputError(sentence)
            self._rerolling.add(visitor)
        try:
            yield
        finally:
            with self._lock:
                self._rerolling.discard(visitor)

    def run(self, visitor: str) -> int:
        """Return the number of the visitor's run; 0 if there is none."""
        with self._lock:
            return self._runs.get(visitor, 0)

    def refuse(self, visitor: str, sentence: str) -> None:
        """Note why something was refused."""
        with self._lock:
            _keep(self._refusals, visitor, sentence)

    def refusal(self, visitor: str) -> str:
        """Return why something was refused, once; the empty string if that is not known."""
        with self._lock:
            return self._refusals.pop(visitor, "")

    def forget(self, visitor: str) -> None:
        """Forget a visitor who has left; what still runs for them is nobody's."""
        with self._lock:
            self._runs.pop(visitor, None)
            self._refusals.pop(visitor, None)
            self._motifs.pop(visitor, None)
            self._fresh.discard(visitor)


def _keep(table: OrderedDict[str, _Value], visitor: str, value: _Value) -> None:
    table[visitor] = value
    table.move_to_end(visitor)
    while len(table) > _MOST:
        table.popitem(last=False)
