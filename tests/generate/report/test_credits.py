"""Credits name the motif, the tunes that notes came from, most notes first, and the dance."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from generate.piece.composition import Composition, Source
from generate.report.credits import credits_of, dance_of
from mer.corpus.corpus import Corpus, Tune
from mer.notes.melody import Melody

TUNE = Melody(pitch=[60, 62, 64, 65], onset=[0, 240, 480, 720], duration=[240] * 4, meter=(6, 8))


def brief(title: str) -> Any:
    corpus = Corpus.from_tunes(
        [
            Tune("a", "The First", "A book", TUNE),
            Tune("b", "Another Reel", "A book", TUNE),
            Tune("c", "", "Manuscript", TUNE),
        ]
    )
    motif = Melody(pitch=[60, 62, 64], onset=[0, 240, 480], duration=[240] * 3, title=title)
    return SimpleNamespace(corpus=corpus, motif=motif)


def piece(*tunes: str) -> Composition:
    sources = tuple(
        Source("corpus", 0, 0, tune, 1) if tune else Source("motif", n, 0)
        for n, tune in enumerate(tunes)
    )
    return Composition(TUNE, sources, "vary")


def test_sources_are_named_with_their_books() -> None:
    found = credits_of(piece("", "b", "b", "c"), brief("My motif"))
    assert found.sources == ("My motif (the motif)", "Another Reel (A book)", "c (Manuscript)")
    assert found.composer.startswith("mer ")
    assert found.composer.endswith("vary")
    assert found.rhythm == "jig"  # a reel is not in 6/8


def test_a_motif_without_title_or_note_is_not_named() -> None:
    assert credits_of(piece("", "a", "a", "a"), brief("")).sources == ("The First (A book)",)
    assert credits_of(piece("a", "a", "a", "a"), brief("M")).sources == ("The First (A book)",)


@pytest.mark.parametrize(
    ("titles", "meter", "dance"),
    [
        ({"The Kid's Jig": 3}, (9, 8), "slip jig"),
        ({"A Slip Jig": 3}, (9, 8), "slip jig"),
        ({"Napoleon's March": 5}, (6, 8), "march"),
        ({"A Waltz": 1, "A Minuet": 2}, (3, 4), "minuet"),
        ({"The Emblem of Faith": 9}, (4, 4), ""),
        ({"A Reel": 9}, None, ""),
        ({}, (5, 4), ""),
    ],
)
def test_dances(titles: dict[str, int], meter: tuple[int, int] | None, dance: str) -> None:
    assert dance_of(Counter(titles), meter) == dance
