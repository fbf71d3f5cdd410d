"""Do morphs move steadily from one motif to the other? -> docs/experiments/morphs.md.

    python benchmarks/morphs.py --pairs 50 --bars 16

The motifs are the openings of tunes that are taken out of the index. Each piece is cut at its
phrase marks. All sections are added to the index in a collection of their own, and both motifs, as
they were given, are searched for in it: so it is `mer search` that says how like each motif each
section is. A morph is steady if the similarity to the first motif falls, and that to the second
rises, from every section to the next.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from distribution import first_bars, held_out

from generate.compose import prepare, takes
from generate.plan.frame import usable_motif
from generate.plan.settings import Settings
from mer.corpus.corpus import Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

PAGE = Path(__file__).resolve().parent.parent / "docs" / "experiments" / "morphs.md"
FEWEST_NOTES = 3  # of a section that can be searched for


@dataclass(frozen=True)
class Morph:
    """One morph: its motifs and its sections."""

    motif: Melody
    target: Melody
    sections: tuple[Melody, ...]
    quoted: float


def morphed(index: PhraseIndex, pair: tuple[Melody, Melody], bars: int, seed: int) -> Morph:
    """Return the morph of a pair of motifs.

    Raises
    ------
    InputError
        If the pair cannot be morphed.
    """
    settings = Settings(verb="morph", bars=bars)
    brief = prepare(pair[0], index, settings, target=pair[1])
    piece = takes(brief, np.random.default_rng(seed), 1)[0]
    starts = [*piece.melody.phrase_starts, len(piece)]
    sections = tuple(piece.melody.cut(start, stop) for start, stop in pairwise(starts))
    quoted = sum(source.kind == "corpus" for source in piece.sources) / len(piece)
    return Morph(brief.theme.melody, usable_motif(pair[1])[0], sections, quoted)


def similarities(index: PhraseIndex, morphs: Sequence[Morph]) -> list[Floats]:
    """Return for each morph the similarity of its sections to both motifs, (sections, 2)."""
    tunes = [
        Tune(f"{number:04d}-{at:02d}", "", f"morph {number:04d}", section)
        for number, morph in enumerate(morphs)
        for at, section in enumerate(morph.sections)
    ]
    larger = index.add(tunes)
    found = []
    for number, morph in enumerate(morphs):
        where = Filter(collections=(f"morph {number:04d}",))
        table = np.zeros((len(morph.sections), 2))
        for column, motif in enumerate((morph.motif, morph.target)):
            for match in larger.search(motif, k=len(table), where=where):
                table[int(match.phrase.tune_id[-2:]), column] = match.similarity
        found.append(table)
    return found


def steady(table: Floats, slack: float = 0.0) -> bool:
    """Return whether the first column falls and the second rises, but for `slack`."""
    falls = bool((np.diff(table[:, 0]) < slack).all())
    return falls and bool((np.diff(table[:, 1]) > -slack).all())


def main() -> None:
    """Make the morphs, measure them, print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--motif-bars", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    index = PhraseIndex.load(None)
    numbers = held_out(index.corpus, 2 * options.pairs, np.random.default_rng(options.seed))
    motifs = [first_bars(index.corpus.tune(n).melody, options.motif_bars) for n in numbers]
    rest = index.remove([index.corpus.tune_id(number) for number in numbers])
    morphs = []
    for number, pair in enumerate(zip(motifs[::2], motifs[1::2], strict=True)):
        try:
            morphs.append(morphed(rest, pair, options.bars, options.seed + number))
        except InputError as error:
            print(f"pair {number}: {error}", file=sys.stderr)
    tables = similarities(rest, morphs)
    command = (
        f"`python benchmarks/morphs.py --pairs {options.pairs} --bars {options.bars} "
        f"--motif-bars {options.motif_bars} --seed {options.seed} --page`"
    )
    text = "\n".join([_HEAD, command, _METHOD, report(morphs, tables, options.pairs), _NOTES])
    if options.page:
        PAGE.write_text(text, encoding="utf-8")
    print(text)


_HEAD = "# Do morphs move steadily from one motif to the other?\n"
_METHOD = """
The motifs are the openings of tunes that were taken out of the index. Each piece is cut at its
phrase marks; the sections are added to the index, and `PhraseIndex.search` looks up both motifs, as
they were given, among them. A morph is steady if from every section to the next the similarity to
the first motif falls and that to the second rises.
"""
_NOTES = """
The composer knows this measure: it chooses among phrases between the motifs by it, and draws again,
up to five times, where the finished piece is not steady. So the figure says how often such a way
exists among the phrases of the corpus and what can be made of them, not that listeners hear one.
Similarity is far below 1 in the last section where the target is brought into another mode or
metre, or where only its first bars fit.
"""


def report(morphs: Sequence[Morph], tables: Sequence[Floats], pairs: int) -> str:
    """Return the figures as Markdown."""
    strict = sum(steady(table) for table in tables)
    nearly = sum(steady(table, 0.02) for table in tables)
    steps = [np.diff(table, axis=0) * (-1, 1) > 0 for table in tables]
    share = float(np.concatenate([s.ravel() for s in steps]).mean())
    sections = np.mean([len(table) for table in tables])
    quoted = float(np.mean([morph.quoted for morph in morphs]))
    lines = [
        f"- pairs: {pairs}, morphs made: {len(tables)}, sections each: {sections:.1f}",
        f"- steady from the first section to the last: **{strict} of {pairs}**",
        f"- steady but for .02: {nearly} of {pairs}",
        f"- single steps in the right direction: {share:.1%}",
        f"- notes taken from corpus tunes: {quoted:.0%}",
    ]
    same = min({len(table) for table in tables}, key=lambda n: -sum(len(t) == n for t in tables))
    mean = np.mean([table for table in tables if len(table) == same], axis=0)
    lines += ["", f"Means over the {sum(len(t) == same for t in tables)} of {same} sections:"]
    lines += ["", "| section | to the first motif | to the second |", "|---|---|---|"]
    lines += [f"| {n + 1} | {a:.2f} | {b:.2f} |" for n, (a, b) in enumerate(mean.tolist())]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
