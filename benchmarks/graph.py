"""Labelled melodies among many -> what neighbour lists gain, by vector and by a neighbour graph.

    python benchmarks/graph.py FILE [--background FILE] [--among N] [--relevant FILE] [--notes-only]
        [--every 1] [--all-lengths]

Makes the graph of the pool (`mer.search.stack.graph`), which may take many minutes, and prints its
cost in milliseconds of processor and bytes a melody; then MAP and P@1 of ``full-noexpand`` and of
``full`` with lists among the candidates only (how it was before the graph), with lists by vector in
the whole pool, and with lists by the graph; each with the gain over ``full-noexpand``, paired by
query, and its 95% bootstrap interval. The stages before the lists are the same for all rows.
``--among N`` keeps only the first N melodies of the background; ``--every N`` asks every Nth query.
With ``--all-lengths`` a second table has the gain in MAP by length of list, lists averaged, and
share.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from tqdm import tqdm

import mer.search.stack.neighbours as neighbours
from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Floats, Ints, Singles
from mer.search.stack.expansion import LARGE_POOL_SHARE, agreement
from mer.search.stack.graph import NeighbourGraph, sequence_keys
from mer.search.stack.methods import METHODS, rank
from mer.search.stack.neighbours import NeighbourLists
from mer.search.stack.pool import Pool

# How it was: lists of 30, the four nearest averaged, at share .3.
BEFORE_NEIGHBOURS, BEFORE_SHARE = 30, 0.3
LENGTHS, AVERAGED, SHARES = (5, 10, 15), (1, 2, 4), (0.05, 0.1, 0.2, 0.3, 0.5)

# Query, what it is compared with, and how similar it is to each -> agreement of lists with each.
Agreement = Callable[[int, Ints, Singles], Singles]


class Ranked:
    """Queries with what ``full-noexpand`` makes of them."""

    def __init__(self, pool: Pool, wanted: Wanted) -> None:
        self.wanted = wanted
        self.order: dict[int, Ints] = {}
        self.fused: dict[int, Singles] = {}
        for query in tqdm(wanted, desc="full-noexpand", leave=False, disable=None):
            ranking = rank(pool, query, "full-noexpand")
            self.order[query] = ranking.numbers
            self.fused[query] = ranking.similarity.astype(np.float32)

    def agreed(self, lists: Agreement) -> dict[int, Singles]:
        """Return what lists say of each query's candidates."""
        return {
            query: lists(query, self.order[query][: len(fused)], fused)
            for query, fused in self.fused.items()
        }

    def figures(self, agreed: dict[int, Singles], share: float) -> Floats:
        """Return average precision and whether the first is right, shape (queries, 2)."""
        rows = []
        for query, fused in self.fused.items():
            order, count = self.order[query], len(fused)
            value = fused + share * agreed[query] if agreed else fused
            best = order[:count][np.argsort(-value, kind="stable")]
            right = np.isin(np.concatenate([best, order[count:]]), self.wanted[query])
            rows.append((average_precision(right), float(right[0])))
        return np.array(rows)


def among_candidates(pool: Pool) -> Agreement:
    """Return the agreement as it was: candidates compared with each other by vector."""

    def agreed(query: int, numbers: Ints, fused: Singles) -> Singles:
        rows = pool.vectors[np.concatenate([[query], numbers])]
        table = ((1.0 + rows @ rows.T) / 2.0).astype(np.float32)
        table[0, 1:] = table[1:, 0] = fused
        return np.asarray(agreement(table, 0, neighbours=BEFORE_NEIGHBOURS)[1:], dtype=np.float32)

    return agreed


def by_lists(lists: NeighbourLists) -> Agreement:
    """Return the agreement by lists of the whole pool."""
    return lambda query, numbers, fused: lists.agreement(numbers, fused, query)


def gain(before: Floats, after: Floats) -> str:
    """Return the mean difference with its interval."""
    low, high = bootstrap_interval(after - before, np.random.default_rng(0))
    return f"{(after - before).mean():+.3f} ({low:+.3f} to {high:+.3f})"


def bytes_of(graph: NeighbourGraph) -> int:
    """Return how large the file of a graph is."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.npz"
        graph.save(file)
        return file.stat().st_size


def report(pool: Pool, ranked: Ranked, graph: NeighbourGraph) -> list[str]:
    """Return the rows of the table, and how long the lists take for a query."""
    lines = ["| method | MAP | P@1 | gain in MAP (95%) | in P@1 | ms/query for lists |"]
    lines.append("|---|---|---|---|---|---|")
    nothing = ranked.figures({}, 0.0)
    plain = " | ".join(f"{value:.3f}" for value in nothing.mean(axis=0))
    lines.append(f"| `full-noexpand` | {plain} | | | |")
    kinds: dict[str, tuple[Agreement, float]] = {
        "`full`, lists among candidates, by vector (before)": (
            among_candidates(pool),
            BEFORE_SHARE,
        ),
        "`full`, lists in the pool, by vector": (by_lists(NeighbourLists(pool)), LARGE_POOL_SHARE),
        "`full`, lists in the pool, by the graph": (
            by_lists(NeighbourLists(pool, graph)),
            LARGE_POOL_SHARE,
        ),
    }
    reached = []
    for name, (lists, share) in kinds.items():
        started = time.process_time()
        agreed = ranked.agreed(lists)
        ms = 1000.0 * (time.process_time() - started) / len(ranked.fused)
        found = ranked.figures(agreed, share)
        reached.append(found[:, 0])
        figures = " | ".join(f"{value:.3f}" for value in found.mean(axis=0))
        first = f"{(found - nothing)[:, 1].mean():+.3f}"
        lines.append(
            f"| {name} | {figures} | {gain(nothing[:, 0], found[:, 0])} | {first} | {ms:.0f} |"
        )
    lines += ["", f"graph minus before: {gain(reached[0], reached[2])} in MAP"]
    lines.append(f"graph minus vector in the pool: {gain(reached[1], reached[2])} in MAP")
    return lines


def lengths(ranked: Ranked, pool: Pool, graph: NeighbourGraph) -> list[str]:
    """Return the gain over no lists by length, lists averaged, and share."""
    nothing = ranked.figures({}, 0.0)[:, 0].mean()
    before = neighbours.LISTED, neighbours.AVERAGED
    lines = ["", f"| lists | length | averaged | {' | '.join(map(str, SHARES))} |"]
    lines.append("|---" * (3 + len(SHARES)) + "|")
    for name, known in (("by vector", None), ("by the graph", graph)):
        for length in LENGTHS:
            for averaged in AVERAGED:
                neighbours.LISTED, neighbours.AVERAGED = length, averaged
                agreed = ranked.agreed(by_lists(NeighbourLists(pool, known)))
                cells = [
                    f"{ranked.figures(agreed, share)[:, 0].mean() - nothing:+.3f}"
                    for share in SHARES
                ]
                lines.append(f"| {name} | {length} | {averaged} | {' | '.join(cells)} |")
    neighbours.LISTED, neighbours.AVERAGED = before
    return lines


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies")
    parser.add_argument("--background", help="further melodies")
    parser.add_argument("--among", type=int, help="how many of these (default: all)")
    parser.add_argument("--relevant", help="JSON, id to relevant ids, instead of families")
    parser.add_argument("--notes-only", action="store_true", help="hide metre and phrases")
    parser.add_argument("--every", type=int, default=1, help="ask every Nth query")
    parser.add_argument("--all-lengths", action="store_true", help="print the second table")
    parser.add_argument("--keep", type=Path, help="file of the graph: read if there, else written")
    options = parser.parse_args()
    notes_only = options.notes_only
    melodies, wanted = prepare(
        options.file,
        background=options.background,
        relevant=options.relevant,
        notes_only=notes_only,
    )
    if options.among is not None:
        labelled, _ = prepare(options.file, relevant=options.relevant, notes_only=notes_only)
        melodies = melodies[: len(labelled) + options.among]
    pool = Pool(melodies, marked=True)
    with pool.showing(True):
        METHODS["full-noexpand"].prepare(pool)
        started = time.process_time()
        if options.keep is not None and options.keep.is_file():
            graph = NeighbourGraph.load(options.keep).of_keys(sequence_keys(pool.columns))
        else:
            graph = NeighbourGraph.of(pool)
        taken_sec = time.process_time() - started
    if options.keep is not None:
        graph.save(options.keep)
    size = len(pool)
    print(
        f"graph of {size:,} melodies: {1000 * taken_sec / size:.1f} ms of processor and "
        f"{bytes_of(graph) / size:.0f} bytes a melody",
        flush=True,
    )
    ranked = Ranked(pool, dict(list(wanted.items())[:: options.every]))
    print(f"{len(ranked.fused)} queries\n", flush=True)
    print("\n".join(report(pool, ranked, graph)), flush=True)
    if options.all_lengths:
        print("\n".join(lengths(ranked, pool, graph)))


if __name__ == "__main__":
    main()
