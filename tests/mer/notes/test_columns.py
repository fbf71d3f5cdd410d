"""Columns: many melodies side by side, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.notes.columns import Columns
from mer.notes.key import Key
from mer.notes.melody import Melody


@st.composite
def melodies(draw):
    size = draw(st.integers(1, 12))
    pitch = draw(st.lists(st.integers(40, 80), min_size=size, max_size=size))
    ticks = 240 * draw(st.integers(1, 4))
    return Melody(
        pitch=pitch,
        onset=[ticks * note for note in range(size)],
        duration=[ticks] * size,
        meter=draw(st.sampled_from([None, (3, 4), (6, 8)])),
        key=draw(st.sampled_from([None, Key(2, "dorian")])),
        downbeat=draw(st.sampled_from([0, 480])),
        phrase_starts=(0,),
    )


@given(st.lists(melodies(), min_size=1, max_size=5))
def test_round_trip(parts):
    columns = Columns.from_melodies(parts)
    assert [columns.melody(number) for number in range(len(columns))] == parts


@given(st.lists(melodies(), min_size=2, max_size=5), st.data())
def test_take_chooses_and_orders(parts, data):
    chosen = data.draw(st.lists(st.integers(0, len(parts) - 1), min_size=1, max_size=6))
    taken = Columns.from_melodies(parts).take(chosen)
    assert [taken.melody(number) for number in range(len(taken))] == [parts[i] for i in chosen]


def test_beat_strength_of_some_only():
    plain = Melody(pitch=[60], onset=[0], duration=[480])
    given_ = Melody(pitch=[60], onset=[0], duration=[480], beat_strength=[0.5])
    columns = Columns.from_melodies([plain, given_])
    assert columns.melody(0).beat_strength is None
    assert columns.melody(1).beat_strength.tolist() == [0.5]


@pytest.mark.parametrize(("meter", "ticks"), [((6, 8), 1440), ((3, 4), 1440), (None, 1920)])
def test_bar_length(meter, ticks):
    columns = Columns.from_melodies([Melody(pitch=[60], onset=[0], duration=[1], meter=meter)])
    assert columns.bar_ticks.tolist() == [ticks]
