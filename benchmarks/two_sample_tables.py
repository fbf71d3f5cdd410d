"""Verdicts of benchmarks/two_sample.py -> Markdown tables, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from classifiers import Told
from measures import replace_blocks

from mer.notes.arrays import Floats, Ints

INNER, WHOLE = "inner", "whole"
BOOSTING, GRAMS = "boosting", "n-grams"
_KEYS = [(part, kind) for part in (INNER, WHOLE) for kind in (BOOSTING, GRAMS)]
PLANS = ("ABAC", "ABAB", "AABA", "ABCD")
# Figures of the inner bars that the table of traits shows; {} are the two bars after the middle.
TRAITS = (
    "bar 4 stops",
    "bars that stop",
    "{} resemble 1-2",
    "{} use the rhythm of 1-2",
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
Aucs = dict[tuple[str, str], float]
Results = dict[str, Told]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces as the classifiers see them.

    Parameters
    ----------
    names
        For each part what its figures are.
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

    def take(self, rows: Ints) -> Pieces:
        """Return some of the pieces."""
        return Pieces(
            self.names,
            {part: table[rows] for part, table in self.figures.items()},
            {part: [said[row] for row in rows] for part, said in self.words.items()},
            [self.plans[row] for row in rows],
        )

    def traits(self, bars: int) -> dict[str, Floats]:
        """Return the traits that the table shows, each of shape (pieces,)."""
        half = bars // 2
        names = [trait.format(f"bars {half + 1}-{half + 2}") for trait in TRAITS]
        found = {n: self.figures[INNER][:, self.names[INNER].index(n)] for n in names}
        for plan in PLANS:
            found[f"plan {plan}"] = np.array([float(own == plan) for own in self.plans])
        found["another plan"] = np.array([float(own not in PLANS) for own in self.plans])
        return found


def interval_of_mean(values: Floats, rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95% bootstrap interval of the mean; NaN are left out."""
    known = values[~np.isnan(values)]
    means = known[rng.integers(0, len(known), size=(1000, len(known)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def auc_table(results: Results, reals: Sequence[Aucs]) -> str:
    """Return how well each set is told from real tunes, as Markdown."""
    lines = [
        "| set | pieces | " + " | ".join(f"{part}, {kind}" for part, kind in _KEYS) + " |",
        "|---" * (len(_KEYS) + 2) + "|",
    ]
    splits = {key: [split[key] for split in reals] for key in _KEYS}
    cells = [f"**{np.mean(v):.2f}** ({min(v):.2f} to {max(v):.2f})" for v in splits.values()]
    lines.append(f"| real | {len(reals)} splits | {' | '.join(cells)} |")
    for name, told in results.items():
        cells = []
        for key in _KEYS:
            low, high = told.verdicts[key].interval(np.random.default_rng(0))
            cells.append(f"**{told.verdicts[key].auc:.2f}** ({low:.2f} to {high:.2f})")
        lines.append(f"| {name} | {len(told.verdicts[key].groups)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def trait_table(real: Pieces, others: dict[str, Pieces], bars: int) -> str:
    """Return the means of the traits as Markdown; bold lies outside the interval of real tunes."""
    lines = [f"| trait | real (95%) | {' | '.join(others)} |", "|---" * (len(others) + 2) + "|"]
    theirs = {name: pieces.traits(bars) for name, pieces in others.items()}
    outside = dict.fromkeys(others, 0)
    rows = real.traits(bars)
    for trait, values in rows.items():
        low, high = interval_of_mean(values, np.random.default_rng(0))
        cells = [f"{np.nanmean(values):.2f} ({low:.2f} to {high:.2f})"]
        for name in others:
            mean = float(np.nanmean(theirs[name][trait]))
            inside = low <= mean <= high
            outside[name] += not inside
            cells.append(f"{mean:.2f}" if inside else f"**{mean:.2f}**")
        lines.append(f"| {trait} | {' | '.join(cells)} |")
    cells = [f"{many} of {len(rows)}" for many in outside.values()]
    lines.append(f"| outside | | {' | '.join(cells)} |")
    return "\n".join(lines)


def importances(results: Results) -> str:
    """Return the ten figures on which each verdict of boosting rests most."""
    lines = []
    for name, told in results.items():
        best = sorted(told.importances.items(), key=lambda item: -item[1])[:10]
        said = "; ".join(f"{figure} {lost:.3f}" for figure, lost in best)
        lines.append(f"- **{name}**: {said}")
    return "\n".join(lines)


def report(
    results: Results, reals: Sequence[Aucs], real: Pieces, others: dict[str, Pieces], bars: int
) -> str:
    """Return all tables."""
    parts = {
        "How well they are told apart": auc_table(results, reals),
        "What they are told by": trait_table(real, others, bars),
        "The ten figures that matter most": importances(results),
    }
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts.items())


def page(before: str, tables: str, command: str, counts: tuple[int, int, int]) -> str:
    """Return the page with the block for so many bars written anew.

    Parameters
    ----------
    counts
        Bars, tunes that gave motifs, and tunes that were taken out of the index for them.
    """
    bars, tunes, removed = counts
    said = (
        f"## {bars} bars\n\n`{command}`: motifs of {tunes} tunes.\n"
        f"{removed} tunes, they and their relatives, were taken out of the index.\n\n{tables}"
    )
    return replace_blocks(before or _PAGE, {f"{bars} bars": said})


_PAGE = """\
# Can generated pieces be told from real tunes?

Tunes were held out of the shipped index together with their relatives: tunes of the same title, and
those whose openings share two fifths of their figures of five intervals. From the pick-up and the
first two bars of each, every method wrote one piece with its default settings. The real counterpart
of a piece is the tune that lent the motif, cut to as many bars. Two classifiers learned to tell the
two sets apart: gradient boosting on some eighty figures (`benchmarks/piece_features.py`), and
logistic regression on n-grams of intervals, note lengths and both, weighted by tf-idf. Both are
scikit-learn's, with settings that were not tuned. They judged only pieces whose motif, and whose
tune's relatives, they had not seen (five folds).

The figure is the area under the ROC curve (AUC): how often, of a real and a generated piece, the
generated one is taken to be the generated one. .5 means that they cannot be told apart, 1 that they
always can. `inner` shows the classifiers only the bars after the motif and before the last; `whole`
shows everything, so that it also tells a tune that was cut in the middle from a piece that ends. In
brackets: the 95% bootstrap interval, groups of relatives resampled. `real` are as many real tunes
against as many others, all with motifs of their own: the mean over splits by chance, and the least
and the greatest.

For comparison: a chain of order 1 over pitches and, apart from them, note lengths; a chain of order
3 over both at once; and `another tune`, the motif followed by another real tune from its third bar
on, in the same metre, mode and key. What gives that one away is only that the bars do not belong
together.

A trait is the mean over the inner bars, real tunes with a 95% bootstrap interval; bold is what lies
outside. A bar stops if its last note lasts a quarter or more before the next begins. Two stretches
resemble each other if they sound the same pitch for half of the time, and use the same rhythm if
they share .6 of their onsets. Letters of a plan are the quarters of the piece, equal where they
resemble each other. The last list is how much AUC boosting loses when one figure is shuffled
(`inner`); figures that say the same share the loss.

"""
