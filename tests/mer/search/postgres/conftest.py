"""Two servers for all tests of this folder, and an index that they hold."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.servers import Server, servers, why_none
from mer.corpus.corpus import Corpus, marks_of
from mer.corpus.joining import taken_corpus
from mer.search.index import load_corpus
from mer.search.segments.segment import Segment
from mer.search.segments.segments import Segments
from mer.search.segments.writing import publish_segments

TUNES, PARTS = 400, 4


@pytest.fixture(scope="session")
def pair() -> Iterator[list[Server]]:
    if reason := why_none():
        pytest.skip(reason)
    with servers(2) as made:
        yield made


@pytest.fixture(scope="session")
def urls(pair: list[Server]) -> str:
    return ",".join(server.url for server in pair)


@pytest.fixture(scope="session")
def segments(tmp_path_factory: pytest.TempPathFactory) -> Segments:
    """Four segments in files, two of them without some tunes."""
    corpus = taken_corpus(load_corpus(), np.arange(TUNES))
    texts = corpus.texts | marks_of(np.arange(TUNES) % 3 > 0)
    corpus = Corpus(corpus.tunes, texts, corpus.collections)
    bounds = np.linspace(0, TUNES, PARTS + 1).astype(int)
    parts = [
        Segment.of(taken_corpus(corpus, np.arange(start, stop))) for start, stop in pairwise(bounds)
    ]
    folder: Path = tmp_path_factory.mktemp("index") / "tunes"
    made = publish_segments(folder, parts).parts
    return Segments([made[0], made[1].without([0, 7, 30]), made[2], made[3].without([5, 99])])
