"""Families of the shipped corpus -> how far a synopsis agrees with the alignments two by two.

    python benchmarks/synopsis.py [--families ID ...] [--labelled FILE] [--svg FOLDER]

For each family: its variants, how many columns the table has, how many notes most variants have
and how stable these are; the share of the pairs of the pairwise alignments that stand in one
column, and of their same notes. For comparison the same for a star: the alignments with the first
variant alone. With --labelled, the families of a file of labelled melodies (see
`mer.load_labelled`), the first twelve variants of each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mer import PhraseIndex, Tune, load_labelled, synopsis, variants_of
from mer.alignment.multiple import aligned_together
from mer.search.sharing.synopsis import Synopsis
from mer.search.sharing.synopsis_picture import synopsis_as_svg

FAMILIES = ("oneills-1438", "bach-bwv244.54", "bach-bwv13.6", "aird-0322", "bach-bwv146.8")
MOST = 12


def star(found: Synopsis) -> Synopsis:
    """Return the same variants, aligned with the first alone."""
    lengths = [len(tune.melody) for tune in found.variants]
    with_first = {two: pairs for two, pairs in found.pairs.items() if two[0] == 0}
    return replace(found, table=aligned_together(lengths, with_first))


def families(options: argparse.Namespace) -> Iterator[list[Tune]]:
    """Yield the variants of each family."""
    if options.labelled:
        found: dict[str, list[Tune]] = {}
        for one in load_labelled(options.labelled):
            if one.family is not None:
                found.setdefault(one.family, []).append(Tune(one.id, one.family, "", one.melody))
        yield from (tunes[:MOST] for tunes in found.values())
        return
    index = PhraseIndex.load()
    for name in options.families:
        yield variants_of(name, index, MOST)


def main() -> None:
    """Print a line for each family."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--families", nargs="+", default=FAMILIES, metavar="ID", help="tunes")
    parser.add_argument("--labelled", help="a file of labelled melodies, in place of the corpus")
    parser.add_argument("--svg", type=Path, metavar="FOLDER", help="also draw each family")
    options = parser.parse_args()
    print(f"{'family':<34}variants columns common stable  pairs  same  star: pairs  same     s")
    for variants in families(options):
        began = time.perf_counter()
        found = synopsis(variants)
        seconds = time.perf_counter() - began
        other = star(found)
        common = sum(column.is_common for column in found.columns)
        print(
            f"{variants[0].title[:32]:<34}{len(variants):8}{len(found.columns):8}{common:7}"
            f"{found.stability:7.2f}{found.agreement:7.3f}{found.same_kept:7.3f}"
            f"{other.agreement:12.3f}{other.same_kept:7.3f}{seconds:6.2f}"
        )
        if options.svg:
            options.svg.mkdir(parents=True, exist_ok=True)
            path = options.svg / f"{variants[0].tune_id}.svg"
            path.write_text(synopsis_as_svg(found), encoding="utf-8")


if __name__ == "__main__":
    main()
