"""A metre, its bar and its beat: one idea of each."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mer
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.meter import Meter

SUPPORTED = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))


@pytest.mark.parametrize(
    ("text", "bar", "beat", "beats", "compound"),
    [
        ("2/4", 960, 480, 2, False),
        ("3/4", 1440, 480, 3, False),
        ("4/4", 1920, 480, 4, False),
        ("2/2", 1920, 960, 2, False),
        ("5/8", 1200, 240, 5, False),
        ("3/8", 720, 240, 3, False),
        ("6/8", 1440, 720, 2, True),
        ("9/8", 2160, 720, 3, True),
        ("12/8", 2880, 720, 4, True),
        ("6/4", 2880, 1440, 2, True),
        ("9/16", 1080, 360, 3, True),
        ("3/2", 2880, 960, 3, False),
    ],
)
def test_worked_by_hand(text, bar, beat, beats, compound):
    meter = Meter.parse(text)
    assert (meter.bar_ticks, meter.beat_ticks, meter.beats) == (bar, beat, beats)
    assert meter.is_compound is compound
    tune = Melody(pitch=[60], onset=[0], duration=[10], meter=tuple(meter))
    assert (tune.bar_ticks, tune.beat_ticks) == (bar, beat)
    assert Columns.from_melodies([tune]).bar_ticks.tolist() == [bar]


@given(SUPPORTED)
def test_what_is_written_is_read_back(meter):
    assert Meter.parse(str(meter)) == meter
    assert f"{meter}" == str(meter)


@given(SUPPORTED)
def test_beats_fill_the_bar_and_units_the_beat(meter):
    assert meter.is_supported
    assert meter.beats * meter.beat_ticks == meter.bar_ticks
    assert meter.beat_ticks == meter.unit_ticks * (3 if meter.is_compound else 1)
    assert meter.numerator * meter.unit_ticks == meter.bar_ticks


@given(st.integers(-3, 70), st.integers(-3, 70))
def test_a_melody_takes_the_supported_metres_and_no_others(above, below):
    notes = {"pitch": [60], "onset": [0], "duration": [1]}
    if Meter(above, below).is_supported:
        assert Melody(**notes, meter=(above, below)).meter == (above, below)
    else:
        with pytest.raises(InputError, match=f"metre {above}/{below} is not supported"):
            Melody(**notes, meter=(above, below))


@pytest.mark.parametrize(
    "text", ["", "6", "6/", "/8", "6/8/2", "a/b", "0/4", "4/0", "-3/4", "6/ 8", "9" * 5000 + "/8"]
)
def test_text_that_is_no_metre_is_refused_in_a_short_line(text):
    with pytest.raises(InputError, match="no metre") as caught:
        Meter.parse(text)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize("pair", ["6/8", 6, (6,), (6, 8, 2), (6.0, 8), {6, 8}, ("6", "8")])
def test_a_melody_refuses_what_is_no_pair_of_numbers(pair):
    with pytest.raises(InputError, match="is no metre; 6/8 is"):
        Melody(pitch=[60], onset=[0], duration=[1], meter=pair)


def test_a_pair_becomes_a_metre_that_is_the_same_value():
    notes = {"pitch": [60], "onset": [0], "duration": [1]}
    pair, numbers = Melody(**notes, meter=(6, 8)), Melody(**notes, meter=np.array([6, 8]).tolist())
    assert isinstance(pair.meter, mer.Meter)
    assert str(pair.meter) == "6/8"
    assert pair == numbers == Melody(**notes, meter=mer.Meter(6, 8))
    assert len({pair, numbers}) == 1
    assert json.dumps(pair.meter) == "[6, 8]"
    assert type(Melody(**notes, meter=(np.int64(6), np.int64(8))).meter.numerator) is int


def test_four_four_is_assumed_where_the_metre_is_unknown():
    unknown = Melody(pitch=[60], onset=[0], duration=[1])
    assert (unknown.meter, unknown.bar_ticks, unknown.beat_ticks) == (None, 1920, 480)


@pytest.mark.parametrize(
    ("meter", "name", "sign", "quarters"),
    [
        ((4, 4), "quarter", "♩", 100.0),
        ((6, 8), "dotted quarter", "♩.", 150.0),
        ((9, 8), "dotted quarter", "♩.", 150.0),
        ((12, 8), "dotted quarter", "♩.", 150.0),
        ((6, 4), "dotted half", "dotted half", 300.0),
        ((3, 8), "eighth", "♪", 50.0),
        ((2, 2), "half", "half", 200.0),
        ((6, 16), "dotted eighth", "♪.", 75.0),
        ((6, 1), "dotted double whole", "dotted double whole", 1200.0),
        ((4, 32), "thirty-second", "thirty-second", 12.5),
    ],
)
def test_a_tempo_counts_beats(meter, name, sign, quarters):
    found = Meter(*meter)
    assert (found.beat_name, found.beat_sign) == (name, sign)
    assert found.quarters_a_minute(100.0) == quarters
    assert found.beats_a_minute(quarters) == 100.0


@given(st.sampled_from([(6, 8), (6, 4), (2, 2), (3, 8), (4, 4)]), st.integers(100, 99999))
def test_a_tempo_with_two_digits_comes_back_from_six_written_ones(meter, hundredths):
    beats = Meter(*meter).beats_a_minute(hundredths / 100)
    assert round(Meter(*meter).quarters_a_minute(float(f"{beats:.6g}")), 2) == hundredths / 100


QUARTER = 480
COMPOUND = ((6, 8), (9, 8), (12, 8), (6, 4))


@pytest.mark.parametrize(
    ("quarters", "meter", "suits"),
    [
        ([1, 1, 1, 1], (6, 8), False),
        ([1, 1, 1, 1], (3, 8), False),
        ([1, 1, 1, 1], (7, 8), False),
        ([2, 1, 2, 1], (6, 8), False),
        ([1, 1, 1, 1], (5, 4), True),
        ([1, 0.5, 1, 0.5, 1.5, 1.5], (6, 8), True),
        ([0.5, 1, 0.5, 1, 0.5, 3], (6, 8), True),  # with a pick-up; two beats in one
        ([0.75, 0.25, 0.5, 1.5], (6, 8), True),
        ([1.5, 0.5, 1.5, 0.5], (6, 8), False),  # each pair fills two thirds of two beats
        ([1.5, 0.5, 1.5, 0.5], (4, 4), True),
        ([0.5] * 6, (6, 8), True),
        ([1.5], (6, 8), False),  # one note says nothing of beats
    ],
)
def test_a_rhythm_suits_a_metre(quarters, meter, suits):
    onset = [0]
    for length in quarters[:-1]:
        onset.append(onset[-1] + round(QUARTER * length))
    assert Meter(*meter).suits(onset) is suits


@given(st.lists(st.integers(1, 4), min_size=1), st.sampled_from(COMPOUND), st.integers(0, 9999))
def test_quarters_and_halves_never_make_a_compound_metre(lengths, meter, first):
    onset = [first + QUARTER * sum(lengths[:place]) for place in range(len(lengths))]
    assert not Meter(*meter).suits(onset)
    assert Meter(4, 4).suits(onset)


@given(st.data(), st.sampled_from(COMPOUND))
def test_beats_however_they_are_divided_suit_a_compound_metre(data, meter):
    found = Meter(*meter)
    unit = found.unit_ticks
    divided = st.sampled_from([(3,), (2, 1), (1, 2), (1, 1, 1), (6,)])
    beats = data.draw(st.lists(divided, min_size=1, max_size=12))
    lengths = [unit * length for beat in beats for length in beat]
    onset = [sum(lengths[:place]) for place in range(data.draw(st.integers(0, 2)), len(lengths))]
    if any((tick - onset[0]) % QUARTER for tick in onset):
        assert found.suits(onset)
