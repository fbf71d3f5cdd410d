"""The shipped corpus -> time for a query, peak memory, build rate against parsing with music21.

    OPENBLAS_NUM_THREADS=1 python benchmarks/search_speed.py [--corpus NAME] [--queries 300]
        [--tunes 100] [--seed 0] [--before CHECKOUT]

Queries are phrases, transposed, with one note changed; each time is that of one whole `search`.
Beside the clock's time stands that of the processor: on a machine that does other things too, the
second is what one idle core would take. The build rate is that of `PhraseIndex.build` on tunes in
memory; music21 parses `--tunes` tunes of O'Neill's collection from ABC text, and the same tunes are
indexed after that.

`--before` names a checkout of an earlier commit: both search their own shipped corpus for the same
queries by turns (`checkouts.py`), and the ratio of processor time is printed instead.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from checkouts import HERE, Searcher, by_turns, milliseconds

from mer.build.collections import collection_named, source_files
from mer.corpus.corpus import Corpus, Tune
from mer.io.tunebook.tunes import read_tune, split_tunebook
from mer.notes.melody import Melody
from mer.notes.phrases import with_phrases
from mer.search.index import PhraseIndex
from mer.search.stack.query import MIN_QUERY_NOTES


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock and of the processor that an action takes."""
    clock, processor = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - clock, time.process_time() - processor


def changed(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return the melody with one note moved by a whole tone, transposed by up to a tritone."""
    pitch = melody.pitch.copy()
    pitch[rng.integers(len(pitch))] += rng.choice([-2, 2])
    pitch = np.clip(pitch + rng.integers(-6, 7), 0, 127)
    return Melody(pitch=pitch, onset=melody.onset, duration=melody.duration, meter=melody.meter)


def queries(index: PhraseIndex, count: int, rng: np.random.Generator) -> list[Melody]:
    """Return `count` changed phrases of the index."""
    long_enough = np.flatnonzero(index.columns.lengths >= MIN_QUERY_NOTES)
    chosen = rng.choice(long_enough, count, replace=False)
    return [changed(index.phrase(int(number)).melody, rng) for number in chosen]


def peak_mib() -> float:
    """Return the largest memory this process has held so far."""
    per_mib = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mib


def print_search(name: str, index: PhraseIndex, asked: list[Melody]) -> None:
    """Search for all queries and print how long one takes."""
    index.search(asked[0])
    seconds = np.array([timed(lambda query=query: index.search(query)) for query in asked])
    for kind, column in zip(("clock", "processor"), seconds.T * 1000, strict=True):
        median, most = np.percentile(column, [50, 95])
        print(f"{name}, {kind}: median {median:.1f} ms, 95th percentile {most:.1f} ms")


def print_ratio(before: Path, asked: list[Melody]) -> None:
    """Search for all queries in an earlier checkout and in this one, and compare the times."""
    with Searcher(before) as earlier, Searcher(HERE) as present:
        old, new = milliseconds(by_turns([earlier, present], asked))
    print(f"before: median {np.median(old):.1f} ms, now {np.median(new):.1f} ms of the processor")
    print(f"ratio of the medians {np.median(new) / np.median(old):.2f}, ", end="")
    print(f"of the means {new.mean() / old.mean():.2f}, median ratio {np.median(new / old):.2f}")


def print_growth(index: PhraseIndex) -> None:
    """Take ten tunes out and put them in again, and print the time against that of a build."""
    tunes = [index.corpus.tune(number) for number in range(10)]
    smaller = index.remove([tune.tune_id for tune in tunes])
    removing = timed(lambda: index.remove([tune.tune_id for tune in tunes]))[1]
    adding = timed(lambda: smaller.add(tunes))[1]
    print(f"10 tunes: {1000 * adding:.0f} ms to add, {1000 * removing:.0f} ms to remove")


def print_build(corpus: Corpus) -> float:
    """Print how many tunes a second are indexed, and return it."""
    seconds = timed(lambda: PhraseIndex.build(corpus))[1]
    print(f"build: {len(corpus)} tunes in {seconds:.2f} s, {len(corpus) / seconds:.0f} tunes/s")
    return len(corpus) / seconds


def print_parsing(count: int) -> None:
    """Print how long music21 parses tunes, and how long the same tunes take to index."""
    from music21 import converter

    files = source_files(collection_named("oneills"))
    texts = (tune for file in files for tune in split_tunebook(file.read_text("utf-8", "replace")))
    chosen = list(islice(texts, count + 1))
    converter.parse(chosen.pop(0).text, format="abc")  # what is loaded once is not counted
    seconds = timed(lambda: [converter.parse(tune.text, format="abc") for tune in chosen])[1]
    print(
        f"music21: {len(chosen)} tunes parsed in {seconds:.2f} s, "
        f"{len(chosen) / seconds:.0f} tunes/s"
    )
    melodies = [read_tune(tune).melody for tune in chosen]
    tunes = [
        Tune(f"{place}", "", "sample", with_phrases(melody))
        for place, melody in enumerate(melodies)
        if melody is not None
    ]
    rate = print_build(Corpus.from_tunes(tunes))
    print(f"the same tunes are indexed {rate * seconds / len(chosen):.0f} times as fast as parsed")


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", help="a corpus by name or file (default: the shipped one)")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--tunes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--before", type=Path, help="an earlier checkout to compare with")
    options = parser.parse_args()
    before = peak_mib()
    loaded: list[PhraseIndex] = []
    loading = timed(lambda: loaded.append(PhraseIndex.load(options.corpus)))[1]
    index = loaded[0]
    print(f"{len(index)} {index.unit}s of {len(index.corpus)} tunes, loaded in {loading:.3f} s")
    rng = np.random.default_rng(options.seed)
    if options.before is not None:
        print_ratio(options.before.resolve(), queries(index, options.queries, rng))
        return
    print_search(f"search for a {index.unit}", index, queries(index, options.queries, rng))
    print(f"peak memory: {peak_mib():.0f} MiB, of which {before:.0f} before the index was loaded")
    print_growth(index)
    print_build(index.corpus)
    print_parsing(options.tunes)
    print(f"peak memory with building and music21: {peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
