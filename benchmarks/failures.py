"""Labelled files -> the worst queries of each, why, and pictures: a page.

    python benchmarks/failures.py [BLOCK=]FILE ... [--notes-only] [--queries 150] [--worst 20]
        [--method full-noexpand] [--page docs/experiments/failures.md]

The twenty queries with the least average precision (identical twins left out), the relevant melody
that was ranked last for each, and the unrelated one that was ranked first. A cause is found by
measuring the missed pair, in this order, so that the first that holds is told:

- *length*: one has less than 60% of the notes of the other: a part, a cue, or a repeat written out.
- *another melody*: no stretch of the two aligns better than that of the query with most unrelated
  melodies does (their 95th percentile), whatever the transposition: the label joins what the notes
  do not.
- *a formula*: the unrelated melody aligns better than the missed one, over most of both: a stock
  melody that many texts, or many songs, share.
- *varied*: it aligns better than unrelated melodies do, but other members of the pool still better.

With `--page` the blocks of the files are replaced. Pictures, of the query above the missed melody,
are drawn with ``--pictures FOLDER`` only, as SVG: they show the notes of the set, which may not be
passed on.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from measures import replace_blocks, sample
from repertoires import twin_keys

from mer.alignment.align import align
from mer.alignment.profile import best_shifts
from mer.evaluation.labelled import Labelled, load_labelled
from mer.evaluation.metrics import average_precision
from mer.evaluation.table import prepare
from mer.notes.arrays import Ints
from mer.notes.drawing import captioned_alignment
from mer.search.stack.comparison import LOCALLY, corresponding, scorings
from mer.search.stack.methods import METHODS, method_named, rank
from mer.search.stack.pool import Pool
from mer.terminal import Parser, run

SHORT = 0.6  # of the notes of the longer one
UNRELATED = 0.95  # quantile of the alignments with unrelated melodies
FORMULA = 0.6  # of the most that an alignment can earn
TRANSPOSITIONS = 8
CAUSES = {
    "length": "One of the two has {share:.0%} of the notes of the other.",
    "another melody": "The two align no better ({missed:.2f}) than unrelated melodies do "
    "({usual:.2f}): the label joins what the notes do not.",
    "a formula": "An unrelated melody is nearer ({wrong:.2f}) than the missed one ({missed:.2f}): "
    "both follow one formula.",
    "varied": "It aligns better ({missed:.2f}) than unrelated melodies do ({usual:.2f}), but the "
    "first {rank} of the list do as well.",
}
REMEDIES = {
    "length": "counts what is found of the shorter one, as `motif` does",
    "another melody": "nothing that hears the notes alone",
    "a formula": "more context: words, mode, the place in the collection",
    "varied": "a learned measure, or neighbour lists (`full`)",
}


@dataclass(frozen=True)
class Failure:
    """A query that found little: numbers of the pool, and why."""

    query: int
    missed: int
    wrong: int
    precision: float
    rank: int
    cause: str
    sentence: str


def cause_of(share: float, missed: float, wrong: float, usual: float) -> str:
    """Return the cause: a name in `CAUSES`.

    Parameters
    ----------
    share
        Notes of the shorter over those of the longer one.
    missed, wrong
        How well the missed and the first unrelated melody align with the query, 0 to 1.
    usual
        How well the best twentieth of the unrelated ones does at least.

    Examples
    --------
    >>> [cause_of(0.5, 0.9, 0.1, 0.2), cause_of(0.9, 0.15, 0.1, 0.2)]
    ['length', 'another melody']
    >>> [cause_of(0.9, 0.7, 0.8, 0.2), cause_of(0.9, 0.5, 0.55, 0.2)]
    ['a formula', 'varied']
    """
    if share < SHORT:
        return "length"
    if missed <= usual:
        return "another melody"
    return "a formula" if wrong > missed and wrong >= FORMULA else "varied"


def failures(
    pool: Pool, wanted: dict[int, Ints], keys: Ints, method: str, worst: int
) -> list[Failure]:
    """Return the worst queries, the worst first."""
    method_named(method).prepare(pool)
    found = []
    for query, others in wanted.items():
        order = rank(pool, query, method).numbers
        order = order[keys[order] != keys[query]]
        marks = np.isin(order, others)
        if marks.any():
            found.append((average_precision(marks), query, order, marks))
    found.sort(key=lambda one: one[:2])
    return [
        _explained(pool, query, order, marks, value) for value, query, order, marks in found[:worst]
    ]


def _explained(pool: Pool, query: int, order: Ints, marks: Ints, precision: float) -> Failure:
    right, others = np.flatnonzero(marks), np.flatnonzero(~marks)
    missed, wrong = int(order[right[-1]]), int(order[others[0]])
    own = pool.profile.take(query)
    shifts = best_shifts(own, pool.profile, order, TRANSPOSITIONS)
    scoring = scorings(pool, pool.query(query))[LOCALLY]
    aligned, _ = align(own, pool.profile, order, scoring, shifts=shifts)
    lengths = pool.columns.lengths[[query, missed]]
    values = {
        "share": float(lengths.min() / lengths.max()),
        "missed": float(aligned[right[-1]]),
        "wrong": float(aligned[others[0]]),
        "usual": float(np.quantile(aligned[others], UNRELATED)),
    }
    place = int(right[-1]) + 1
    cause = cause_of(**values)
    sentence = CAUSES[cause].format(rank=place - 1, **values)
    return Failure(query, missed, wrong, precision, place, cause, sentence)


def block_of(found: list[Failure], items: list[Labelled], queries: int) -> str:
    """Return the tables of causes and of queries, as Markdown."""
    counts = Counter(failure.cause for failure in found)
    lines = ["| cause | of the worst | what could help |", "|---|---|---|"]
    lines += [f"| {name} | {counts[name]} | {REMEDIES[name]} |" for name in CAUSES]
    lines += ["", f"The worst {len(found)} of {queries} queries:", ""]
    lines += ["| query | missed | rank | AP | cause |", "|---|---|---|---|---|"]
    for failure in found:
        names = [_named(items[number]) for number in (failure.query, failure.missed)]
        lines.append(
            f"| {names[0]} | {names[1]} | {failure.rank} | {failure.precision:.3f} "
            f"| *{failure.cause}*. {failure.sentence} |"
        )
    return "\n".join(lines)


def _named(item: Labelled) -> str:
    title = item.titles[0] if item.titles else item.family or ""
    return f"{title.replace('|', ' ')[:40]} ({item.id.rsplit('/', 1)[-1]})"


def draw(found: list[Failure], pool: Pool, items: list[Labelled], folder: Path) -> None:
    """Write a picture of each query above the melody that it missed."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, failure in enumerate(found, start=1):
        pairs, shift = corresponding(
            pool, pool.query(failure.query), np.array([failure.missed]), None, local=True
        )
        svg = captioned_alignment(
            pool.columns.melody(failure.query),
            pool.columns.melody(failure.missed),
            pairs[0],
            transposition=int(shift[0]),
            captions=(_named(items[failure.query]), failure.sentence),
        )
        (folder / f"{number:02d}.svg").write_text(svg, encoding="utf-8")


def write(options: argparse.Namespace) -> int:
    """Print the block of each file, and replace those of the page."""
    method_named(options.method)
    for given in options.files:
        name, _, path = given.rpartition("=")
        file = Path(path)
        items = load_labelled(file)
        melodies, wanted = prepare(file, notes_only=options.notes_only)
        pool, queries = Pool(melodies, marked=True), sample(wanted, options.queries, options.seed)
        found = failures(pool, queries, twin_keys(melodies), options.method, options.worst)
        hidden = " --notes-only" if options.notes_only else ""
        text = (
            f"`python benchmarks/failures.py {file.name}{hidden} --queries {len(queries)}`, "
            f"`{options.method}`.\n\n{block_of(found, items, len(queries))}"
        )
        print(text)
        if options.pictures:
            draw(found, pool, items, options.pictures / (name or file.name.split(".")[0]))
        if options.page:
            page = options.page.read_text() if options.page.exists() else "# Failures\n\n"
            options.page.write_text(replace_blocks(page, {name or file.name: text}))
    return 0


def main() -> int:
    """Read the options and explain."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="labelled melodies, FILE or BLOCK=FILE")
    parser.add_argument("--notes-only", action="store_true", help="hide metre, key and marks")
    parser.add_argument("--queries", type=int, default=150, help="drawn (default: %(default)s)")
    parser.add_argument("--worst", type=int, default=20, help="explained (default: %(default)s)")
    parser.add_argument("--method", default="full-noexpand", help=f"one of {', '.join(METHODS)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--pictures", type=Path, help="a folder for SVG pictures")
    options = parser.parse_args()
    return run(partial(write, options))


if __name__ == "__main__":
    sys.exit(main())
