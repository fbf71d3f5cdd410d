"""Statements of the motif give way, step by step, where they leave no way on."""

import numpy as np
import pytest

from generate.compose import prepare
from generate.markov.statements import not_restated, place_statements
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


@pytest.fixture(scope="module")
def brief(index: PhraseIndex) -> Brief:
    motif = Melody(
        pitch=np.array([60, 62, 64, 65, 67, 64]),
        onset=np.arange(6) * 480,
        duration=np.full(6, 480),
        meter=(4, 4),
        key=Key(0),
    )
    return prepare(motif, index, Settings(bars=16))


@pytest.mark.parametrize("loose", range(6))
def test_looser_statements_are_fewer_or_shorter(brief: Brief, loose: int) -> None:
    strict = place_statements(brief.frame, brief.theme, np.random.default_rng(0))
    assert len(strict) > 1
    for seed in range(10):
        found = place_statements(brief.frame, brief.theme, np.random.default_rng(seed), loose=loose)
        assert found[0].start == 0
        assert len(found[0].fragment) == len(strict[0].fragment) or loose >= 2
        plain = sum(not statement.section.primes for statement in strict)
        assert len(found) == {3: plain, 4: len(found), 5: 1}.get(loose, len(strict))
        assert len(found) <= plain or loose < 3
        places = {statement.start for statement in strict}
        assert places.issuperset(statement.start for statement in found)


def test_what_does_without_the_motif_is_named(index: PhraseIndex, brief: Brief) -> None:
    formed = prepare(brief.motif, index, Settings(bars=8, form="A A' B A"))
    rng = np.random.default_rng(0)
    whole = place_statements(formed.frame, formed.theme, rng)
    fewer = place_statements(formed.frame, formed.theme, rng, loose=3)
    assert [one.section.name for one in whole] == ["A", "A'", "A"]
    assert not_restated(formed.frame, whole) == ()
    assert not_restated(formed.frame, fewer) == (
        "the motif does not come again in A' (bar 3): no room, or the piece would copy a tune",
    )


def test_briefs_of_one_corpus_share_what_is_known_of_it(index: PhraseIndex, brief: Brief) -> None:
    other = prepare(brief.motif, index, Settings(bars=4))
    assert other.originality is brief.originality
    assert other.copy_bound is brief.copy_bound
    assert prepare(brief.motif, index, Settings(max_copy=5)).copy_bound.notes == 6


@pytest.mark.parametrize(
    ("pitch", "key"),
    [([67, 64, 60, 72, 71, 67, 65, 64], "C"), ([69, 77, 76, 74, 72, 71, 69, 64], "Am")],
)
def test_a_motif_with_a_wide_leap_is_moved_as_others_are(
    index: PhraseIndex, pitch: list[int], key: str
) -> None:
    motif = Melody(
        pitch=np.array(pitch),
        onset=np.arange(8) * 480,
        duration=np.full(8, 480),
        meter=(4, 4),
        key=Key.parse(key),
    )
    formed = prepare(motif, index, Settings(bars=8, form="A A' B A"))
    seeds = map(np.random.default_rng, range(6))
    placed = [place_statements(formed.frame, formed.theme, rng) for rng in seeds]
    done = {one.variation for each in placed for one in each if one.section.name == "A'"}
    assert "diatonic transposition" in done
