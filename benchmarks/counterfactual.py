"""Motifs -> how long it takes to take each source tune out of a piece, and what that changes.

    python benchmarks/counterfactual.py [--motifs 6] [--tunes 3] [--bars 8]

For each of the shipped motifs: the tunes that its piece cites; for the most cited, seconds until
the distributions of all notes are known without the tune, seconds for a piece with the same random
numbers, how much of the distributions goes to other notes on average, and how many notes differ.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from generate.compose import prepare, takes
from generate.plan.settings import Settings
from generate.report.counterfactual import counterfactual, source_tunes
from generate.report.explaining import differing
from mer import PhraseIndex, load_melody
from mer.corpus.shipped import data_folder
from mer.io import LOADERS


def main() -> None:
    """Print a line for each tune that is taken out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--motifs", type=int, default=6, help="how many (default: 6)")
    parser.add_argument("--tunes", type=int, default=3, help="of each piece (default: 3)")
    parser.add_argument("--bars", type=int, default=8, help="length of a piece (default: 8)")
    options = parser.parse_args()
    index = PhraseIndex.load()
    folder = data_folder() / "motifs"
    files = [path for path in sorted(folder.iterdir()) if path.suffix in LOADERS]
    print(f"{'motif':<28}{'tune':<30}cited  change   bits  differ  s alone  s piece")
    alone, whole = [], []
    for path in files[: options.motifs]:
        brief = prepare(load_melody(path), index, Settings(bars=options.bars))
        piece = takes(brief, np.random.default_rng(0), 1)[0]
        for name, pitches, rhythms in source_tunes(piece)[: options.tunes]:
            began = time.process_time()
            found = counterfactual(brief, piece, name)
            alone.append(time.process_time() - began)
            other = takes(found.brief, np.random.default_rng(0), 1)[0]
            whole.append(time.process_time() - began)
            change = found.change[found.new].mean()
            print(
                f"{path.stem[:26]:<28}{found.title[:28]:<30}{pitches + rhythms:5}{change:8.1%}"
                f"{found.bits.sum():+7.1f}{differing(piece, other):5}/{len(piece.melody):<4}"
                f"{alone[-1]:6.2f}{whole[-1]:9.2f}"
            )
    print(f"median seconds for a tune: {np.median(alone):.2f}, with a piece {np.median(whole):.2f}")


if __name__ == "__main__":
    main()
