"""Plans laid out as slots, and pieces in which what was planned can be found again."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generate.compose import prepare, takes
from generate.piece.composition import Composition
from generate.piece.degrees import to_degrees
from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import Recurrence
from generate.plan.frame import plan_frame
from generate.plan.layout import (
    lay_out_plan,
    moved,
    moved_within,
    renewed,
    share_new,
    with_returns,
)
from generate.plan.rhythm import lay_out, stated
from generate.plan.settings import Settings
from mer.notes.arrays import Ints
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

BAR = 1920
HALVES = Bar((0, 960), (960, 960), (None, None))


def motif(lead: bool) -> Melody:
    """Two bars of beats in C, with a pick-up of one or none."""
    pitch = [67, *range(60, 68)] if lead else [*range(60, 68)]
    inside = np.array([60, 62, 64, 65, 67, 65, 64, 67])
    return Melody(
        pitch=[67, *inside.tolist()] if lead else inside,
        onset=480 * np.arange(len(pitch)),
        duration=[480] * len(pitch),
        meter=(4, 4),
        key=Key(0),
        downbeat=480 * lead,
    )


def planned(*recurrences: Recurrence) -> Plan:
    """A plan of eight bars: two of the motif, those given, and new ones in half notes."""
    new = Recurrence("new")
    kinds = [new, new, *recurrences, *[new] * (6 - len(recurrences))]
    return Plan(tuple(PlannedBar(kind, HALVES, True, (64, 62)) for kind in kinds), "lender")


def in_bar(slots: list[tuple[int, ...]], bar: int, pickup: int = 0) -> list[tuple[int, ...]]:
    start = pickup + bar * BAR
    return [(s[0] - start, *s[1:]) for s in slots if start <= s[0] < start + BAR]


def test_kinds_by_hand(index: PhraseIndex) -> None:
    frame = prepare(motif(False), index, Settings()).frame
    plan = planned(
        Recurrence("exact", 0),
        Recurrence("moved", 1, steps=1),
        Recurrence("rhythm", 0),
        Recurrence("varied", 0, head=960, tail=BAR),
        Recurrence("exact", 4),
    )
    slots = lay_out_plan(plan, frame)
    notes = [(s.onset, s.duration, -1 if s.pitch is None else s.pitch) for s in slots]
    assert [note[2] for note in in_bar(notes, 2)] == [60, 62, 64, 65]
    assert [note[2] for note in in_bar(notes, 3)] == [69, 67, 65, 69]
    assert in_bar(notes, 4) == [(480 * n, 480, -1) for n in range(4)]
    assert [note[2] for note in in_bar(notes, 5)] == [60, 62, -1, -1]
    assert [s.echo for s in slots if 6 * BAR <= s.onset < 7 * BAR] == [
        4 * BAR + 480 * n for n in range(4)
    ]
    assert in_bar(notes, 7) == [(0, 960, -1), (960, 960, -1)]
    assert slots[-1].ending == "closed"
    assert [s.near for s in slots if s.onset >= 7 * BAR] == [64, 62]
    assert all(source is not None for source in (s.source for s in slots if s.pitch is not None))


def test_what_leads_to_the_motif_leads_back_to_it(index: PhraseIndex) -> None:
    frame = prepare(motif(True), index, Settings()).frame
    slots = lay_out_plan(
        planned(Recurrence("new"), Recurrence("new"), Recurrence("exact", 0)), frame
    )
    before = [s for s in slots if 480 + 3 * BAR <= s.onset < 480 + 4 * BAR]
    assert [(s.onset - 480 - 3 * BAR, s.duration, s.pitch) for s in before] == [
        (0, 960, None),
        (960, 480, None),
        (1440, 480, 67),
    ]


@pytest.mark.parametrize(("pitch", "steps", "higher"), [(64, 2, 67), (66, -1, 65), (60, 7, 72)])
def test_moved(pitch: int, steps: int, higher: int) -> None:
    assert moved(pitch, steps, Key(0)) == higher


def test_what_is_moved_stays_on_the_scale_of_the_piece(index: PhraseIndex) -> None:
    key, five = (
        prepare(motif(False), index, Settings(scale=name)).frame for name in ("key", "pentatonic")
    )
    assert [moved_within(pitch, 1, key) for pitch in (60, 64)] == [62, 65]
    assert [moved_within(pitch, 1, five) for pitch in (60, 64)] == [62, 64]


def test_too_many_returns_of_the_motif_give_way_from_the_end(index: PhraseIndex) -> None:
    frame = prepare(motif(False), index, Settings()).frame
    again = [Recurrence("exact", bar) for bar in (0, 1, 0, 1)]
    plan = planned(*again)
    assert share_new(lay_out_plan(plan, frame), frame) == pytest.approx(4 / 20)
    fewer = renewed(plan, frame)
    assert share_new(lay_out_plan(fewer, frame), frame) >= 0.6
    kinds = [bar.recurrence.kind for bar in fewer.bars[2:6]]
    assert kinds == ["exact", "exact", "rhythm", "rhythm"]
    assert renewed(fewer, frame) == fewer


def test_the_last_note_is_held_to_the_barline(index: PhraseIndex) -> None:
    frame = prepare(motif(False), index, Settings()).frame
    rests = Bar((0, 480), (480, 480), (None, None))
    new = Recurrence("new")
    plan = Plan(tuple(PlannedBar(new, rests, True, (64, 62)) for _ in range(8)), "lender")
    last = lay_out_plan(plan, frame)[-1]
    assert (last.onset, last.onset + last.duration) == (7 * BAR + 480, 8 * BAR)


def test_a_part_leads_in_as_the_motif_does(index: PhraseIndex) -> None:
    brief = prepare(motif(True).cut(0, 8), index, Settings(verb="b-part"))  # one beat is free
    slots = lay_out_plan(brief.plan_drawn(np.random.default_rng(0)), brief.frame)
    led, first = slots[8], slots[9]
    assert (led.onset, led.duration, led.pitch) == (2 * BAR, 480, None)
    assert led.place is not None
    assert (led.place.tune_id, led.place.note) == ("", 0)
    assert (first.onset, first.pitch) == (2 * BAR + 480, None)


KINDS = st.one_of(
    st.just(Recurrence("new")),
    st.sampled_from(["exact", "rhythm"]).flatmap(
        lambda kind: st.integers(0, 1).map(lambda bar: Recurrence(kind, bar))
    ),
    st.integers(-3, 3).map(lambda steps: Recurrence("moved", 1, steps=steps)),
    st.tuples(st.integers(0, BAR), st.integers(0, BAR)).map(
        lambda ends: Recurrence("varied", 0, head=min(ends), tail=max(ends))
    ),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(50, 2500), min_size=4, max_size=24),
    st.integers(0, 600),
    st.lists(KINDS, min_size=6, max_size=6),
)
def test_a_motif_off_the_grid_overlaps_nothing(
    index: PhraseIndex, lengths: list[int], lead: int, kinds: list[Recurrence]
) -> None:
    onset = np.cumsum([0, *lengths[:-1]])
    # Hummed: notes begin anywhere, last for most of the time to the next, and cross barlines.
    hummed = Melody(
        pitch=60 + np.arange(len(lengths)) % 7,
        onset=onset,
        duration=np.maximum(np.array(lengths) - 7, 1),
        meter=(4, 4),
        key=Key(0),
        downbeat=int(lead),
    )
    frame = plan_frame(hummed, [], Settings())[0]
    slots = lay_out_plan(planned(*kinds), frame)
    ends = [slot.onset + slot.duration for slot in slots]
    assert all(end <= slot.onset for end, slot in zip(ends[:-1], slots[1:], strict=True))
    assert ends[-1] <= frame.length
    assert slots[-1].onset >= frame.length - frame.bar_ticks


def bars_of(piece: Composition) -> list[tuple[Ints, Ints, Ints]]:
    melody = piece.melody
    number = (melody.onset - melody.downbeat) // melody.bar_ticks
    found = []
    for bar in range(melody.bars):
        notes = np.flatnonzero(number == bar)
        found.append((melody.bar_position[notes], melody.duration[notes], melody.pitch[notes]))
    return found


@pytest.mark.parametrize(
    ("lead", "model", "pieces"),
    [(False, "chain", 40), (True, "chain", 40), (False, "mixture", 4), (True, "mixture", 4)],
)
def test_every_planned_return_is_in_the_notes(
    index: PhraseIndex, lead: bool, model: str, pieces: int
) -> None:
    brief = prepare(motif(lead), index, Settings(model=model))
    seen = set()
    for piece in takes(brief, np.random.default_rng(1), pieces):
        bars = bars_of(piece)
        assert [one.kind for one in piece.plan[:2]] == ["new", "new"]  # the motif is given
        for number, recurrence in enumerate(piece.plan[:-1]):
            if recurrence.kind == "new":
                continue
            seen.add(recurrence.kind)
            here, there = bars[number], bars[recurrence.bar]
            # A pick-up of what comes next may take the place of the last notes.
            led = lead and piece.plan[number + 1].bar == 0
            count = sum(here[0] < BAR - 480 * led)
            if recurrence.kind == "varied":
                count = int(sum(there[0] + there[1] <= recurrence.head))
            for mine, its in zip(here[:2], there[:2], strict=True):
                assert mine[:count].tolist()[: count - led] == its[: count - led].tolist()
            if recurrence.kind in ("exact", "varied"):
                assert here[2][:count].tolist() == there[2][:count].tolist()
            if recurrence.kind == "moved":
                one, other = (to_degrees(part[2][:count], Key(0))[0] for part in (there, here))
                assert (other - one).tolist() == [recurrence.steps] * count
    assert {"exact", "varied"} & seen


@pytest.mark.parametrize("form", ["A B A B", "A B A' B'", "A B C B"])
def test_every_letter_of_a_form_comes_again_with_its_own_notes(
    index: PhraseIndex, form: str
) -> None:
    brief = prepare(motif(False), index, Settings(bars=16, form=form, model="chain"))
    same = 0
    for piece in takes(brief, np.random.default_rng(1), 4):
        bars = bars_of(piece)
        first = 4 * form.split().index("B")
        again = 12
        # Four bars a section; the fourth has an ending of its own, and half of a B' is new.
        for bar in range(2 if "'" in form else 3):
            there, here = bars[first + bar], bars[again + bar]
            same += all(a.tolist() == b.tolist() for a, b in zip(there, here, strict=True))
    assert same == 4 * (2 if "'" in form else 3)


def test_where_the_motif_is_stated_in_part_the_rest_is_new(index: PhraseIndex) -> None:
    """Sections of four bars in beats; the last states six of the eight notes of the motif."""
    frame, theme, _ = plan_frame(motif(False), [], Settings(bars=16, form="A B C A"))
    assert frame.opening is not None
    beats = Bar((0, 480, 960, 1440), (480,) * 4, (None,) * 4)
    given = [stated(frame.opening, 0), stated(theme.head(6), 12 * BAR)]
    slots = with_returns(lay_out(frame, [beats] * 16, given), frame)
    last = [slot for slot in slots if slot.onset >= 12 * BAR]
    assert [slot.pitch is None for slot in last[:8]] == [False] * 6 + [True] * 2
    assert [slot.echo for slot in last[:8]] == [None] * 8
    # What follows the motif in the first section, but for endings, comes again.
    assert [slot.echo for slot in last[8:12]] == [2 * BAR + 480 * beat for beat in range(4)]
