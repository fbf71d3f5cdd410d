"""The Essen collection -> labelled files in which songs of the same title are a family.

    python -m mer corpus build essen
    python benchmarks/essen_titles.py FOLDER

Writes FOLDER/essen_titles.jsonl.gz (songs whose title two to ten songs bear, long titles only) and
FOLDER/essen_background.jsonl.gz (all the others). Equal titles can belong to different songs and
different titles to the same one, so figures on them are lower bounds. The songs are for
non-commercial use: the files stay where they are made.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from mer import load_corpus
from mer.corpus.corpus import Corpus
from mer.evaluation.labelled import Labelled, save_labelled
from mer.terminal import Parser, run

SHORTEST_TITLE = 12  # letters
SETTINGS = range(2, 11)


def plain(title: str) -> str:
    """Return the letters of a title, without case and accents."""
    letters = unicodedata.normalize("NFKD", title.lower())
    letters = re.sub(r"(?<=[aou])e", "", letters)  # ae, oe, ue stand for umlauts
    return re.sub(r"[^a-z]", "", letters)


def families(corpus: Corpus, queries: int, seed: int, skip: int = 0) -> dict[int, str]:
    """Return song -> title for whole families, drawn at random until there are enough songs.

    The families of the first `skip` songs drawn are left out.
    """
    bearers: dict[str, list[int]] = {}
    for song in range(len(corpus)):
        bearers.setdefault(plain(corpus.title(song)), []).append(song)
    titles = sorted(
        title
        for title, songs in bearers.items()
        if len(title) >= SHORTEST_TITLE and len(songs) in SETTINGS
    )
    chosen: dict[int, str] = {}
    skipped = 0
    for place in np.random.default_rng(seed).permutation(len(titles)).tolist():
        if len(chosen) >= queries:
            break
        if skipped < skip:
            skipped += len(bearers[titles[place]])
            continue
        chosen |= dict.fromkeys(bearers[titles[place]], titles[place])
    return dict(sorted(chosen.items()))


def write(options: argparse.Namespace) -> int:
    """Write both files."""
    corpus = load_corpus(options.corpus)
    chosen = families(corpus, options.queries, options.rng_seed, options.skip)
    named: list[Labelled] = []
    others: list[Labelled] = []
    for song in range(len(corpus)):
        tune = corpus.tune(song)
        labelled = Labelled(tune.tune_id, chosen.get(song), tune.melody, "essen", (tune.title,))
        (named if song in chosen else others).append(labelled)
    options.folder.mkdir(parents=True, exist_ok=True)
    save_labelled(named, options.folder / "essen_titles.jsonl.gz")
    save_labelled(others, options.folder / "essen_background.jsonl.gz")
    print(f"{len(named)} songs in {len(set(chosen.values()))} families, {len(others)} others")
    return 0


def main() -> int:
    """Read the options and write."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--corpus", default="essen", help="default: %(default)s")
    parser.add_argument("--queries", type=int, default=400, help="songs (default: %(default)s)")
    parser.add_argument(
        "--skip", type=int, default=0, help="songs drawn and left out: --skip 400 makes another set"
    )
    parser.add_argument("--rng-seed", type=int, default=0)
    options = parser.parse_args()
    return run(lambda: write(options))


if __name__ == "__main__":
    sys.exit(main())
