"""Do pieces of rare metres and modes move as tunes do? The page docs/experiments/own-style.md.

    python benchmarks/own_style.py [--takes 2] [--verbs continue answer b-part] [--page]

The motifs are those of `typed_motifs.py` and `typed_motifs.abc` in 5/4, 6/8, 7/8, minor and
syncopated 4/4. Figures are of the bars that a verb adds, all but the last: the share of bars in the
rhythm of one of the motif's, and how much of their rhythm the most similar bar of the motif has
(onsets of both over onsets of either); the share of intervals of a fourth or more; the range.

The band is what real tunes of the same style do at that place after openings of the same length
and like the motif: for each motif, the 60 tunes whose openings are nearest in the figure (different
rhythms a bar, leaps, range) and in notes a quarter, of which one is drawn; the mean over the
motifs, drawn anew 2,000 times, lies in the band 95 times of 100. The corpus holds no tune in 5/4
or 7/8: there the style is tunes with bars of nearly that length, and of the typed syncopated motifs
tunes in 2/2, 2/4 and 4/4 whose openings are syncopated.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from keys import typed
from tqdm import tqdm
from typed_motifs import typed_motifs

from generate.compose import prepare, takes
from generate.plan.settings import MODELS, Settings
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.search.index import PhraseIndex

PAGE = Path(__file__).resolve().parent.parent / "docs" / "experiments" / "own-style.md"
VERBS = ("continue", "answer", "b-part")
FIGURES = ("bars in its rhythm", "likeness of rhythm", "leaps", "range")
NEAREST = 60
DRAWS = 2000
LEAP = 5  # semitones
NAN = float("nan")


@dataclass(frozen=True)
class Style:
    """Which motifs belong to a style, and which tunes."""

    motif: Callable[[str, Melody], bool]
    tune: Callable[[Melody], bool]
    tunes: str


def _in(meter: str, _name: str, motif: Melody) -> bool:
    return str(motif.meter) == meter


def _minor(_name: str, motif: Melody) -> bool:
    return motif.key is not None and motif.key.mode == "minor" and str(motif.meter) in _USUAL


def is_syncopated(melody: Melody) -> bool:
    """Return whether the first two bars hold a note off the beat that sounds over the next one."""
    beat = melody.beat_ticks
    place = (melody.onset - melody.downbeat) % beat
    early = (melody.onset >= melody.downbeat) & (melody.onset < _bar(melody, 2))
    return bool((early & (place > 0) & (place + melody.duration > beat)).any())


_USUAL = ("4/4", "3/4", "2/4", "2/2", "6/8")
STYLES = {
    "5/4": Style(
        partial(_in, "5/4"), lambda tune: str(tune.meter) in ("4/4", "2/2"), "bars of 4 quarters"
    ),
    "6/8": Style(partial(_in, "6/8"), lambda tune: str(tune.meter) == "6/8", "6/8"),
    "7/8": Style(
        partial(_in, "7/8"),
        lambda tune: str(tune.meter) in ("4/4", "2/2", "3/4", "6/8"),
        "bars of 3 or 4 quarters",
    ),
    "minor": Style(_minor, lambda tune: _minor("", tune), "minor"),
    "pop": Style(
        lambda name, motif: name.startswith("pop") or "syncopated" in name,
        lambda tune: str(tune.meter) in ("4/4", "2/2", "2/4") and is_syncopated(tune),
        "syncopated openings",
    ),
}


def _bar(melody: Melody, number: int) -> int:
    return melody.downbeat + number * melody.bar_ticks


def rhythms(melody: Melody, first: int, stop: int) -> list[frozenset[int]]:
    """Return where notes begin in each bar, in ticks from the barline."""
    bar = (melody.onset - melody.downbeat) // melody.bar_ticks
    place = melody.bar_position
    return [frozenset(place[bar == number].tolist()) for number in range(first, stop)]


def pitches(melody: Melody, first: int, stop: int) -> Floats:
    """Return what is sung in some bars, the pick-up with the first."""
    low = _bar(melody, first) if first else 0
    inside = (melody.onset >= low) & (melody.onset < _bar(melody, stop))
    return melody.pitch[inside].astype(np.float64)


def of_opening(motif: Melody) -> Floats:
    """Return the figures of a motif by which openings are compared, shape (figures,)."""
    own = rhythms(motif, 0, motif.bars)
    variety = len(set(own)) / len(own)
    pitch = pitches(motif, 0, motif.bars)
    beats = motif.bars * motif.bar_ticks / TICKS_PER_QUARTER
    return np.array([variety, variety, leaps(pitch), np.ptp(pitch), len(pitch) / beats])


def leaps(pitch: Floats) -> float:
    """Return the share of intervals of a fourth or more.

    Examples
    --------
    >>> leaps(np.array([60.0, 65.0, 64.0]))
    0.5
    """
    return float(np.mean(np.abs(np.diff(pitch)) >= LEAP)) if len(pitch) > 1 else NAN


def measured(own: Sequence[frozenset[int]], melody: Melody, first: int, stop: int) -> Floats:
    """Return the figures of the bars after a motif whose bars have such rhythms."""
    new = rhythms(melody, first, stop)
    pitch = pitches(melody, first, stop)
    if not new or not len(pitch):
        return np.full(len(FIGURES), NAN)
    near = [max(len(one & bar) / max(len(one | bar), 1) for one in own) for bar in new]
    again = float(np.mean([bar in own for bar in new]))
    return np.array([again, float(np.mean(near)), leaps(pitch), float(np.ptp(pitch))])


def opening(tune: Melody, bars: int) -> Melody | None:
    """Return the pick-up and the first bars; None if there are few notes in them."""
    notes = int(np.searchsorted(tune.onset, _bar(tune, bars)))
    return tune.cut(0, notes) if notes >= 4 else None


@dataclass(frozen=True, eq=False)
class Real:
    """Real tunes of a style, for motifs of one length: what they open with and what follows."""

    openings: Floats
    followed: Floats

    def near(self, motif: Floats, figure: int) -> Floats:
        """Return what follows the openings most like a motif in one figure and in notes a beat."""
        columns = [figure, -1]
        spread = self.openings[:, columns].std(axis=0) + 1e-9
        apart = np.abs(self.openings[:, columns] - motif[columns]) / spread
        order = np.argsort(apart.sum(axis=1), kind="stable")
        found: Floats = self.followed[order[:NEAREST], figure]
        return found


def real(corpus: Corpus, style: Style, motif_bars: int, first: int, stop: int) -> Real:
    """Return what the tunes of a style do in some bars."""
    rows = []
    for number in range(len(corpus)):
        tune = corpus.tune(number).melody
        if tune.meter is None or tune.key is None or tune.bars < stop or not style.tune(tune):
            continue
        motif = opening(tune, motif_bars)
        if motif is None:
            continue
        own = rhythms(motif, 0, motif_bars)
        found = measured(own, tune, first, stop)
        if not np.isnan(found).any():
            rows.append((of_opening(motif), found))
    return Real(np.array([first for first, _ in rows]), np.array([then for _, then in rows]))


def band(pools: Sequence[Floats], rng: np.random.Generator) -> tuple[float, float]:
    """Return between which numbers the means of one draw from each pool lie, 95%."""
    drawn = np.mean([pool[rng.integers(0, len(pool), DRAWS)] for pool in pools], axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def motifs() -> dict[str, Melody]:
    """Return all typed motifs by name."""
    return typed_motifs() | {motif.title: motif for motif in typed()}


def row(
    name: str, verb: str, index: PhraseIndex, options: argparse.Namespace
) -> tuple[list[tuple[float, tuple[float, float]]], int]:
    """Return for each figure the mean of the pieces and the band, and how many tunes there are."""
    style = STYLES[name]
    known: dict[tuple[int, int, int], Real] = {}
    seen, pools, many = [], defaultdict(list), 0
    chosen = {title: motif for title, motif in motifs().items() if style.motif(title, motif)}
    for number, (title, motif) in enumerate(tqdm(chosen.items(), f"{name}, {verb}", disable=None)):
        try:
            brief = prepare(motif, index, Settings(verb=verb, model=options.model))
            made = takes(brief, np.random.default_rng(number), options.takes)
        except InputError as error:
            print(f"{title}, {verb}: {error}", file=sys.stderr)
            continue
        total = brief.bars_written
        first = 0 if brief.left_out else motif.bars
        span = (motif.bars, motif.bars, motif.bars + total - first - 1)
        if span[1] == span[2]:  # a reply of one bar has none but its last
            continue
        known[span] = known.get(span) or real(index.corpus, style, *span)
        own = rhythms(motif, 0, motif.bars)
        found = [measured(own, piece.melody, first, total - 1) for piece in made]
        seen.append(np.nanmean(found, axis=0))
        many = max(many, len(known[span].openings))
        for figure in range(len(FIGURES)):
            pools[figure].append(known[span].near(of_opening(motif), figure))
    means = np.nanmean(seen, axis=0).tolist()
    bands = [band(pools[figure], np.random.default_rng(figure)) for figure in range(len(FIGURES))]
    return list(zip(means, bands, strict=True)), many


def main() -> None:
    """Compose, compare and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--takes", type=int, default=2, help="pieces of each motif")
    parser.add_argument("--verbs", nargs="+", default=list(VERBS), choices=VERBS)
    parser.add_argument("--styles", nargs="+", default=list(STYLES), choices=STYLES)
    parser.add_argument("--model", default=MODELS[0], choices=MODELS)
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    index = PhraseIndex.load(None)
    lines = [
        f"| style | real tunes | verb | {' | '.join(FIGURES)} |",
        "|---" * (len(FIGURES) + 3) + "|",
    ]
    print("\n".join(lines), flush=True)
    outside = total = 0
    for name in options.styles:
        for verb in options.verbs:
            cells = []
            found, many = row(name, verb, index, options)
            for mean, (low, high) in found:
                inside = low <= mean <= high
                outside, total = outside + (not inside), total + 1
                value = f"{mean:.2f}" if inside else f"**{mean:.2f}**"
                cells.append(f"{value} ({low:.2f} to {high:.2f})")
            lines.append(
                f"| {name} | {STYLES[name].tunes}, {many} | {verb} | {' | '.join(cells)} |"
            )
            print(lines[-1], flush=True)
    told = f"{total - outside} of {total} inside the band of real tunes."
    print(f"\n{told}")
    if options.page:
        PAGE.write_text(page(lines, told, options.takes), encoding="utf-8")


def page(lines: Sequence[str], told: str, count: int) -> str:
    """Return the experiment's page."""
    return (
        "# Do pieces from motifs of rare metres and modes keep to the motif's style?\n\n"
        f"`python benchmarks/own_style.py --takes {count} --page`\n\n"
        + (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2]
        + "\n"
        + "\n".join(lines)
        + f"\n\n{told} In brackets the band; bold is what lies outside it.\n"
    )


if __name__ == "__main__":
    main()
