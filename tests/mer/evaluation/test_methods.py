"""Ranking methods: complete rankings, the cascade within its budget, and both ways to expand."""

import numpy as np
import pytest

from mer.evaluation import methods
from mer.evaluation import pool as pools
from mer.evaluation.methods import RANKINGS, cascade
from mer.evaluation.pool import Pool
from mer.notes.columns import Columns
from mer.notes.melody import Melody


@pytest.fixture(scope="module")
def tunes():
    """Ten families of six: variations of one line, transposed."""
    rng = np.random.default_rng(4)
    made = []
    for _ in range(10):
        line = 67 + np.cumsum(rng.integers(-4, 5, 24)).clip(-12, 12)
        for _ in range(6):
            pitch = line.copy()
            pitch[rng.choice(24, 3, replace=False)] += rng.integers(-2, 3, 3)
            onset = np.arange(24) * 240
            made.append(
                Melody(
                    pitch=pitch + int(rng.integers(-5, 6)),
                    onset=onset,
                    duration=[240] * 24,
                    meter=(4, 4),
                    phrase_starts=(0, 8, 16),
                )
            )
    return made


@pytest.fixture
def pool(tunes):
    return Pool(Columns.from_melodies(tunes))


def precision(items, query):
    return np.mean(items[:5] // 6 == query // 6)


@pytest.mark.parametrize("name", sorted(RANKINGS))
def test_a_ranking_holds_everything_else_once(name, pool):
    items = RANKINGS[name](pool, 7)
    assert sorted(items.tolist()) == [n for n in range(60) if n != 7]


def test_the_whole_stack_finds_the_families(pool):
    for query in range(0, 60, 7):
        assert precision(RANKINGS["full"](pool, query), query) == 1.0
        assert precision(RANKINGS["full-noexpand"](pool, query), query) == 1.0


def test_a_large_pool_is_searched_within_the_budgets(pool, monkeypatch):
    monkeypatch.setattr(methods, "SMALL_POOL_NOTES", 0)
    monkeypatch.setattr(methods, "COARSE_PAIRS", 24 * 24 * 30)
    monkeypatch.setattr(methods, "FINE_PAIRS", 24 * 24 * 12)
    monkeypatch.setattr(pools, "FEWEST", 4)
    for query in range(0, 60, 7):
        items, fused = cascade(pool, query)
        assert len(fused) == 11
        assert sorted(items.tolist()) == [n for n in range(60) if n != query]
        assert (np.diff(fused) <= 0).all()
        assert precision(RANKINGS["full"](pool, query), query) == 1.0


def test_marks_of_phrases_are_used_and_those_of_sections_are_not(tunes, pool):
    assert pool.scorings["global"].position == pools.MARKED_SHARE
    columns = Columns.from_melodies(tunes)
    sections = Pool(Columns.from_melodies([t.cut(0, 24) for t in tunes]))
    sections.columns.phrase_start[:] = columns.is_first
    assert sections.scorings["global"].position == pools.GUESSED_SHARE


def test_rhythm_counts_where_it_tells_something(pool, tunes):
    assert pool.view_weights == pytest.approx(pools.VIEW_SHARES)
    rng = np.random.default_rng(0)
    lively = Pool(
        Columns.from_melodies(
            [
                Melody(pitch=tune.pitch, onset=np.cumsum(length) - length, duration=length)
                for tune in tunes
                for length in [rng.choice([120, 240, 360, 480, 960], len(tune))]
            ]
        )
    )
    assert lively.view_weights["rhythm"] == pytest.approx(pools.RHYTHM_SHARES[1])
    assert sum(lively.view_weights.values()) == pytest.approx(1.0)
    before, now = pools.VIEW_SHARES, lively.view_weights
    assert now["interval"] / now["contour"] == pytest.approx(before["interval"] / before["contour"])


def test_shares_add_up():
    assert sum(pools.VIEW_SHARES.values()) == pytest.approx(1.0)
    assert sum(pools.PART_SHARES.values()) == pytest.approx(1.0)
