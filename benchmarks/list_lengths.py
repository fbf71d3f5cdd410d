"""Labelled files that are small pools -> what neighbour lists of several lengths gain.

    python benchmarks/list_lengths.py FILE ... [--notes-only] [--families 3 5 8]

For each file the mean average precision of ``full-noexpand``, and what lists add to it, paired by
query with a 95% bootstrap interval: those of one length for every pool (15 members, averaged over
4, which count as much as the similarity: what was in use before), those whose length follows the
pool (`mer.search.stack.expansion.AllPairs.kin`, which is ``full``), and a grid. With `--families`
the same for pools in which only so many of each family are left, drawn by a seed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from mer.errors import InputError
from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Floats, Ints, Singles
from mer.search.stack.expansion import (
    AVERAGED,
    NEIGHBOURS,
    SMALL_POOL_SHARE,
    AllPairs,
    neighbour_lists,
)
from mer.search.stack.methods import METHODS
from mer.search.stack.pool import Pool
from mer.terminal import Parser, run

# Length, lists averaged, share.
GRID = [(5, 1, 0.3), (8, 1, 0.3), (8, 1, 1.0), (8, 2, 0.5), (12, 3, 0.75), (15, 1, 1.0)]


def with_lists(table: Singles, neighbours: int, averaged: int, share: float) -> Singles:
    """Return the similarities of all pairs with the agreement of their lists added."""
    lists = neighbour_lists(table, neighbours, averaged)
    lists /= np.maximum(np.linalg.norm(lists, axis=1, keepdims=True), 1e-9)
    return np.asarray(table + share * (lists @ lists.T), dtype=np.float32)


def precisions(table: Singles, wanted: Wanted) -> Floats:
    """Return the average precision of each query."""
    found = []
    for query, others in wanted.items():
        order = np.argsort(-table[query], kind="stable")
        found.append(average_precision(np.isin(order[order != query], others)))
    return np.array(found)


def gain(after: Floats, before: Floats) -> str:
    """Return the mean difference and its interval."""
    low, high = bootstrap_interval(after - before, np.random.default_rng(0))
    return f"{(after - before).mean():+.3f} ({low:+.3f} to {high:+.3f})"


def left(wanted: Wanted, most: int, rng: np.random.Generator) -> tuple[Ints, Wanted]:
    """Return the members of which at most so many of each family are left, and their queries."""
    families: dict[int, set[int]] = {}
    for query, others in wanted.items():
        members = {query, *np.asarray(others).tolist()}
        families.setdefault(min(members), set()).update(members)
    kept = np.sort(
        np.concatenate([rng.permutation(sorted(one))[:most] for _, one in sorted(families.items())])
    )
    asked = {query: np.intersect1d(others, kept) for query, others in wanted.items()}
    there = {query: others for query, others in asked.items() if query in kept and len(others)}
    places = {
        int(np.searchsorted(kept, query)): np.searchsorted(kept, others)
        for query, others in there.items()
    }
    return kept, places


def show(name: str, pairs: AllPairs, wanted: Wanted) -> None:
    """Print the rows of one pool."""
    before = precisions(pairs.fused, wanted)
    print(f"\n{name}: {len(pairs.fused)} melodies, {len(wanted)} queries, `full-noexpand`", end=" ")
    print(f"{before.mean():.3f}; {pairs.kin} stand out beside a melody")
    own = (pairs.neighbours, pairs.kin, pairs.share)
    rows = {"one length for all": (NEIGHBOURS, AVERAGED, SMALL_POOL_SHARE), "`full`": own}
    rows |= {
        f"{length}, {averaged}, {share}": (length, averaged, share)
        for length, averaged, share in GRID
    }
    print("\n| lists | MAP | gain |\n|---|---|---|")
    for title, (length, averaged, share) in rows.items():
        after = precisions(with_lists(pairs.fused, length, averaged, share), wanted)
        print(f"| {title} | {after.mean():.3f} | {gain(after, before)} |", flush=True)


def measure(options: argparse.Namespace) -> int:
    """Print everything of each file."""
    for file in options.files:
        melodies, wanted = prepare(file, notes_only=options.notes_only)
        pool = Pool(melodies, marked=True)
        if not pool.is_small:
            raise InputError(f"{file}: lists of large pools are found otherwise; see graph.py")
        pairs = AllPairs.of(pool, *METHODS["full"].shares(pool))
        show(file.name, pairs, wanted)
        rng = np.random.default_rng(options.seed)
        for most in options.families:
            kept, asked = left(wanted, most, rng)
            fewer = replace(pairs, fused=pairs.fused[np.ix_(kept, kept)])
            show(f"{file.name}, {most} of a family", fewer, asked)
    return 0


def main() -> int:
    """Read the options and measure."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="labelled melodies")
    parser.add_argument("--notes-only", action="store_true", help="hide metre, key and marks")
    parser.add_argument(
        "--families", type=int, nargs="+", default=[], help="at most so many of each"
    )
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return run(lambda: measure(options))


if __name__ == "__main__":
    sys.exit(main())
