"""Phrase boundaries: given marks, the model, and the two baselines."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.notes.melody import Melody
from mer.notes.phrases import (
    AS_WHOLE,
    AT_START,
    MAX_NOTES,
    MIN_NOTES,
    as_whole,
    at_start,
    best_segmentation,
    lbdm,
    lbdm_strength,
    phrase_sizes,
    phrase_starts,
    phrase_weights,
    phrases_in_sections,
    rests,
    with_phrases,
)


def line(
    quarters: list[float], *, pitch: list[int] | None = None, gaps: dict[int, float] | None = None
) -> Melody:
    """Return a melody from durations; `gaps` holds the rest after a note."""
    onset, at = [], 0.0
    for note, length in enumerate(quarters):
        onset.append(round(at * 480))
        at += length + (gaps or {}).get(note, 0.0)
    return Melody(
        pitch=pitch or [60 + note % 5 for note in range(len(quarters))],
        onset=onset,
        duration=[round(length * 480) for length in quarters],
        meter=(4, 4),
    )


@st.composite
def melodies(draw: st.DrawFn) -> Melody:
    notes = draw(st.integers(1, 60))
    lengths = draw(st.lists(st.sampled_from([0.25, 0.5, 1, 2]), min_size=notes, max_size=notes))
    pitch = draw(st.lists(st.integers(48, 84), min_size=notes, max_size=notes))
    silent = draw(st.sets(st.integers(0, notes)))
    melody = line(lengths, pitch=pitch, gaps=dict.fromkeys(silent, 0.5))
    return replace(melody, meter=draw(st.sampled_from([None, (4, 4), (6, 8), (3, 4)])))


def test_marks_that_are_given_win() -> None:
    melody = replace(line([1] * 8), phrase_starts=(0, 1))
    assert phrase_starts(melody) == (0, 1)
    assert with_phrases(melody) == melody


def test_two_bars_and_a_long_note_make_a_phrase() -> None:
    melody = line([1, 1, 1, 1, 1, 1, 2] * 4)
    assert phrase_starts(melody) == (0, 7, 14, 21)


def test_a_pick_up_comes_back_at_every_phrase() -> None:
    melody = replace(line([1, 1, 1, 1, 1, 1, 1, 1] * 4), downbeat=480)
    assert all(melody.bar_position[start] == 1440 for start in phrase_starts(melody))


def test_rests_speak_without_a_metre() -> None:
    melody = replace(line([0.5] * 30, gaps={9: 1.0, 19: 1.0}), meter=None)
    assert phrase_starts(melody) == (0, 10, 20)


@pytest.mark.parametrize("notes", range(1, 8))
def test_a_melody_too_short_to_divide_is_one_phrase(notes: int) -> None:
    assert phrase_starts(line([1] * notes)) == (0,)


@settings(max_examples=60)
@given(melodies())
def test_phrases_have_their_limits(melody: Melody) -> None:
    starts = phrase_starts(melody)
    counts = np.diff([*starts, len(melody)])
    assert starts[0] == 0
    assert counts.max() <= MAX_NOTES
    assert len(counts) == 1 or counts.min() >= MIN_NOTES
    assert with_phrases(melody).phrase_starts == starts


@settings(max_examples=40)
@given(melodies(), st.integers(-12, 12))
def test_transposing_moves_no_boundary(melody: Melody, shift: int) -> None:
    assert phrase_starts(melody.transpose(shift)) == phrase_starts(melody)


@settings(max_examples=40)
@given(melodies())
def test_evidence_has_its_shape(melody: Melody) -> None:
    assert at_start(melody).shape == (len(melody), len(AT_START))
    whole = as_whole(melody)
    assert len(whole) == len(AS_WHOLE)
    for evidence in whole:
        assert np.broadcast_shapes(evidence.shape, (len(melody), MAX_NOTES + 1)) == (
            len(melody),
            MAX_NOTES + 1,
        )
    assert np.isfinite(at_start(melody)).all()
    assert (np.isfinite(phrase_weights(melody)) == np.isfinite(phrase_sizes(len(melody)))).all()


@settings(max_examples=50)
@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_the_best_segmentation_is_the_best_of_all(notes: int, seed: int) -> None:
    longest = 4
    weights = np.random.default_rng(seed).normal(size=(notes, longest + 1))

    def total(starts: tuple[int, ...]) -> float:
        bounds = [*starts, notes]
        counts = np.diff(bounds)
        if counts.max() > longest:
            return -np.inf
        return float(sum(weights[a, n] for a, n in zip(bounds, counts, strict=False)))

    candidates = [
        (0, *inner) for size in range(notes) for inner in combinations(range(1, notes), size)
    ]
    assert total(best_segmentation(weights)) == pytest.approx(max(map(total, candidates)))


def test_sections_are_divided_one_by_one() -> None:
    melody = replace(line([1] * 40), phrase_starts=(0, 20))
    starts = phrases_in_sections(melody).phrase_starts
    assert 20 in starts
    assert len(starts) > 2


def test_a_section_too_short_joins_the_next() -> None:
    melody = replace(line([1] * 33), phrase_starts=(0, 16, 17))
    starts = phrases_in_sections(melody).phrase_starts
    assert 16 in starts
    assert 17 not in starts


def test_without_sections_the_whole_is_divided() -> None:
    melody = line([1] * 32)
    assert phrases_in_sections(melody) == with_phrases(melody)


def test_rests_by_hand() -> None:
    assert rests(line([1, 1, 1, 1], gaps={1: 0.5})) == (0, 2)
    assert rests(line([1, 1, 1])) == (0,)


def test_lbdm_by_hand() -> None:
    # Quarters, one of them twice as long: inter-onset intervals 1 1 2 1, pitch constant, no rests.
    # Degree of change 0, 1/3, 1/3; strength 1*0, 1*(0+1/3), 2*(1/3+1/3), 1*1/3; divided by the
    # largest, 4/3, and weighed by 1/2.
    melody = line([1, 1, 2, 1, 1], pitch=[60] * 5)
    assert lbdm_strength(melody).tolist() == pytest.approx([0, 0, 0.125, 0.5, 0.125])
    assert lbdm(melody, threshold=0.4) == (0, 3)
    assert lbdm(melody, threshold=0.6) == (0,)


@given(melodies())
@settings(max_examples=40)
def test_baselines_start_at_the_first_note(melody: Melody) -> None:
    for found in (rests(melody), lbdm(melody)):
        assert found[0] == 0
        assert list(found) == sorted(set(found))
        assert found[-1] < len(melody)


STEPS = [60, 62, 64, 65, 67, 65, 69, 67, 65, 64, 67, 65, 64, 62, 60, 62, 64, 62, 65, 64]


@pytest.mark.parametrize(
    ("meter", "notes", "at", "else_at"),
    [
        (None, 16, 5, (0, 8)),
        (None, 16, 10, (0, 8)),
        ((4, 4), 13, 6, (0, 8)),
        ((3, 4), 13, 9, (0, 6)),
    ],
)
def test_a_short_rest_ends_a_phrase(
    meter: tuple[int, int] | None, notes: int, at: int, else_at: tuple[int, ...]
) -> None:
    # Even notes, one of which ends a little early: without that the halves would be of one size.
    even = line([1] * notes, pitch=STEPS[:notes])
    tune = replace(even, meter=meter)
    assert phrase_starts(tune) == else_at
    early = np.where(np.arange(notes) == at - 1, 300, 480)
    assert phrase_starts(replace(tune, duration=early)) == (0, at)


@pytest.mark.parametrize(
    ("meter", "notes", "at"), [(None, 15, 6), (None, 18, 8), ((4, 4), 19, 12), ((3, 4), 16, 9)]
)
def test_a_leap_begins_a_phrase(meter: tuple[int, int] | None, notes: int, at: int) -> None:
    plain = replace(line([1] * notes, pitch=STEPS[:notes]), meter=meter)
    assert phrase_starts(plain) != (0, at)
    leaping = replace(plain, pitch=plain.pitch + 12 * (np.arange(notes) >= at))
    assert phrase_starts(leaping) == (0, at)
