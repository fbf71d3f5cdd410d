"""The shipped tunes -> the weights of the experts in ``data/expectation.npz``.

    python benchmarks/train_expectation.py [--tunes 800] [--lessons 20000] [--out FILE]

The predictive model that chooses the notes of new pieces (`generate.plan.expectation`) adds the
logarithms that its experts give, each times a weight. The weights are learned here from tunes in
keys with a major third, each predicted as if it had been left out, for a choice among the notes of
its scale. Written are numbers only; the same version of numpy gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generate.plan.expectation import FILE, KIND, TARGET, TONIC, VERSION
from generate.plan.habits import habits
from generate.prediction import MelodyModel
from mer.corpus.shipped import data_folder
from mer.corpus.storage import save_arrays
from mer.search.index import PhraseIndex


def main() -> None:
    """Learn the weights and write them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--tunes", type=int, default=800, help="how many to learn from, at most")
    parser.add_argument("--lessons", type=int, default=20_000, help="how many of their notes")
    parser.add_argument("--out", type=Path, default=data_folder() / FILE)
    options = parser.parse_args()
    corpus = PhraseIndex.load(None).corpus
    tunes = habits(corpus.columns("melody"), "major").tunes
    stride = max(1, -(-len(tunes) // options.tunes))
    melodies = [corpus.tune(int(number)).melody for number in tunes[::stride]]
    model = MelodyModel(TARGET, tonic=TONIC, in_scale=True, lessons=options.lessons)
    model.fit(melodies)
    save_arrays(options.out, {"weights": model.weights_}, {"kind": KIND, "version": VERSION})
    print(f"{options.out}: learned from {len(melodies)} tunes")


if __name__ == "__main__":
    main()
