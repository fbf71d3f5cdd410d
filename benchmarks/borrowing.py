"""How much human tunes borrow from each other -> data/borrowing.json and a page in docs/.

    python benchmarks/borrowing.py            make the table and the page
    python benchmarks/borrowing.py --check    make the table again and compare

Every so many tunes of the shipped corpus, the longest run that its first bars share with tunes of
other titles: intervals and proportions of time alike, so that neither transposition nor tempo hides
anything (see `generate.originality.originality`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from generate.originality.borrowing import FILE, LENGTHS, Borrowing, shared_runs
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder
from mer.search.index import load_corpus

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "experiments" / "borrowing.md"
TUNES = 400


def sampled(corpus: Corpus, count: int) -> list[int]:
    """Return tunes that are long enough, evenly spread over the corpus."""
    columns = corpus.columns("melody")
    ticks = (columns.onset + columns.duration)[columns.bounds[1:] - 1] - columns.downbeat
    long_enough = np.flatnonzero(ticks >= max(LENGTHS) * columns.bar_ticks)
    places = np.linspace(0, len(long_enough) - 1, min(count, len(long_enough)))
    return [int(long_enough[place]) for place in np.rint(places).astype(int)]


def measured(corpus: Corpus, tunes: list[int]) -> Borrowing:
    """Return the table for these tunes."""
    rows = {}
    for number, tune in enumerate(tunes, 1):
        rows[corpus.tune_id(tune)] = shared_runs(corpus, tune)
        if number % 50 == 0:
            print(f"{number} of {len(tunes)} tunes", file=sys.stderr)
    return Borrowing(len(corpus.tunes.pitch), rows)


def page(known: Borrowing) -> str:
    """Return the experiment's page."""
    runs = np.array(list(known.tunes.values()))
    shares = (0.1, 0.25, 0.5, 0.75, 0.9)
    lines = [
        "# How much human tunes borrow",
        "",
        f"`python benchmarks/borrowing.py`: {len(runs)} tunes spread over the shipped corpus.",
        *_METHOD.splitlines(),
        "",
        "| opening | " + " | ".join(f"{share:.0%} share at most" for share in shares) + " | most |",
        "|---" * (len(shares) + 2) + "|",
    ]
    for column, bars in enumerate(LENGTHS):
        values = [int(np.quantile(runs[:, column], s, method="inverted_cdf")) for s in shares]
        cells = " | ".join(str(value) for value in values)
        lines.append(f"| {bars} bars | {cells} | {runs[:, column].max()} |")
    bounds = (4, 6, 8, 12)
    lines += ["", "| share more than | " + " | ".join(f"{b} notes" for b in bounds) + " |"]
    lines += ["|---" * (len(bounds) + 1) + "|"]
    for bars in LENGTHS:
        cells = " | ".join(f"{known.share_above(bound, bars=bars):.0%}" for bound in bounds)
        lines.append(f"| {bars} bars | {cells} |")
    return "\n".join([*lines, _NOTES])


_METHOD = """\
For each, the longest run of notes that its opening shares with any tune of another title. A run is
shared if all intervals and all proportions of time agree, so that neither transposition nor tempo
hides anything."""
_NOTES = """
The long tail is variants of one tune under two titles, and strains that wander from tune to tune.
The report of `python -m generate` compares a piece with the line nearest to it in length; the motif
that the user gave is not counted in the piece, while nothing is left out of the human openings.
"""


def main() -> int:
    """Make the table, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    corpus = load_corpus()
    known = measured(corpus, sampled(corpus, TUNES))
    path = data_folder() / FILE
    if options.check:
        same = path.read_text(encoding="utf-8") == known.as_json()
        print("the same" if same else f"{path.name} differs")
        return 0 if same else 1
    path.write_text(known.as_json(), encoding="utf-8")
    PAGE.write_text(page(known), encoding="utf-8")
    print(page(known))
    return 0


if __name__ == "__main__":
    sys.exit(main())
