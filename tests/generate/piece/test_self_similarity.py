"""Which earlier bar a bar takes after: hand-made bars, and what must hold of any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.piece.self_similarity import BarNotes, Recurrence, recurrences
from mer.notes.key import Key

BAR = 1920
RHYTHMS = ((480,) * 4, (960, 480, 480), (720, 240, 960), (1920,))


def bar(pitch: list[int], lengths: tuple[int, ...] = (480,) * 4) -> BarNotes:
    onset = np.cumsum((0, *lengths[:-1]))
    return BarNotes(onset, np.array(lengths), np.array(pitch))


def kinds(*bars: BarNotes) -> list[tuple[str, int]]:
    return [(one.kind, one.bar) for one in recurrences(bars, Key(0), BAR)]


def test_every_kind_by_hand() -> None:
    first = bar([60, 62, 64, 65])
    assert kinds(first, first) == [("new", -1), ("exact", 0)]
    assert kinds(first, bar([62, 64, 65, 67])) == [("new", -1), ("moved", 0)]
    assert kinds(first, bar([67, 60, 67, 60])) == [("new", -1), ("rhythm", 0)]
    assert kinds(first, bar([72], (1920,))) == [("new", -1), ("new", -1)]


def test_a_variation_says_where_the_two_part() -> None:
    first = bar([60, 62, 64, 65])
    ending, middle = bar([60, 62, 67], (480, 480, 960)), bar([60, 67, 67, 65])
    assert recurrences([first, ending], Key(0), BAR)[1] == Recurrence("varied", 0, 0, 960, BAR)
    assert recurrences([first, middle], Key(0), BAR)[1] == Recurrence("varied", 0, 0, 480, 1440)
    quarter = bar([60, 55, 55, 55])
    assert recurrences([first, quarter], Key(0), BAR)[1].kind == "rhythm"


def test_a_bar_that_repeats_leads_to_the_one_it_repeats() -> None:
    first = bar([60, 62, 64, 65])
    assert kinds(first, first, first)[2] == ("exact", 0)


@pytest.mark.parametrize(("pitch", "steps"), [([64, 65, 67, 69], 2), ([59, 60, 62, 64], -1)])
def test_steps_are_those_of_the_scale(pitch: list[int], steps: int) -> None:
    found = recurrences([bar([60, 62, 64, 65]), bar(pitch)], Key(0), BAR)[1]
    assert (found.kind, found.steps) == ("moved", steps)


@st.composite
def bars(draw: st.DrawFn) -> list[BarNotes]:
    made = []
    for lengths in draw(st.lists(st.sampled_from(RHYTHMS), min_size=1, max_size=8)):
        count = len(lengths)
        pitch = draw(st.lists(st.integers(60, 67), min_size=count, max_size=count))
        made.append(bar(pitch, lengths))
    return made


@given(bars(), st.integers(-12, 12))
def test_what_is_found_is_there_and_does_not_depend_on_the_key_it_is_played_in(
    tune: list[BarNotes], shift: int
) -> None:
    found = recurrences(tune, Key(0), BAR)
    moved = [BarNotes(one.onset, one.duration, one.pitch + shift) for one in tune]
    assert recurrences(moved, Key(shift % 12), BAR) == found
    for number, (recurrence, own) in enumerate(zip(found, tune, strict=True)):
        assert recurrence.bar < number
        assert (recurrence.kind == "new") == (recurrence.bar < 0)
        if recurrence.bar < 0:
            continue
        there = tune[recurrence.bar]
        if recurrence.kind == "varied":
            assert 0 <= recurrence.head <= recurrence.tail <= BAR
            assert recurrence.head + BAR - recurrence.tail >= BAR / 2
        else:
            assert own.rhythm == there.rhythm
        assert (recurrence.kind == "exact") == (
            own.rhythm == there.rhythm and own.pitch.tolist() == there.pitch.tolist()
        )
