"""Labelled melodies -> how well the search that users get ranks them, beside two other methods.

    python benchmarks/search_quality.py FILE

Builds a `PhraseIndex` of whole melodies (pitch, onset and duration only), searches it with each
melody in turn and prints MAP and P@1 with 95% bootstrap intervals, beside ``full-noexpand`` and
``interval`` on the same queries. A search returns at most `MAX_MATCHES` melodies, the query among
them; melodies it does not return are ranked last, those of other families first, so that a melody
left out can only lower the figures. The program prints how many there were.
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
from mer.evaluation.table import Wanted, measure, prepare
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import MAX_MATCHES, PhraseIndex

BESIDE = ("full-noexpand", "interval")
FIGURES = {"map": "MAP", "p_at_1": "P@1"}


def index_of(melodies: Sequence[Melody]) -> PhraseIndex:
    """Return an index of the whole melodies, in their order."""
    tunes = [Tune(str(number), "", "", melody) for number, melody in enumerate(melodies)]
    return PhraseIndex.build(Corpus.from_tunes(tunes), unit="melody")


def returned(index: PhraseIndex, query: int, k: int) -> Ints:
    """Return the melodies that a search with melody number `query` returns, without the query."""
    matches = index.search(index.phrase(query).melody, k)
    numbers = np.array([match.number for match in matches], dtype=np.int64)
    return numbers[numbers != query]


def completed(ranked: Ints, query: int, relevant: Ints, total: int) -> Ints:
    """Return the ranking with every other melody behind it, the relevant ones last of all."""
    rest = np.setdiff1d(np.arange(total), np.append(ranked, query))
    wanted = np.isin(rest, relevant)
    return np.concatenate([ranked, rest[~wanted], rest[wanted]])


def search_evaluation(index: PhraseIndex, wanted: Wanted, k: int) -> tuple[Evaluation, int]:
    """Return the figures of the search, and how many relevant melodies it did not return."""
    rankings = {query: returned(index, query, k) for query in wanted}
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
    options = parser.parse_args()
    melodies, wanted = prepare(options.file, notes_only=True)
    index = index_of(melodies)
    k = min(MAX_MATCHES, len(index))
    found, missed = search_evaluation(index, wanted, k)
    pairs = sum(len(others) for others in wanted.values())
    print(f"{len(wanted)} queries among {len(index)} melodies, notes only; k = {k}")
    print(
        f"The search did not return {missed} of {pairs} relevant melodies; "
        "a melody it does not return is ranked last.\n"
    )
    print(f"| method | {' | '.join(f'{name} (95%)' for name in FIGURES.values())} |")
    print("|---|---|---|")
    print(row("`PhraseIndex.search`", found))
    for name, measured in measure(options.file, BESIDE, notes_only=True).items():
        print(row(f"`{name}`", measured.evaluation))


if __name__ == "__main__":
    main()
