"""Patterns: each fills its chord exactly, whatever the metre and the length."""

import itertools

import pytest

from generate.harmony.texture.patterns import BASS, CHORD, FIFTH, PATTERNS, STEP, Stroke

METERS = [(2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (2, 2), (3, 8), (5, 4), (12, 8), (7, 8), None]
LENGTHS = (160, 240, 480, 720, 960, 1440, 1680, 1920, 2400, 2880)


def strokes_of(pattern: str, length: int, meter: tuple[int, int] | None) -> list[Stroke]:
    return list(PATTERNS[pattern](length, meter))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("meter", METERS)
def test_a_pattern_fills_one_chord(pattern: str, meter: tuple[int, int] | None) -> None:
    for length in LENGTHS:
        strokes = strokes_of(pattern, length, meter)
        assert (BASS, 0) in {stroke[:2] for stroke in strokes}
        times = sorted((start, start + lasts) for _, start, lasts in strokes)
        assert max(end for _, end in times) == length
        reached = 0
        for start, end in times:
            assert start <= reached
            assert end > start
            reached = max(reached, end)
        assert any(what not in (BASS, FIFTH, STEP) for what, _, _ in strokes)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("meter", METERS)
def test_upper_voices_never_overlap_but_as_chords(
    pattern: str, meter: tuple[int, int] | None
) -> None:
    low = (BASS, FIFTH, STEP)
    for length, bass in itertools.product(LENGTHS, (True, False)):
        strokes = strokes_of(pattern, length, meter)
        spans = sorted({(s, s + n) for what, s, n in strokes if (what in low) == bass})
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_patterns_worked_by_hand() -> None:
    assert strokes_of("waltz", 1440, (3, 4)) == [
        (BASS, 0, 480),
        (CHORD, 480, 480),
        (CHORD, 960, 480),
    ]
    # Half a bar of a jig: one compound beat.
    assert strokes_of("waltz", 720, (6, 8)) == [
        (BASS, 0, 240),
        (CHORD, 240, 240),
        (CHORD, 480, 240),
    ]
    assert strokes_of("arpeggio", 720, (6, 8)) == [
        (BASS, 0, 720),
        (0, 0, 240),
        (1, 240, 240),
        (2, 480, 240),
    ]
    assert strokes_of("block", 1920, (4, 4)) == [(BASS, 0, 1920), (CHORD, 0, 1920)]
    assert strokes_of("walking", 1920, (4, 4))[1:] == [(BASS, 0, 1440), (STEP, 1440, 480)]
    assert strokes_of("strum", 720, (6, 8)) == [
        (BASS, 0, 240),
        (CHORD, 240, 240),
        (CHORD, 480, 240),
    ]
    assert strokes_of("drive", 960, (4, 4)) == [
        (BASS, 0, 240),
        (CHORD, 240, 240),
        (FIFTH, 480, 240),
        (CHORD, 720, 240),
    ]
    assert strokes_of("twice", 1440, (3, 4))[2:] == [(BASS, 480, 960), (CHORD, 480, 960)]
