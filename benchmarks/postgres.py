"""An index on two PostgreSQL nodes, a replica of one, and the same index in files: in one run.

    python benchmarks/postgres.py [--corpus NAME] [--segments N] [--queries N]

Starts the servers itself (see `benchmarks/servers.py`). Prints whether all matches are equal, the
processor time of a search of both (that of the servers included), bytes a phrase, what a push
costs, and what happens when nodes and writers are killed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import psycopg

from benchmarks.servers import Server, servers
from mer.corpus.joining import taken_corpus
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex, load_corpus
from mer.search.match import Match
from mer.search.postgres.pushing import holdings, push_segments
from mer.search.segments.segment import Segment
from mer.search.segments.segments import Segments
from mer.search.segments.writing import publish_segments
from mer.search.stack.query import MIN_QUERY_NOTES

BLOCKS = 4  # each measures both sides, so that a busy moment falls on both
MOST_CPU, MOST_BYTES = 1.5, 600
# The segment of a row of each table.
SEGMENT_OF = {"columns": "segment", "notes": "row_id >> 32", "lists": "row_id & 536870911"}


def queries_of(index: PhraseIndex, many: int) -> list[Melody]:
    """Return phrases, transposed and cut short."""
    rng = np.random.default_rng(0)
    found = []
    while len(found) < many:
        melody = index.phrase(int(rng.integers(0, len(index)))).melody.transpose(2)
        if len(melody) < MIN_QUERY_NOTES:
            continue
        left = max(MIN_QUERY_NOTES, len(melody) - int(rng.integers(0, 4)))
        found.append(melody.cut(0, left))
    return found


def searched(index: PhraseIndex, queries: Sequence[Melody]) -> tuple[list[list[Match]], float]:
    """Return the matches of each query, and the processor time of this process."""
    begun = time.process_time()
    found = [index.search(query, 10) for query in queries]
    return found, time.process_time() - begun


def cpu_sec(pair: Sequence[Server]) -> float:
    """Return the processor time of all servers so far."""
    return sum(server.cpu_sec for server in pair)


def compare(embedded: PhraseIndex, urls: str, pair: Sequence[Server], many: int) -> None:
    """Print equality and processor time of the same queries on both sides."""
    remote = PhraseIndex.load(urls)
    queries = queries_of(embedded, many)
    searched(remote, queries[:8])
    searched(embedded, queries[:8])
    own = client = served = 0.0
    equal = 0
    for block in np.array_split(np.arange(len(queries)), BLOCKS):
        some = [queries[place] for place in block.tolist()]
        before = cpu_sec(pair)
        found, spent = searched(remote, some)
        served, client = served + cpu_sec(pair) - before, client + spent
        expected, spent = searched(embedded, some)
        own += spent
        equal += sum(a == b for a, b in zip(found, expected, strict=True))
    ratio = (client + served) / own
    per = 1e3 / len(queries)
    print(f"equal matches: {equal} of {len(queries)} queries")
    print(f"ms of processor a query: embedded {own * per:.1f}, client {client * per:.1f}", end="")
    print(f" + servers {served * per:.1f}; ratio {ratio:.2f} (bar {MOST_CPU})")


def push_killed(folder: Path, urls: str, pair: Sequence[Server]) -> None:
    """Kill a push while it writes, print what is left of its segment, and push again."""
    command = [sys.executable, "-m", "mer", "index", "push", str(folder), urls, "--quiet"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while child.poll() is None and not any(map(is_copying, pair)):
        continue
    child.kill()
    child.wait()
    print(f"push killed: {half_rows(pair)} rows of unfinished segments", end="; ")
    print(subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip())


def node_killed_in_push(folder: Path, urls: str, pair: Sequence[Server]) -> None:
    """Kill a node while a push writes to it; print what the push says and what is left."""
    command = [sys.executable, "-m", "mer", "index", "push", str(folder), urls, "--quiet"]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while child.poll() is None and not is_copying(pair[0]):
        continue
    pair[0].kill()
    said = child.communicate()[1].strip()
    pair[0].start()
    print(f"node killed in a push: exit {child.returncode}, {said!r}", end="; ")
    print(f"{half_rows(pair)} rows of unfinished segments", end="; ")
    print(subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip())


def is_copying(server: Server) -> bool:
    """Return whether a segment is being written there."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE 'COPY%'"
    with psycopg.connect(server.url) as connection:
        return connection.execute(asked).fetchone() != (0,)


def half_rows(pair: Sequence[Server]) -> int:
    """Return how many rows belong to no segment."""
    total = 0
    for server in pair:
        with psycopg.connect(server.url) as connection:
            for table, segment in SEGMENT_OF.items():
                asked = (
                    f"SELECT count(*) FROM mer.{table} "
                    f"WHERE {segment} NOT IN (SELECT id FROM mer.segment)"
                )
                (count,) = connection.execute(asked).fetchone() or (0,)
                total += count
    return total


def node_killed(embedded: PhraseIndex, urls: str, pair: Sequence[Server]) -> None:
    """Kill a node between queries; print how many are errors, and what is right afterwards."""
    remote, queries = PhraseIndex.load(urls), queries_of(embedded, 20)
    expected, _ = searched(embedded, queries)
    searched(remote, queries[:2])
    pair[1].kill()
    errors = 0
    for query in queries:
        try:
            remote.search(query, 10)
        except InputError as error:
            errors, last = errors + 1, error
    print(f"node killed: {errors} of {len(queries)} queries are errors ({last})")
    pair[1].start()
    found, _ = searched(remote, queries)
    right = sum(a == b for a, b in zip(found, expected, strict=True))
    print(f"started again: {right} of {len(queries)} right")


def replica_takes_over(embedded: PhraseIndex, pair: Sequence[Server], replica: Server) -> None:
    """Kill a node that has a replica; print how many queries are right."""
    replica.replicate(pair[1])
    replica.start()
    both = f"postgresql://mer@/music?host={pair[1].folder},{replica.folder}"
    remote, queries = PhraseIndex.load(f"{pair[0].url},{both}"), queries_of(embedded, 20)
    expected, _ = searched(embedded, queries)
    right, slowest = 0, 0.0
    for place, (query, wanted) in enumerate(zip(queries, expected, strict=True)):
        if place == 5:
            pair[1].kill()
        begun = time.perf_counter()
        right += remote.search(query, 10) == wanted
        slowest = max(slowest, time.perf_counter() - begun)
    print(f"with a replica: {right} of {len(queries)} right, slowest {slowest:.2f} s")


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--corpus", metavar="NAME", help="a corpus (default: the shipped one)")
    parser.add_argument("--segments", type=int, default=4, help="cut it into so many (%(default)s)")
    parser.add_argument("--queries", type=int, default=200, help="how many (%(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, servers(2, spare=1) as made:
        *pair, replica = made
        urls = ",".join(server.url for server in pair)
        corpus = load_corpus(options.corpus)
        bounds = np.linspace(0, len(corpus), options.segments + 1).astype(int)
        cut = (Segment.of(taken_corpus(corpus, np.arange(a, b))) for a, b in pairwise(bounds))
        folder = Path(work) / "index"
        stored = publish_segments(folder, list(cut))
        segments = Segments(
            part.without(range(0, 50, 7)) if place % 2 else part
            for place, part in enumerate(stored.parts)
        )
        embedded = PhraseIndex(segments)
        size = sum(part.file.stat().st_size for part in stored.parts if part.file)
        push_killed(folder, urls, pair)
        before, begun = cpu_sec(pair), time.process_time()
        subprocess.run([sys.executable, "-m", "mer", "index", "remove", urls, "--all"], check=True)
        push_segments(segments.parts, urls)
        phrases = len(corpus.phrase_tune)
        spent = time.process_time() - begun, cpu_sec(pair) - before
        print(f"push: {spent[0]:.2f} s client + {spent[1]:.2f} s servers, {phrases:,} phrases")
        for server in pair:  # space given back, and rows in order, as docs/postgres.md advises
            with psycopg.connect(server.url, autocommit=True) as one:
                one.execute("VACUUM FULL")
                one.execute("CLUSTER mer.lists USING lists_pkey")
        held = sum(h.bytes for h in holdings(urls) if not isinstance(h, InputError))
        print(f"bytes a phrase: files {size / phrases:.0f}, nodes {held / phrases:.0f}", end=" ")
        print(f"(bar {MOST_BYTES})")
        compare(embedded, urls, pair, options.queries)
        node_killed(embedded, urls, pair)
        replica_takes_over(embedded, pair, replica)
        replica.kill()
        pair[1].start()
        subprocess.run([sys.executable, "-m", "mer", "index", "remove", urls, "--all"], check=True)
        node_killed_in_push(folder, urls, pair)
    return 0


if __name__ == "__main__":
    sys.exit(main())
