"""Notes become bars: cut at barlines and at wishes, tied, filled with rests."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.errors import InputError
from mer.io.sheet.bars import Notated, bars_of, beamed, tuplets
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody


def tune(lengths: list[int], **signs: object) -> Melody:
    onset = [sum(lengths[:n]) for n in range(len(lengths))]
    return Melody(pitch=[60] * len(lengths), onset=onset, duration=lengths, **signs)  # type: ignore[arg-type]


def shape(melody: Melody, *, cuts: set[int] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Lengths of each bar, in parentheses those of rests, with ties."""
    bars = bars_of(Part(melody=melody), int(melody.end[-1]), cuts=cuts)
    return [
        " ".join(
            f"{'-' * one.stops}{one.length}{'-' * one.starts}" if one.pitches else f"({one.length})"
            for one in bar
        )
        for bar in bars
    ]


def test_notes_are_cut_at_barlines() -> None:
    assert shape(tune([480, 2880], meter=(4, 4))) == ["480 1440-", "-1440 (480)"]
    assert shape(tune([240, 720, 480], meter=(3, 4), downbeat=240)) == ["240", "720 480 (240)"]


def test_a_pick_up_alone_is_followed_by_a_full_bar() -> None:
    assert shape(tune([240], meter=(3, 4), downbeat=480)) == ["240 (240)", "(1440)"]


def test_notes_and_rests_are_cut_where_it_is_asked_for() -> None:
    melody = tune([960], meter=(4, 4))
    assert shape(melody, cuts={480, 1440}) == ["480- -480 (480) (480)"]


def test_voices_that_overlap_are_refused() -> None:
    part = Part(melody=tune([960]), others=(tune([480, 480]),), name="Chords")
    with pytest.raises(InputError, match="voices of the part 'Chords' overlap"):
        bars_of(part, 960)


@given(
    st.lists(st.integers(1, 3000), min_size=1, max_size=8),
    st.sampled_from([(2, 2), (3, 4), (5, 8), (6, 8)]),
    st.integers(0, 1199),
    st.sets(st.integers(1, 9000), max_size=4),
)
def test_bars_hold_all_the_time_there_is(
    lengths: list[int], meter: tuple[int, int], downbeat: int, cuts: set[int]
) -> None:
    melody = tune(lengths, meter=meter, downbeat=downbeat)
    bars = bars_of(Part(melody=melody), int(melody.end[-1]), cuts=cuts)
    assert [sum(one.length for one in bar) for bar in bars[bool(downbeat) :]] == [
        melody.bar_ticks
    ] * (len(bars) - bool(downbeat))
    flat = [one for bar in bars for one in bar]
    assert all(a.tick + a.length == b.tick for a, b in pairwise(flat))
    assert all(a.starts == b.stops for a, b in pairwise(flat))
    assert [one.tick for one in flat if one.pitches and not one.stops] == melody.onset.tolist()
    ends = {one.tick + one.length for one in flat}
    assert {cut for cut in cuts if cut < flat[-1].tick + flat[-1].length} <= ends


def test_tuplets_end_with_an_eighth_or_before_a_plain_note() -> None:
    def places(*lengths: int) -> list[tuple[int, int]]:
        return list(tuplets([Notated(0, length) for length in lengths]))

    assert places(160, 160, 160, 480, 320, 160) == [(0, 3), (4, 6)]
    assert places(80, 80, 80, 80, 80, 80) == [(0, 3), (3, 6)]
    assert places(160, 160, 480) == [(0, 2)]
    assert places(96, 96, 96, 96, 96, 160, 160, 160) == [(0, 5), (5, 8)]
    assert places(240, 480) == []


def test_rests_and_places_in_the_bar_decide_on_beams() -> None:
    notes = [Notated(0, 240, (60,)), Notated(240, 240), Notated(480, 240, (62,))]
    assert beamed(notes, 0, (4, 4)) == [(), (), ()]
    pair = [Notated(0, 240, (60,)), Notated(240, 240, (62,))]
    assert beamed(pair, 0, (4, 4)) == [("begin",), ("end",)]
    assert beamed(pair, 240, (4, 4)) == [(), ()]
