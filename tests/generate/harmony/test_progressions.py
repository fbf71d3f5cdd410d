"""Stock progressions: taken where they fit, and the same where phrases begin alike."""

import numpy as np

from generate.harmony.chords import PROGRESSION, STATES, ChordClass
from generate.harmony.harmony import harmonise
from generate.harmony.progressions import ROUNDS, fitting_progressions, rounds_in
from generate.harmony.slots import chord_slots
from generate.piece.self_similarity import Recurrence
from mer.notes.key import MODES, Key
from mer.notes.melody import Melody

NEW = Recurrence("new")


def round_of(pitches: list[int], bars: int) -> Melody:
    """Return bars of four equal notes."""
    pitch = [pitches[bar % len(pitches)] for bar in range(bars) for _ in range(4)]
    onset = np.arange(4 * bars) * 480
    return Melody(pitch=pitch, onset=onset, duration=[480] * 4 * bars, meter=(4, 4), key=Key(0))


def test_every_round_is_of_chords_that_there_are() -> None:
    for mode in MODES:
        for one in rounds_in(mode):
            assert all(ChordClass(*chord) in STATES for chord in one)
            assert len(one) == 4
    assert set(ROUNDS) <= set(MODES)


def test_the_round_that_fits_best_is_found_wherever_it_begins() -> None:
    melody = round_of([69, 65, 72, 67], 8)  # A F C G: the sixth degree first
    slots = chord_slots(melody)
    evidence = np.full((len(slots), len(STATES)), -3.0)
    wanted = [(9, "minor"), (5, "major"), (0, "major"), (7, "major")]
    for place, bar in enumerate(slots.bar.tolist()):
        evidence[place, STATES.index(ChordClass(*wanted[(bar - 1) % 4]))] = 0.0
    found = fitting_progressions(slots, evidence, [NEW] * 8, "major")
    assert [STATES[state].roman for state in found[::2].tolist()] == ["vi", "IV", "I", "V"] * 2


def test_a_bar_that_a_round_does_not_fit_is_left_to_the_chain() -> None:
    melody = round_of([72], 4)
    slots = chord_slots(melody)
    evidence = np.zeros((len(slots), len(STATES)))
    evidence[slots.bar == 3] = -9.0
    evidence[slots.bar == 3, STATES.index(ChordClass(1, "minor"))] = 0.0
    found = fitting_progressions(slots, evidence, [NEW] * 4, "major")
    assert (found[slots.bar == 3] == -1).all()
    assert (found[slots.bar != 3] >= 0).all()


def test_pop_goes_round_and_closes_on_the_tonic() -> None:
    chords = harmonise(round_of([72, 67, 69, 72], 8), in_loops=True)
    assert sum(chord.origin == PROGRESSION for chord in chords) >= 4
    assert chords[-1].degree == 0
