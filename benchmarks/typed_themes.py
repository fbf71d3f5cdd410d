"""Famous openings typed from memory, letters alone -> the rank of each theme in a search.

    python benchmarks/typed_themes.py [--file benchmarks/typed_themes.txt]

A line of the file holds a title of the pack, the letters, and the mistake made in them. The letters
are read as the page reads them (no octave: the nearest one; no length: pitch alone counts) and
searched for as `mer search` does unless told; beside it, the same where no octave is typed at all.
A rank counts tunes, not phrases; a tune of another title that is another encoding of the theme
(`themes_peers.PEERS`) counts as the theme.
"""

from __future__ import annotations

import argparse
import re
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from themes_checks import themes
from themes_peers import PEERS

from app.visitor.notation import read_notes
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.terminal import Parser, run

FILE = Path(__file__).with_name("typed_themes.txt")
PHRASES = 60  # asked for, so that ten tunes or more are among them
NOT_FOUND = "–"


class Typed(NamedTuple):
    """An opening as somebody typed it."""

    title: str
    letters: str
    mistake: str


def typed_openings(file: Path) -> list[Typed]:
    """Return the openings of a file; lines that begin with # are left out.

    Raises
    ------
    InputError
        If a line has not three parts.
    """
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 3:
            raise InputError(f"{file}, line {number}: write title | letters | mistake")
        found.append(Typed(*parts))
    return found


def rank_of(index: PhraseIndex, melody: Melody, title: str) -> int:
    """Return the rank of a theme among the tunes found, 0 where it is not among them."""
    tunes: list[tuple[str, str]] = []
    for match in index.search(melody, PHRASES):
        one = (match.phrase.tune_id, match.phrase.title)
        tunes += [one] * (one not in tunes)
    same = PEERS.get(title, ())
    ranks = [n for n, (tune, name) in enumerate(tunes, 1) if name == title or tune in same]
    return ranks[0] if ranks else 0


def write(options: argparse.Namespace) -> int:
    """Print a line for each opening, and how many come first."""
    index, openings = PhraseIndex.load(), typed_openings(options.file)
    known = {theme.title for theme in themes()}
    ranks: list[tuple[int, int]] = []
    print("| theme | typed | mistake | rank | letters alone |\n|---|---|---|---|---|")
    for typed in openings:
        if typed.title not in known:
            raise InputError(f"{options.file}: no theme is called {typed.title!r}")
        ways = (typed.letters, re.sub(r"\d", "", typed.letters))
        rank, alone = (rank_of(index, read_notes(way).melody, typed.title) for way in ways)
        ranks.append((rank, alone))
        print(f"| {' | '.join(typed)} | {rank or NOT_FOUND} | {alone or NOT_FOUND} |")
    for name, way in zip(("as typed", "letters alone"), zip(*ranks, strict=True), strict=True):
        first, ten = sum(rank == 1 for rank in way), sum(0 < rank <= 10 for rank in way)
        print(f"\n{name}: {first} of {len(way)} first, {ten} in the first ten")
    return 0


def main() -> int:
    """Read the options and search."""
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path, default=FILE, help="default: %(default)s")
    return run(partial(write, parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
