"""Events in time: ties, bars, the barline from which bars are counted."""

from fractions import Fraction

import pytest

from mer.io.tunebook.events import Barline, Event, MeterSign, Sonority
from mer.io.tunebook.timing import timed


def note(quarters: int | Fraction, *, tied: bool = False) -> Sonority:
    return Sonority({67: Fraction(quarters)}, Fraction(quarters), {67} if tied else set())


def test_tied_notes_are_one_note() -> None:
    found = timed([note(1, tied=True), Barline("|"), note(2), note(1)], "x").voice
    assert (found.onset.tolist(), found.duration.tolist()) == ([0, 1440], [1440, 480])


def test_a_rest_breaks_a_tie() -> None:
    found = timed([note(1, tied=True), Sonority({}, Fraction(1)), note(1)], "x").voice
    assert found.onset.tolist() == [0, 960]


def test_triplets_never_drift() -> None:
    found = timed([note(Fraction(1, 7))] * 700, "x").voice
    assert int(found.onset[-1]) == round(480 * 699 / 7)
    assert set(found.duration.tolist()) == {68, 69}


@pytest.mark.parametrize(
    ("lengths", "barline"), [([1, 4, 4], 480), ([4, 4], 0), ([6, 4], 0), ([3, 4], 1440)]
)
def test_a_short_first_bar_is_a_pick_up(lengths: list[int], barline: int) -> None:
    events: list[Event] = [MeterSign((4, 4))]
    for length in lengths:
        events += [note(length), Barline("|")]
    assert timed(events, "x").barline == barline


def test_bars_are_aligned_only_where_it_is_asked_and_there_is_one_metre() -> None:
    events: list[Event] = [
        MeterSign((4, 4)),
        note(4),
        Barline("||"),
        note(1),
        Barline("|"),
        note(4),
    ]
    events += [Barline("|"), note(4), Barline("|"), note(4)]
    assert timed(events, "x").voice.onset.tolist() == [0, 1920, 2400, 4320, 6240]
    assert timed(events, "x", align_bars=True).voice.onset.tolist() == [0, 3360, 3840, 5760, 7680]
    two = [*events, MeterSign((3, 4))]
    assert timed(two, "x", align_bars=True).voice.onset.tolist() == [0, 1920, 2400, 4320, 6240]


def test_a_voice_of_rests_has_no_notes() -> None:
    assert len(timed([Sonority({}, Fraction(4)), Barline("|")], "x").voice) == 0
