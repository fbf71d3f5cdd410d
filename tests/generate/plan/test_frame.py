"""What is decided before a note is written: how much of the motif, which key, which range."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.plan.frame import plan_frame, usable_motif
from generate.plan.settings import Settings
from generate.plan.verbs import VERBS
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.notes.meter import Meter


def motif(pitch: list[int], **given: object) -> Melody:
    onset = 480 * np.arange(len(pitch))
    known = {"meter": (4, 4), "key": Key(0)} | given
    return Melody(pitch=pitch, onset=onset, duration=[480] * len(pitch), **known)


FIVE = [60, 62, 64, 65, 67]  # C4 to G4


def test_a_long_motif_ends_with_a_phrase_if_one_ends_in_time() -> None:
    long = [60, 62] * 15
    for starts, notes in (((), 24), ((0, 10, 20, 27), 20), ((0, 3), 24), ((0, 24), 24)):
        used, remarks = usable_motif(motif(long, phrase_starts=starts))
        assert len(used) == notes
        assert f"the search uses the first {notes}" in remarks[0]
    whole = motif(long[:24], phrase_starts=(0, 10))
    assert usable_motif(whole) == (whole, ())
    with pytest.raises(InputError, match=r"has 2 notes; at least 3"):
        usable_motif(motif(long[:2]))


@pytest.mark.parametrize(
    ("settings", "low", "high"),
    [
        (Settings(), 53, 78),  # ten semitones below Eb4, the middle, and fifteen above
        (Settings(verb="vary"), 54, 72),  # nine semitones on either side
        (Settings(low=60), 60, 79),  # a twelfth at least
        (Settings(high=67), 48, 67),
        (Settings(low=57, high=70), 57, 70),
    ],
)
def test_the_range_lies_around_the_motif(settings: Settings, low: int, high: int) -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], settings)
    assert (frame.low, frame.high) == (low, high)
    assert theme.melody.pitch.tolist() == FIVE


def test_a_motif_outside_the_range_moves_by_octaves() -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(low=74, high=93))
    assert (frame.low, frame.high) == (74, 93)
    assert theme.melody.pitch.tolist() == [pitch + 24 for pitch in FIVE]
    assert {source.transposition for source in theme.sources} == {24}
    with pytest.raises(
        InputError, match=r"spans C4 to C6 and does not fit the range C4 to C5 in any octave"
    ):
        plan_frame(motif([60, 84, 72]), [], Settings(low=60, high=72))


@pytest.mark.parametrize(("key", "shift"), [("A", -3), ("G", -5), ("F", 5), ("F#", -6), ("D", 2)])
def test_a_motif_takes_the_shorter_way_to_another_key(key: str, shift: int) -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(key=key))
    assert frame.key == Key.parse(key)
    assert (theme.melody.pitch - FIVE).tolist() == [shift] * 5


def test_another_mode_bends_the_third() -> None:
    frame, theme, _ = plan_frame(motif(FIVE), [], Settings(key="C minor"))
    assert theme.melody.pitch.tolist() == [60, 62, 63, 65, 67]
    assert [source.transposition for source in theme.sources] == [0, 0, -1, 0, 0]
    assert {source.operators for source in theme.sources} == {("mode change",)}
    assert frame.scale == (0, 2, 3, 5, 7, 8, 10)


def test_what_is_not_notated_is_guessed_and_said() -> None:
    frame, _, remarks = plan_frame(motif(FIVE, meter=None), [], Settings())
    assert (frame.meter, frame.key) == ((4, 4), Key(0))
    assert remarks[0] == "the motif has no metre; 4/4 is assumed"
    with pytest.raises(InputError, match="has no key"):
        plan_frame(motif(FIVE, key=None), [], Settings())


def found_in(meter: tuple[int, int], similarity: float = 1.0) -> Any:
    """Return as much of a match as its metre."""
    melody = motif(FIVE, meter=meter)
    return SimpleNamespace(phrase=SimpleNamespace(melody=melody), similarity=similarity)


@pytest.mark.parametrize(
    ("quarters", "found", "meter"),
    [
        ([1] * 8, [(6, 8), (6, 8), (3, 4)], (3, 4)),
        ([1, 1, 2, 1, 1, 2], [(6, 8), (12, 8), (9, 8), (3, 8)], (4, 4)),  # none suits it
        ([1, 1, 1, 1, 1.5, 0.5, 2], [(6, 8), (6, 8), (2, 4)], (2, 4)),
        ([1, 0.5] * 4, [(6, 8), (6, 8), (2, 4)], (6, 8)),  # a jig
        ([0.5] * 12, [(6, 8), (6, 8), (2, 4)], (6, 8)),
        ([1] * 8, [], (4, 4)),
    ],
)
def test_the_neighbours_choose_among_metres_that_suit_the_rhythm(
    quarters: list[float], found: list[tuple[int, int]], meter: tuple[int, int]
) -> None:
    ticks = [round(480 * length) for length in quarters]
    free = Melody(
        pitch=[60 + place % 5 for place in range(len(ticks))],
        onset=np.cumsum([0, *ticks[:-1]]),
        duration=ticks,
        key=Key(0),
    )
    frame, _, remarks = plan_frame(free, [found_in(one) for one in found], Settings())
    assert frame.meter == meter
    assert remarks[0] == f"the motif has no metre; {Meter(*meter)} is assumed"


def test_where_no_rhythm_is_told_bars_are_of_four_quarters() -> None:
    free = motif(FIVE, meter=None, rhythm_known=False)
    frame, _, remarks = plan_frame(free, [found_in((3, 4)), found_in((2, 2))], Settings())
    assert (frame.meter, remarks[0]) == ((4, 4), "the motif has no metre; 4/4 is assumed")


def test_the_motif_opens_whole_and_is_answered() -> None:
    for notes, bars in ((5, 8), (8, 8), (16, 8), (20, 12), (32, 16)):
        frame, theme, remarks = plan_frame(
            motif([60, 62, 64, 65] * 8).cut(0, notes), [], Settings()
        )
        assert (frame.bars, len(theme), frame.opening, remarks) == (bars, notes, theme, ())


@pytest.mark.parametrize(
    ("settings", "heard", "said"),
    [
        (Settings(bars=6), 20, ""),
        (Settings(bars=5), 8, "the first 2 bars of the motif's 5 are heard in a piece of 5 bars"),
        (Settings(bars=3), 4, "the first bar of the motif's 5 is heard in a piece of 3 bars"),
        (Settings(bars=1), 0, "a piece of 1 bar leaves no room for the motif"),
        (Settings(bars=8, form="A A' B A''"), 8, "the first 2 bars of the motif's 5 are heard"),
        (Settings(bars=8, form="A"), 20, ""),
        (Settings(verb="answer"), 20, ""),
    ],
)
def test_a_cut_is_at_a_barline_and_said(settings: Settings, heard: int, said: str) -> None:
    long = motif([60, 62, 64, 65] * 5)
    frame, theme, remarks = plan_frame(long, [], settings)
    assert (len(theme), len(frame.opening or ())) == (20, heard)
    assert [said in remark for remark in remarks] == [True] * bool(said)


def test_what_leads_to_the_bar_after_the_cut_is_left_out() -> None:
    led = motif([67, *[60, 62, 64, 65] * 4], downbeat=480)
    frame, _, _ = plan_frame(led, [], Settings(bars=4))
    # Two bars and the pick-up before them, without the beat that leads to the third.
    assert frame.opening is not None
    assert len(frame.opening) == 8
    assert frame.opening.melody.end[-1] == 2 * 1920


@given(st.data())
def test_the_notes_that_are_kept_are_unchanged_and_whole(data: st.DataObject) -> None:
    duration = data.draw(st.lists(st.sampled_from([120, 240, 480, 720, 1440]), min_size=3))
    meter = data.draw(st.sampled_from([(4, 4), (3, 4), (6, 8), (5, 4)]))
    given_motif = Melody(
        pitch=[60 + number % 5 for number in range(len(duration))],
        onset=np.cumsum(duration) - duration,
        duration=duration,
        meter=meter,
        key=Key(0),
        downbeat=data.draw(st.sampled_from([0, 240, 480])),
    )
    bars = data.draw(st.none() | st.integers(1, 40))
    verb = data.draw(st.sampled_from([name for name in VERBS if not VERBS[name].counterpart]))
    frame, _, remarks = plan_frame(given_motif, [], Settings(verb=verb, bars=bars))
    opening = frame.opening
    whole = opening is not None and len(opening) == len(given_motif)
    assert bool(remarks) == (not whole)
    if bars is None or bars > given_motif.bars:
        assert whole
    if opening is not None:
        assert opening.melody.cut(0, len(opening)) == given_motif.cut(0, len(opening))
        assert all(source.is_statement for source in opening.sources)
    if opening is not None and not whole:
        # What is left out sounds at the barline of the cut or later, or leads to it.
        kept = int(opening.melody.end[-1])
        line = given_motif.downbeat + frame.bars // 2 * given_motif.bar_ticks
        assert kept <= line
        assert int(given_motif.end[len(opening)]) > line - given_motif.downbeat


def test_a_pick_up_lengthens_the_piece_if_the_motif_opens_it() -> None:
    upbeat = motif(FIVE, downbeat=480)
    frame, _, _ = plan_frame(upbeat, [], Settings(bars=4))
    assert (frame.pickup, frame.length) == (480, 480 + 4 * 1920)
    frame, _, _ = plan_frame(upbeat, [], Settings(bars=4, open_with_motif=False))
    assert (frame.pickup, frame.length) == (0, 4 * 1920)


def test_a_range_without_the_tonic_is_refused() -> None:
    given = Settings(low=61, high=70, open_with_motif=False)
    with pytest.raises(InputError, match="does not contain the tonic, C"):
        plan_frame(motif(FIVE), [], given)
    free = Settings(low=61, high=70, open_with_motif=False, end_on_tonic=False)
    assert plan_frame(motif(FIVE), [], free)[0].low == 61


def test_a_pick_up_of_nearly_a_bar_is_a_bar_that_begins_with_a_rest() -> None:
    late = motif(FIVE, downbeat=1680)
    frame, theme, _ = plan_frame(late, [], Settings(bars=4))
    assert (frame.pickup, frame.length) == (0, 4 * 1920)
    assert theme.melody.onset[0] == 240
    assert frame.opening is not None
    assert frame.opening.melody.onset[0] == 240
    for downbeat in (480, 1440, 1600):  # a quarter of rest may be a long pick-up
        assert plan_frame(motif(FIVE, downbeat=downbeat), [], Settings())[0].pickup == downbeat
    # The other methods lay fragments end to end, from the first note on.
    assert plan_frame(late, [], Settings(verb="vary"))[0].pickup == 1680
