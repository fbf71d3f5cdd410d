"""Labelled files of several repertoires -> mer's methods and their peers, on the same queries.

    python benchmarks/repertoires.py [BLOCK=]FILE ... [--notes-only] [--queries 120]
        [--methods NAME,...] [--page docs/experiments/repertoires.md]

For each file MAP with a 95% bootstrap interval, with and without identical twins (melodies with
the intervals of the query are then neither looked for nor ranked), P@1, MRR and recall@10 without
twins, processor time of a query, and the paired differences that matter. Queries are drawn at
random by a seed; every method answers the same. With `--page`, the block of each file is replaced;
the words around the blocks stay.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from measures import Rank, replace_blocks, sample, warping
from peers import music21_search, opti3, spline_shape
from trained_peer import midisimx

from mer.errors import InputError
from mer.evaluation.metrics import METRICS, bootstrap_interval
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.stack.methods import METHODS, method_named, rank
from mer.search.stack.pool import Pool
from mer.terminal import Parser, run

OURS = ("full", "full-noexpand", "align", "ngram", "vector")
# Of mer as well, but known before it: what a reader would try first.
PLAIN = ("lsa", "interval", "cosine-shape", "summary")
PEERS: dict[str, Callable[[Pool], Rank]] = {
    "opti3": opti3,
    "spline shape": spline_shape,
    "time warping": warping,
    "music21.search": music21_search,
}
# In an environment of its own, and only when it is asked for.
TRAINED: dict[str, Callable[[Pool], Rank]] = {"midisimx": midisimx}
DIFFERENCES = (
    ("full", "interval"),
    ("full-noexpand", "interval"),
    ("full-noexpand", "vector"),
    ("vector", "lsa"),
    ("full-noexpand", "opti3"),
    ("full-noexpand", "spline shape"),
    ("vector", "midisimx"),
)
SHOWN = ("p_at_1", "mrr", "recall_at_10")


@dataclass(frozen=True, eq=False)
class Reached:
    """What a method reached: name of a figure -> its value for each query.

    `twins` holds the average precision with identical twins, `figures` everything without; a query
    of which nothing but twins is to be found has NaN there.
    """

    twins: Floats
    figures: dict[str, Floats]
    ms_per_query: float


def method_rank(pool: Pool, name: str) -> Rank:
    """Return the ranking by one of mer's methods, prepared."""
    method_named(name).prepare(pool)
    return lambda query: rank(pool, query, name).numbers


def twin_keys(melodies: list[Melody]) -> Ints:
    """Return a number for each melody; those of equal intervals have the same.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62], onset=[0, 480], duration=[480] * 2)
    >>> other = Melody(pitch=[60, 65], onset=[0, 480], duration=[480] * 2)
    >>> twin_keys([tune, other, tune.transpose(3)]).tolist()
    [0, 1, 0]
    """
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(m.interval.tobytes(), len(known)) for m in melodies])


def reached(order: Rank, wanted: Wanted, keys: Ints) -> Reached:
    """Return what a ranking reaches on the queries."""
    twins, rows, taken = [], [], []
    for query, others in wanted.items():
        started = time.process_time()
        found = order(query)
        taken.append(time.process_time() - started)
        marks = np.isin(found, others)
        twins.append(METRICS["map"](marks))
        apart = marks[keys[found] != keys[query]]
        values = [METRICS[name](apart) for name in METRICS] if apart.any() else [np.nan] * 5
        rows.append(values)
    table = np.array(rows)
    figures = {name: table[:, place] for place, name in enumerate(METRICS)}
    return Reached(np.array(twins), figures, 1000.0 * float(np.median(taken)))


def with_interval(values: Floats, digits: str = ".3f") -> str:
    """Return the mean and its interval, NaN left out.

    Examples
    --------
    >>> with_interval(np.array([0.5, 0.5, np.nan]))
    '0.500 (0.500 to 0.500)'
    """
    there = values[~np.isnan(values)]
    low, high = bootstrap_interval(there, np.random.default_rng(0))
    return f"{there.mean():{digits}} ({low:{digits}} to {high:{digits}})"


def table_of(rows: dict[str, Reached]) -> str:
    """Return the table and the differences, as Markdown."""
    lines = [
        "| method | MAP (95%) | MAP without twins (95%) | P@1 | MRR | recall@10 | ms/query |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        others = " | ".join(f"{np.nanmean(row.figures[figure]):.3f}" for figure in SHOWN)
        lines.append(
            f"| `{name}` | {with_interval(row.twins)} | {with_interval(row.figures['map'])} "
            f"| {others} | {row.ms_per_query:.0f} |"
        )
    lines.append("")
    for first, second in DIFFERENCES:
        if first in rows and second in rows:
            gain = rows[first].figures["map"] - rows[second].figures["map"]
            lines.append(f"- `{first}` minus `{second}`: {with_interval(gain, '+.3f')}")
    return "\n".join(lines)


def compare(file: Path, options: argparse.Namespace, *, notes_only: bool) -> str:
    """Return the block of one file."""
    melodies, wanted = prepare(file, notes_only=notes_only)
    queries = sample(wanted, options.queries, options.seed)
    pool, keys = Pool(melodies, marked=True), twin_keys(melodies)
    twinned = np.mean([(keys[wanted[query]] == keys[query]).any() for query in queries])
    rows = {}
    for name in options.methods.split(","):
        peers = PEERS | TRAINED
        order = peers[name](pool) if name in peers else method_rank(pool, name)
        rows[name] = reached(order, queries, keys)
        print(f"{file.name} {name}: {with_interval(rows[name].figures['map'])}", file=sys.stderr)
    hidden = " --notes-only" if notes_only else ""
    return (
        f"`python benchmarks/repertoires.py {file.name}{hidden} --queries {len(queries)}`: "
        f"{len(queries)} of {len(wanted)} queries among {len(melodies):,} melodies of "
        f"{np.mean([len(m) for m in melodies]):.0f} notes; {twinned:.0%} of the queries have a "
        f"twin. P@1, MRR, recall@10 and the differences are without twins.\n\n{table_of(rows)}"
    )


def write(options: argparse.Namespace) -> int:
    """Print the block of each file, and replace those of the page."""
    known = [*PEERS, *TRAINED, *METHODS]
    for name in options.methods.split(","):
        if name not in known:
            raise InputError(f"unknown method {name!r}; known: {', '.join(known)}")
    for given in options.files:
        name, _, path = given.rpartition("=")
        file = Path(path)
        text = compare(file, options, notes_only=options.notes_only)
        print(text)
        if options.page:
            page = options.page.read_text() if options.page.exists() else "# Repertoires\n\n"
            options.page.write_text(replace_blocks(page, {name or file.name: text}))
    return 0


def main() -> int:
    """Read the options and measure."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="labelled melodies, FILE or BLOCK=FILE")
    parser.add_argument("--notes-only", action="store_true", help="hide metre, key and marks")
    parser.add_argument("--queries", type=int, default=120, help="drawn (default: %(default)s)")
    parser.add_argument("--methods", default=",".join([*OURS, *PLAIN, *PEERS]))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    return run(partial(write, options))


if __name__ == "__main__":
    sys.exit(main())
