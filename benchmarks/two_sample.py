"""Can a classifier tell what is generated from real tunes? The page docs/experiments/two-sample.md.

    python benchmarks/two_sample.py [--tunes 200] [--bars 8] [--methods markov ...] [--jobs 2]
    python benchmarks/two_sample.py --tunes 100 --methods markov     while working on a method

Tunes are held out of the index together with their relatives. From the first two bars of each,
every candidate (`benchmarks/candidates.py`) writes one piece with default settings; its real
counterpart is the tune itself, cut to the same bars. Two classifiers learn to tell the two apart,
and are asked about pieces whose motif they have not seen (`benchmarks/classifiers.py`): gradient
boosting on figures (`benchmarks/piece_features.py`), and logistic regression on n-grams. `inner`
shows them only the bars between the motif and the last bar, `whole` everything. The same with two
sets of real tunes says how far from .5 chance leads.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from candidates import CANDIDATES
from classifiers import Verdict, by_figures, by_words, folds, words
from distribution import first_bars, held_out
from piece_features import MOTIF_BARS, Bars, measured, plan
from relatives import groups, related
from tqdm import tqdm

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

INNER, WHOLE = "inner", "whole"
BOOSTING, GRAMS = "boosting", "n-grams"
CONTROL_SPLITS = 4
PAGE = Path(__file__).resolve().parent.parent / "docs" / "experiments" / "two-sample.md"


def window(bars: int, part: str) -> tuple[int, int]:
    """Return the first bar that counts and the one after the last, from 0."""
    return (MOTIF_BARS, bars - 1) if part == INNER else (0, bars)


def passage(melody: Melody, first: int, last: int) -> Melody | None:
    """Return the notes that begin in some bars; None if none does."""
    bar = (melody.onset - melody.downbeat) // melody.bar_ticks
    start, stop = np.searchsorted(bar, [first if first else -1, last]).tolist()
    return melody.cut(start, stop) if start < stop else None


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces as the classifiers see them.

    Parameters
    ----------
    figures
        For each part, shape (pieces, figures).
    words
        For each part the n-grams of each piece.
    plans
        The plan of each piece, such as ``"ABAC"``.
    """

    names: dict[str, list[str]]
    figures: dict[str, Floats]
    words: dict[str, list[list[str]]]
    plans: list[str]

    @classmethod
    def of(cls, melodies: Sequence[Melody], bars: int) -> Pieces:
        """Return what there is to see in melodies of so many bars."""
        names, figures, said = {}, {}, {}
        for part in (INNER, WHOLE):
            first, last = window(bars, part)
            rows = [measured(melody, bars, first, last) for melody in melodies]
            names[part] = list(rows[0])
            figures[part] = np.array([list(row.values()) for row in rows])
            cuts = [passage(melody, first, last) for melody in melodies]
            said[part] = [[] if cut is None else words(cut) for cut in cuts]
        return cls(names, figures, said, [plan(Bars(melody, bars)) for melody in melodies])

    def take(self, rows: Ints) -> Pieces:
        """Return some of the pieces."""
        return Pieces(
            self.names,
            {part: table[rows] for part, table in self.figures.items()},
            {part: [said[row] for row in rows] for part, said in self.words.items()},
            [self.plans[row] for row in rows],
        )


@dataclass(frozen=True, eq=False)
class Told:
    """How well two sets were told apart: the verdicts by part and classifier."""

    verdicts: dict[tuple[str, str], Verdict]
    importances: dict[str, float] = field(default_factory=dict)


def told(
    first: Pieces, second: Pieces, group: Ints, seed: int, *, explain: bool = False
) -> Told:
    """Return how well two sets of pieces, row by row of one group, are told apart."""
    fold = folds(group, np.random.default_rng(seed))
    verdicts = {}
    weights = np.zeros(len(first.names[INNER]))
    for part in (INNER, WHOLE):
        verdicts[part, BOOSTING] = by_figures(
            first.figures[part],
            second.figures[part],
            group,
            fold,
            weights if explain and part == INNER else None,
        )
        verdicts[part, GRAMS] = by_words(first.words[part], second.words[part], group, fold)
    return Told(verdicts, dict(zip(first.names[INNER], weights.tolist(), strict=True)))


def control(pieces: Pieces, group: Ints, seed: int) -> list[dict[tuple[str, str], float]]:
    """Return the AUCs of real tunes against real tunes, split by chance again and again."""
    found = []
    for split in range(CONTROL_SPLITS):
        rng = np.random.default_rng([seed, split])
        order = rng.permutation(len(group))
        half = len(order) // 2
        a, b = order[:half], order[half : 2 * half]
        pairs = joined(group[a], group[b])
        result = told(pieces.take(a), pieces.take(b), pairs, seed + split)
        found.append({key: verdict.auc for key, verdict in result.verdicts.items()})
    return found


def joined(first: Ints, second: Ints) -> Ints:
    """Return a group for each pair, so that all pairs that share a group of either are in one."""
    parent = np.arange(int(max(first.max(), second.max())) + 1)

    def root(number: int) -> int:
        while parent[number] != number:
            number = int(parent[number])
        return number

    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        parent[root(a)] = root(b)
    return np.unique([root(a) for a in first.tolist()], return_inverse=True)[1]


# ------------------------------------------------------------------------------- composing


@dataclass(frozen=True, eq=False)
class Studio:
    """A corpus, and the index without the tunes held out."""

    corpus: Corpus
    index: PhraseIndex
    bars: int
    seed: int

    @classmethod
    def without(cls, removed: Sequence[int], bars: int, seed: int) -> Studio:
        """Return the shipped corpus, some tunes not in the index."""
        index = PhraseIndex.load(None)
        corpus = index.corpus
        rest = index.remove([corpus.tune_id(number) for number in removed])
        return cls(corpus, rest, bars, seed)

    def compose(self, name: str, number: int) -> Melody | str:
        """Return what a candidate writes from the motif of a tune, or why it cannot."""
        motif = first_bars(self.corpus.tune(number).melody, MOTIF_BARS)
        rng = np.random.default_rng([self.seed, number])
        try:
            piece = CANDIDATES[name](motif, self.index, self.bars, rng)
        except InputError as error:
            return f"{name}, {self.corpus.tune_id(number)}: {error}"
        return first_bars(piece, self.bars)


_studio: list[Studio] = []


def _open(removed: Sequence[int], bars: int, seed: int) -> None:
    _studio[:] = [Studio.without(removed, bars, seed)]


def _compose(work: tuple[str, int]) -> Melody | str:
    return _studio[0].compose(*work)


def compose_all(
    studio: Studio, removed: Sequence[int], names: Sequence[str], numbers: Sequence[int], jobs: int
) -> dict[str, list[Melody | str]]:
    """Return the pieces of each candidate, one for each tune."""
    work = [(name, number) for name in names for number in numbers]
    bar = partial(tqdm, total=len(work), desc="composing", unit="piece")
    if jobs == 1:
        done = [studio.compose(*one) for one in bar(work)]
    else:
        start = (removed, studio.bars, studio.seed)
        with ProcessPoolExecutor(jobs, initializer=_open, initargs=start) as pool:
            done = list(bar(pool.map(_compose, work, chunksize=8)))
    many = len(numbers)
    return {name: done[row * many : (row + 1) * many] for row, name in enumerate(names)}


# ------------------------------------------------------------------------------- reporting

# Figures of the inner bars that the table of traits shows, where they exist.
TRAITS = (
    "bar 4 stops",
    "bars that stop",
    "bars {h1}-{h2} resemble 1-2",
    "bars {h1}-{h2} use the rhythm of 1-2",
    "bars that repeat one exactly",
    "bars that repeat one moved",
    "bars that repeat a rhythm",
    "likeness to the nearest bar before",
    "notes per bar",
    "notes per bar over those of the motif",
    "lengths that the motif has",
    "range",
    "height over the motif",
    "mean interval",
    "steps",
    "leaps of a fourth or fifth",
    "leaps of a sixth or more",
    "repeated notes",
    "changes of direction",
    "time on tonic",
    "downbeats off the triad",
    "syncopated notes",
    "time in rests",
    "rests at phrase ends",
)
PLANS = ("ABAC", "ABAB", "AABA", "ABCD")


def traits(pieces: Pieces, bars: int) -> dict[str, Floats]:
    """Return the traits that the table shows, each of shape (pieces,)."""
    half = bars // 2
    names = [name.format(h1=half + 1, h2=half + 2) for name in TRAITS]
    columns = pieces.names[INNER]
    table = pieces.figures[INNER]
    found = {name: table[:, columns.index(name)] for name in names if name in columns}
    for name in PLANS:
        found[f"plan {name}"] = np.array([float(p == name) for p in pieces.plans])
    found["plan other"] = np.array([float(p not in PLANS) for p in pieces.plans])
    return found


def interval_of_mean(values: Floats, rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95% bootstrap interval of the mean; NaN are left out."""
    known = values[~np.isnan(values)]
    means = known[rng.integers(0, len(known), size=(1000, len(known)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def trait_table(real: Pieces, others: dict[str, Pieces], bars: int) -> str:
    """Return the traits as a Markdown table; bold lies outside the interval of real tunes."""
    lines = [
        "| trait | real (95%) | " + " | ".join(others) + " |",
        "|---" * (len(others) + 2) + "|",
    ]
    theirs = {name: traits(pieces, bars) for name, pieces in others.items()}
    outside = dict.fromkeys(others, 0)
    rows = traits(real, bars)
    for trait, values in rows.items():
        low, high = interval_of_mean(values, np.random.default_rng(0))
        cells = []
        for name in others:
            mean = float(np.nanmean(theirs[name][trait]))
            inside = low <= mean <= high
            outside[name] += not inside
            cells.append(f"{mean:.2f}" if inside else f"**{mean:.2f}**")
        lines.append(
            f"| {trait} | {np.nanmean(values):.2f} ({low:.2f} to {high:.2f}) | "
            + " | ".join(cells)
            + " |"
        )
    cells = " | ".join(f"{many} of {len(rows)}" for many in outside.values())
    lines.append(f"| outside | | {cells} |")
    return "\n".join(lines)


_KEYS = [(part, kind) for part in (INNER, WHOLE) for kind in (BOOSTING, GRAMS)]


def auc_table(
    reals: list[dict[tuple[str, str], float]], results: dict[str, tuple[Told, int]]
) -> str:
    """Return the AUCs as a Markdown table."""
    lines = [
        "| set | pieces | " + " | ".join(f"{part}, {kind}" for part, kind in _KEYS) + " |",
        "|---" * (len(_KEYS) + 2) + "|",
    ]
    cells = []
    for key in _KEYS:
        values = [split[key] for split in reals]
        cells.append(f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})")
    lines.append(f"| real | | {' | '.join(cells)} |")
    for name, (result, many) in results.items():
        cells = []
        for key in _KEYS:
            verdict = result.verdicts[key]
            low, high = verdict.interval(np.random.default_rng(0))
            cells.append(f"{verdict.auc:.2f} ({low:.2f} to {high:.2f})")
        lines.append(f"| {name} | {many} | {' | '.join(cells)} |")
    return "\n".join(lines)


def importance_table(results: dict[str, tuple[Told, int]]) -> str:
    """Return the ten figures that each verdict of boosting rests on most."""
    lines = []
    for name, (result, _) in results.items():
        best = sorted(result.importances.items(), key=lambda item: -item[1])[:10]
        said = "; ".join(f"{figure} {lost:.3f}" for figure, lost in best if lost > 0)
        lines.append(f"- **{name}**: {said}")
    return "\n".join(lines)


def build_parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=200, help="how many are held out")
    parser.add_argument("--bars", type=int, choices=(8, 16), default=8)
    parser.add_argument("--methods", nargs="+", default=list(CANDIDATES), choices=CANDIDATES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes that compose")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    return parser


def main() -> None:
    """Compose, compare, print the tables and write the page."""
    options = build_parser().parse_args()
    corpus = PhraseIndex.load(None).corpus
    rng = np.random.default_rng(options.seed)
    # Twice as many real tunes: the control has as many pieces in each of its two sets.
    drawn = held_out(corpus, 2 * options.tunes, rng, options.bars)
    family = related(corpus, drawn)
    group = groups(corpus, drawn, family)
    numbers = drawn[: options.tunes]
    removed = np.unique(np.concatenate(family[: options.tunes])).tolist()
    studio = Studio.without(removed, options.bars, options.seed)
    real = Pieces.of(
        [first_bars(corpus.tune(n).melody, options.bars) for n in tqdm(drawn, desc="reading")],
        options.bars,
    )
    written = compose_all(studio, removed, options.methods, numbers, options.jobs)
    results, seen = {}, {}
    for name, pieces in tqdm(written.items(), desc="judging"):
        rows = np.array([row for row, piece in enumerate(pieces) if isinstance(piece, Melody)])
        for piece in pieces:
            if isinstance(piece, str):
                print(piece, file=sys.stderr)
        seen[name] = Pieces.of([p for p in pieces if isinstance(p, Melody)], options.bars)
        verdict = told(real.take(rows), seen[name], group[rows], options.seed, explain=True)
        results[name] = (verdict, len(rows))
    reals = control(real, group, options.seed)
    print(auc_table(reals, results), end="\n\n")
    print(trait_table(real.take(np.arange(len(numbers))), seen, options.bars), end="\n\n")
    print(importance_table(results))


if __name__ == "__main__":
    main()
