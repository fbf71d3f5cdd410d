"""Numbers of variable length, and which reading of a doubtful byte makes sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.midi.lookahead import (
    NoNumberError,
    after_system,
    better_without,
    clean_data,
    sensible,
    variable,
)
from mer.io.midi.writing.writer import meta

END = " 00 ff 2f 00"


def test_numbers_by_hand():
    assert variable(b"\x40", 0) == (64, 1)
    assert variable(b"\x83\x60", 0) == (480, 2)
    assert variable(b"?\xff\xff\xff\x7f", 1) == (2**28 - 1, 5)
    assert variable(b"\x80\x80\x80\x80\x05", 0) == (5, 5)
    with pytest.raises(NoNumberError):
        variable(b"\xff\xff\xff\xff\x7f", 0)
    with pytest.raises(IndexError):
        variable(b"\xff", 0)


@given(st.binary(max_size=300))
def test_the_place_after_a_meta_event(content):
    event = meta(0x01, content)
    assert after_system(event + b"?", 0) == len(event)
    with pytest.raises(IndexError):
        after_system(event[:-1], 0)


def test_events_that_make_sense_are_counted():
    assert sensible(bytes.fromhex("00 90 3c 40 60 3c 00" + END), 0, 0) == 8
    assert sensible(bytes.fromhex("00 90 3c 40 60 3c 90"), 0, 0) == 1
    assert sensible(bytes.fromhex("00 3c 40"), 0, 0) == 0
    assert sensible(bytes.fromhex("90 3c 40 00"), 0, 0, at_event=True) == 1


def test_a_clock_is_passed_over_and_a_long_time_is_not():
    assert better_without(bytes.fromhex("f8 83 60 90 3c 40" + END), 0, 0, inside=False)
    assert not better_without(bytes.fromhex("ff 60 90 3c 40" + END), 0, 0, inside=False)
    assert better_without(bytes.fromhex("f8 90 3c 40 60 3c 00" + END), 0, 0, inside=True)
    assert not better_without(bytes.fromhex("f8 00 90 3c 40 60 3c 00" + END), 0, 0, inside=True)


def test_a_clock_inside_a_note_and_a_strength_over_the_top():
    assert clean_data(bytes.fromhex("40 60 3c 00" + END), 0, 0x90, 1)
    assert not clean_data(bytes.fromhex("60 3c 00" + END), 0, 0x90, 1)
