"""Tunes and pieces -> the weights of idioms in ``data/idioms.npz``.

    python benchmarks/train_idioms.py [--tunes 400] [--rounds 3] [--out FILE]
    python benchmarks/train_idioms.py --rounds 1 --on     go on from the weights there are

In each round pieces of eight bars and of sixteen, or of `--bars`, are composed, with the weights
so far, from the first two bars of each of some hundred tunes, those and their relatives left out of
the index; each round takes other tunes. Figures are counted in the bars after the motif, of the
pieces and of all tunes of such a length, the counts of these scaled down to those of the pieces.
Each weight moves by the logarithm of the ratio of the two, both made greater by a constant, so that
rare figures weigh little. The tunes of `benchmarks/two_sample.py` with the seeds 0 to 2 and their
relatives take no part. Printed is, for each round, how far the counts are from each other: the
total variation distance of figures of three intervals, and that of two halves of the tunes for
comparison.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distribution import MOTIF_BARS, first_bars, held_out
from relatives import related

from generate.compose import prepare, takes
from generate.markov.idioms import CHANGES, FILE, INTERVALS, Idioms, bounded, changes
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

# What is added to both counts, and how far a weight may be from 0.
PRIOR, GREATEST = 6.0, 1.5
JUDGED_SEEDS, JUDGED_TUNES, JUDGED_BARS = (0, 1, 2), 400, (8, 16)


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each figure occurs: the tables of `Idioms`."""

    steps: Floats
    held: Floats

    @classmethod
    def of(cls, melodies: Sequence[Melody], bars: int) -> Counts:
        """Count the figures that end after the motif and before the last bar."""
        steps = np.zeros((INTERVALS,) * 3)
        held = np.zeros((INTERVALS, INTERVALS, CHANGES))
        for melody in melodies:
            bar = (melody.onset - melody.downbeat) // melody.bar_ticks
            move = bounded(np.diff(melody.pitch.astype(np.int64)))
            change = changes(melody.duration)
            ends = np.flatnonzero((bar >= MOTIF_BARS) & (bar < bars - 1))
            ends = ends[ends >= 3]
            np.add.at(steps, (move[ends - 3], move[ends - 2], move[ends - 1]), 1.0)
            np.add.at(held, (move[ends - 2], move[ends - 1], change[ends]), 1.0)
        return cls(steps, held)


def moved(weights: Floats, real: Floats, made: Floats) -> Floats:
    """Return weights nearer to what makes the counts equal."""
    step = np.log((real + PRIOR) / (made + PRIOR))
    return np.clip(weights + step, -GREATEST, GREATEST)


def summed(counts: Sequence[Counts], like: Sequence[Counts]) -> Counts:
    """Return the sum of counts, each first brought to as many figures as its other has."""
    steps = [a.steps * (b.steps.sum() / a.steps.sum()) for a, b in zip(counts, like, strict=True)]
    held = [a.held * (b.held.sum() / a.held.sum()) for a, b in zip(counts, like, strict=True)]
    return Counts(np.sum(steps, axis=0), np.sum(held, axis=0))


def distance(one: Floats, other: Floats) -> float:
    """Return the total variation distance of two tables of counts."""
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)


@dataclass(frozen=True)
class Round:
    """The tunes left out of the index, the weights that compose, bars of a piece, and a seed."""

    removed: tuple[int, ...]
    weights: Path
    bars: int
    seed: int

    def compose(self, number: int) -> Melody | None:
        """Return a piece from the motif of a tune; None if none is possible."""
        corpus, index = _opened(self.removed)
        index.corpus.attached["idioms"] = Idioms.load(self.weights)
        motif = first_bars(corpus.tune(number).melody, MOTIF_BARS)
        try:
            brief = prepare(motif, index, Settings(bars=self.bars))
            return takes(brief, np.random.default_rng([self.seed, number]), 1)[0].melody
        except InputError:
            return None


@lru_cache(maxsize=1)
def _opened(removed: tuple[int, ...]) -> tuple[Corpus, PhraseIndex]:
    index = PhraseIndex.load(None)
    return index.corpus, index.remove([index.corpus.tune_id(number) for number in removed])


def main() -> None:
    """Learn the weights and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=400, help="how many a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--bars", type=int, nargs="+", default=[8, 16], help="of the pieces")
    parser.add_argument("--on", action="store_true", help="go on from the weights in --out")
    parser.add_argument("--out", type=Path, default=data_folder() / FILE)
    options = parser.parse_args()
    corpus = PhraseIndex.load(None).corpus
    judged: set[int] = set()
    for seed in JUDGED_SEEDS:
        for bars in JUDGED_BARS:
            drawn = held_out(corpus, JUDGED_TUNES, np.random.default_rng(seed), bars)
            judged |= set(np.concatenate(related(corpus, drawn)).tolist())
    orders = {}
    for bars in options.bars:
        found = held_out(corpus, len(corpus), np.random.default_rng(100), bars)
        orders[bars] = [number for number in found if number not in judged]
    weights = Idioms(np.zeros((INTERVALS,) * 3), np.zeros((INTERVALS, INTERVALS, CHANGES)))
    if options.on:
        weights = Idioms.load(options.out)
    weights.save(options.out)
    # What tunes do is counted in all of them; what pieces do, in those of one round.
    whole = {}
    for bars, order in orders.items():
        real = [first_bars(corpus.tune(n).melody, bars) for n in order]
        halves = Counts.of(real[::2], bars), Counts.of(real[1::2], bars)
        apart = distance(halves[0].steps, halves[1].steps)
        print(f"{bars} bars: {len(order)} tunes, halves {apart:.3f}", flush=True)
        whole[bars] = Counts.of(real, bars)
    for number in range(options.rounds):
        counts: dict[int, Counts] = {}
        for bars, order in orders.items():
            first = number * options.tunes % max(len(order) - options.tunes, 1)
            drawn = order[first : first + options.tunes]
            removed = np.unique(np.concatenate(related(corpus, drawn))).tolist()
            work = Round(tuple(removed), options.out, bars, number)
            with ProcessPoolExecutor(options.jobs) as pool:
                pieces = pool.map(work.compose, drawn, chunksize=8)
                made = [piece for piece in tqdm(pieces, total=len(drawn), disable=None) if piece]
            counts[bars] = own = Counts.of(made, bars)
            apart = distance(whole[bars].steps, own.steps), distance(whole[bars].held, own.held)
            said = f"{len(made)} pieces of {bars} bars, {apart[0]:.3f} {apart[1]:.3f}"
            print(f"round {number + 1}: {said}", flush=True)
        pieces_do = summed([*counts.values()], [*counts.values()])
        tunes_do = summed([*whole.values()], [*counts.values()])
        weights = Idioms(
            moved(weights.steps, tunes_do.steps, pieces_do.steps),
            moved(weights.held, tunes_do.held, pieces_do.held),
        )
        weights.save(options.out)
    print(f"{options.out}: written")


if __name__ == "__main__":
    main()
