"""Labelled melodies -> similarity measures compared, and what each is robust to: a page.

    python benchmarks/measures.py FILE [--queries N] [--changed N] [--seed 0]
        [--page docs/experiments/measures.md]

First, which tunes belong to the family of a query: MAP of each measure with a 95% bootstrap
interval, and the paired difference to the cosine of interval n-grams. Second, finding a tune by a
changed excerpt of it (see robustness.py). All measures hear the notes alone: metre, key and phrase
marks of the file are dropped. With `--page`, the generated blocks of the page are replaced and its
pictures drawn; the words between the blocks stay.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from charts import intervals_chart, small_multiples
from distances import earth_mover, edit_distances, jaccard, time_warp
from robustness import EXCERPT, curves, panels, shared_excerpts, table, widest_interval

from mer.alignment.align import align
from mer.embeddings import TERMS, TermView
from mer.embeddings.contours import MOMENTS, step_curve
from mer.evaluation.metrics import Evaluation, bootstrap_interval, evaluate
from mer.evaluation.table import Wanted, prepare
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack.comparison import LOCALLY, WHOLE, scorings
from mer.search.stack.methods import rank
from mer.search.stack.pool import Pool

# Query -> all other sequences of the pool, best first.
Rank = Callable[[int], npt.NDArray[np.int64]]

BAND = MOMENTS // 8  # the greatest warp: an eighth of the tune
SHIFTS = np.arange(-24, 25)
REFERENCE = "cosine"


@dataclass(frozen=True, eq=False)
class Row:
    """What one measure reached."""

    evaluation: Evaluation
    ms_per_query: float


def ranking(similarity: Callable[[int], npt.NDArray[np.floating]]) -> Rank:
    """Return the ranking by a similarity of shape (S,)."""

    def rank(query: int) -> npt.NDArray[np.int64]:
        order = np.argsort(-similarity(query), kind="stable")
        return np.asarray(order[order != query], dtype=np.int64)

    return rank


def cosine(pool: Pool) -> Rank:
    """Cosine of the TF-IDF vectors of interval n-grams."""
    return lambda query: rank(pool, query, "interval").numbers


def euclidean(pool: Pool) -> Rank:
    """Euclidean distance of the same vectors, not scaled to length 1."""
    view = TermView(TERMS["interval"]).fit(pool.columns)
    vectors, lengths = view.transform(pool.columns), view.norms_.astype(np.float64)

    def similarity(query: int) -> Floats:
        products = (vectors @ vectors[[query]].T).toarray()[:, 0] * lengths * lengths[query]
        return np.asarray(2 * products - lengths**2)

    return ranking(similarity)


def jaccard_of_sets(pool: Pool) -> Rank:
    """Jaccard similarity of the sets of interval n-grams."""
    vectors = TermView(TERMS["interval"]).fit(pool.columns).transform(pool.columns)
    members = np.split(vectors.indices, vectors.indptr[1:-1])
    return ranking(lambda query: jaccard(members[query], members))


def earth_movers(pool: Pool) -> Rank:
    """Earth mover's distance of duration-weighted pitch histograms, best transposition."""
    room = int(np.abs(SHIFTS).max())
    histograms = np.pad(pool.profile.histogram, ((0, 0), (room, room))).astype(np.float64)
    histograms /= histograms.sum(axis=1, keepdims=True)
    return ranking(lambda query: -earth_mover(histograms[query], histograms, SHIFTS))


def edits(pool: Pool) -> Rank:
    """Edit distance of the strings of intervals, over the longer length."""
    pitch = pool.columns.pitch.astype(np.int64)
    intervals = [np.diff(part) for part in np.split(pitch, pool.columns.bounds[1:-1])]
    return ranking(lambda query: -edit_distances(intervals[query], intervals))


def warping(pool: Pool) -> Rank:
    """Dynamic time warping of the pitch curves about their means, 64 moments."""
    shapes = step_curve(pool.columns)
    return ranking(lambda query: -time_warp(shapes[query], shapes, BAND))


def aligned(pool: Pool, mode: str) -> Rank:
    """Alignment of the notes themselves."""
    everything = np.arange(len(pool))
    scoring = replace(scorings(pool, pool.query(0))[mode], shifts=3)
    return ranking(
        lambda query: align(pool.profile.take(query), pool.profile, everything, scoring)[0]
    )


MEASURES: dict[str, Callable[[Pool], Rank]] = {
    REFERENCE: cosine,
    "Euclidean": euclidean,
    "Jaccard": jaccard_of_sets,
    "earth mover": earth_movers,
    "edit distance": edits,
    "time warping": warping,
    "local alignment": partial(aligned, mode=LOCALLY),
    "global alignment": partial(aligned, mode=WHOLE),
    "full-noexpand": lambda pool: lambda query: rank(pool, query, "full-noexpand").numbers,
    "full": lambda pool: lambda query: rank(pool, query, "full").numbers,
}


def compare(melodies: Sequence[Melody], wanted: Wanted) -> dict[str, Row]:
    """Return what each measure reaches; what is prepared once for a pool is not timed."""
    pool, queries = Pool(Columns.from_melodies(melodies)), list(wanted)
    rows = {}
    for name, measure in MEASURES.items():
        rank = measure(pool)
        rank(queries[0])
        started = time.perf_counter()
        result = evaluate(rank, lambda query, items: np.isin(items, wanted[query]), queries)
        rows[name] = Row(result, 1000.0 * (time.perf_counter() - started) / len(queries))
    return rows


def with_interval(row: Row) -> tuple[float, float, float]:
    """Return MAP and the ends of its interval."""
    values = row.evaluation.per_query["map"]
    return (float(values.mean()), *bootstrap_interval(values, np.random.default_rng(0)))


def comparison(rows: dict[str, Row]) -> str:
    """Return the table of all measures, as Markdown."""
    reference = rows[REFERENCE].evaluation.per_query["map"]
    lines = [
        f"| measure | MAP (95%) | P@1 | ms/query | MAP minus {REFERENCE} (95%, paired) |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        mean, low, high = with_interval(row)
        gain = row.evaluation.per_query["map"] - reference
        below, above = bootstrap_interval(gain, np.random.default_rng(0))
        paired = f"{gain.mean():+.3f} ({below:+.3f} to {above:+.3f})" if gain.any() else ""
        lines.append(
            f"| {name} | {mean:.3f} ({low:.3f} to {high:.3f}) | {row.evaluation['p_at_1']:.3f} "
            f"| {row.ms_per_query:.1f} | {paired} |"
        )
    return "\n".join(lines)


def sample(wanted: Wanted, count: int | None, seed: int) -> Wanted:
    """Return `count` of the queries, chosen at random; all if None."""
    if count is None or count >= len(wanted):
        return wanted
    chosen = np.random.default_rng(seed).choice(sorted(wanted), count, replace=False)
    return {number: wanted[number] for number in sorted(chosen.tolist())}


def replace_blocks(page: str, blocks: dict[str, str]) -> str:
    """Return the page with each ``<!-- name -->`` block filled; a missing one is put at the end."""
    for name, text in blocks.items():
        block = f"<!-- {name} -->\n\n{text}\n\n<!-- end of {name} -->"
        pattern = re.compile(rf"<!-- {name} -->.*?<!-- end of {name} -->", re.DOTALL)
        found = pattern.search(page)
        before, after = (page[: found.start()], page[found.end() :]) if found else (page, "\n")
        page = before + block + after
    return page


def main() -> None:
    """Run the experiment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies")
    parser.add_argument("--queries", type=int, help="how many to compare measures on (all)")
    parser.add_argument("--changed", type=int, default=60, help="how many excerpts to change")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path)
    options = parser.parse_args()
    melodies, wanted = prepare(options.file, notes_only=True)
    wanted = sample(wanted, options.queries, options.seed)
    rows = compare(melodies, wanted)
    found = curves(melodies, options.changed, options.seed)
    half = widest_interval(found)
    shared = shared_excerpts(melodies, options.changed, options.seed)
    blocks = {
        "command": f"`python benchmarks/measures.py {Path(options.file).name} --queries "
        f"{len(wanted)} --changed {options.changed} --seed {options.seed}`: {len(wanted)} queries "
        f"among {len(melodies)} tunes, then {options.changed} excerpts of {EXCERPT} notes.",
        "measures": comparison(rows),
        "interval": f"The 95% interval of each mean is at most {half:.2f} to either side. {shared} "
        "of the excerpts stand with the same intervals in another tune of the pool as well.",
        **{curve.kind: table(curve) for curve in found},
    }
    for text in blocks.values():
        print(text, end="\n\n")
    if options.page:
        page = options.page.read_text() if options.page.exists() else "# Measures compared\n\n"
        options.page.write_text(replace_blocks(page, blocks))
        folder = options.page.parent
        chart = intervals_chart({name: with_interval(row) for name, row in rows.items()}, "MAP")
        (folder / "measures.svg").write_text(chart)
        (folder / "robustness.svg").write_text(small_multiples(panels(found)))


if __name__ == "__main__":
    main()
