"""Voicings by hand: what may sound, what it costs, and the cheapest way through."""

import numpy as np
import pytest

from generate.harmony.chords import Chord
from generate.harmony.texture.voicing import (
    _bass_cost,
    _movements,
    _upper_cost,
    bass_notes,
    ceilings,
    cheapest,
    upper_voicings,
    voiced,
)
from mer.notes.key import Key
from mer.notes.melody import Melody

C = Key(0)


def chord(degree: int, quality: str = "major", onset: int = 0, duration: int = 480) -> Chord:
    return Chord(key=C, degree=degree, quality=quality, onset=onset, duration=duration)


def test_a_triad_has_every_close_position_from_a2_to_a4() -> None:
    assert upper_voicings(chord(0)) == [(48, 52, 55), (52, 55, 60), (55, 60, 64), (60, 64, 67)]
    assert upper_voicings(chord(9, "minor"))[0] == (45, 48, 52)  # A2 itself
    assert upper_voicings(chord(5))[-1] == (60, 65, 69)  # A4 itself


def test_a_seventh_chord_leaves_out_its_root_or_its_fifth() -> None:
    found = upper_voicings(chord(7, "dominant"))
    classes = {frozenset(note % 12 for note in voicing) for voicing in found}
    assert classes == {frozenset({7, 11, 5}), frozenset({11, 2, 5})}


def test_the_bass_stands_on_the_root_or_dearer_on_the_third() -> None:
    assert bass_notes(chord(0), rooted=False) == {(36,): 0.0, (40,): 5.0, (48,): 0.0}
    assert bass_notes(chord(0), rooted=True) == {(36,): 0.0, (48,): 0.0}
    on_b = chord(11, "diminished")
    assert bass_notes(on_b, rooted=False) == {(35,): 5.0, (38,): 0.0, (47,): 5.0, (50,): 0.0}
    assert bass_notes(on_b, rooted=True) == {(35,): 5.0, (47,): 5.0}
    assert (31,) in bass_notes(chord(7), rooted=True)  # G1 itself


def test_the_cheapest_way_is_not_always_the_cheapest_step() -> None:
    choices = [[(0,), (10,)], [(1,), (9,)], [(0,)]]
    costs = [np.array([1.0, 0.0]), np.array([0.0, 0.0]), np.array([0.0])]
    # From 10, which is cheaper to begin on, 10 more must be moved; from 0 only 2.
    assert cheapest(choices, costs) == [0, 0, 0]
    costs[0][0] = 9.0
    assert cheapest(choices, costs) == [1, 0, 0]
    assert cheapest(choices[:1], costs[:1]) == [1]


def test_costs_by_hand() -> None:
    assert _movements([(48, 52, 55)], [(47, 52, 57), (48, 52, 55)]).tolist() == [[3, 0]]
    # The mean of 52, 55 and 60 is 4/3 below the middle, 57; nothing else is wrong with them.
    assert _upper_cost((52, 55, 60), 72) == pytest.approx(0.3 * 4 / 3)
    assert _upper_cost((52, 55, 60), 60) == pytest.approx(0.3 * 4 / 3 + 4.0)
    assert _upper_cost((52, 55, 60), 58) == pytest.approx(0.3 * 4 / 3 + 2000.0)
    assert _upper_cost((46, 50, 53), 72) == pytest.approx(0.3 * (57 - 149 / 3) + 1.5 * 2)
    assert _bass_cost(40, 60) == pytest.approx(0.3 * 0.5)
    assert _bass_cost(43, 42) == pytest.approx(0.3 * 2.5 + 200.0)


def test_the_ceiling_is_the_lowest_note_that_sounds_over_a_chord() -> None:
    tune = Melody(pitch=[72, 60, 67], onset=[0, 480, 1440], duration=[480, 480, 480])
    chords = [chord(0, onset=onset) for onset in (0, 480, 960, 1440)]
    assert ceilings(tune, chords).tolist() == [72, 60, 127, 67]
    assert ceilings(tune, [chord(0, onset=240), chord(0, onset=0, duration=1920)]).tolist() == [
        60,
        60,
    ]


def test_voices_stay_below_a_low_melody_and_move_little() -> None:
    tune = Melody(pitch=[64, 62, 64, 60], onset=[0, 480, 960, 1440], duration=[480] * 4)
    kinds = [(0, "major"), (5, "major"), (7, "dominant"), (0, "major")]
    chords = [chord(d, q, 480 * n) for n, (d, q) in enumerate(kinds)]
    bass, upper = voiced(tune, chords)
    assert (upper.max(axis=1) <= tune.pitch).all()
    assert (bass < upper.min(axis=1)).all()
    assert [note % 12 for note in bass.tolist()][-2:] == [7, 0]  # the close stands on its roots
    assert int(np.abs(np.diff(upper, axis=0)).sum(axis=1).max()) <= 6
