"""Labelled melodies -> how well the search that users get ranks them, by several methods.

    python benchmarks/search_quality.py FILE [--relevant FILE] [--marks] [--every 1]
        [--methods default,motif,full,interval] [--beside full-noexpand,motif,full,interval]

Builds a `PhraseIndex` of whole melodies and searches it with each melody in turn (with `--every N`,
each Nth), by each of `--methods`; ``default`` is what a search does unless told. Prints MAP and P@1
with 95% bootstrap intervals, and the same of ``mer evaluate``, by each of `--beside`, on the same
queries. Only pitch, onset and duration are kept, or with `--marks` metre and phrases as well.

A search from outside the pool finds the melody itself first; it is left out of the ranking. A
search returns at most `MAX_MATCHES` melodies; those it does not return are ranked last, those of
other families first, so that a melody left out can only lower the figures. The program prints how
many there were.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.corpus.corpus import Corpus, Tune
from mer.evaluation.metrics import Evaluation, bootstrap_interval, evaluate
from mer.evaluation.table import Wanted, measure_method, prepare
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.stack.query import MAX_MATCHES

DEFAULT = "default"
SEARCHED = (DEFAULT, "motif", "full", "interval")
BESIDE = ("full-noexpand", "motif", "full", "interval")
FIGURES = {"map": "MAP", "p_at_1": "P@1"}


def index_of(melodies: Sequence[Melody]) -> PhraseIndex:
    """Return an index of the whole melodies, in their order."""
    tunes = [Tune(str(number), "", "", melody) for number, melody in enumerate(melodies)]
    return PhraseIndex.build(Corpus.from_tunes(tunes), unit="melody")


def returned(index: PhraseIndex, query: int, k: int, method: str | None = None) -> Ints:
    """Return the melodies that a search with melody number `query` returns, without the query."""
    matches = index.search(index.phrase(query).melody, k, method=method)
    numbers = np.array([match.number for match in matches], dtype=np.int64)
    return numbers[numbers != query]


def completed(ranked: Ints, query: int, relevant: Ints, total: int) -> Ints:
    """Return the ranking with every other melody behind it, the relevant ones last of all."""
    rest = np.setdiff1d(np.arange(total), np.append(ranked, query))
    wanted = np.isin(rest, relevant)
    return np.concatenate([ranked, rest[~wanted], rest[wanted]])


def search_evaluation(
    index: PhraseIndex, wanted: Wanted, k: int, method: str | None = None
) -> tuple[Evaluation, int]:
    """Return the figures of the search, and how many relevant melodies it did not return."""
    rankings = {query: returned(index, query, k, method) for query in wanted}
    missed = sum(int((~np.isin(wanted[q], ranked)).sum()) for q, ranked in rankings.items())

    def rank(query: int) -> Ints:
        return completed(rankings[query], query, wanted[query], len(index))

    return evaluate(rank, lambda query, items: np.isin(items, wanted[query]), wanted), missed


def row(name: str, evaluation: Evaluation) -> str:
    """Return one row of the table: each figure with its interval."""
    cells = []
    for figure in FIGURES:
        values = evaluation.per_query[figure]
        low, high = bootstrap_interval(values, np.random.default_rng(0))
        cells.append(f"{values.mean():.3f} ({low:.3f} to {high:.3f})")
    return f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies")
    parser.add_argument("--relevant", help="JSON, id to relevant ids, instead of families")
    parser.add_argument("--marks", action="store_true", help="keep metre and phrases")
    parser.add_argument("--every", type=int, default=1, help="search with each Nth query")
    parser.add_argument("--methods", default=",".join(SEARCHED), help="of the search")
    parser.add_argument("--beside", default=",".join(BESIDE), help="of `mer evaluate`")
    options = parser.parse_args()
    melodies, wanted = prepare(
        options.file, relevant=options.relevant, notes_only=not options.marks
    )
    wanted = dict(list(wanted.items())[:: options.every])
    index = index_of(melodies)
    k = min(MAX_MATCHES, len(index))
    print(f"{len(wanted)} queries among {len(index)} melodies; k = {k}\n")
    print(f"| method | {' | '.join(f'{name} (95%)' for name in FIGURES.values())} |")
    print("|---|---|---|", flush=True)
    missing = {}
    for name in filter(None, options.methods.split(",")):
        method = None if name == DEFAULT else name
        found, missing[name] = search_evaluation(index, wanted, k, method)
        print(row(f"`PhraseIndex.search`, {name}", found), flush=True)
    for name in filter(None, options.beside.split(",")):
        measured = measure_method(name, index.pool, wanted)
        print(row(f"`mer evaluate`, `{name}`", measured.evaluation), flush=True)
    if not missing:
        return
    pairs = sum(len(others) for others in wanted.values())
    shown = ", ".join(f"{name} {count}" for name, count in missing.items())
    print(f"\nNot returned, of {pairs} relevant melodies: {shown}.")


if __name__ == "__main__":
    main()
