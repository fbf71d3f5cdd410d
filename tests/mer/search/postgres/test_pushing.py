"""A push is complete, or leaves nothing half; what is there is not sent again."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psycopg
import pytest

from benchmarks.servers import Server
from mer.__main__ import main
from mer.errors import InputError
from mer.search.index import PhraseIndex
from mer.search.postgres.pushing import holdings, push_segments, remove_all, remove_segment
from mer.search.segments.manifest import write_manifest
from mer.search.segments.segments import Segments


@pytest.fixture(autouse=True)
def _clean(urls: str) -> None:
    remove_all(urls)


# The segment of a row of each table.
SEGMENT_OF = {"columns": "segment", "notes": "row_id >> 32", "lists": "row_id & 536870911"}


def folder_of(segments: Segments) -> Path:
    file = segments.parts[0].file
    assert file is not None
    return file.parent


def orphans(pair: list[Server]) -> int:
    """Return how many rows belong to no segment that is complete."""
    total = 0
    for server in pair:
        with psycopg.connect(server.url) as connection:
            for table, segment in SEGMENT_OF.items():
                answer = connection.execute(
                    f"SELECT count(*) FROM mer.{table} WHERE {segment} NOT IN "
                    "(SELECT id FROM mer.segment)"
                ).fetchone()
                assert answer is not None
                total += answer[0]
    return total


def test_what_is_there_is_not_sent_again(urls: str, segments: Segments) -> None:
    told: list[int] = []
    first = push_segments(segments.parts[:3], urls, told.append)
    assert (first.written, first.present, first.removed) == (3, 0, 0)
    assert sum(told) == sum(len(part.columns) for part in segments.parts[:3])
    second = push_segments(segments.parts, urls)
    assert (second.written, second.present, second.removed) == (1, 3, 0)
    third = push_segments(segments.parts[1:], urls)
    assert (third.written, third.present, third.removed) == (0, 3, 1)
    assert PhraseIndex.load(urls).store.size == Segments(segments.parts[1:]).size


def test_dead_tunes_go_along(urls: str, segments: Segments) -> None:
    push_segments(segments.parts, urls)
    less = segments.remove([segments.phrases(np.array([0]))[0].tune_id])
    assert push_segments(less.parts, urls).written == 0
    assert PhraseIndex.load(urls).store.size == less.size


def test_an_open_index_goes_on_until_its_segments_are_removed(
    urls: str, segments: Segments
) -> None:
    push_segments(segments.parts[:3], urls)
    index = PhraseIndex.load(urls)
    query = segments.phrases(np.array([3]))[0].melody
    before = index.search(query, 3)
    push_segments(segments.parts, urls)
    assert index.search(query, 3) == before
    push_segments(segments.parts[1:], urls)
    with pytest.raises(InputError, match="was changed meanwhile"):
        index.search(query, 3)


def test_a_killed_push_leaves_nothing_half(
    urls: str, segments: Segments, pair: list[Server]
) -> None:
    folder = folder_of(segments)
    write_manifest(folder, segments.parts)
    rng = np.random.default_rng()
    command = [sys.executable, "-m", "mer", "index", "push", str(folder), urls, "--quiet"]
    for _ in range(3):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        begun = time.monotonic()
        while child.poll() is None and not any(map(writing, pair)):
            assert time.monotonic() - begun < 60
        stop = time.monotonic() + float(rng.uniform(0, 0.1))
        while time.monotonic() < stop:
            pass
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert orphans(pair) == 0
    assert main([*command[3:]]) == 0
    assert orphans(pair) == 0
    query = segments.phrases(np.array([3]))[0].melody
    assert PhraseIndex.load(urls).search(query, 5) == PhraseIndex(segments).search(query, 5)


def writing(server: Server) -> bool:
    with psycopg.connect(server.url) as connection:
        answer = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE 'COPY%'"
        ).fetchone()
    return answer is not None and answer[0] > 0


def test_the_commands(
    urls: str, segments: Segments, capsys: pytest.CaptureFixture[str], pair: list[Server]
) -> None:
    folder = folder_of(segments)
    write_manifest(folder, segments.parts)
    assert main(["index", "push", str(folder), urls, "--quiet"]) == 0
    assert "wrote 4 segments, 0 there before, 0 removed" in capsys.readouterr().out
    assert main(["index", "status", urls]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("2 segments" in line for line in lines)
    motif = "data/motifs/londonderry-air.mid"
    assert main(["search", motif, "--corpus", urls, "--k", "3"]) == 0
    found = capsys.readouterr().out
    assert main(["search", motif, "--corpus", str(folder), "--k", "3"]) == 0
    assert capsys.readouterr().out == found
    file = segments.parts[0].file
    assert file is not None
    assert main(["index", "remove", urls, "--segment", file.name]) == 0
    assert main(["index", "remove", urls, "--segment", file.name]) == 2
    assert "no segment" in capsys.readouterr().err
    assert sum(one.segments for one in holdings(urls) if not isinstance(one, InputError)) == 3
    pair[0].stop()
    try:
        assert main(["index", "status", urls]) == 2
        shown = capsys.readouterr()
        assert (len(shown.out.splitlines()), shown.err.count("\n")) == (1, 1)
    finally:
        pair[0].start()
    assert main(["index", "remove", urls, "--all"]) == 0
    assert main(["search", motif, "--corpus", urls]) == 2
    assert "hold no index" in capsys.readouterr().err


def test_the_last_segment_stays(urls: str, segments: Segments) -> None:
    push_segments(segments.parts[:1], urls)
    file = segments.parts[0].file
    assert file is not None
    with pytest.raises(InputError, match="--all"):
        remove_segment(file.name, urls)
