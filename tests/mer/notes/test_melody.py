"""Melodies: what is refused at the door, and what a transformation keeps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody, Phrase, concatenate

QUARTER = 480


def steps(pitch, **context):
    """A melody of quarter notes."""
    onset = [QUARTER * note for note in range(len(pitch))]
    return Melody(pitch=pitch, onset=onset, duration=[QUARTER] * len(pitch), **context)


@st.composite
def melodies(draw):
    size = draw(st.integers(1, 30))
    pitch = draw(st.lists(st.integers(30, 90), min_size=size, max_size=size))
    length = draw(st.lists(st.integers(1, 2000), min_size=size, max_size=size))
    rest = draw(st.lists(st.integers(0, 700), min_size=size, max_size=size))
    onset = np.cumsum([0, *(np.array(length[:-1]) + np.array(rest[:-1]))])[:size]
    return Melody(pitch=pitch, onset=onset, duration=length, meter=(3, 4), key=Key(7))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pitch": []}, "at least one note"),
        ({"pitch": [60, 128]}, "128"),
        ({"pitch": [-1, 60]}, "-1"),
        ({"pitch": [60.5, 60.0]}, "fractions"),
        ({"pitch": [float("nan"), 60.0]}, "NaN"),
        ({"pitch": ["C", "D"]}, "whole numbers"),
        ({"pitch": [[60, 62]]}, "dimensions"),
        ({"duration": [480, 0]}, "0 ticks"),
        ({"duration": [480, -3]}, "-3 ticks"),
        ({"duration": [480]}, "differ in length"),
        ({"onset": [-5, 480]}, "-5"),
        ({"onset": [0, 470]}, "one voice"),
        ({"onset": [480, 0]}, "one voice"),
        ({"meter": (4, 3)}, "4/3"),
        ({"tempo_bpm": 0.0}, "tempo"),
        ({"downbeat": 1920}, "barline"),
        ({"phrase_starts": (1,)}, "phrase starts"),
        ({"phrase_starts": (0, 2)}, "phrase starts"),
        ({"beat_strength": [1.0]}, "beat strength"),
    ],
)
def test_what_cannot_be_a_melody_is_refused(change, words):
    good = {"pitch": [60, 62], "onset": [0, 480], "duration": [480, 480]}
    if change == {"pitch": []}:
        change = {"pitch": [], "onset": [], "duration": []}
    with pytest.raises(InputError, match=words):
        Melody(**(good | change))


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        steps([60, 62]).pitch[0] = 1


@given(melodies(), st.integers(-20, 20))
def test_transposing_there_and_back_changes_nothing(melody, semitones):
    moved = melody.transpose(semitones)
    assert moved.transpose(-semitones) == melody
    assert (moved.interval == melody.interval).all()
    assert hash(moved.transpose(-semitones)) == hash(melody)


def test_transposing_out_of_the_range_is_refused():
    with pytest.raises(InputError, match="129"):
        steps([60, 119]).transpose(10)


@given(melodies(), st.data())
def test_a_cut_keeps_the_place_in_the_bar(melody, data):
    start = data.draw(st.integers(0, len(melody) - 1))
    stop = data.draw(st.integers(start + 1, len(melody)))
    part = melody.cut(start, stop)
    assert part.onset[0] == 0
    assert part.pitch.tolist() == melody.pitch[start:stop].tolist()
    assert part.bar_position.tolist() == melody.bar_position[start:stop].tolist()


def test_cutting_nothing_is_refused():
    with pytest.raises(InputError, match="cannot cut"):
        steps([60, 62]).cut(1, 1)


def test_units_are_in_the_names():
    tune = steps([60, 62, 64], tempo_bpm=60.0, meter=(2, 4))
    assert tune.onset_quarter.tolist() == [0, 1, 2]
    assert tune.onset_sec.tolist() == [0, 1, 2]
    assert tune.duration_sec.tolist() == [1, 1, 1]
    assert (tune.bar_ticks, tune.bars, tune.bar_position.tolist()) == (960, 2, [0, 480, 0])


def test_equality_looks_at_everything():
    tune = steps([60, 62])
    assert tune == steps([60, 62])
    assert tune != steps([60, 62], title="Other")
    assert tune != steps([60, 63])
    assert tune != "tune"
    assert len({tune, steps([60, 62])}) == 1


def test_concatenate_keeps_boundaries():
    pitch, _, _, bounds = concatenate([steps([60]), steps([62, 64])])
    assert (pitch.tolist(), bounds.tolist()) == ([60, 62, 64], [0, 1, 3])
    assert concatenate([])[3].tolist() == [0]


def test_a_phrase_is_not_a_melody():
    phrase = Phrase(steps([60]), "t1", "Tune", "mine", 1, 0, 1)
    assert not isinstance(phrase, Melody)
    assert phrase == Phrase(steps([60]), "t1", "Tune", "mine", 1, 0, 1)
