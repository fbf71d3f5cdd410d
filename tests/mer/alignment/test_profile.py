"""What an alignment compares, and the transpositions that are tried first."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.alignment.profile import Profile, best_shifts, doublings
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def melody(pitch: list[int], quarters: list[float] | None = None) -> Melody:
    ticks = [int(480 * q) for q in quarters or [1.0] * len(pitch)]
    return Melody(pitch=pitch, onset=np.cumsum([0, *ticks[:-1]]), duration=ticks, meter=(4, 4))


def profile(*melodies: Melody, metre: bool = True) -> Profile:
    return Profile.of(Columns.from_melodies(melodies), metre=metre)


def test_the_histogram_is_the_share_of_time_scaled_to_length_one() -> None:
    found = profile(melody([60, 62, 60], [1.0, 2.0, 0.5]))
    assert found.lowest == 60
    assert found.histogram[0].tolist() == pytest.approx([1.5 / 2.5, 0.0, 2.0 / 2.5])


def test_lengths_are_in_doublings_and_metre_can_be_left_out() -> None:
    tune = melody([60, 62, 64], [1.0, 2.0, 0.5])
    found = profile(tune)
    assert np.diff(found.length[:2]).tolist() == [1.0]
    assert found.weight[0] == 1.0
    assert profile(tune, metre=False).weight.tolist() == [0.0, 0.0, 0.0]


def test_one_sequence_can_be_taken_out() -> None:
    first, second = melody([60, 62, 64]), melody([67, 65], [2.0, 1.0])
    taken, alone = profile(first, second).take(1), profile(second)
    for name in ("pitch", "weight", "position", "length", "bounds"):
        assert getattr(taken, name).tolist() == getattr(alone, name).tolist(), name
    outside = alone.lowest - taken.lowest
    assert taken.histogram[0].tolist() == [0.0] * outside + alone.histogram[0].tolist()


@pytest.mark.parametrize("semitones", [-30, -7, 0, 5, 30])
def test_the_best_shift_brings_a_chord_upon_itself(semitones: int) -> None:
    chord = melody([60, 64, 67])
    query, moved = profile(chord), profile(chord.transpose(semitones))
    found = best_shifts(query, moved, np.array([0]), 3)
    assert found.shape == (1, 3)
    assert found[0, 0] == semitones


def test_shifts_come_in_the_order_of_their_overlap() -> None:
    # C for three quarters, E for one; the candidate dwells on G and touches D.
    query = profile(melody([60, 64], [3.0, 1.0]))
    pool = profile(melody([67, 62], [3.0, 1.0]))
    # C on G: 9 parts of 10; E on G and C on D: 3 parts each, the lower shift first; E on D: 1.
    assert best_shifts(query, pool, np.array([0]), 4)[0].tolist() == [7, 2, 3, -2]


def test_no_shift_compares_pitches_as_they_stand() -> None:
    query = profile(melody([60, 64, 67]))
    pool = profile(melody([62, 66, 69]), melody([60, 64, 67]))
    assert best_shifts(query, pool, np.arange(2), 0).tolist() == [[0], [0]]


def test_a_phrase_can_end_where_its_last_note_begins() -> None:
    columns = Columns.from_melodies([melody([60, 62, 64], [1.0, 1.0, 2.0]), melody([60])])
    assert Profile.of(columns).position.tolist() == [0.0, 0.25, 0.5, 0.0]
    assert Profile.of(columns, to_last_onset=True).position.tolist() == [0.0, 0.5, 1.0, 0.0]


def test_what_is_the_same_note_for_note_is_found_once() -> None:
    rise, other = melody([60, 62, 64, 65]), melody([60, 62, 64, 67])
    slower = melody([60, 62, 64, 65], [2.0, 1.0, 1.0, 1.0])
    later = replace(rise, downbeat=480)
    found = profile(rise, other, rise, slower, later, melody([60, 62]), rise.transpose(1), rise)
    first, which = found.alike(np.zeros((8, 0), dtype=np.int64))
    assert which[0] == which[2] == which[7]
    assert len(first) == 6
    assert first[which][[1, 3, 4, 5, 6]].tolist() == [1, 3, 4, 5, 6]


def test_of_nothing_there_is_nothing() -> None:
    none = profile(melody([60, 62])).take_all(np.zeros(0, dtype=np.int64))
    first, which = none.alike(np.zeros((0, 3), dtype=np.int64))
    assert len(first) == len(which) == 0


def test_what_is_to_be_moved_otherwise_is_not_the_same() -> None:
    rise = melody([60, 62, 64, 65])
    first, which = profile(rise, rise, rise).alike(np.array([[-5, 7], [-5, 8], [-5, 7]]))
    assert len(first) == 2
    assert which[0] == which[2] != which[1]


@given(st.lists(st.lists(st.sampled_from([1, 2, 3]), min_size=1, max_size=3), max_size=9))
def test_sequences_are_the_same_where_their_notes_are(rows: list[list[int]]) -> None:
    rows = [[1], *rows]
    found = profile(*(melody([60 + pitch for pitch in row]) for row in rows))
    first, which = found.alike(np.zeros((len(rows), 0), dtype=np.int64))
    assert [rows[place] for place in first[which].tolist()] == rows
    assert len(first) == len({tuple(row) for row in rows})


@given(st.lists(st.lists(st.integers(1, 2000), min_size=1, max_size=6), min_size=1, max_size=9))
def test_notes_are_doubled_until_the_middle_ones_are_as_long(rows: list[list[int]]) -> None:
    melodies = [
        Melody(pitch=[60] * len(row), onset=np.cumsum([0, *row[:-1]]), duration=row) for row in rows
    ]
    found = doublings(profile(melodies[0]), profile(*melodies), 2).tolist()
    middles = [np.float32(np.log2(sorted(row)[len(row) // 2])) for row in rows]
    assert found == [int(np.clip(np.rint(one - middles[0]), -2, 2)) for one in middles]


def test_sequences_follow_others() -> None:
    first, second = melody([60, 62, 64]), melody([64, 60], [2.0, 1.0])
    both = profile(first, second)
    found = both.followed_by(both.take_all(np.array([1, 0])))
    assert found.pitch.tolist() == [60, 62, 64, 64, 60, 64, 60, 60, 62, 64]
    assert found.bounds.tolist() == [0, 3, 5, 7, 10]
    assert found.histogram.tolist() == both.histogram[[0, 1, 1, 0]].tolist()
