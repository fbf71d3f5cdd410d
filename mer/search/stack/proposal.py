"""First stage: representations -> which sequences of a pool are worth comparing with a query.

A representation compares the query with every sequence at once. The similarities are weighted and
added (`mer.search.stack.fusion`); the sequences with the largest totals are the candidates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Ints, Singles, largest
from mer.search.stack.fusion import Shares, total
from mer.search.stack.pool import Pool
from mer.search.stack.query import Query

# So many values, spread over all, are a sample of them. Of it is taken the value that so many times
# as many as are wanted reach.
_SAMPLED, _TIMES = 4096, 4


class Proposal(NamedTuple):
    """What representations say of a pool.

    Parameters
    ----------
    values
        Name of a representation -> similarity with each sequence, shape (S,), 0 to 1.
    quick
        Shape (S,): their sum by shares; 0 where no representation was asked.
    findable
        The sequences that may be found, rising; None for all.
    """

    values: dict[str, Singles]
    quick: Singles
    findable: Ints | None

    def best(self, count: int | None = None) -> Ints:
        """Return the `count` best of the sequences that may be found, or all, best first."""
        values = self.quick if self.findable is None else self.quick[self.findable]
        chosen = _largest(values, len(values) if count is None else min(count, len(values)))
        chosen = chosen if self.findable is None else self.findable[chosen]
        return np.asarray(chosen, dtype=np.int64)


def _largest(values: Singles, count: int) -> Ints:
    """Return the places of the `count` largest values, largest first; of equal ones, the first."""
    # A sample says how large these are: then few have to be put in order.
    step = len(values) // _SAMPLED
    rank = _TIMES * (count // max(step, 1) + 1)
    if step > 1 and rank < _SAMPLED:
        sample = values[::step]
        # Most are 0: numpy parts so many equal numbers more slowly than it puts all in order.
        bound = np.sort(sample)[len(sample) - rank]
        some = np.flatnonzero(values >= bound)
        if bound > 0 and len(some) >= count:
            return np.asarray(some[largest(values[some], count)])
    # Most sequences have nothing in common with a query.
    some = np.flatnonzero(values > 0)
    found = some[largest(values[some], min(count, len(some)))]
    if len(found) == count:
        return found
    none = np.flatnonzero(values <= 0)
    return np.concatenate([found, none[largest(values[none], count - len(found))]])


def propose(pool: Pool, query: Query, shares: Shares, among: Ints | None = None) -> Proposal:
    """Return what the representations say of each sequence of a pool.

    Parameters
    ----------
    shares
        Name of a representation -> its share.
    among
        The sequences that may be found; by default all. The query never finds itself.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> up = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> leap = Melody(pitch=[60, 72, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> pool = Pool([up, leap])
    >>> propose(pool, Query.of(leap.transpose(2)), {"interval": 1.0}).best().tolist()
    [1, 0]
    >>> propose(pool, pool.query(1), {"interval": 1.0}).best().tolist()
    [0]
    """
    values = pool.similarities(shares, query)
    quick = total(shares, values) if values else np.zeros(len(pool), dtype=np.float32)
    findable = None if among is None else np.asarray(among, dtype=np.int64)
    if query.number is not None:
        findable = np.arange(len(pool)) if findable is None else findable
        findable = findable[findable != query.number]
    return Proposal(values, quick, findable)
