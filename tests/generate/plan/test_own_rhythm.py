"""The motif's own bars and their variations, worked out by hand; where they are taken."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.compose import prepare, takes
from generate.piece.planned import Bar
from generate.plan.own_rhythm import (
    beat_groups,
    closing,
    in_own_rhythm,
    is_foreign,
    own_bars,
    own_plans,
    variations,
)
from generate.plan.rhythm import bars_of
from generate.plan.settings import Settings
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

EIGHTH = 240
MARCH = [2, 2, 3, 1, 2]  # eighths: 5/4


def melody(eighths: list[int], meter: tuple[int, int], **known: Any) -> Melody:
    duration = EIGHTH * np.array(eighths)
    onset = np.cumsum(duration) - duration
    pitch = 60 + np.array([0, 2, 4, 5, 7, 4, 2])[np.arange(len(eighths)) % 7]
    known = {"key": Key(0)} | known
    return Melody(pitch=pitch, onset=onset, duration=duration, meter=meter, **known)


def eighths(bar: Bar) -> list[int]:
    assert all(a + d == b for a, d, b in zip(bar.onset, bar.duration, bar.onset[1:], strict=False))
    return [duration // EIGHTH for duration in bar.duration]


def operators(bar: Bar) -> list[str]:
    return [place.operator for place in bar.places if place is not None]


@pytest.mark.parametrize(
    ("meter", "lengths", "groups"),
    [
        ((5, 4), MARCH, (4, 6)),  # the dotted note sounds over the fourth beat, not the third
        ((5, 4), [2, 2, 2, 2, 2], (4, 6)),  # as good as (6, 4): the longer one comes last
        ((5, 4), [3, 1, 2, 2, 2], (4, 6)),
        ((5, 4), [2, 3, 1, 2, 2], (6, 4)),
        ((7, 8), [2, 2, 1, 1, 1], (2, 2, 3)),
        ((7, 8), [1, 1, 1, 2, 2], (3, 2, 2)),
        ((4, 4), [3, 3, 2], (4, 4)),
        ((6, 8), [2, 1, 2, 1], (3, 3)),
        ((3, 4), [2, 2, 2], (6,)),
        ((8, 8), [3, 3, 2], (3, 3, 2)),
    ],
)
def test_groups_by_hand(
    meter: tuple[int, int], lengths: list[int], groups: tuple[int, ...]
) -> None:
    found = beat_groups(melody(lengths, meter))
    assert found == tuple(EIGHTH * group for group in groups)


def test_variations_of_a_march_by_hand() -> None:
    tune = melody(MARCH, (5, 4))
    ways = variations(own_bars(tune)[0], beat_groups(tune), tune.beat_ticks)
    assert [eighths(way) for way in ways] == [
        [2, 2, 2, 3, 1],  # the last three beats turned round: the quarter before the dotted one
        [1, 1, 2, 3, 1, 2],
        [2, 1, 1, 3, 1, 2],
        [2, 2, 2, 1, 1, 2],  # two thirds of a dotted quarter, and one
        [2, 2, 3, 1, 1, 1],
        [4, 3, 1, 2],  # joined inside a group; the third beat begins the other
        [2, 2, 4, 2],
        [2, 2, 3, 3],
    ]
    turned, *_, joined = ways
    assert operators(turned) == ["", "", "turned", "turned", "turned"]
    assert [place.note for place in turned.places if place] == [0, 1, 4, 2, 3]
    assert operators(joined) == ["", "", "", "joined"]


def test_groups_of_one_length_change_places() -> None:
    tune = melody([2, 1, 1, 1, 2], (7, 8))
    ways = variations(own_bars(tune)[0], (480, 480, 720), 240)
    assert [1, 1, 2, 1, 2] in [eighths(way) for way in ways]
    halves = melody([3, 1, 2, 2], (4, 4))
    ways = variations(own_bars(halves)[0], beat_groups(halves), 480)
    assert [2, 2, 3, 1] in [eighths(way) for way in ways]


@given(
    st.sampled_from([(5, 4), (7, 8), (4, 4), (6, 8), (3, 4), (11, 8)]),
    st.lists(st.sampled_from([1, 1, 2, 2, 3, 4]), min_size=8, max_size=20),
)
def test_variations_fill_the_bar_and_cite_the_motif(
    meter: tuple[int, int], lengths: list[int]
) -> None:
    tune = melody(lengths, meter)
    groups = beat_groups(tune)
    assert sum(groups) == tune.bar_ticks
    for bar in own_bars(tune):
        full = sum(bar.duration) == tune.bar_ticks
        for way in (*variations(bar, groups, tune.beat_ticks), closing(bar, groups)):
            ends = [a + d for a, d in zip(way.onset, way.duration, strict=True)]
            assert all(e <= o for e, o in zip(ends, way.onset[1:], strict=False))
            assert ends[-1] <= tune.bar_ticks
            assert not full or sum(way.duration) == tune.bar_ticks
            for duration, place in zip(way.duration, way.places, strict=True):
                assert place is not None
                assert place.operator in {"", "cut", "held", "turned", "exchanged"} | {
                    "split",
                    "joined",
                }
                if place.operator in ("", "turned", "exchanged"):
                    assert duration == tune.duration[place.note]


def test_what_sounds_over_a_barline_is_struck_again() -> None:
    pushed = melody(
        [3, 3, 4, 1, 3, 2], (4, 4)
    )  # the third note is two eighths too long for its bar
    assert bars_of(pushed) == []
    first, second = own_bars(pushed)
    assert (eighths(first), eighths(second)) == ([3, 3, 2], [2, 1, 3, 2])
    assert (operators(first), operators(second)) == (["", "", "cut"], ["cut", "", "", ""])


def test_a_motif_without_a_bar_gives_one() -> None:
    short = melody([1, 1, 1], (4, 4), downbeat=3 * EIGHTH)  # a pick-up and nothing else
    (bar,) = own_bars(short)
    assert eighths(bar) == [1, 1, 6]
    assert operators(bar) == ["", "", "held"]


def test_a_bar_closes_on_its_last_group() -> None:
    tune = melody(MARCH, (5, 4))
    assert eighths(closing(own_bars(tune)[0], beat_groups(tune))) == [2, 2, 6]
    assert eighths(closing(own_bars(tune)[0], (1440, 960))) == [2, 2, 6]  # the dotted note goes on


def stock_of(rhythms: list[list[int]], meter: tuple[int, int] = (4, 4)) -> Any:
    return [(bars_of(melody(lengths, meter)), 1.0) for lengths in rhythms]


def test_what_is_foreign() -> None:
    plain, pushed = melody([2, 2, 2, 2], (4, 4)), melody([3, 3, 2], (4, 4))
    folk = stock_of([[2, 2, 2, 2], [3, 1, 2, 2], [4, 4]])
    assert is_foreign(plain, folk[:2])  # too few tunes
    assert not is_foreign(plain, folk)
    assert is_foreign(pushed, folk)
    assert not is_foreign(pushed, [*folk, *stock_of([[3, 3, 2]] * 3)])


def test_nobody_lends_a_plan_in_a_metre_that_no_tune_has(index: PhraseIndex) -> None:
    motif = melody([*MARCH, 2, 2, 2, 4], (5, 4))
    brief = prepare(motif, index, Settings(bars=16, model="chain"))
    plans, weights = brief.plans
    assert {plan.lender for plan in plans} == {""}
    assert weights[:3] == [43.0, 24.0, 18.0]
    origins = [[bar.recurrence.bar for bar in plan.bars] for plan in plans[:3]]
    assert origins[0] == [-1, -1, -1, -1, 0, 1, -1, -1, 0, 1, -1, -1, 0, 1, -1, -1]
    assert origins[1] == [-1] * 8 + [0, 1] + [-1] * 6
    assert origins[2] == [-1, -1, -1, -1, 0, 1, 2, -1, 0, 1, -1, -1, 0, 1, 10, -1]
    assert own_plans(brief.frame, brief.theme.melody)[0] == plans
    assert brief.remarks == ("hardly any tune is in 5/4: the rhythm varies the bars of the motif",)


def test_a_lender_keeps_its_form_and_takes_the_motifs_rhythm(index: PhraseIndex) -> None:
    pushed = melody([3, 3, 2, 3, 3, 2], (4, 4))
    brief = prepare(pushed, index, Settings(model="chain"))
    assert brief.keeps_own_rhythm
    plain = melody([2, 2, 2, 2] * 2, (4, 4))
    (plan, *_), _ = prepare(plain, index, Settings(model="chain")).plans
    own = in_own_rhythm(plan, pushed, np.random.default_rng(0))
    for bar, lent in zip(own.bars, plan.bars, strict=True):
        freed = (bar.recurrence.kind, lent.recurrence.kind) == ("new", "rhythm")
        assert bar.recurrence == lent.recurrence or freed
    assert own.lender == plan.lender
    assert all(len(bar.pitch) == len(bar.rhythm.onset) for bar in own.bars)


@pytest.mark.parametrize("form", [None, "A A' B A''"])
@pytest.mark.parametrize(("meter", "lengths"), [((5, 4), MARCH * 2), ((7, 8), [2, 2, 1, 1, 1] * 2)])
def test_no_new_bar_is_in_even_notes(
    index: PhraseIndex, meter: tuple[int, int], lengths: list[int], form: str | None
) -> None:
    brief = prepare(melody(lengths, meter), index, Settings(form=form, model="chain"))
    piece = takes(brief, np.random.default_rng(1), 1)[0]
    for bar in bars_of(piece.melody):
        assert len(set(bar.duration)) > 1
    cited = [source.rhythm for source in piece.sources if source.rhythm is not None]
    assert cited
    assert {place.tune_id for place in cited} == {""}
