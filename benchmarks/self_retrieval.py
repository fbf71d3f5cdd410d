"""Phrases of the corpus, transposed and damaged -> how often a search finds them again.

    python benchmarks/self_retrieval.py [--corpus NAME] [--queries 500] [--seed 0] [--unanswered 0]

A damaged phrase keeps its place in the bar; or it has no metre, as a hummed one, or a wrong one.

A phrase counts as found where a match has its intervals and relative rhythm: many tunes repeat a
phrase note for note, and then nobody can tell which one was meant. "The very phrase" counts only
the same place of the same tune. With ``--unanswered 0`` a phrase that is too short to answer the
whole motif loses nothing by it, as before decision 34.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.notes.melody import Melody
from mer.search.index import Match, PhraseIndex
from mer.search.stack import comparison

SHORTEST = 6  # notes: a phrase that loses one and has another changed must keep some
RANKS = 10


def damaged(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody with one random note deleted and another moved by 1 to 4 semitones."""
    pitch = melody.pitch.copy()
    gone, changed = rng.choice(len(melody), 2, replace=False)
    pitch[changed] = np.clip(pitch[changed] + rng.choice([-4, -3, -2, -1, 1, 2, 3, 4]), 0, 127)
    keep = np.arange(len(melody)) != gone
    onset = melody.onset[keep]
    return Melody(
        pitch=pitch[keep],
        onset=onset - onset[0],
        duration=melody.duration[keep],
        meter=melody.meter,
        downbeat=(melody.downbeat - int(onset[0])) % melody.bar_ticks,
    )


def without_metre(melody: Melody) -> Melody:
    """Return the notes alone."""
    return replace(melody, meter=None, downbeat=0)


def in_a_wrong_metre(melody: Melody) -> Melody:
    """Return the notes in 3/4, or in 4/4 if they are in 3/4, with a barline at the second beat."""
    meter = (4, 4) if melody.meter == (3, 4) else (3, 4)
    return replace(melody, meter=meter, downbeat=480)


def transposed(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody moved by -6 to 6 semitones, not by 0."""
    shift = int(rng.choice([s for s in range(-6, 7) if s]))
    return melody.transpose(int(np.clip(shift, -melody.pitch.min(), 127 - melody.pitch.max())))


def found_at(matches: list[Match], index: PhraseIndex, number: int) -> tuple[int, int]:
    """Return the ranks, from 1, of the phrase or one like it, and of the very phrase."""
    alike = [index.shape[match.number] == index.shape[number] for match in matches]
    very = [match.number == number for match in matches]
    beyond = len(matches) + 1
    return (
        alike.index(True) + 1 if any(alike) else beyond,
        very.index(True) + 1 if any(very) else beyond,
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", help="a corpus by name or file (default: the shipped one)")
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--unanswered", type=float, default=comparison.UNANSWERED)
    options = parser.parse_args()
    comparison.UNANSWERED = options.unanswered
    index = PhraseIndex.load(options.corpus)
    rng = np.random.default_rng(options.seed)
    long_enough = np.flatnonzero(index.columns.lengths >= SHORTEST)
    chosen = rng.choice(long_enough, options.queries, replace=False)
    print(f"{len(index)} phrases, {len(chosen)} queries of at least {SHORTEST} notes")
    print(
        f"{'query':<34}{'rank 1':>8}{'top 10':>8}{'very, rank 1':>14}{'very, top 10':>14}{'ms':>7}"
    )
    phrases = [index.phrase(int(number)).melody for number in chosen]
    moved = [transposed(phrase, rng) for phrase in phrases]
    changed = [damaged(transposed(phrase, rng), rng) for phrase in phrases]
    for name, queries in (
        ("transposed", moved),
        ("transposed, one changed, one deleted", changed),
        ("the same without metre", [without_metre(query) for query in changed]),
        ("the same in a wrong metre", [in_a_wrong_metre(query) for query in changed]),
    ):
        ranks, seconds = [], []
        for number, query in zip(chosen, queries, strict=True):
            started = time.perf_counter()
            matches = index.search(query, k=RANKS)
            seconds.append(time.perf_counter() - started)
            ranks.append(found_at(matches, index, int(number)))
        table = np.array(ranks)
        figures = [(table[:, i] <= rank).mean() for i in (0, 1) for rank in (1, RANKS)]
        print(
            f"{name:<36}{figures[0]:>6.1%}{figures[1]:>8.1%}{figures[2]:>14.1%}"
            f"{figures[3]:>14.1%}{1000 * np.median(seconds):>7.1f}"
        )


if __name__ == "__main__":
    main()
