"""Tunes -> excerpts, changed more and more -> how well each method still finds the tune.

Known-item search: the query is an excerpt of one tune of the pool, changed; what should be found is
that tune and no other, not even its relatives. The figure is the mean reciprocal rank. Tunes that
a method cannot tell apart share the middle of their ranks, so that nothing is gained by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from changes import KINDS
from charts import Panel

from mer.alignment.align import Profile, align
from mer.evaluation.metrics import bootstrap_interval
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack.comparison import LOCAL
from mer.search.stack.pool import Pool

Finder = Callable[[Pool, Columns], npt.NDArray[np.float32]]

EXCERPT = 24  # notes
INSIDE = replace(LOCAL, mode="inside", shifts=4)


def by_view(name: str) -> Finder:
    """Return the search in one representation."""
    return lambda pool, query: pool.view(name).similarity(query)


def by_alignment(pool: Pool, query: Columns) -> npt.NDArray[np.float32]:
    """Return how well the query aligns with the best stretch of each tune, shape (S,)."""
    everything = np.arange(len(pool))
    return align(Profile.of(query, metre=False), pool.profile, everything, INSIDE)[0]


FINDERS: dict[str, Finder] = {
    **{name: by_view(name) for name in ("interval", "interval-rhythm", "contour", "skip-gram")},
    "align inside": by_alignment,
}


@dataclass(frozen=True, eq=False)
class Curve:
    """Reciprocal ranks under one kind of change: name of a method -> shape (amounts, queries)."""

    kind: str
    ranks: dict[str, Floats]

    def means(self, name: str) -> list[float]:
        """Return the mean reciprocal rank for each amount."""
        return [float(value) for value in self.ranks[name].mean(axis=1)]


def reciprocal_rank(similarity: npt.NDArray[np.float32], wanted: int) -> float:
    """Return one over the rank of `wanted`; equals share the middle of their ranks."""
    rounded = np.round(similarity.astype(np.float64), 5)
    better = int((rounded > rounded[wanted]).sum())
    equal = int((rounded == rounded[wanted]).sum())
    return 1.0 / (better + (equal + 1) / 2)


def excerpts(melodies: Sequence[Melody], count: int, seed: int) -> list[tuple[int, Melody]]:
    """Return tunes by number and 24 successive notes of each, the places chosen at random."""
    rng = np.random.default_rng(seed)
    long_enough = [n for n, melody in enumerate(melodies) if len(melody) >= EXCERPT]
    chosen = rng.permutation(long_enough)[:count]
    return [
        (number, melodies[number].cut(start, start + EXCERPT))
        for number in chosen.tolist()
        for start in rng.integers(0, len(melodies[number]) - EXCERPT + 1, 1).tolist()
    ]


def shared_excerpts(melodies: Sequence[Melody], count: int, seed: int) -> int:
    """Return how many of the excerpts stand, interval for interval, in another tune as well."""
    strings = [melody.interval.astype(np.int8).tobytes() for melody in melodies]
    shared = 0
    for number, excerpt in excerpts(melodies, count, seed):
        wanted = excerpt.interval.astype(np.int8).tobytes()
        shared += any(wanted in other for at, other in enumerate(strings) if at != number)
    return shared


def curves(melodies: Sequence[Melody], count: int, seed: int) -> list[Curve]:
    """Return the curves of all kinds of change."""
    pool = Pool(Columns.from_melodies(melodies))
    queries = excerpts(melodies, count, seed)
    found = []
    for kind, ladder in KINDS.items():
        shape = (len(ladder.amounts), len(queries))
        ranks = {name: np.zeros(shape) for name in FINDERS}
        for row, amount in enumerate(ladder.amounts):
            for column, (wanted, excerpt) in enumerate(queries):
                rng = np.random.default_rng([seed, wanted])
                changed = Columns.from_melodies([ladder.change(excerpt, amount, rng)])
                for name, finder in FINDERS.items():
                    ranks[name][row, column] = reciprocal_rank(finder(pool, changed), wanted)
        found.append(Curve(kind, ranks))
    return found


def panels(found: Sequence[Curve]) -> list[Panel]:
    """Return what to draw."""
    return [
        Panel(
            curve.kind,
            KINDS[curve.kind].unit,
            KINDS[curve.kind].amounts,
            {name: curve.means(name) for name in curve.ranks},
        )
        for curve in found
    ]


def table(curve: Curve) -> str:
    """Return the table of one kind of change, as Markdown."""
    ladder = KINDS[curve.kind]
    head = " | ".join(f"{amount:g}" for amount in ladder.amounts)
    lines = [f"| {ladder.unit} | {head} |", "|---" * (len(ladder.amounts) + 1) + "|"]
    for name in curve.ranks:
        cells = " | ".join(f"{value:.2f}" for value in curve.means(name))
        lines.append(f"| `{name}` | {cells} |")
    return "\n".join(lines)


def widest_interval(found: Sequence[Curve]) -> float:
    """Return half the widest 95% interval of all the means."""
    halves = []
    for curve in found:
        for rows in curve.ranks.values():
            for row in rows:
                low, high = bootstrap_interval(row, np.random.default_rng(0))
                halves.append((high - low) / 2)
    return max(halves)
