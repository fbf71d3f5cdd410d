"""How much one visitor may ask: how often, how large a request may be, and who comes first."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from mer.errors import InputError

PER_MINUTE = 20  # turns of one visitor: compositions, checks and exercises
VISITORS_PER_ADDRESS = 10  # a class room shares one address
MOST_UPLOAD_BYTES = (
    20_000_000  # a zip archive; `app.visitor.motifs` and `app.visitor.unpacking` take no more
)
MOST_REQUEST_BYTES = 2_000_000  # of what is not an upload
IDLE_SEC = 3 * 3600.0  # a visitor's files stay so long after the last action
_WINDOW_SEC = 60.0
_MOST_KEYS = 10_000


class LaterError(InputError):
    """What is asked for cannot be had now, but later: too many ask, or one asks too often.

    Parameters
    ----------
    message
        What is said.
    wait_sec
        When to ask again.
    busy
        Whether too many ask; else it is this one who asks too often.
    """

    def __init__(self, message: str, wait_sec: int, *, busy: bool = False) -> None:
        super().__init__(message)
        self.wait_sec = wait_sec
        self.busy = busy


class Pace:
    """Counts what each visitor did within the last minute.

    Parameters
    ----------
    most
        How often a key may be counted within a minute.
    clock
        Gives the time in seconds.

    Examples
    --------
    >>> pace = Pace(2, clock=lambda: 0.0)
    >>> [pace.wait("ann"), pace.wait("ann"), pace.wait("ann"), pace.wait("ben")]
    [0.0, 0.0, 60.0, 0.0]
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, times: int = 1) -> float:
        """Count so many times more and return 0; or, if that is too often, the seconds to wait.

        What alone is more than is allowed waits until nothing else counts, and then passes.
        """
        now = self._clock()
        with self._lock:
            counted = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while counted and counted[0] <= now - _WINDOW_SEC:
                counted.popleft()
            times = min(times, self.most)
            over = len(counted) + times - self.most
            if over > 0:
                return counted[over - 1] + _WINDOW_SEC - now
            counted.extend([now] * times)
            while len(self._times) > _MOST_KEYS:
                self._times.popitem(last=False)
        return 0.0


def address_pace(
    per_minute: int = PER_MINUTE, *, clock: Callable[[], float] = time.monotonic
) -> Pace:
    """Return how much all visitors of one address may do together, where each has so many turns.

    Examples
    --------
    >>> address_pace(2).most
    20
    """
    return Pace(per_minute * VISITORS_PER_ADDRESS, clock=clock)


class Turns:
    """Who may have a turn now: each visitor so many a minute, all of one address ten times that.

    A turn is what takes the server some time: to compose, to check a melody, to lay the variants of
    a tune side by side, to set an exercise or to hear what somebody sings.

    Parameters
    ----------
    per_minute
        Turns of one visitor.

    Examples
    --------
    >>> turns = Turns(1, clock=lambda: 0.0)
    >>> turns.take("ann", "192.0.2.1")
    >>> turns.take("ann", "192.0.2.1")
    Traceback (most recent call last):
    app.visitor.limits.LaterError: that is more than 1 composition or check a minute; wait 60 sec...
    """

    def __init__(
        self, per_minute: int = PER_MINUTE, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._visitors = Pace(per_minute, clock=clock)
        self._addresses = address_pace(per_minute, clock=clock)

    def take(self, visitor: str, address: str | None) -> None:
        """Count a turn.

        Parameters
        ----------
        address
            Where the visitor calls from; None where that is not known.

        Raises
        ------
        LaterError
            If the visitor, or the address, has had its share of this minute.
        """
        paces = ((self._visitors, visitor), (self._addresses, address or "unknown"))
        for pace, key in paces:
            seconds = pace.wait(key)
            if seconds > 0:
                some = "1 composition or check"
                if pace.most > 1:
                    some = f"{pace.most} compositions, checks and exercises"
                wait = max(ceil(seconds), 1)
                raise LaterError(
                    f"that is more than {some} a minute; wait {wait} second{'s'[: wait > 1]}", wait
                )


class Order:
    """Who is composed for now: a few at a time, and before all others those who have nothing yet.

    Parameters
    ----------
    at_a_time
        How many are composed for at a time.

    Examples
    --------
    >>> order = Order(1)
    >>> with order.turn(first=True):
    ...     order.busy
    1
    """

    def __init__(self, at_a_time: int = 1) -> None:
        self.busy = 0
        self._at_a_time = at_a_time
        self._come = 0
        self._waiting: list[tuple[bool, int]] = []
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def turn(self, *, first: bool) -> Iterator[None]:
        """Wait until it is one's turn, and have it for as long as the block lasts.

        Parameters
        ----------
        first
            Whether somebody waits who has nothing yet; who has something lets them go before.
        """
        with self._changed:
            self._come += 1
            mine = (not first, self._come)
            self._waiting.append(mine)
            self._changed.wait_for(
                lambda: self.busy < self._at_a_time and mine == min(self._waiting)
            )
            self._waiting.remove(mine)
            self.busy += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self.busy -= 1
                self._changed.notify_all()
