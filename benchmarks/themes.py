"""Famous themes of the pack -> what was checked, and how often their openings find them.

    python benchmarks/themes.py                   what needs nothing else, and the recall
    python benchmarks/themes.py --essen essen     also songs of Essen (mer corpus build essen)

The checks are those of `themes_checks.py` and `themes_peers.py`, and the bits per note that the
model of new music gives a theme, where it has learned from tunes among which there is none. Recall:
an opening of eight or twelve notes, transposed, with none, one or two notes a step or two wrong, as
somebody may hum it (no metre) or type it (no rhythm either; ``--by pitch``). A theme counts as
found at rank 1 where the first tune listed has its title or is another encoding of it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from themes_checks import Theme, complaints, disagreement, second_reading, themes
from themes_peers import PEERS, comparisons

from generate.plan.expectation import expectation_of
from generate.plan.habits import habits
from mer.corpus.corpus import Corpus
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.stack import comparison

SHORTEST, LONGEST = 8, 12
SHIFTS = (-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6)
WRONG = (-2, -1, 1, 2)
VALUES = (0.25, 0.5, 1, 2, 4)
RANKS = 10
MANY_BITS = 4.0
MIDDLE = 72  # where the tunes of the pack lie


def opening(theme: Melody, notes: int, wrong: int, rng: np.random.Generator) -> Melody:
    """Return the first notes as somebody may hum them: another key, no metre, `wrong` notes off."""
    part = theme.cut(0, min(notes, len(theme)))
    pitch = part.pitch + int(rng.choice(SHIFTS))
    places = rng.choice(np.arange(1, len(part)), wrong, replace=False)
    pitch[places] += rng.choice(WRONG, wrong)
    return Melody(pitch=pitch, onset=part.onset - part.onset[0], duration=part.duration)


def typed(melody: Melody) -> Melody:
    """Return the pitches in even quarters, as letters without lengths are read."""
    onset = np.arange(len(melody)) * 480
    return Melody(pitch=melody.pitch, onset=onset, duration=np.full(len(melody), 480))


def rank_of(theme: Theme, query: Melody, index: PhraseIndex, method: str) -> int:
    """Return the rank of the theme among the tunes found, from 1; 0 beyond the first ten."""
    names = []
    for match in index.search(query, 3 * RANKS, method=method):
        one = (match.phrase.tune_id, match.phrase.title)
        names += [one] * (one not in names)
    same = PEERS.get(theme.title, ())
    ranks = [n for n, (name, title) in enumerate(names, 1) if title == theme.title or name in same]
    return ranks[0] if ranks and ranks[0] <= RANKS else 0


def recall(found: list[Theme], index: PhraseIndex, seed: int) -> list[str]:
    """Return a table: how many openings find their theme first, and among the first ten."""
    lines = ["| opening | wrong notes | hummed: first | in the first ten | typed: first | in ten |"]
    lines.append("|---|---|---|---|---|---|")
    for notes in (SHORTEST, LONGEST):
        for wrong in (0, 1, 2):
            rng = np.random.default_rng(seed)
            ranks = []
            for theme in found:
                hummed = opening(theme.melody, notes, wrong, rng)
                ways = ((hummed, "motif"), (typed(hummed), "by-pitch"))
                ranks.append([rank_of(theme, query, index, way) for query, way in ways])
            held = np.array(ranks)
            cells = [
                f"{share.mean():.1%}"
                for way in (0, 1)
                for share in (held[:, way] == 1, held[:, way] > 0)
            ]
            lines.append(f"| {notes} notes | {wrong} | {' | '.join(cells)} |")
            if wrong == 0:
                missed = [t.title for t, (rank, _) in zip(found, ranks, strict=True) if rank != 1]
                lines.append(f"<!-- not first, hummed without mistakes: {'; '.join(missed)} -->")
    return lines


def at_other_values(found: list[Theme], index: PhraseIndex, seed: int) -> list[str]:
    """Return a table: the same where every note is written shorter or longer than in the book.

    Beside it, what a search finds that takes note values as they are.
    """
    lines = ["| note values | first | in the first ten | as they are: first | in ten |"]
    lines.append("|---" * 5 + "|")
    for factor in VALUES:
        cells = []
        for most in (comparison.MOST_DOUBLED, 0):
            rng, ranks = np.random.default_rng(seed), []
            with patch.object(comparison, "MOST_DOUBLED", most):
                for theme in found:
                    query = opening(theme.melody, LONGEST, 1, rng)
                    values = (
                        (query.onset * factor).astype(int),
                        (query.duration * factor).astype(int),
                    )
                    query = Melody(pitch=query.pitch, onset=values[0], duration=values[1])
                    ranks.append(rank_of(theme, query, index, "motif"))
            held = np.array(ranks)
            cells += [f"{share.mean():.1%}" for share in (held == 1, held > 0)]
        lines.append(f"| times {factor:g} | {' | '.join(cells)} |")
    return lines


def bits(found: list[Theme], corpus: Corpus) -> dict[str, float]:
    """Return the bits a note of each theme, by a model of tunes among which it is not."""
    others = [n for n in range(len(corpus)) if not corpus.tune_id(n).startswith("themes-")]
    rest = Corpus.from_tunes(corpus.tune(n) for n in others)
    told = {}
    for theme in found:
        assert theme.melody.key is not None
        model = expectation_of(rest, habits(rest.columns("melody"), theme.melody.key.mode))
        assert model is not None
        # In the octave of most tunes: the model knows how high a pitch is.
        octave = 12 * round((MIDDLE - float(theme.melody.pitch.mean())) / 12)
        moved = theme.melody.transpose(octave)
        told[theme.title] = float(np.mean(model.information_content(moved)))
    return told


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--essen", help="name of the corpus built with 'mer corpus build essen'")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found, index = themes(), PhraseIndex.load()
    groups = Counter(theme.group for theme in found)
    print(f"{len(found)} themes, {sum(len(t.melody) for t in found):,} notes")
    print(", ".join(f"{group} {count}" for group, count in groups.items()))
    told = [(t, said) for t in found for said in complaints(t)]
    print(f"\nbars, key, range, fields: {len(told)} complaints")
    for theme, said in told:
        print(f"  {theme.title}: {said}")
    steps = second_reading()
    wrong = [(t, disagreement(t, steps[t.title])) for t in found if t.title in steps]
    read = sum(len(steps[t.title].split()) for t, _ in wrong)
    print(f"second reading: {len(wrong)} openings, {read:,} notes")
    for theme, said in wrong:
        if said:
            print(f"  {theme.title}: {said}")
    corpora = [index.corpus, *([PhraseIndex.load(options.essen).corpus] if options.essen else [])]
    for theme in found:
        for one in comparisons(theme.title, theme.melody, corpora):
            print(f"{theme.title} | {one.peer} | {one.same} of {one.notes} | {one.differing[:4]}")
    costs = bits(found, index.corpus)
    print(f"\nbits a note: mean {np.mean(list(costs.values())):.2f}")
    for title, cost in sorted(costs.items(), key=lambda item: -item[1]):
        if cost > MANY_BITS:
            print(f"  {title}: {cost:.2f}")
    print("\n".join(["", *recall(found, index, options.seed)]))
    print("\n".join(["", *at_other_values(found, index, options.seed)]))


if __name__ == "__main__":
    main()
