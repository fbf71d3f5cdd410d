"""Bars of a tune, by hand: numbers, pick-up, silence before the first note, notes over the edge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.io import load_melody, read_melody, save_melody
from mer.io.passage import bar_numbers, bars_of, in_meter, passage
from mer.io.reading import Notation, Reading, reading_of
from mer.io.voices import Voice
from mer.notes.melody import Melody


def tune(onset, duration, *, downbeat=0, meter=(4, 4)):
    return Reading(
        Melody(
            pitch=60 + np.arange(len(onset)) % 12,
            onset=np.array(onset) * 480,
            duration=np.array(duration) * 480,
            meter=meter,
            downbeat=downbeat * 480,
        )
    )


PICKUP = tune([0, 1, 3, 5, 9], [1, 2, 2, 4, 4], downbeat=1)


def test_bars_count_from_1_and_a_pick_up_is_bar_0():
    assert bar_numbers(PICKUP).tolist() == [0, 1, 1, 2, 3]
    assert list(bars_of(PICKUP)) == [0, 1, 2, 3]
    assert list(bars_of(tune([0, 4], [4, 1]))) == [1, 2]


def test_silence_before_the_first_note_counts():
    # A voice that enters on the third beat of bar 2 of a file in 3/4 without a pick-up.
    onset = np.array([5, 6, 9]) * 480
    voice = Voice("", np.array([60, 62, 64]), onset, np.full(3, 480))
    found = reading_of(voice, Notation(meter=(3, 4)))
    assert bar_numbers(found).tolist() == [2, 3, 4]
    assert list(bars_of(found)) == [1, 2, 3, 4]
    assert passage(found, 1, 2).melody.pitch.tolist() == [60]
    with pytest.raises(InputError, match="bars 1 to 1 hold no note; the melody begins in bar 2"):
        passage(found, 1, 1)
    # After a pick-up of one beat the same notes stand elsewhere.
    found = reading_of(voice, Notation(meter=(3, 4), barline=480))
    assert bar_numbers(found).tolist() == [2, 2, 3]


def test_both_ends_are_included_and_the_place_in_the_bar_is_kept():
    found = passage(PICKUP, 1, 2)
    assert found.melody.onset.tolist() == [0, 960, 1920]
    assert found.melody.downbeat == 0
    assert found.remarks == ("took bars 1 to 2 of 3",)
    # Bars keep their numbers.
    assert passage(found, 2, 2).melody == passage(PICKUP, 2, 2).melody


def test_a_note_belongs_to_the_bar_in_which_it_begins():
    over = tune([0, 3, 7], [2, 2, 1])
    first, second = passage(over, 1, 1), passage(over, 2, 2)
    assert first.melody.duration.tolist() == [960, 480]
    assert first.remarks == ("took bars 1 to 1 of 2; the last note is cut at the barline",)
    assert second.melody.onset.tolist() == [0]
    assert second.melody.downbeat == 480
    assert second.remarks == (
        "took bars 2 to 2 of 2; a note that sounds on into bar 2 is left out",
    )


@pytest.mark.parametrize(
    ("bars", "message"),
    [
        ((5, 6), "there is no bar 5; the tune has 3 bars and a pick-up"),
        ((-1, 2), "there is no bar -1"),
        ((3, 1), "bars 3 to 1 are asked for; the first must not follow the last"),
        ((1.5, 2), "from bar is 1.5; a whole number"),
        ((1, "2"), "to bar is '2'; a whole number"),
        ((True, 2), "from bar is True"),
    ],
)
def test_bars_that_are_not_there(bars, message):
    with pytest.raises(InputError, match=message):
        passage(PICKUP, *bars)


def test_without_a_pick_up_there_is_no_bar_0():
    with pytest.raises(InputError, match=r"there is no bar 0; the tune has 1 bar$"):
        passage(tune([0], [1]), 0, 1)


def test_another_metre_keeps_the_notes_and_a_barline():
    waltz = in_meter(PICKUP, (3, 4))
    assert waltz.melody.downbeat == 480
    assert bar_numbers(waltz).tolist() == [0, 1, 1, 2, 3]
    assert in_meter(PICKUP, "4/4") is PICKUP
    assert in_meter(tune([0], [1], meter=None), "6/8").remarks == ("read in 6/8 as asked",)
    for meter, message in (("0/4", "is no metre"), ((3, 5), "not supported"), ("x", "is no metre")):
        with pytest.raises(InputError, match=message):
            in_meter(PICKUP, meter)


@given(st.integers(1, 4), st.integers(0, 3), st.data())
def test_bars_one_after_another_are_the_tune(beats, downbeat, data):
    length = data.draw(st.integers(3, 30))
    whole = tune(range(length), [1] * length, downbeat=downbeat % beats, meter=(beats, 4))
    one_by_one = [passage(whole, bar, bar).melody.pitch for bar in bars_of(whole)]
    assert np.concatenate(one_by_one).tolist() == whole.melody.pitch.tolist()


def test_a_file_is_read_in_part(tmp_path):
    path = tmp_path / "tune.mid"
    save_melody(PICKUP.melody, path)
    found = read_melody(path, from_bar=1, to_bar=2)
    assert found.melody.onset.tolist() == [0, 960, 1920]
    assert load_melody(path, meter="3/4", to_bar=0).pitch.tolist() == [60]
    with pytest.raises(InputError, match=r"tune\.mid: there is no bar 9; the tune has 3 bars"):
        read_melody(path, from_bar=9)
