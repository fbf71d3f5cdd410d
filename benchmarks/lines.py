"""Thirty typed motifs x stitch, vary, morph -> how the pieces are built: a table.

    python benchmarks/lines.py [--takes 2] [--motifs 30] [--page]

A phrase begins where the piece says so; a pick-up counts to the bar that it leads to. *Square*: of
the phrases after the motif, the share that last 2, 4 or 8 bars. *Adding up*: pieces in which every
phrase does. *Holes*: rests of half a bar or more inside a piece. *Insistence*: pieces in which a
bar stands three times or more in a row, or makes more than half of the new bars. *Closing*: pieces
whose last note begins on a beat and sounds to the last barline. *Both*: of morphs, those that
begin with the motif and end with bars of the target. *Bars again*: new bars that are an earlier
one again.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from typed_motifs import typed_motifs

from generate.compose import prepare, takes
from generate.piece.composition import TARGET, Composition, statement_runs
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "experiments" / "lines.md"
VERBS = ("stitch", "vary", "morph")
SQUARE = (2, 4, 8)


@dataclass(frozen=True)
class Built:
    """What was seen of one piece."""

    phrases: list[int]
    holes: int
    insists: bool
    closes: bool
    both: bool
    again: int


def bars_of(melody: Melody) -> list[tuple[tuple[int, int, int], ...]]:
    """Return the notes that begin in each bar: onset from the barline, duration, pitch."""
    number = (melody.onset - melody.downbeat) // melody.bar_ticks
    rows = np.stack([melody.bar_position, melody.duration, melody.pitch], axis=1)
    return [tuple(tuple(row) for row in rows[number == bar].tolist()) for bar in range(melody.bars)]


def phrase_bars(melody: Melody, first_bar: int) -> list[int]:
    """Return the length in bars of each phrase from a bar on."""
    bar = melody.bar_ticks
    starts = melody.onset[list(melody.phrase_starts)] - melody.downbeat
    # What begins in the second half of a bar leads to the next one.
    lines = sorted({int(-(-(tick - bar // 2) // bar)) for tick in starts.tolist()} | {first_bar})
    lines = [line for line in lines if first_bar <= line < melody.bars]
    return np.diff([*lines, melody.bars]).tolist()


def built(piece: Composition, brief: Brief) -> Built:
    """Return how a piece is built."""
    melody, frame = piece.melody, brief.frame
    opening = frame.opening
    given = (
        0
        if opening is None
        else -(-(int(opening.melody.end[-1]) - frame.pickup) // frame.bar_ticks)
    )
    gaps = melody.onset[1:] - melody.end[:-1]
    bars = bars_of(melody)
    new = [bar for bar in bars[given:] if len(bar) > 1]
    runs = [len(list(same)) for bar, same in groupby(bars[given:]) if len(bar) > 1]
    most = Counter(new).most_common(1)
    last = int(melody.bar_position[-1])
    own = statement_runs(piece.sources)
    ends = [source.kind for source in piece.sources[-2:]]
    return Built(
        phrase_bars(melody, given),
        int((2 * gaps >= melody.bar_ticks).sum()),
        max(runs, default=0) >= 3 or (bool(most) and 2 * most[0][1] > len(bars) - given > 2),
        last % melody.beat_ticks == 0 and int(melody.end[-1]) == frame.length,
        bool((own == 0).any()) and (TARGET in ends or brief.target is None),
        sum(
            bar in bars[:number]
            for number, bar in enumerate(bars)
            if number >= given and len(bar) > 1
        ),
    )


def table(takes_each: int, motifs: int) -> str:
    """Return the table of all verbs."""
    index = PhraseIndex.load()
    rows = []
    typed = list(typed_motifs().values())[:motifs]
    for verb in VERBS:
        seen: list[Built] = []
        refused = 0
        for number, motif in enumerate(typed):
            target = typed[(number + 7) % len(typed)] if verb == "morph" else None
            try:
                brief = prepare(motif, index, Settings(verb=verb), target=target)
                pieces = takes(brief, np.random.default_rng(number), takes_each)
            except InputError:
                refused += 1
                continue
            seen += [built(piece, brief) for piece in pieces]
        lengths = [bars for one in seen for bars in one.phrases]
        square = sum(bars in SQUARE for bars in lengths) / max(len(lengths), 1)
        even = sum(all(bars in SQUARE for bars in one.phrases) for one in seen)
        both = f"{sum(one.both for one in seen)}" if verb == "morph" else ""
        rows.append(
            f"| {verb} | {len(seen)} | {refused} | {square:.0%} | {even} | "
            f"{sum(one.holes for one in seen)} | {sum(one.insists for one in seen)} | "
            f"{sum(one.closes for one in seen)} | {both} | {sum(one.again for one in seen)} |"
        )
    names = "verb, pieces, refused, square, adding up, holes, insistent, closing, both, bars again"
    head = f"| {names.replace(', ', ' | ')} |"
    return "\n".join([head, "|---" * 10 + "|", *rows])


def main() -> int:
    """Print the table, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--takes", type=int, default=2)
    parser.add_argument("--motifs", type=int, default=30)
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    found = table(options.takes, options.motifs)
    print(found)
    if options.page:
        said = (__doc__ or "").split("\n\n")[2]
        title = "# How stitched, varied and morphed pieces are built"
        command = f"`python benchmarks/lines.py --takes {options.takes} --page`"
        PAGE.write_text("\n\n".join([title, command, said, found]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
