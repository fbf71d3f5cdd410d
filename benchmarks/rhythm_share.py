"""Labelled melodies -> what it gains that the share of rhythm follows the pool: before, now.

    python benchmarks/rhythm_share.py FILE [--notes-only]

``before`` gives all pools the shares of `mer.search.stack.methods.NGRAM_SHARES`; ``now`` is what
`mer.search.stack.methods` does. Prints the entropy that decides, both MAPs, and their difference
paired by query with a 95% bootstrap interval. The table of decision 7
(docs/decisions/0007-rhythm-counts-for-what-it-tells.md) comes from this.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import numpy.typing as npt

from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import Wanted, prepare
from mer.notes.columns import Columns
from mer.search.stack.methods import ngram_shares, rank
from mer.search.stack.pool import Pool

SHOWN = ("full", "full-noexpand", "ngram")


def precision(pool: Pool, name: str, wanted: Wanted) -> npt.NDArray[np.float64]:
    """Return the average precision of each query."""
    ranked = ((rank(pool, query, name).numbers, others) for query, others in wanted.items())
    return np.array([average_precision(np.isin(items, others)) for items, others in ranked])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies with families")
    parser.add_argument("--notes-only", action="store_true")
    options = parser.parse_args()
    melodies, wanted = prepare(options.file, notes_only=options.notes_only)
    columns = Columns.from_melodies(melodies)
    before, now = Pool(columns), Pool(columns)
    before.rhythm_bits = 0.0  # as if rhythm told nothing
    share = ngram_shares(now)["rhythm"]
    print(f"{len(wanted)} queries, {now.rhythm_bits:.2f} bits, share of rhythm {share:.2f}")
    print("| method | before | now | difference (95%) |\n|---|---|---|---|")
    for name in SHOWN:
        first, second = (precision(pool, name, wanted) for pool in (before, now))
        low, high = bootstrap_interval(second - first, np.random.default_rng(0))
        gain = (second - first).mean()
        print(
            f"| `{name}` | {first.mean():.3f} | {second.mean():.3f} | "
            f"{gain:+.3f} ({low:+.3f} to {high:+.3f}) |",
            flush=True,
        )


if __name__ == "__main__":
    main()
