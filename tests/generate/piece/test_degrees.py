import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generate.piece.degrees import in_scale, snap, to_degrees, to_pitch
from mer.notes.key import MODES, Key

keys = st.builds(Key, st.integers(0, 11), st.sampled_from(MODES))
pitches = st.lists(st.integers(0, 127), min_size=1, max_size=30).map(np.array)


@given(pitches, keys)
def test_degree_and_alteration_give_the_pitch_back(pitch: np.ndarray, key: Key) -> None:
    degree, alteration = to_degrees(pitch, key)
    assert (to_pitch(degree, key) + alteration == pitch).all()
    assert ((alteration == 0) == in_scale(pitch, key)).all()


@given(pitches, keys)
def test_snapped_notes_lie_in_the_scale_at_most_two_semitones_below(
    pitch: np.ndarray, key: Key
) -> None:
    snapped = snap(pitch, key)
    assert in_scale(snapped, key).all()
    assert ((pitch - snapped >= 0) & (pitch - snapped <= 2)).all()


def test_harmonic_minor_by_hand() -> None:
    # a b c d e f g# a in A minor: all steps in order, g# is g (degree 6) raised by one
    degree, alteration = to_degrees(np.array([57, 59, 60, 62, 64, 65, 68, 69]), Key(9, "minor"))
    assert (degree - degree[0]).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert alteration.tolist() == [0, 0, 0, 0, 0, 0, 1, 0]
