"""Labelled melodies -> every representation alone, side by side, with 95% intervals.

    python benchmarks/representations.py FILE [--notes-only] [--background FILE] [--relevant FILE]

Every melody of FILE with relatives queries all the others. Latent semantic vectors are measured
twice: fitted on the pool that is searched, and (where the shipped corpus is there) on that corpus,
as the learned vector was. Below the table stand the differences in average precision between the
learned vector and both, paired by query.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from mer import load_corpus
from mer.embeddings import REPRESENTATIONS, Representation
from mer.embeddings.lsa import LatentSemantic
from mer.evaluation.metrics import Evaluation, bootstrap_interval, evaluate
from mer.evaluation.table import SHOWN, Wanted, prepare
from mer.notes.columns import Columns

LEARNED = "vector"
ON_POOL, ON_CORPUS = "lsa", "lsa, fitted on the corpus"
HEADER = f"{'representation':<28}{'numbers':>9}" + "".join(f"{name:>11}" for name in SHOWN.values())


def latent_semantic_from_corpus(pool: Columns) -> LatentSemantic:
    """Return latent semantic vectors of `pool` by components of the shipped corpus."""
    view = REPRESENTATIONS[ON_POOL]()
    assert isinstance(view, LatentSemantic)
    return view.learn(load_corpus().columns("melody")).keep(pool)


def fitted(name: str, pool: Columns) -> Representation:
    """Return the representation of that name, fitted on the pool."""
    return REPRESENTATIONS[name]().fit(pool)


def measured(representation: Representation, pool: Columns, wanted: Wanted) -> Evaluation:
    """Return how well the similarity ranks what each query should find."""

    def rank(query: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        order = np.argsort(-representation.similarity(pool.take([query])), kind="stable")
        return order[order != query]

    return evaluate(rank, lambda query, items: np.isin(items, wanted[query]), list(wanted))


def interval(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """Return the 95% bootstrap interval of the mean."""
    low, high = bootstrap_interval(values, np.random.default_rng(0))
    return f"{low:.3f} to {high:.3f}"


def main() -> None:
    """Print the table and the paired differences."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", metavar="FILE", help="labelled melodies (JSON lines)")
    parser.add_argument("--background", help="further melodies to search through")
    parser.add_argument("--relevant", help="JSON file, id -> relevant ids, in place of families")
    parser.add_argument("--notes-only", action="store_true", help="hide metre, key and phrases")
    parser.add_argument("--only", metavar="NAME,...", help="representations (default: all)")
    options = parser.parse_args()
    melodies, wanted = prepare(
        options.path,
        background=options.background,
        relevant=options.relevant,
        notes_only=options.notes_only,
    )
    pool = Columns.from_melodies(melodies)
    chosen = options.only.split(",") if options.only else list(REPRESENTATIONS)
    makers: dict[str, Callable[[Columns], Representation]] = {
        name: partial(fitted, name) for name in chosen
    }
    if ON_POOL in makers:
        makers[ON_CORPUS] = latent_semantic_from_corpus
    print(f"{len(wanted)} queries among {len(pool)} melodies")
    print(f"{HEADER}   {'MAP 95%':<16}{'fit, s':>8}{'ms a query':>12}")
    table = {}
    for name, make in makers.items():
        started = time.perf_counter()
        representation = make(pool)
        fit_seconds = time.perf_counter() - started
        width = representation.transform(pool.take([0])).shape[1]
        started = time.perf_counter()
        table[name] = measured(representation, pool, wanted)
        each = 1000 * (time.perf_counter() - started) / len(wanted)
        figures = "".join(f"{table[name][figure]:>11.3f}" for figure in SHOWN)
        spread = interval(table[name].per_query["map"])
        print(f"{name:<28}{width:>9}{figures}   {spread:<16}{fit_seconds:>8.1f}{each:>12.1f}")
    for other in (ON_POOL, ON_CORPUS):
        if LEARNED in table and other in table:
            gain = table[LEARNED].per_query["map"] - table[other].per_query["map"]
            print(f"{LEARNED} - {other}: {gain.mean():+.3f} (95% {interval(gain)})")


if __name__ == "__main__":
    main()
