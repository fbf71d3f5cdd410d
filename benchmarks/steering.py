"""What the predictive model makes of new notes, by who chose them; and how exact particles are.

    python benchmarks/steering.py [--tunes 40] [--bars 8] [--candidates 40]

From the first two bars of shipped tunes, which are held out with their relatives, pieces are
written by the chain alone, by one of many pieces of the chain that is drawn by its weight under the
model, by model and chain together (the default), and by the model alone under the same constraints.
Told are the bits that a new note costs under the model, beside those of the tune itself; what the
particles were worth where they were weighed; and whether a constraint or the copy bound was broken.
At last, draws of a toy that can be enumerated are compared with the distribution that is wanted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distribution import MOTIF_BARS, first_bars, held_out
from relatives import related

import generate.markov.steering as steering
from generate.compose import prepare, takes
from generate.piece.composition import Composition
from generate.plan.brief import Brief
from generate.plan.expectation import expectation_of
from generate.plan.settings import Settings
from generate.sampling.chain import Chain
from generate.sampling.particles import Crowd, grow
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

SHARES = {"model and chain": steering.SHARE, "model alone": 1.0}


def bits(brief: Brief, melody: Melody) -> float:
    """Return what a note after the motif costs under the model, on average."""
    model = expectation_of(brief.corpus, brief.habits)
    assert model is not None
    shift = -brief.frame.key.tonic
    middle = float(np.median(melody.pitch)) + shift
    shift += 12 * round((model.middle_ - middle) / 12)
    opening = 0 if brief.frame.opening is None else len(brief.frame.opening)
    return float(model.information_content(melody.transpose(shift))[opening:].mean())


def broken(brief: Brief, piece: Composition) -> int:
    """Return 1 if a piece breaks a constraint or the copy bound."""
    frame, melody = brief.frame, piece.melody
    new = np.array([source.kind != "motif" for source in piece.sources])
    inside = (melody.pitch >= frame.low) & (melody.pitch <= frame.high)
    run = brief.originality.longest_run(melody, piece.sources)
    ends = melody.pitch[-1] % 12 == frame.key.tonic
    kept = run.notes <= brief.settings.copy_bound and inside[new].all() and ends
    return int(not (kept and melody.bars == frame.bars))


class Row:
    """What is known of the pieces of one way to choose."""

    def __init__(self) -> None:
        self.bits: list[float] = []
        self.broken = self.failed = 0
        self.seconds = 0.0

    def add(self, brief: Brief, pieces: list[Composition], began: float) -> None:
        """Note the pieces that were written since `began`."""
        self.seconds += time.process_time() - began
        self.bits += [bits(brief, piece.melody) for piece in pieces]
        self.broken += sum(broken(brief, piece) for piece in pieces)


def by_weight(brief: Brief, rng: np.random.Generator, many: int) -> Composition:
    """Return one of many pieces of the chain, drawn by how much more the model expects it."""
    pieces = takes(brief, rng, many)
    cost = np.array([bits(brief, piece.melody) * len(piece.melody) for piece in pieces])
    # The chain's own bits are about the same for all: they are left out of this rough baseline.
    weight = np.exp((cost.min() - cost) * np.log(2))
    return pieces[int(rng.choice(many, p=weight / weight.sum()))]


def told(tunes: int, bars: int, candidates: int) -> tuple[dict[str, Row], Floats]:
    """Return a row for each way, and what particles were worth wherever they were weighed."""
    whole = PhraseIndex.load(None)
    drawn = held_out(whole.corpus, tunes, np.random.default_rng(0), bars)
    away = np.unique(np.concatenate(related(whole.corpus, drawn))).tolist()
    index = whole.remove([whole.corpus.tune_id(number) for number in away])
    rows: dict[str, Row] = defaultdict(Row)
    worth: list[Floats] = []

    def noted(*given: object, **options: object) -> Crowd:
        crowd = grow(*given, **options)  # type: ignore[arg-type]
        worth.append(crowd.worth)
        return crowd

    steering.grow = noted  # type: ignore[assignment]
    for number in tqdm(drawn, disable=None):
        tune = first_bars(whole.corpus.tune(number).melody, bars)
        motif, rng = first_bars(tune, MOTIF_BARS), np.random.default_rng([1, number])
        chain = prepare(motif, index, Settings(bars=bars, model="chain"))
        rows["the tune itself"].bits.append(bits(chain, tune))
        ways = {"chain alone": chain, f"one of {candidates} of the chain": chain}
        ways |= dict.fromkeys(SHARES, prepare(motif, index, Settings(bars=bars)))
        for name, brief in ways.items():
            steering.SHARE = SHARES.get(name, steering.SHARE)
            began = time.process_time()
            try:
                if name.startswith("one of"):
                    pieces = [by_weight(brief, rng, candidates)]
                else:
                    pieces = takes(brief, rng, 1)
            except InputError:
                rows[name].failed += 1
                continue
            rows[name].add(brief, pieces, began)
    return rows, np.concatenate(worth)


def toy(count: int, draws: int = 4000) -> float:
    """Return how far draws of five notes are from what is wanted (total variation distance)."""
    rng = np.random.default_rng(1)
    tables = [rng.random((3,) * (order + 1)) + 0.05 for order in range(3)]
    chain = Chain(tuple(table / table.sum(axis=-1, keepdims=True) for table in tables))
    weights = np.ones((5, 3))
    weights[3], weights[4] = [0.0, 1.0, 0.0], [1.0, 0.5, 0.0]

    def expected(past: tuple[int, ...]) -> Floats:
        chances = np.random.default_rng([7, len(past), *past]).random(3) ** 2 + 0.02
        return np.asarray(chances / chances.sum())

    def richer(drawn: Ints, asked: Ints) -> Floats:
        return np.array([[expected((*row[:at],)) for at in asked] for row in drawn.tolist()])

    exact = {}
    for notes in product(range(3), repeat=5):
        steps = [expected(notes[:at])[note] * weights[at, note] for at, note in enumerate(notes)]
        exact[notes] = float(np.prod(steps))
    total = sum(exact.values())
    sampler, found = Sampler(chain, weights), dict.fromkeys(exact, 0.0)
    for _ in range(draws):
        found[(*grow(sampler, richer, rng, count=count).one(rng).tolist(),)] += 1 / draws
    return sum(abs(found[notes] - value / total) for notes, value in exact.items()) / 2


def main() -> None:
    """Compose, count and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=40, help="how many are held out")
    parser.add_argument("--bars", type=int, default=8)
    parser.add_argument("--candidates", type=int, default=40, help="pieces to draw one of")
    options = parser.parse_args()
    rows, worth = told(options.tunes, options.bars, options.candidates)
    print("| who chose | bits per new note | broken | failed | processor time of a piece |")
    print("|---|---|---|---|---|")
    usual = rows["chain alone"].seconds / max(len(rows["chain alone"].bits), 1)
    for name, row in rows.items():
        ratio = row.seconds / max(len(row.bits), 1) / usual
        spent = f"{ratio:.1f}" if row.seconds else ""
        print(f"| {name} | {np.mean(row.bits):.2f} | {row.broken} | {row.failed} | {spent} |")
    quarter, half = np.quantile(worth, [0.25, 0.5])
    print(f"\nparticles were worth {half:.1f} (median; a quarter of the time under {quarter:.1f})")
    for count in (1, 4, 24):
        print(f"toy, {count} particles: {toy(count):.3f} from what is wanted")


if __name__ == "__main__":
    main()
