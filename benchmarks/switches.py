"""Each switch of a search -> whether what it keeps finds the tune, and what it costs.

    python benchmarks/switches.py [--queries 200] [--seed 0]

A query is a phrase of 8 to 20 notes of the shipped corpus, transposed. What a switch ignores is
drawn anew: for pitch alone another rhythm; for rhythm alone other pitches; for contour alone
another size of every step, and another rhythm. For a pattern every third note is a gap, ``?`` or,
as often as a pattern may have it, ``*``. A tune counts as found if it, or one of its title, is
first or among ten. The same queries are searched for without the switch. Where notes are held
exactly nothing is ranked: *held* is how often the tune itself is found if it is searched alone, and
*tunes* how many of the corpus hold the notes, at most 1,000.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.corpus.corpus import Corpus
from mer.corpus.filters import Filter
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match
from mer.search.sharing.holding import MOST_BETWEEN, MOST_SKIPPED, Pattern, holding
from mer.search.sharing.usual import title_groups

SHORTEST, LONGEST = 8, 20
MOST = 1000
Changed = Callable[[Melody, np.random.Generator], Melody]
Searched = Callable[[PhraseIndex, Melody, int], list[Match]]


def as_it_is(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody."""
    return melody


def other_rhythm(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the same pitches in another rhythm."""
    step = rng.choice([120, 240, 360, 480], len(melody))
    return Melody(pitch=melody.pitch, onset=np.cumsum(step) - step, duration=step)


def other_pitch(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the same rhythm on other pitches."""
    return replace(melody, pitch=rng.integers(55, 80, len(melody)), key=None)


def other_sizes(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the same ups and downs, each of another size, in another rhythm."""
    step = np.sign(np.diff(melody.pitch)) * rng.integers(1, 6, len(melody) - 1)
    return other_rhythm(replace(melody, pitch=60 + np.cumsum([0, *step]), key=None), rng)


def by(method: str | None, **where: str) -> Searched:
    """Return a search by a method, in a place."""
    return lambda index, query, k: index.search(query, k, method=method, where=Filter(**where))


def exactly(aspect: str) -> Searched:
    """Return a search for all notes as they are in an aspect."""
    return lambda index, query, k: holding(query, index, MOST, aspect=aspect)


def typed(gap: str, most: int) -> Searched:
    """Return a search for a pattern in which every third note is a gap, `most` times at most."""

    def searched(index: PhraseIndex, query: Melody, k: int) -> list[Match]:
        words = [str(pitch) for pitch in query.pitch.tolist()]
        gaps = range(2, len(words), 3)[:most]
        words = [gap if n in gaps else word for n, word in enumerate(words)]
        return holding(Pattern.parse(" ".join(words)), index, MOST)

    return searched


# Name -> what is changed, the search, and whether it ranks.
SWITCHES: dict[str, tuple[Changed, Searched, bool]] = {
    "--by pitch": (other_rhythm, by("by-pitch"), True),
    "--by rhythm": (other_pitch, by("by-rhythm"), True),
    "--by contour": (other_sizes, by("by-contour"), True),
    "--at opening": (as_it_is, by(None, place="opening"), True),
    "--at ending": (as_it_is, by(None, place="ending"), True),
    "--exact": (as_it_is, exactly("pitch and rhythm"), False),
    "--exact --by pitch": (other_rhythm, exactly("pitch"), False),
    "--exact --by rhythm": (other_pitch, exactly("rhythm"), False),
    "--exact --by contour": (other_sizes, exactly("contour"), False),
    "--notes, ? for every third": (other_rhythm, typed("?", LONGEST), False),
    "--notes, * for every third": (other_rhythm, typed("*", MOST_SKIPPED // MOST_BETWEEN), False),
}


def passages(corpus: Corpus, count: int, name: str, rng: np.random.Generator) -> list[int]:
    """Return the numbers of phrases that a switch allows."""
    notes = np.diff(corpus.phrase_bounds)
    fit = (notes >= SHORTEST) & (notes <= LONGEST)
    if "--at" in name:
        fit &= Filter(place=name.split()[-1]).phrases(corpus)
    return rng.choice(np.flatnonzero(fit), count, replace=False).tolist()


def row(name: str, index: PhraseIndex, count: int, seed: int) -> str:
    """Return one row of the table."""
    corpus, groups = index.corpus, title_groups(index.corpus)
    rng = np.random.default_rng(seed)
    change, search, ranks = SWITCHES[name]
    found, plain, sizes, took = [], [], [], 0.0
    for number in tqdm(passages(corpus, count, name, rng), desc=name, disable=None):
        phrase, tune = corpus.phrase(number), int(corpus.phrase_tune[number])
        melody = replace(phrase.melody.transpose(int(rng.integers(-5, 6))), phrase_starts=())
        query = change(melody, rng)
        began = time.process_time()
        matches = search(index, query, 10)
        took += time.process_time() - began
        sizes.append(len(matches))
        if ranks:
            found.append(hits(matches, tune, corpus, groups))
        else:
            alone = PhraseIndex.build(Corpus.from_tunes([corpus.tune(tune)]))
            found.append((len(search(alone, query, 10)), 0.0))
        plain.append(hits(index.search(query, 10), tune, corpus, groups))
    first, ten = np.mean(found, axis=0)
    shown = f"{first:.2f} | {ten:.2f} | | " if ranks else f"| | {first:.2f} | {np.median(sizes):g}"
    before = " | ".join(f"{value:.2f}" for value in np.mean(plain, axis=0))
    return f"| `{name}` | {shown} | {before} | {1000 * took / count:.0f} |"


def hits(matches: list[Match], tune: int, corpus: Corpus, groups: Ints) -> tuple[float, float]:
    """Return whether a tune, or one of its title, is the first match, and one of all."""
    numbers = corpus.found([match.phrase.tune_id for match in matches])
    right = groups[numbers] == groups[tune] if len(numbers) else np.zeros(1, dtype=bool)
    return float(right[0]), float(right.any())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    index = PhraseIndex.load()
    for method in ("by-pitch", "by-rhythm", "by-contour"):
        index.prepare(method)
    print("| switch | first | among 10 | held | tunes | without: first | among 10 | ms |")
    print("|---" * 8 + "|")
    for name in SWITCHES:
        print(row(name, index, options.queries, options.seed), flush=True)


if __name__ == "__main__":
    main()
