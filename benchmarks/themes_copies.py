"""Pieces grown from famous openings -> the longest run that they share with a famous theme.

    python benchmarks/themes_copies.py [--seeds 3]

Each opening grows by each verb twice: with the shipped pack, and with the same pack without its
famous themes. A run counts with its rhythm or by its intervals alone, the motif itself apart. With
the themes in the pack, the bound on copies holds for them too; without, nothing knows of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from themes_checks import themes

from generate.compose import prepare, takes
from generate.originality.originality import Originality
from generate.plan.settings import Settings
from mer.alignment.aspects import pitch_alone
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

VERBS = ("continue", "answer", "b-part", "vary", "stitch")
EVERY = 12  # themes


def motifs() -> list[Melody]:
    """Return the first phrase of every twelfth theme, or its first two where that is short."""
    found = []
    for theme in themes()[::EVERY]:
        starts = [*theme.melody.phrase_starts, len(theme.melody)]
        stop = next((place for place in starts[1:] if place >= 8), len(theme.melody))
        found.append(theme.melody.cut(0, min(stop, 24)))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    whole = PhraseIndex.load()
    tunes = list(whole.corpus)
    rest = PhraseIndex.build(Corpus.from_tunes(t for t in tunes if "themes-" not in t.tune_id))
    columns = Columns.from_melodies([t.melody for t in tunes if "themes-" in t.tune_id])
    known = {"rhythm": Originality(columns), "pitch": Originality(pitch_alone(columns))}
    print("| verb | pack | pieces | with rhythm: median, longest | over 8 | intervals alone |")
    print("|---|---|---|---|---|---|")
    for verb in VERBS:
        for name, index in (("without the themes", rest), ("with them", whole)):
            runs = []
            for motif in motifs():
                for seed in range(options.seeds):
                    try:
                        brief = prepare(motif, index, Settings(verb=verb))
                        (piece,) = takes(brief, np.random.default_rng(seed), 1)
                    except InputError as error:
                        print(f"<!-- {verb}, {name}: {error} -->")
                        continue
                    even = pitch_alone(Columns.from_melodies([piece.melody])).melody(0)
                    runs.append(
                        [
                            known["rhythm"].longest_run(piece.melody, piece.sources).notes,
                            known["pitch"].longest_run(even, piece.sources).notes,
                        ]
                    )
            held = np.array(runs)
            print(
                f"| {verb} | {name} | {len(held)} | {np.median(held[:, 0]):.0f}, "
                f"{held[:, 0].max()} | {(held[:, 0] > 8).sum()} | {np.median(held[:, 1]):.0f}, "
                f"{held[:, 1].max()} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
