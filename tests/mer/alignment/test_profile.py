"""What an alignment compares, and the transpositions that are tried first."""

import numpy as np
import pytest

from mer.alignment.profile import Profile, best_shifts
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
