"""An index in segments -> the same answers as in one, and nothing lost when writers are killed.

    python benchmarks/segments.py [--queries 200] [--kills 60] [--seed 0]

First the shipped corpus is searched as 1, 3 and 8 segments; printed is how many queries, damaged
phrases, find the same phrases with the same similarities, to the last bit. Then two writers at a
time add batches of five tunes to one corpus, or build it anew, and merge its segments, and each is
killed (SIGKILL) after a random time, again and again; meanwhile the script loads and searches.
Counted are batches that a writer reported and that are not there afterwards, batches of which a
part is there, and loads that failed. The last writer is left to finish; what lies in the folder
then and belongs to nothing is counted too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from growth_tunes import light

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.joining import taken_corpus
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex, load_corpus
from mer.search.segments.manifest import segments_of
from mer.search.segments.segment import Segment
from mer.search.segments.segments import Segments
from mer.search.segments.writing import Draft, merge_segments

BATCH, MERGED_EVERY = 5, 4
LONGEST_SEC = 1.5


def cut(corpus: Corpus, parts: int) -> PhraseIndex:
    """Return the index of a corpus in so many segments."""
    bounds = np.linspace(0, len(corpus), parts + 1).astype(int)
    chosen = [np.arange(a, b) for a, b in pairwise(bounds)]
    return PhraseIndex(Segments(Segment.of(taken_corpus(corpus, tunes)) for tunes in chosen))


def print_equality(queries: int, rng: np.random.Generator) -> None:
    """Print how many queries find the same in 1, 3 and 8 segments."""
    corpus = load_corpus()
    numbers = rng.choice(np.flatnonzero(corpus.columns().lengths >= 6), queries, replace=False)
    asked = [light(corpus.phrase(int(number)).melody, rng) for number in numbers]
    whole = [index_found(PhraseIndex.load(), query) for query in asked]
    for parts in (1, 3, 8):
        index = cut(corpus, parts)
        began = time.process_time()
        same = sum(index_found(index, q) == found for q, found in zip(asked, whole, strict=True))
        taken_ms = 1000 * (time.process_time() - began) / queries
        print(f"{parts} segments: {same} of {queries} queries equal, {taken_ms:.1f} ms each")


def index_found(index: PhraseIndex, query: Melody) -> list[tuple[int, float]]:
    """Return the ten best phrases and their similarities."""
    return [(match.number, match.similarity) for match in index.search(query)]


def tune(batch: int, place: int) -> Tune:
    """Return a tune that can be told from all others."""
    rng = np.random.default_rng([batch, place])
    length = 120 * rng.integers(1, 5, 60)
    pitch = 60 + rng.integers(0, 13, 60)
    starts = tuple(range(0, 60, 10))
    onset = np.cumsum(length) - length
    melody = Melody(pitch=pitch, onset=onset, duration=length, phrase_starts=starts)
    return Tune(f"{batch}/{place}", "", "made", melody)


def write(folder: Path, first: int) -> None:
    """Add batches number `first`, `first` + 1 and so on; say so after each."""
    print("ready", flush=True)
    for batch in range(first, first + 40):
        with Draft(folder) as draft:
            for place in range(BATCH):
                draft.add(tune(batch, place))
            draft.publish()
        print(batch, flush=True)
        if batch % MERGED_EVERY == 0:
            merge_segments(folder)


def started(folder: Path, first: int) -> subprocess.Popen[str]:
    """Start a writer and wait until it begins."""
    command = [sys.executable, __file__, "--write", str(folder), "--first", str(first)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def ended(writer: subprocess.Popen[str]) -> list[int]:
    """Return the batches that a writer reported."""
    assert writer.stdout is not None
    reported = [int(line) for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    return reported


def print_kills(kills: int, rng: np.random.Generator) -> None:
    """Print what was lost when writers were killed."""
    reported: set[int] = set()
    failed = loads = lost = partial = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "own"
        for round_ in range((kills + 1) // 2):
            writers = [started(folder, 100_000 * n + 1000 * round_) for n in (1, 2)]
            ends = time.monotonic() + rng.uniform(0, LONGEST_SEC, 2)
            while any(writer.poll() is None for writer in writers):
                for writer, end in zip(writers, ends, strict=True):
                    if time.monotonic() > end:
                        writer.kill()
                if (folder / "manifest.json").is_file():
                    loads += 1
                    try:
                        PhraseIndex.load(folder).search(tune(100_000, 0).melody, 3)
                    except InputError as error:
                        failed += 1
                        print(error)
            for writer in writers:
                reported |= set(ended(writer))
            there = Counter(int(name.split("/")[0]) for name in ids(folder))
            lost += len(reported - set(there))
            partial += sum(count != BATCH for count in there.values())
        last = started(folder, 900_000)
        reported |= set(ended(last))
        merge_segments(folder)
        listed = {part.file.name for part in segments_of(folder) if part.file is not None}
        idle = {path.name for path in folder.iterdir()} - listed - {"manifest.json"}
        there = Counter(int(name.split("/")[0]) for name in ids(folder))
    print(
        f"{2 * ((kills + 1) // 2)} writers killed, {len(there)} batches there, "
        f"{len(reported)} reported; {lost} lost, {partial} partial, "
        f"{len(reported - set(there))} lost at the end; {failed} of {loads} loads failed; "
        f"{len(idle)} files of no use left"
    )


def ids(folder: Path) -> list[str]:
    """Return the ids of all tunes in a folder."""
    if not (folder / "manifest.json").is_file():
        return []
    return [one.tune_id for one in PhraseIndex.load(folder).corpus]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(options.write, options.first)
        return
    rng = np.random.default_rng(options.seed)
    print_equality(options.queries, rng)
    print_kills(options.kills, rng)


if __name__ == "__main__":
    main()
