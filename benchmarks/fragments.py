"""Labelled melodies -> how well one phrase of a tune finds the family of that tune.

    python benchmarks/fragments.py FILE [--relevant FILE] [--queries 150] [--seed 3]

A phrase of each tune is looked for in whole tunes by ``motif``, its own tune removed; the other
members of the family are relevant. Phrases are those that the file marks; marked sections are
divided by the boundary model. Printed is the mean average precision without regard to metre (as
before decision 16), with the metre that the file states, and with a wrong one (another time
signature and a random barline), and the difference, paired by query, with a 95% bootstrap interval.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from tqdm import tqdm

from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import prepare
from mer.notes.melody import Melody
from mer.notes.meter import TICKS_PER_QUARTER, Meter
from mer.notes.phrases import phrases_in_sections
from mer.search.stack.methods import rank
from mer.search.stack.pool import LONGEST_MEAN_PHRASE, Pool

SHORTEST = 6  # notes
METRES = (Meter(2, 4), Meter(3, 4), Meter(4, 4), Meter(6, 8))


def fragment(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return a random phrase of at least six notes, or the whole melody where there is none."""
    if len(melody) > LONGEST_MEAN_PHRASE * max(len(melody.phrase_starts), 1):
        melody = phrases_in_sections(melody)
    marks = [*(melody.phrase_starts or (0,)), len(melody)]
    long_enough = [(a, b) for a, b in pairwise(marks) if b - a >= SHORTEST]
    start, stop = long_enough[rng.integers(len(long_enough))] if long_enough else (0, len(melody))
    return replace(melody.cut(start, stop), phrase_starts=())


def bare(melody: Melody) -> Melody:
    """Return the notes without a metre."""
    return replace(melody, meter=None, downbeat=0, beat_strength=None)


def wrong(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the notes in another metre, with a barline at a random quaver."""
    others = [meter for meter in METRES if meter != melody.meter]
    meter = others[rng.integers(len(others))]
    quaver = TICKS_PER_QUARTER // 2
    downbeat = quaver * int(rng.integers(0, meter.bar_ticks // quaver))
    return replace(melody, meter=meter, downbeat=downbeat, beat_strength=None)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies with metre")
    parser.add_argument("--relevant", help="JSON, id to relevant ids, instead of families")
    parser.add_argument("--queries", type=int, default=150)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    melodies, wanted = prepare(options.file, relevant=options.relevant)
    pool, rng = Pool(melodies, marked=True), np.random.default_rng(options.seed)
    size = min(options.queries, len(wanted))
    chosen = np.sort(rng.choice(list(wanted), size, replace=False)).tolist()
    rows = []
    for query in tqdm(chosen, disable=None, leave=False):
        motif = fragment(melodies[query], rng)
        others = np.delete(np.arange(len(pool)), query)
        rows.append(
            [
                average_precision(
                    np.isin(rank(pool, one, "motif", among=others).numbers, wanted[query])
                )
                for one in (bare(motif), motif, wrong(motif, rng))
            ]
        )
    table = np.array(rows)
    print(f"{size} phrases among {len(pool)} melodies\n")
    print("| metre | MAP | difference (95%) |\n|---|---|---|")
    for place, name in enumerate(("disregarded (before)", "as the file states it", "a wrong one")):
        difference = table[:, place] - table[:, 0]
        low, high = bootstrap_interval(difference, np.random.default_rng(0))
        print(
            f"| {name} | {table[:, place].mean():.3f} | "
            f"{difference.mean():+.3f} ({low:+.3f} to {high:+.3f}) |"
        )


if __name__ == "__main__":
    main()
