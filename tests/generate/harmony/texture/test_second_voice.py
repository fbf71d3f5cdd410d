"""The second voice: thirds and sixths, note against note, for any melody."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.harmony.harmony import harmonise
from generate.harmony.texture.second_voice import INTERVALS, second_voice
from mer.notes.key import Key
from mer.notes.melody import Melody

pitches = st.lists(st.integers(40, 90), min_size=2, max_size=24)


@given(pitches, st.integers(0, 11), st.sampled_from(["major", "minor", "dorian"]))
@settings(max_examples=40, deadline=None)
def test_every_interval_is_a_third_or_a_sixth(pitch: list[int], tonic: int, mode: str) -> None:
    notes = len(pitch)
    key = Key(tonic, mode)
    melody = Melody(pitch=pitch, onset=np.arange(notes) * 480, duration=[480] * notes, key=key)
    below = second_voice(melody, (), key, program=73).melody
    interval = (melody.pitch - below.pitch).tolist()
    assert set(interval[:-1]) <= set(INTERVALS)
    assert interval[-1] in (*INTERVALS, 12)
    assert below.onset.tolist() == melody.onset.tolist()
    assert below.duration.tolist() == melody.duration.tolist()
    for upper, lower in zip(pitch[:-1], below.pitch.tolist(), strict=False):
        could = any((upper - step) % 12 in key.scale for step in INTERVALS)
        assert lower % 12 in key.scale or not could


def test_strong_places_have_chord_tones_where_they_can() -> None:
    melody = Melody(
        pitch=[76, 74, 72, 71, 72], onset=[0, 480, 960, 1440, 1920], duration=[480] * 4 + [1920]
    )
    chords = harmonise(melody, key=Key(0))
    below = second_voice(melody, chords, Key(0), program=73).melody
    assert below.pitch.tolist()[0] in (72, 67)
    assert below.pitch.tolist()[-1] in (60, 64)
