"""What a search asks of a store: a few calls, and the same answers from any segments."""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from mer.corpus.corpus import Corpus
from mer.corpus.filters import Filter
from mer.corpus.joining import taken_corpus
from mer.embeddings import SETS, TERMS, TermSets
from mer.search.index import PhraseIndex, load_corpus
from mer.search.segments.segment import Segment
from mer.search.segments.segments import Segments
from mer.search.segments.store import Store, set_similarities

TUNES = 400


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return taken_corpus(load_corpus(), np.arange(TUNES))


def cut(corpus: Corpus, parts: int) -> Segments:
    bounds = np.linspace(0, len(corpus), parts + 1).astype(int)
    return Segments(
        Segment.of(taken_corpus(corpus, np.arange(start, stop))) for start, stop in pairwise(bounds)
    )


@pytest.fixture(scope="module")
def stores(corpus: Corpus) -> dict[int, Segments]:
    return {parts: cut(corpus, parts) for parts in (1, 3, 8)}


class Counted:
    """A store that counts what is asked of it."""

    def __init__(self, store: Segments) -> None:
        self.store = store
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.store, name)
        if not callable(found):
            return found

        def counted(*given: Any) -> Any:
            self.calls[name] += 1
            return found(*given)

        return counted


@pytest.mark.parametrize("parts", [3, 8])
def test_phrases_of_the_shipped_corpus_are_found_alike(
    stores: dict[int, Segments], parts: int
) -> None:
    one, many = PhraseIndex(stores[1]), PhraseIndex(stores[parts])
    rng = np.random.default_rng(parts)
    for number in rng.integers(0, len(one), 12).tolist():
        query = one.phrase(number).melody.transpose(3)
        query = query.cut(0, max(3, len(query) - int(rng.integers(0, 5))))
        for how in ({}, {"distinct": True}, {"where": Filter(meters=((6, 8),))}):
            assert one.search(query, 10, **how) == many.search(query, 10, **how)  # type: ignore[arg-type]


def test_a_search_makes_the_same_few_calls_however_many_segments(
    stores: dict[int, Segments],
) -> None:
    for few_notes in (False, True):
        for how, more in (
            ({}, {}),
            ({"distinct": True}, {"shapes": 1}),
            ({"where": Filter(meters=((6, 8),))}, {"passing": 1}),
        ):
            for store in stores.values():
                counted = Counted(store)
                index = PhraseIndex(counted)  # type: ignore[arg-type]
                query = store.phrases(np.array([5]))[0].melody.cut(0, 5 if few_notes else 8)
                assert isinstance(counted, Store)
                index.search(query, 10, **how)  # type: ignore[arg-type]
                assert counted.calls == {"lists": 1, "notes": 2, "phrases": 1} | more


def test_similarities_are_those_of_one_view_of_all(
    corpus: Corpus, stores: dict[int, Segments]
) -> None:
    query = corpus.columns().take([77])
    for name in SETS:
        expected = TermSets(TERMS[name]).fit(corpus.columns()).similarity(query)
        assert expected[77] == 1.0
        for store in stores.values():
            found = set_similarities(store, SETS, query)
            np.testing.assert_array_equal(found[name], expected)
