"""The canon: consonant on every beat, whatever the melody, and exact where it can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.harmony.arrangement import Extras, arrange
from generate.harmony.texture.canon import CONSONANT, canon_under
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody

notes = st.lists(
    st.tuples(st.integers(55, 90), st.sampled_from([120, 240, 360, 480, 720, 960])),
    min_size=6,
    max_size=40,
)


@given(
    notes,
    st.integers(0, 11),
    st.sampled_from(["major", "minor", "dorian"]),
    st.sampled_from([(4, 4), (3, 4), (6, 8)]),
)
@settings(max_examples=60, deadline=None)
def test_what_begins_on_a_beat_is_consonant(
    drawn: list[tuple[int, int]], tonic: int, mode: str, meter: tuple[int, int]
) -> None:
    pitch, duration = (np.array(column) for column in zip(*drawn, strict=True))
    onset = np.cumsum(duration) - duration
    key = Key(tonic, mode)
    melody = Melody(pitch=pitch, onset=onset, duration=duration, meter=meter, key=key)
    found = canon_under(melody, key, program=73)
    if found is None:
        return
    below = found.part.melody
    assert all(p % 12 in key.scale for p in below.pitch.tolist())
    assert below.end[-1] <= melody.end[-1]
    # By brute force, tick by tick of the beats.
    for tick in range(0, int(melody.end[-1]), melody.beat_ticks):
        upper = np.flatnonzero((melody.onset <= tick) & (melody.end > tick))
        lower = np.flatnonzero((below.onset <= tick) & (below.end > tick))
        if not len(upper) or not len(lower):
            continue
        begins = tick in (int(melody.onset[upper[0]]), int(below.onset[lower[0]]))
        apart = int(melody.pitch[upper[0]] - below.pitch[lower[0]])
        assert not begins or (apart >= 0 and apart % 12 in CONSONANT)
    # Its notes begin when those of the melody did, so many bars before.
    before = set((melody.onset + found.bars * melody.bar_ticks).tolist())
    assert before.issuperset(below.onset.tolist())


def test_a_round_imitates_exactly() -> None:
    # Its second bar lies a third over its first, which comes again under the third.
    pitch = [72, 74, 76, 72, 76, 77, 79, 76, 79, 77, 76, 72, 72, 72, 72, 72]
    melody = Melody(
        pitch=pitch,
        onset=480 * np.arange(16),
        duration=[480] * 16,
        meter=(4, 4),
        key=Key(0),
    )
    found = canon_under(melody, Key(0), program=73)
    assert found is not None
    assert found.imitating > 0.7


def test_a_melody_of_one_bar_has_no_canon() -> None:
    short = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480], meter=(4, 4))
    assert canon_under(short, Key(0), program=73) is None
    with pytest.raises(InputError, match="too short for a canon"):
        arrange(short, extras=Extras(canon=True))


def test_a_canon_is_a_part_of_the_arrangement() -> None:
    melody = Melody(
        pitch=[72, 74, 76, 72] * 4,
        onset=480 * np.arange(16),
        duration=[480] * 16,
        meter=(4, 4),
        key=Key(0),
    )
    arranged = arrange(melody, "none", extras=Extras(canon=True))
    assert [part.name for part in arranged.parts] == ["Melody", "Canon"]
