"""Labelled melodies -> from what length on a query is better compared as a whole melody.

    python benchmarks/motif_or_melody.py FILE [--queries 40] [--seed 0]

Cuts passages of several lengths out of the melodies, changes one note in eight, transposes them,
and searches an index of whole melodies (pitch, onset and duration only) by ``motif`` and by
``full-noexpand``. For each length the program prints the mean reciprocal rank of the melody that
the passage is from, and the average precision of its family, without that melody.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from search_quality import completed

from mer.evaluation.metrics import average_precision, bootstrap_interval
from mer.evaluation.table import prepare
from mer.notes.melody import Melody
from mer.search.stack.methods import rank
from mer.search.stack.pool import Pool

METHODS = ("motif", "full-noexpand")
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)  # of the notes of a melody


def passage(melody: Melody, share: float, rng: np.random.Generator) -> Melody:
    """Return some successive notes, one in eight changed, transposed."""
    size = max(6, round(share * len(melody)))
    start = int(rng.integers(0, len(melody) - size + 1))
    cut = melody.cut(start, start + size)
    pitch = cut.pitch.astype(np.int64) + int(rng.integers(-5, 6))
    changed = rng.random(size) < 1 / 8
    pitch[changed] += rng.choice([-2, -1, 1, 2], int(changed.sum()))
    return Melody(pitch=np.clip(pitch, 0, 127), onset=cut.onset, duration=cut.duration)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="labelled melodies")
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    melodies, wanted = prepare(options.file, notes_only=True)
    pool, rng = Pool(melodies), np.random.default_rng(options.seed)
    chosen = rng.choice(list(wanted), min(options.queries, len(wanted)), replace=False).tolist()
    print(f"{len(chosen)} queries, melodies of {pool.mean_notes:.0f} notes on average\n")
    heads = [f"{figure}, `{name}`" for figure in ("melody, MRR", "family, MAP") for name in METHODS]
    print(f"| share of the notes | {' | '.join(heads)} | difference in MAP (95%) |")
    print("|---|" + "---|" * (len(heads) + 1), flush=True)
    for share in SHARES:
        found = np.zeros((2, len(METHODS), len(chosen)))
        for place, query in enumerate(chosen):
            motif = passage(melodies[query], share, rng)
            for at, name in enumerate(METHODS):
                order = rank(pool, motif, name).numbers
                found[0, at, place] = 1.0 / (int(np.flatnonzero(order == query)[0]) + 1)
                others = completed(order[order != query], query, wanted[query], len(pool))
                found[1, at, place] = average_precision(np.isin(others, wanted[query]))
        cells = " | ".join(f"{value:.3f}" for value in found.mean(axis=2).ravel())
        gain = found[1, 1] - found[1, 0]
        low, high = bootstrap_interval(gain, np.random.default_rng(0))
        print(f"| {share} | {cells} | {gain.mean():+.3f} ({low:+.3f} to {high:+.3f}) |", flush=True)


if __name__ == "__main__":
    main()
