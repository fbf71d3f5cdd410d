"""Plans that tunes lend: by hand, and over rounds."""

from dataclasses import replace

import numpy as np
import pytest

from generate.compose import prepare
from generate.piece.self_similarity import Recurrence
from generate.plan.brief import Brief
from generate.plan.layout import lay_out_plan
from generate.plan.material import Neighbour
from generate.plan.own_rhythm import beat_groups, own_bars, variations
from generate.plan.plan import as_counterpart, at_rest, draw_plan, lent_plan, plans_of
from generate.plan.settings import Settings
from mer.corpus.corpus import Tune
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

BEATS = [480] * 4
FIRST, SECOND, THIRD = [60, 62, 64, 60], [64, 65, 67, 67], [67, 65, 64, 62]


def tune(bars: list[list[int]], meter: tuple[int, int] = (4, 4)) -> Melody:
    pitch = [number for bar in bars for number in bar]
    return Melody(
        pitch=pitch,
        onset=480 * np.arange(len(pitch)),
        duration=[480] * len(pitch),
        meter=meter,
        key=Key(0),
    )


def lender(bars: list[list[int]], meter: tuple[int, int] = (4, 4)) -> Neighbour:
    return Neighbour(Tune("lender", "A", "made up", tune(bars, meter)), (), 2, 1.0)


def brief_of(index: PhraseIndex, bars: int = 8) -> Brief:
    return prepare(tune([FIRST, SECOND]), index, Settings(bars=bars))


EIGHT = [FIRST, SECOND, THIRD, [62, 62, 62, 67], FIRST, SECOND, THIRD, [60, 59, 60, 60]]


def test_a_plan_by_hand(index: PhraseIndex) -> None:
    plan = lent_plan(lender(EIGHT), brief_of(index).frame, 120)
    assert plan is not None
    assert plan.lender == "lender"
    kinds = [(bar.recurrence.kind, bar.recurrence.bar) for bar in plan.bars]
    assert kinds[4:7] == [("exact", 0), ("exact", 1), ("exact", 2)]
    assert plan.bars[2].pitch == (69, 67, 66, 64)  # two semitones higher
    assert [plan.bars[2].pitch_at(tick) for tick in (0, 479, 480, 5000)] == [69, 69, 67, 64]


def test_rounds_of_a_short_tune_are_a_rondo(index: PhraseIndex) -> None:
    plan = lent_plan(lender(EIGHT), brief_of(index, 32).frame, 120)
    assert plan is not None
    assert len(plan.bars) == 32
    recurrence = [bar.recurrence for bar in plan.bars]
    assert [recurrence[8].kind, recurrence[12].bar] == ["new", 8]
    assert [(one.kind, one.bar) for one in recurrence[16:24]] == [("exact", n) for n in range(8)]
    assert recurrence[28].bar == 24


@pytest.mark.parametrize(
    ("bars", "meter", "shortest"),
    [(EIGHT[:7], (4, 4), 120), (EIGHT, (2, 4), 120), (EIGHT, (4, 4), 500)],
)
def test_some_tunes_lend_nothing(
    index: PhraseIndex, bars: list[list[int]], meter: tuple[int, int], shortest: int
) -> None:
    assert lent_plan(lender(bars, meter), brief_of(index).frame, shortest) is None


def test_loosened_plans_return_less_and_less(index: PhraseIndex) -> None:
    plan = lent_plan(lender(EIGHT), brief_of(index).frame, 120)
    assert plan is not None
    kinds = [plan.loosened(loose).bars[4].recurrence.kind for loose in range(4)]
    assert kinds == ["exact", "varied", "rhythm", "new"]
    assert plan.loosened(1).bars[4].recurrence.head == 960


def test_nearer_plans_are_drawn_more_often(index: PhraseIndex) -> None:
    frame = brief_of(index).frame
    plans = [lent_plan(lender(bars), frame, 120) for bars in (EIGHT, EIGHT[::-1])]
    found = [plan for plan in plans if plan is not None]
    rng = np.random.default_rng(0)
    first = sum(draw_plan(found, [0.9, 0.1], rng) is found[0] for _ in range(300))
    assert 240 < first < 297


SIXTEEN = [*EIGHT, SECOND, FIRST, SECOND, [72, 71, 69, 67], SECOND, FIRST, THIRD, [60, 59, 60, 60]]


def part_brief(index: PhraseIndex, bars: int) -> Brief:
    return prepare(tune(EIGHT[:bars]), index, Settings(verb="b-part"))


def test_a_part_takes_after_the_second_half(index: PhraseIndex) -> None:
    brief = part_brief(index, 4)
    plan = lent_plan(lender(SIXTEEN), brief.frame, 120)
    assert plan is not None
    assert plan.second
    found = [(bar.recurrence.kind, bar.recurrence.bar) for bar in plan.bars[4:]]
    # The ninth bar is the second again; so is the eleventh, which is the ninth.
    assert found[:3] == [("exact", 1), ("exact", 0), ("exact", 4)]
    assert plan.bars[4].pitch == tuple(pitch + 2 for pitch in SECOND)
    part = as_counterpart(plan, brief.theme.melody, np.random.default_rng(0))
    kinds = [(bar.recurrence.kind, bar.recurrence.bar) for bar in part.bars[4:7]]
    assert kinds == [("rhythm", 1), ("rhythm", 0), ("exact", 4)]


def test_a_part_lies_as_far_from_the_motif_as_in_the_tune(index: PhraseIndex) -> None:
    brief = part_brief(index, 4)
    plan = lent_plan(lender(SIXTEEN), brief.frame, 120)
    assert plan is not None
    part = as_counterpart(plan, brief.theme.melody, np.random.default_rng(0))
    assert {bar.lift for bar in part.bars} == {-2}  # the lender lies two semitones higher


def test_a_tune_of_one_strain_lends_a_part_its_beginning(index: PhraseIndex) -> None:
    plan = lent_plan(lender(EIGHT), part_brief(index, 2).frame, 120)
    assert plan is not None
    assert not plan.second
    assert lent_plan(lender(EIGHT[:3]), part_brief(index, 2).frame, 120) is None


def test_a_new_phrase_of_a_part_grows_from_the_rhythm_of_the_motif(index: PhraseIndex) -> None:
    brief = part_brief(index, 4)
    theme = brief.theme.melody
    plan = lent_plan(lender(SIXTEEN), brief.frame, 120)
    assert plan is not None
    bars = list(plan.bars)
    bars[4] = bars[4]._replace(recurrence=Recurrence("new"))
    bars[5] = bars[5]._replace(recurrence=Recurrence("varied", 1), keeps_rhythm=False)
    bars[6] = bars[6]._replace(recurrence=Recurrence("varied", 1), keeps_rhythm=True)
    lent = plan._replace(bars=tuple(bars))
    groups, beat = beat_groups(theme), theme.beat_ticks
    for seed in range(20):
        part = as_counterpart(lent, theme, np.random.default_rng(seed))
        for number, own in ((4, 0), (5, 1)):
            bar = part.bars[number]
            assert bar.recurrence.kind == "new"
            assert bar.rhythm in variations(own_bars(theme)[own], groups, beat)
            assert len(bar.pitch) == len(bar.rhythm.onset)
        assert (part.bars[6].recurrence.kind, part.bars[6].recurrence.bar) == ("rhythm", 1)


def test_a_part_that_nobody_lends_has_the_rhythm_of_the_motif_or_varies_it(
    index: PhraseIndex,
) -> None:
    motif = tune([FIRST, SECOND, THIRD], (5, 4)).cut(0, 10)
    brief = prepare(motif, index, Settings(verb="answer"))
    plans, weights = brief.plans
    assert len(plans) == len(weights) == 12
    begun = {plan.bars[2].recurrence.kind for plan in plans}
    assert begun == {"rhythm", "new"}
    own = own_bars(brief.theme.melody)[0]
    ways = variations(own, beat_groups(brief.theme.melody), 480)
    assert all(
        plan.bars[2].rhythm in ways for plan in plans if plan.bars[2].recurrence.kind == "new"
    )
    kept = prepare(motif, index, Settings(verb="answer", keep_rhythm=True))
    (plan,), _ = kept.plans
    assert [bar.recurrence.kind for bar in plan.bars] == ["new", "new", "rhythm", "rhythm"]
    plan = at_rest(plan, kept.frame)
    # The last one of five beats is held from the third on.
    assert plan.bars[3].recurrence.kind == "new"
    assert plan.bars[3].rhythm.onset == (0, 480, 960)
    assert plan.bars[3].rhythm.duration == (480, 480, 3 * 480)


def test_the_last_bar_ends_as_the_tune_does_where_its_own_runs_on(index: PhraseIndex) -> None:
    frame = brief_of(index).frame
    far = lender([*EIGHT[:7], [65, 64, 62, 59], FIRST, [60, 62, 64, 62]])
    end = Melody(
        pitch=[*far.tune.melody.pitch.tolist(), 62, 60],
        onset=[*far.tune.melody.onset.tolist(), 40 * 480, 41 * 480],
        duration=[480] * 41 + [3 * 480],
        meter=(4, 4),
        key=Key(0),
    )
    ends = Neighbour(Tune("lender", "A", "made up", end), (), 2, 1.0)
    theme = tune([FIRST, SECOND])
    (plan,), _ = plans_of(frame, theme, [ends])
    last = plan.bars[-1]
    assert (last.recurrence.kind, last.rhythm.onset, last.rhythm.duration) == (
        "new",
        (0, 480),
        (480, 3 * 480),
    )
    assert [place.note for place in last.rhythm.places if place] == [40, 41]
    assert lay_out_plan(plan, frame)[-1].ending == "closed"
    # A tune that does not end on its tonic has no such bar: its own is held from the middle.
    (plan,), _ = plans_of(frame, theme, [far])
    assert plan.bars[-1].rhythm.duration == (480, 480, 960)
    # Nor one whose last bar runs on as well, to the pick-up of a repeat.
    (plan,), _ = plans_of(frame, theme, [lender([*EIGHT[:7], [65, 64, 62, 59], FIRST])])
    assert plan.bars[-1].rhythm.duration == (480, 480, 960)
    # What comes to rest stays as it is.
    resting = plan._replace(bars=(*plan.bars[:-1], plan.bars[-1]._replace(rhythm=last.rhythm)))
    assert at_rest(resting, frame) is resting


def test_lenders_as_long_as_the_piece_with_its_pickup_and_in_its_place_count_more(
    index: PhraseIndex,
) -> None:
    brief = brief_of(index, 16)
    theme = brief.theme.melody
    higher = [[pitch + 4 for pitch in bar] for bar in SIXTEEN]
    late = replace(tune([[67], *SIXTEEN]), downbeat=480)
    lenders = [lender(SIXTEEN), lender(EIGHT), lender(higher)]
    lenders.append(Neighbour(Tune("late", "A", "made up", late, ()), (), 2, 1.0))
    _, weights = plans_of(brief.frame, theme, lenders)
    assert len(weights) == 4
    assert max(weights[1:]) < 0.5 * weights[0]
