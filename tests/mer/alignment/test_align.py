"""Alignment: the batch against a slow recursion over every path, and hand-worked cases."""

import itertools
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.alignment.align import (
    ALIGNMENT_MODES,
    Profile,
    Scoring,
    align,
    align_pairs,
    best_shifts,
    trace,
    traces,
)
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def tune(pitch, **context):
    onset = [480 * note for note in range(len(pitch))]
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch), **context)


def profile(*melodies):
    return Profile.of(Columns.from_melodies(melodies))


def slow(query, candidate, scoring):
    """The best total over all alignments, one memoised recursion per mode."""

    def pair(i, j):
        closeness = max(0.0, 1.0 - abs(query.pitch[i] - candidate.pitch[j]) / scoring.pitch_band)
        for share, name in (
            (scoring.metre, "weight"),
            (scoring.position, "position"),
            (scoring.length, "length"),
        ):
            gap = min(1.0, abs(getattr(query, name)[i] - getattr(candidate, name)[j]))
            closeness *= 1.0 - share * gap
        return 2.0 * closeness - 1.0

    rows, columns = len(query.pitch), len(candidate.pitch)
    gap = lambda size: scoring.gap_open + (size - 1) * scoring.gap_extend  # noqa: E731

    @lru_cache(None)
    def total(i, j):
        if i == 0 and j == 0:
            return 0.0
        free = i == 0 if rows <= columns else j == 0
        if scoring.mode == "inside" and free:
            return 0.0
        options = [0.0] if scoring.mode == "local" else []
        if i and j:
            options.append(total(i - 1, j - 1) + pair(i - 1, j - 1))
        options += [total(i - k, j) - gap(k) for k in range(1, i + 1)]
        options += [total(i, j - k) - gap(k) for k in range(1, j + 1)]
        return max(options)

    cells = {
        "global": [(rows, columns)],
        "inside": (
            [(rows, j) for j in range(columns + 1)]
            if rows <= columns
            else [(i, columns) for i in range(rows + 1)]
        ),
        "local": [(i, j) for i in range(rows + 1) for j in range(columns + 1)],
    }[scoring.mode]
    return max(total(i, j) for i, j in cells)


pitches = st.lists(st.integers(55, 70), min_size=1, max_size=7)


@pytest.mark.parametrize("mode", ALIGNMENT_MODES)
@settings(max_examples=40)
@given(query=pitches, candidates=st.lists(pitches, min_size=1, max_size=4), data=st.data())
def test_the_batch_agrees_with_the_slow_recursion(mode, query, candidates, data):
    share = st.sampled_from([0.0, 0.5, 1.0])
    scoring = Scoring(
        mode=mode,
        shifts=0,
        metre=data.draw(share),
        position=data.draw(share),
        length=data.draw(share),
        gap_extend=data.draw(st.sampled_from([0.1, 0.8])),
    )
    mine = profile(tune(query, meter=(3, 4)))
    pool = profile(*(tune(pitch, meter=(4, 4)) for pitch in candidates))
    similarity, shift = align(mine, pool, np.arange(len(candidates)), scoring)
    assert (shift == 0).all()
    for number, pitch in enumerate(candidates):
        norm = {
            "global": min(len(query), len(pitch)),
            "local": np.sqrt(len(query) * len(pitch)),
            "inside": min(len(query), len(pitch)),
        }[mode]
        best = slow(mine, profile(tune(pitch, meter=(4, 4))), scoring) / norm
        assert similarity[number] == pytest.approx(np.clip(best, 0.0, 1.0), abs=1e-4)


@pytest.mark.parametrize("mode", ALIGNMENT_MODES)
@given(pitch=st.lists(st.integers(50, 75), min_size=3, max_size=12), shift=st.integers(-9, 9))
def test_a_transposed_copy_is_as_similar_as_can_be(mode, pitch, shift):
    mine, pool = profile(tune(pitch)), profile(tune([p + shift for p in pitch]))
    similarity, _ = align(mine, pool, [0], Scoring(mode=mode))
    assert similarity[0] == pytest.approx(1.0)


def test_a_motif_inside_a_melody_by_hand():
    motif, melody = tune([60, 62, 64]), tune([72, 55, 67, 69, 71, 50])
    scoring = Scoring(mode="inside", metre=0.0)
    mine, pool = profile(motif), profile(melody)
    similarity, shift = align(mine, pool, [0], scoring)
    assert (similarity.tolist(), shift.tolist()) == ([1.0], [7])
    assert trace(mine, pool, 0, 7, scoring) == ((0, 2), (1, 3), (2, 4))


def test_one_gap_by_hand():
    """C D E F G against C D F G: four pairs earn 4, the gap costs 0.8; 3.2 over 4 notes."""
    mine, pool = profile(tune([60, 62, 64, 65, 67])), profile(tune([60, 62, 65, 67]))
    scoring = Scoring(mode="global", metre=0.0, shifts=0)
    similarity, _ = align(mine, pool, [0], scoring)
    assert similarity[0] == pytest.approx(0.8)
    assert trace(mine, pool, 0, 0, scoring) == ((0, 0), (1, 1), (3, 2), (4, 3))


@pytest.mark.parametrize("mode", ALIGNMENT_MODES)
@given(query=pitches, candidate=pitches)
def test_the_pairs_rise_and_earn_the_similarity(mode, query, candidate):
    scoring = Scoring(mode=mode, metre=0.0, shifts=1)
    mine, pool = profile(tune(query)), profile(tune(candidate))
    _, shift = align(mine, pool, [0], scoring)
    pairs = trace(mine, pool, 0, int(shift[0]), scoring)
    for (a, b), (c, d) in itertools.pairwise(pairs):
        assert a < c
        assert b < d
    assert all(a < len(query) and b < len(candidate) for a, b in pairs)


def test_histograms_find_the_transposition():
    mine, pool = profile(tune([60, 60, 64, 67])), profile(tune([65, 65, 69, 72]))
    assert best_shifts(mine, pool, np.arange(1), 1).tolist() == [[5]]
    assert best_shifts(mine, pool, np.arange(1), 0).tolist() == [[0]]


def test_wrong_options_are_refused():
    with pytest.raises(InputError, match="mode"):
        Scoring(mode="sideways")
    with pytest.raises(InputError, match="gap_open"):
        Scoring(gap_open=0.1)


@pytest.mark.parametrize("mode", ALIGNMENT_MODES)
def test_traced_together_is_traced_alone(mode, monkeypatch):
    rng = np.random.default_rng(4)
    tunes = [tune(60 + rng.integers(0, 9, int(rng.integers(1, 20)))) for _ in range(30)]
    mine, pool = profile(tune(60 + rng.integers(0, 9, 8))), profile(*tunes)
    scoring, shifts = Scoring(mode=mode, metre=0.0), rng.integers(-3, 4, 30)
    alone = [trace(mine, pool, n, int(shift), scoring) for n, shift in enumerate(shifts)]
    assert traces(mine, pool, np.arange(30), shifts, scoring) == alone
    monkeypatch.setattr("mer.alignment.align._TRACE_CELLS", 300)  # a few at a time
    assert traces(mine, pool, np.arange(30), shifts, scoring) == alone
    assert traces(mine, pool, [], [], scoring) == []


def test_a_profile_without_metre_differs_in_nothing_else():
    columns = Columns.from_melodies([tune([60, 62, 64, 65], meter=(4, 4))])
    full, lean = Profile.of(columns), Profile.of(columns, metre=False)
    assert full.weight.tolist() == [1.0, 0.25, 0.5, 0.25]
    assert lean.weight.tolist() == [0.0] * 4
    for name in ("pitch", "position", "length", "histogram"):
        assert getattr(full, name).tolist() == getattr(lean, name).tolist()


@given(query=pitches, candidates=st.lists(pitches, min_size=2, max_size=5), data=st.data())
def test_a_floor_keeps_the_order_and_tells_apart_what_was_nothing(query, candidates, data):
    floor = data.draw(st.sampled_from([-0.1, -0.2, -0.5, -1.0]))
    scoring = Scoring(mode="global", shifts=0, metre=0.0, pitch_band=2.0)
    mine, pool = profile(tune(query)), profile(*map(tune, candidates))
    rows = np.arange(len(candidates))
    clipped, _ = align(mine, pool, rows, scoring)
    found, _ = align(mine, pool, rows, replace(scoring, floor=floor))
    assert ((found >= 0.0) & (found <= 1.0)).all()
    above = clipped > 0.0
    # A similarity above the old floor is the same one, on a longer scale.
    assert found[above] * (1.0 - floor) + floor == pytest.approx(clipped[above], abs=1e-4)
    earned = [slow(mine, profile(tune(c)), scoring) / min(len(query), len(c)) for c in candidates]
    for a, b in itertools.combinations(range(len(candidates)), 2):
        if earned[a] > earned[b] + 1e-4 and earned[a] > floor + 1e-4:
            assert found[a] > found[b]


def test_a_floor_by_hand():
    """Three notes far from three others earn -1 each, two of three in place earn 1/3."""
    mine, pool = profile(tune([60, 62, 64])), profile(tune([80, 90, 99]), tune([60, 62, 90]))
    scoring = Scoring(mode="global", shifts=0, metre=0.0, gap_open=2.0, floor=-0.5)
    assert align(mine, pool, [0, 1], scoring)[0].tolist() == pytest.approx([0.0, 0.55555], abs=1e-4)
    assert align(mine, mine, [0], scoring)[0].tolist() == [1.0]


@pytest.mark.parametrize("floor", [-0.2, -1.0])
@given(query=pitches, candidate=pitches, shift=st.integers(-9, 9))
def test_a_transposed_query_is_as_similar_with_a_floor(floor, query, candidate, shift):
    scoring = Scoring(mode="global", metre=0.0, shifts=3, floor=floor)
    pool = profile(tune(candidate))
    here, moved = profile(tune(query)), profile(tune([p + shift for p in query]))
    shifts = best_shifts(here, pool, np.arange(1), 3)
    first, _ = align(here, pool, [0], scoring, shifts=shifts)
    second, _ = align(moved, pool, [0], scoring, shifts=shifts - shift)
    assert first == pytest.approx(second, abs=2e-5)  # rounded to five places


@pytest.mark.parametrize("mode", ALIGNMENT_MODES)
@pytest.mark.parametrize("shifts", [0, 1, 3])
def test_pairs_are_aligned_as_one_after_another(mode, shifts):
    rng = np.random.default_rng(5)
    pool = profile(*(tune(rng.integers(55, 75, rng.integers(3, 9))) for _ in range(20)))
    first, second = rng.integers(0, 20, 60), rng.integers(0, 20, 60)
    scoring = Scoring(mode=mode, shifts=shifts, position=0.3, length=0.2)
    values, moved = align_pairs(pool, first, second, scoring)
    for query in range(20):
        pairs = np.flatnonzero(first == query)
        alone, shift = align(pool.take(query), pool, second[pairs], scoring)
        assert np.array_equal(values[pairs], alone)
        assert np.array_equal(moved[pairs], shift)
    again, _ = align_pairs(pool, first, second, scoring, shifts=moved[:, None])
    assert np.array_equal(again, values)
    assert len(align_pairs(pool, [], [], scoring)[0]) == 0
