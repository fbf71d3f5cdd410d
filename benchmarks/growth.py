"""Phrases of a corpus and more and more others -> what proposing candidates costs, and finds.

    python benchmarks/growth.py [--background FILE [--cut]] [--queries 120] [--seed 0]

Compares two ways to propose phrases, in one run: the four-note terms in use, and the three views
that were in use before (skip-grams of three notes, intervals, intervals with rhythm; `BEFORE`). The
corpus is the shipped one, and then the shipped one with the labelled melodies of `--background`,
whose marks of phrases or sections are kept, or with `--cut` divided into phrases by the boundary
model. A query is a phrase of the shipped corpus, of 8 notes or more, damaged:
*light* (transposed, one note changed, one deleted) or *heavy* (a fifth of the notes changed, a
tenth deleted, some ornamented). Printed: how often the phrase, or one with the same notes, is
among the first 100, 200 and 800 candidates; entries of inverted lists read for a query; processor
time of a query, and of making the views; bytes of the views for a phrase.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mer.search.views import StoredViews
from self_retrieval import damaged, transposed

from mer.corpus.corpus import Corpus, Tune
from mer.evaluation.labelled import load_labelled
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.phrases import phrases_in_sections, with_phrases
from mer.search.index import PhraseIndex, load_corpus
from mer.search.stack.methods import motif_shares
from mer.search.stack.pool import Pool, Query
from mer.search.stack.proposal import propose

BEFORE: Mapping[str, float] = {"skip-gram": 0.15, "interval-rhythm": 0.05, "interval": 0.05}
DEPTHS = (100, 200, 800)
SHORTEST = 8


def light(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody transposed, one note changed and one deleted."""
    return transposed(damaged(melody, rng), rng)


def heavy(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody with a fifth of its notes changed, a tenth deleted, some ornamented."""
    pitch = melody.pitch.astype(np.int64)
    changed = rng.random(len(pitch)) < 0.2
    pitch[changed] += rng.choice([-3, -2, -1, 1, 2, 3], int(changed.sum()))
    kept = rng.random(len(pitch)) >= 0.1
    kept[:4] = True
    notes: list[tuple[int, int, int]] = []
    for note in np.flatnonzero(kept).tolist():
        onset, length = int(melody.onset[note]), int(melody.duration[note])
        here = int(pitch[note])
        if rng.random() < 0.12 and length >= 4:
            turn = here + int(rng.choice([-2, 2]))
            notes += [
                (here, onset, length // 2),
                (turn, onset + length // 2, length - length // 2),
            ]
        else:
            notes.append((here, onset, length))
    pitches, onsets, lengths = zip(*notes, strict=True)
    return transposed(Melody(pitch=np.clip(pitches, 0, 127), onset=onsets, duration=lengths), rng)


DAMAGE = {"light": light, "heavy": heavy}


def postings(views: StoredViews, names: Sequence[str], query: Columns) -> int:
    """Return how many entries of inverted lists a query reads."""
    count = 0
    for name in names:
        view = views.named[name]
        row = view.query_terms(query)[2]
        row = row[row >= 0]
        count += int((view.starts_[row + 1] - view.starts_[row]).sum())
    return count


def print_recall(
    index: PhraseIndex, views: Mapping[str, StoredViews], queries: Sequence[tuple[int, Melody]]
) -> None:
    """Print one row for each of the two ways."""
    for way, stored in views.items():
        pool = Pool(index.columns, stored.named, unit="phrase")
        found, read, taken_sec = np.zeros(len(DEPTHS)), 0, []
        for wanted, melody in queries:
            query = Query.of(melody)
            shares = BEFORE if way == "before" else motif_shares(pool, query)
            started = time.process_time()
            best = propose(pool, query, shares).best(DEPTHS[-1])
            taken_sec.append(time.process_time() - started)
            read += postings(stored, list(shares), query.columns)
            like = index.shape[best] == index.shape[wanted]
            found += [like[:depth].any() for depth in DEPTHS]
        shown = " / ".join(f"{share:.3f}" for share in found / len(queries))
        print(
            f"| {way} | {shown} | {read // len(queries):,} | "
            f"{1000 * float(np.median(taken_sec)):.1f} |",
            flush=True,
        )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--background", help="labelled melodies to add")
    parser.add_argument("--cut", action="store_true", help="guess phrases within its sections")
    parser.add_argument("--queries", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    shipped = load_corpus()
    rng = np.random.default_rng(options.seed)
    long_enough = np.flatnonzero(shipped.columns().lengths >= SHORTEST)
    chosen = rng.choice(long_enough, options.queries, replace=False).tolist()
    queries = {
        kind: [(number, damage(shipped.phrase(number).melody, rng)) for number in chosen]
        for kind, damage in DAMAGE.items()
    }
    corpora = [shipped]
    if options.background:
        more = load_labelled(options.background)
        cut = phrases_in_sections if options.cut else with_phrases
        tunes = [Tune(item.id, "", "background", cut(item.melody)) for item in more]
        corpora.append(Corpus.from_tunes([*shipped, *tunes]))
    for corpus in corpora:
        print(f"\n{corpus.n_phrases:,} phrases of {len(corpus):,} tunes")
        index = PhraseIndex.build(corpus)
        views = {}
        for way, names in (("before", list(BEFORE)), ("now", list(index.views.named))):
            started = time.process_time()
            views[way] = StoredViews.fit(index.columns, names)
            taken = time.process_time() - started
            size = sum(array.nbytes for array in views[way].arrays().values())
            print(f"{way}: views made in {taken:.1f} s, {size / len(index):.0f} bytes a phrase")
        for kind, asked in queries.items():
            print(f"\n| {kind} | recall @100 / 200 / 800 | entries read | ms |\n|---|---|---|---|")
            print_recall(index, views, asked)


if __name__ == "__main__":
    main()
