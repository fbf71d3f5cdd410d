"""Where the last note begins: in real tunes, in pieces, and in pieces whose plans end as they run.

    python benchmarks/endings.py [--takes 2] [--model chain]

Pieces grow from the shipped and from thirty typed motifs, in turn by every verb that has a plan.
*Before* their last bar had the rhythm of the bar that stands there in the tune that lends the plan;
*now* it has the rhythm with which that tune ends where its own bar runs on
(`generate.plan.plan.at_rest`). Printed is, for each metre, how many end by the middle of a bar, as
three in four tunes do or more.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from typed_motifs import typed_motifs

from generate.compose import prepare, takes
from generate.plan import brief as briefs
from generate.plan import plan as plans
from generate.plan.settings import Settings
from mer.corpus.shipped import data_folder
from mer.io import LOADERS, load_melody
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

VERBS = ("continue", "b-part", "answer")
FEWEST_NOTES = 12  # of a tune


def rests(melody: Melody) -> bool:
    """Return whether the last note begins by the middle of its bar."""
    return bool(2 * melody.bar_position[-1] <= melody.bar_ticks)


def motifs() -> list[Melody]:
    """Return the shipped and the typed motifs."""
    shipped = sorted((data_folder() / "motifs").iterdir())
    loaded = [load_melody(path) for path in shipped if path.suffix in LOADERS]
    return [*loaded, *typed_motifs().values()]


def pieces(index: PhraseIndex, model: str, count: int) -> Iterator[Melody]:
    """Yield so many takes of every motif."""
    for number, motif in enumerate(tqdm(motifs(), disable=None)):
        settings = Settings(verb=VERBS[number % len(VERBS)], model=model)
        for piece in takes(prepare(motif, index, settings), np.random.default_rng(number), count):
            yield piece.melody


def counted(melodies: Iterator[Melody]) -> dict[str, Counter[bool]]:
    """Return, for each metre, how many end by the middle of a bar and how many do not."""
    found: dict[str, Counter[bool]] = defaultdict(Counter)
    for melody in melodies:
        if melody.meter is not None and len(melody) >= FEWEST_NOTES:
            found["{}/{}".format(*melody.meter)][rests(melody)] += 1
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--takes", type=int, default=2)
    parser.add_argument("--model", default="mixture")
    options = parser.parse_args()
    index = PhraseIndex.load()
    real = counted(tune.melody for tune in index.corpus)
    now = counted(pieces(index, options.model, options.takes))
    with (
        patch.object(plans, "at_rest", lambda plan, *_: plan),
        patch.object(briefs, "at_rest", lambda plan, *_: plan),
    ):
        before = counted(pieces(index, options.model, options.takes))
    print("| metre | tunes | end by the middle | pieces | before | now |")
    print("|---" * 6 + "|")
    for meter in sorted(now, key=lambda one: -now[one].total()):
        shares = [one[meter][True] / max(one[meter].total(), 1) for one in (real, before, now)]
        cells = f"{real[meter].total():,} | {shares[0]:.2f} | {now[meter].total()}"
        print(f"| {meter} | {cells} | {shares[1]:.2f} | {shares[2]:.2f} |")
    ends = [sum(one[True] for one in found.values()) for found in (before, now)]
    count = sum(one.total() for one in now.values())
    print(f"of {count} pieces: before {ends[0]}, now {ends[1]}")


if __name__ == "__main__":
    main()
