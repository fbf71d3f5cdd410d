"""Motifs of rare metres and rhythms -> how many new bars have a rhythm of the motif.

    python benchmarks/own_rhythm.py [--takes 4]

From each typed motif of `benchmarks/typed_motifs.abc` in 5/4, 7/8 or syncopated 4/4 pieces of
eight bars are composed, to a plan and to a form. Counted are the bars after the motif but the last:
those with the rhythm of one of its bars; with a variation of it, which has the same durations in
another order, or one onset more or less; and those in even notes, where the motif has no such bar.
`lent or even` is the same without the motif's own bars: what tunes lend, or else even beats.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from keys import typed

from generate.compose import prepare, takes
from generate.piece.planned import Plan, PlannedBar
from generate.piece.self_similarity import NEW, Recurrence
from generate.plan.brief import Brief
from generate.plan.plan import plans_of
from generate.plan.rhythm import even_bar
from generate.plan.settings import Settings
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

GROUPS = ("5/4", "7/8", "pop")
FORMS = {"plan": None, "form": "A A' B A''"}
Rhythm = tuple[tuple[int, int], ...]


def rhythms(melody: Melody, first: int, stop: int) -> Iterator[Rhythm]:
    """Yield onset and duration of what sounds in each bar, cut at its barlines."""
    for number in range(first, stop):
        low = melody.downbeat + number * melody.bar_ticks
        high = low + melody.bar_ticks
        inside = np.flatnonzero((melody.onset < high) & (melody.end > low)).tolist()
        begun = [(max(int(melody.onset[n]), low), min(int(melody.end[n]), high)) for n in inside]
        yield tuple((begin - low, end - begin) for begin, end in begun)


def is_varied(rhythm: Rhythm, own: Rhythm) -> bool:
    """Return whether a rhythm has the durations of another, or one onset more or less."""
    same = sorted(duration for _, duration in rhythm) == sorted(duration for _, duration in own)
    onsets = {onset for onset, _ in rhythm} ^ {onset for onset, _ in own}
    return same or len(onsets) == 1


def is_even(rhythm: Rhythm) -> bool:
    """Return whether all notes last as long, and are three or more."""
    return len(rhythm) > 2 and len({duration for _, duration in rhythm}) == 1


def without_own(brief: Brief) -> Brief:
    """Return the brief with what tunes lend, or else even beats, in place of the motif's bars."""
    even = even_bar(brief.frame)
    plans, weights = plans_of(brief.frame, brief.theme.melody, brief.neighbours)
    if not plans:
        bar = PlannedBar(Recurrence(NEW), even, True, ())
        plans, weights = [Plan((bar,) * brief.frame.bars, "")], [1.0]
    lent = brief._lent_bars or [([even], 1.0)]
    brief.__dict__.update(keeps_own_rhythm=False, bars=lent, plans=(plans, weights))
    return brief


def counted(motif: Melody, piece: Melody, bars: int) -> list[str]:
    """Return what each new bar is: ``own``, ``varied``, ``even`` or ``other``."""
    own = [rhythm for rhythm in rhythms(motif, 0, motif.bars) if rhythm]
    found = []
    for rhythm in rhythms(piece, motif.bars, bars - 1):
        if rhythm in own:
            found.append("own")
        elif is_even(rhythm):
            found.append("even")
        else:
            found.append("varied" if any(is_varied(rhythm, one) for one in own) else "other")
    return found


def main() -> None:
    """Compose, count and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--takes", type=int, default=4, help="pieces from each motif")
    options = parser.parse_args()
    index = PhraseIndex.load(None)
    motifs = [motif for motif in typed() if motif.title.startswith(GROUPS)]
    kinds = ("own", "varied", "other", "even")
    print("| motifs | to a | rhythm | " + " | ".join(kinds) + " | rhythms a piece |")
    print("|---" * (len(kinds) + 4) + "|")
    for group in GROUPS:
        chosen = [motif for motif in motifs if motif.title.startswith(group)]
        for name, form in FORMS.items():
            for row, change in {"lent or even": without_own, "own bars": None}.items():
                found, different = [], []
                for motif in tqdm(chosen, desc=f"{group} {name}", disable=None):
                    settings = Settings(form=form, model="chain")
                    brief = prepare(motif, index, settings)
                    brief = brief if change is None else change(brief)
                    for piece in takes(brief, np.random.default_rng(0), options.takes):
                        found += counted(motif, piece.melody, brief.frame.bars)
                        different.append(len(set(rhythms(piece.melody, 0, brief.frame.bars))))
                shares = [f"{found.count(kind) / len(found):.2f}" for kind in kinds]
                cells = [group, name, row, *shares, f"{np.mean(different):.1f}"]
                print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
