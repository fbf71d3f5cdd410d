"""Citations: whole pieces are borne out, and a wrong citation that is planted is found."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.markov.citation import wrong_citations
from generate.piece.composition import MOTIF, Composition, Source
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer.corpus.corpus import Corpus
from mer.search.index import PhraseIndex

Piece = tuple[Brief, Composition]


def piece_of(index: PhraseIndex, corpus: Corpus, **wishes: object) -> Piece:
    settings = Settings(bars=8, **wishes)  # type: ignore[arg-type]
    brief = prepare(corpus.tune(4).melody.cut(0, 9), index, settings)
    return brief, takes(brief, np.random.default_rng(3), 1)[0]


@pytest.fixture(scope="module")
def piece(index: PhraseIndex, corpus: Corpus) -> Piece:
    return piece_of(index, corpus)


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"model": "chain"},
        {"form": "A B A B"},
        {"key": "D minor"},
        {"surprise": "adventurous"},
        {"keep_rhythm": True},
        {"scale": "pentatonic"},
        {"open_with_motif": False},
    ],
)
def test_all_citations_of_a_piece_are_borne_out(
    index: PhraseIndex, corpus: Corpus, wishes: dict[str, object]
) -> None:
    brief, made = piece_of(index, corpus, **wishes)
    assert wrong_citations(made.melody, made.sources, brief) == []
    assert any(source.context for source in made.sources)


def of_a_draw(source: Source) -> bool:
    return source.kind != MOTIF and source.context > 1 and source.rhythm is not None


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (lambda source: replace(source, note=10_000), "no note 10000"),
        (lambda source: replace(source, transposition=source.transposition + 12), "makes"),
        (lambda source: replace(source, context=8), "are others"),
        (lambda source: replace(source, rhythm=source.rhythm._replace(note=9_999)), "duration"),
    ],
)
def test_a_wrong_citation_is_found(
    piece: Piece, planted: Callable[[Source], Source], said: str
) -> None:
    brief, made = piece
    at = next(note for note, source in enumerate(made.sources) if of_a_draw(source))
    sources = list(made.sources)
    sources[at] = planted(sources[at])
    found = wrong_citations(made.melody, sources, brief)
    assert [fault.note for fault in found] == [at]
    assert said in found[0].reason


def test_the_note_beside_the_cited_one_is_mostly_a_wrong_citation(piece: Piece) -> None:
    brief, made = piece
    drawn = [note for note, source in enumerate(made.sources) if of_a_draw(source)]
    found = 0
    for at in drawn:
        sources = list(made.sources)
        sources[at] = replace(sources[at], note=sources[at].note + 1)
        found += bool(wrong_citations(made.melody, sources, brief))
    assert found > 0.7 * len(drawn)
