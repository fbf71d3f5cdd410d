"""Events in time: ties, bars on one grid, the barline from which bars are counted."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.io.tunebook.events import Barline, Event, MeterSign, Sonority
from mer.io.tunebook.timing import Measure, _silence, silences, timed


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


def silence(lengths: list[int], opens: set[int], bar: int = 4) -> list[int]:
    strain = [number == 0 or number in opens for number in range(len(lengths))]
    return [int(gap) for gap in _silence([Fraction(n) for n in lengths], strain, Fraction(bar))]


@pytest.mark.parametrize(
    ("lengths", "opens", "expected"),
    [
        ([4, 4, 4], set(), [0, 0, 0]),
        ([1, 4, 3], {2}, [0, 0, 0]),  # pick-up, full bar, last bar
        ([4, 3, 1, 4], {2}, [0, 0, 0, 0]),  # the end of a strain and the next pick-up fill a bar
        ([4, 4, 1, 4], {2}, [0, 0, 3, 0]),  # a pick-up after a full bar
        ([4, 3, 4], {2}, [0, 0, 1]),  # a bar that is short for no reason: made up after it
        ([4, 2, 1, 4], {2}, [0, 0, 1, 0]),  # before the bar that opens the strain
        ([4, 8, 4], set(), [0, 0, 0]),  # two bars without the line between them
    ],
)
def test_silence_goes_between_strains(
    lengths: list[int], opens: set[int], expected: list[int]
) -> None:
    assert silence(lengths, opens) == expected


@given(st.lists(st.integers(1, 8), min_size=2, max_size=12), st.sets(st.integers(0, 11)))
def test_every_full_bar_begins_on_the_grid(lengths: list[int], opens: set[int]) -> None:
    gaps = silence(lengths, opens)
    starts, at = [], 0
    for length, gap in zip(lengths, gaps, strict=True):
        starts.append(at + gap)
        at += gap + length
    full = [s for n, (s, length) in enumerate(zip(starts, lengths, strict=True)) if length % 4 == 0]
    assert len({start % 4 for start in full}) <= 1


def test_a_metre_that_fits_few_bars_is_left_alone() -> None:
    held = [Measure(opens=False, length=Fraction(n)) for n in (3, 4, 3, 4, 3, 4)]
    assert silences(held, (4, 4)) == [0] * 6
    held = [Measure(opens=n == 1, length=Fraction(n)) for n in (4, 1, 4, 4, 4)]
    assert silences(held, (4, 4)) == [0, 3, 0, 0, 0]
