"""First stage: representations -> which sequences of a pool are worth comparing with a query.

A representation compares the query with every sequence at once. The similarities are weighted and
added (`mer.search.stack.fusion`); the sequences with the largest totals are the candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.notes.arrays import Ints, Singles
from mer.search.stack.fusion import Shares, total
from mer.search.stack.pool import Pool, Query


@dataclass(frozen=True, eq=False)
class Proposal:
    """What representations say of a pool.

    Parameters
    ----------
    values
        Name of a representation -> similarity with each sequence, shape (S,), 0 to 1.
    quick
        Shape (S,): their sum by shares; 0 where no representation was asked.
    findable
        The sequences that may be found, rising.
    """

    values: dict[str, Singles]
    quick: Singles
    findable: Ints

    def best(self, count: int | None = None) -> Ints:
        """Return the `count` best of the sequences that may be found, or all, best first."""
        values = self.quick[self.findable]
        if count == 0:
            return self.findable[:0]
        if count is not None and count < len(values):
            threshold = np.partition(values, len(values) - count)[len(values) - count]
            above = np.flatnonzero(values > threshold)
            level = np.flatnonzero(values == threshold)[: count - len(above)]
            chosen = np.concatenate([above, level])
        else:
            chosen = np.arange(len(values))
        order = np.argsort(-values[chosen], kind="stable")
        return np.asarray(self.findable[chosen[order]], dtype=np.int64)


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
    values = {name: pool.view(name).similarity(query.columns) for name in shares}
    quick = total(shares, values) if values else np.zeros(len(pool), dtype=np.float32)
    findable = np.arange(len(pool)) if among is None else np.asarray(among, dtype=np.int64)
    if query.number is not None:
        findable = findable[findable != query.number]
    return Proposal(values, quick, findable)
