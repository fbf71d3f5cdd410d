"""A pool, its segments and a query -> matches: a ranking, cut, with the notes that correspond."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.search.match import Match
from mer.search.segments.store import Store
from mer.search.stack.comparison import LOCALLY, Limits, corresponding
from mer.search.stack.methods import Ranking, method_named, rank
from mer.search.stack.pool import Pool
from mer.search.stack.query import Query

if TYPE_CHECKING:
    from mer.corpus.filters import Filter


class Sought(NamedTuple):
    """What is wanted of a search: see `mer.search.index.PhraseIndex.search`."""

    k: int
    method: str
    candidates: int | None = None
    distinct: bool = False
    where: Filter | None = None


def found(pool: Pool, store: Store, query: Query, sought: Sought) -> list[Match]:
    """Return what is nearest to a query, best first.

    Raises
    ------
    InputError
        If there is no such method, or the filter is none or names what is not there.
    """
    where, method = sought.where, method_named(sought.method)
    among = None if where is None else _passing(store, where)
    # Where nothing is aligned, repeats are left out of twenty times as many as are asked for.
    spare = 20 if sought.distinct and method.compare is None else 1
    best = None if sought.distinct else sought.k
    limits = Limits(spare * sought.k, sought.candidates, complete=False, best=best)
    ranking = rank(pool, query, sought.method, limits=limits, among=among)
    rows = np.arange(len(ranking.similarity))
    if sought.distinct:
        shape = store.shapes(ranking.numbers[rows])
        rows = np.sort(np.unique(shape, return_index=True)[1])
    return matched(
        pool,
        store,
        query,
        ranking.take(rows[: sought.k]),
        local=LOCALLY in method.aligned,
        aspect=method.aspect,
    )


def matched(
    pool: Pool,
    store: Store,
    query: Query,
    ranking: Ranking,
    *,
    local: bool,
    aspect: str = "",
) -> list[Match]:
    """Return a ranking as matches.

    Parameters
    ----------
    local
        Whether the best stretch of both is meant, as with whole melodies.
    aspect
        The only one that was compared, if so.
    """
    numbers, similarity = ranking.numbers, ranking.similarity
    doubled = ranking.doubled
    pairs, moved = corresponding(
        pool, query, numbers, ranking.transposition, doubled=doubled, local=local, aspect=aspect
    )
    phrases = store.phrases(numbers)
    melody = query.columns.melody(0) if query.melody is None else query.melody
    return [
        Match(
            phrase=phrases[row],
            similarity=float(similarity[row]),
            transposition=int(moved[row]),
            pairs=pairs[row],
            contributions={name: float(part[row]) for name, part in ranking.parts.items()},
            number=number,
            query=melody,
            aspect=aspect,
            augmentation=1.0 if doubled is None else 2.0 ** int(doubled[row]),
        )
        for row, number in enumerate(numbers.tolist())
    ]


def _passing(store: Store, where: Filter) -> Ints:
    """Return the sequences that a filter lets pass."""
    from mer.corpus.filters import Filter

    if not isinstance(where, Filter):
        raise InputError(f"where is {where!r}; give a Filter, such as Filter(modes=['dorian'])")
    return store.passing(where)
