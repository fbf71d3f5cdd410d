"""Plans as text: there and back, what a hand may write, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.piece.given_plan import GivenPlan, check_cited, formed
from generate.piece.places import Place
from generate.piece.plan_reader import load_plan, read_plan
from generate.piece.plan_text import plan_text, plan_values
from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import EXACT, MOVED, NEW, RHYTHM, VARIED, Recurrence
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.notes.meter import Meter

METERS = [Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8)]


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, Meter]:
    meter = draw(st.sampled_from(METERS))
    bars = [planned_bar(draw, number, meter) for number in range(draw(st.integers(1, 9)))]
    lender = draw(st.sampled_from(["", "t1", "a tune/with: signs"]))
    return Plan(tuple(bars), lender, draw(st.booleans()), draw(st.integers(0, 40))), meter


def planned_bar(draw: st.DrawFn, number: int, meter: Meter) -> PlannedBar:
    length = meter.bar_ticks
    edges = sorted(draw(st.sets(st.integers(1, length - 1), max_size=6)))
    onset = [0, *edges]
    longest = np.diff([*onset, length]).tolist()
    duration = [draw(st.integers(1, most)) for most in longest]
    place = st.none() | st.builds(
        Place,
        st.sampled_from(["", "t1", "t2"]),
        st.integers(0, 3),
        st.integers(0, 99),
        st.sampled_from(["", "held"]),
    )
    places = tuple(draw(place) for _ in onset)
    pitch = tuple(draw(st.integers(40, 90)) for _ in onset) if draw(st.booleans()) else ()
    bar = Bar(tuple(onset), tuple(duration), places)
    return PlannedBar(recurrence(draw, number, length), bar, draw(st.booleans()), pitch, 0)


def recurrence(draw: st.DrawFn, number: int, length: int) -> Recurrence:
    kind = draw(st.sampled_from([NEW, EXACT, MOVED, VARIED, RHYTHM])) if number else NEW
    if kind == NEW:
        return Recurrence(NEW)
    of_bar = draw(st.integers(0, number - 1))
    if kind == MOVED:
        return Recurrence(MOVED, of_bar, steps=draw(st.sampled_from([-3, -1, 1, 2])))
    if kind == VARIED:
        head, tail = sorted(draw(st.tuples(st.integers(0, length), st.integers(0, length))))
        return Recurrence(VARIED, of_bar, head=head, tail=tail)
    return Recurrence(kind, of_bar)


@given(plans())
def test_a_plan_comes_back_as_it_was(made: tuple[Plan, Meter]) -> None:
    plan, meter = made
    found = read_plan(plan_text(plan, meter))
    other = Plan(tuple(blank(meter) for _ in plan.bars), "another", not plan.second, 7)
    assert found.over(other) == plan
    assert found.meter == meter
    assert json.loads(plan_text(plan, meter)) == plan_values(plan, meter)


def blank(meter: Meter) -> PlannedBar:
    whole = Bar((0,), (meter.bar_ticks,), (Place("other", 1, 1),))
    return PlannedBar(Recurrence(NEW), whole, False, (99,), 5)


def read(**values: object) -> GivenPlan:
    return read_plan(json.dumps({"format_version": 1, **values}))


def test_a_form_by_hand_takes_the_rest_from_what_was_drawn() -> None:
    found = read(form="A B A'", bars=6).over(Plan((blank(METERS[0]),) * 6, "another"))
    kinds = [(bar.recurrence.kind, bar.recurrence.bar) for bar in found.bars]
    assert kinds == [(NEW, -1)] * 4 + [(EXACT, 0), (RHYTHM, 1)]
    assert found.bars[3].rhythm == blank(METERS[0]).rhythm
    assert (found.bars[3].pitch, found.bars[3].lift) == ((99,), 5)
    # Nobody lent the form that somebody gave.
    assert found.lender == ""


def test_a_rhythm_by_hand_is_near_what_was_drawn_and_cites_nothing() -> None:
    found = read(meter="4/4", bars=[{"rhythm": "1 1/2 0.5 z1 1"}, {}])
    plan = found.over(Plan((blank(METERS[0]),) * 2, "another"))
    assert plan.bars[0].rhythm.onset == (0, 480, 720, 1440)
    assert plan.bars[0].rhythm.duration == (480, 240, 240, 480)
    assert plan.bars[0].rhythm.places == (None,) * 4
    assert plan.bars[0].pitch == (99,) * 4
    assert plan.bars[1] == blank(METERS[0])
    assert plan.lender == "another"


def test_varied_bars_have_a_usual_head() -> None:
    bars = [{"takes": "new"}, {"takes": "varied", "of_bar": 1}]
    own = read(meter="3/4", bars=bars).bars[1]
    assert own.recurrence == Recurrence(VARIED, 0, head=720, tail=1440)
    assert own.keeps_rhythm


NEW_BAR = {"takes": "new"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"form": "A B ?", "bars": 6}, "the form has an unknown letter, '?'; write letters from"),
        ({"form": "", "bars": 6}, "the form has no letter"),
        ({"form": "A B", "bars": 7}, "7 bars do not part into 2 sections of one length"),
        ({"form": "A4 B2", "bars": 8}, "add up to 6 bars; the plan has 8"),
        ({"form": "A4 B", "bars": 8}, "section 'B' of the form has no length"),
        ({"form": "A B"}, "the form needs a number of bars"),
        ({"form": "A99 B999"}, "the form has 1098 bars; 256 are supported"),
        ({"form": 3, "bars": 8}, "form is 3; give such as 'A A B A'"),
        ({"bars": 0}, "bars is 0; a whole number from 1"),
        ({"bars": True}, "bars is True"),
        ({"bars": []}, "bars has 0 entries"),
        ({"bars": [3]}, "bar 1 is 3; an object is needed"),
        ({"colour": "red"}, "a plan has an unknown key 'colour'"),
        ({"meter": "4/5", "bars": 8}, "4/5"),
        ({"draw": -1}, "draw is -1"),
        ({"second_half": 1}, "second_half is 1; give true or false"),
        ({"bars": [{"rhythm": "4"}]}, "bar 1 is given, so the plan needs its meter"),
        (
            {"meter": "4/4", "bars": [{}, {"rhythm": "1 1 1"}]},
            "the rhythm of bar 2 lasts 3 quarters; a bar of 4/4 has 4",
        ),
        (
            {"meter": "3/4", "bars": [{"rhythm": "1 1/2 2"}]},
            "the rhythm of bar 1 lasts 3 1/2 quarters; a bar of 3/4 has 3",
        ),
        ({"meter": "4/4", "bars": [{"rhythm": "1 x"}]}, "bar 1 has the length 'x'"),
        ({"meter": "4/4", "bars": [{"rhythm": "0 4"}]}, "bar 1 has the length '0'; it must be"),
        ({"meter": "4/4", "bars": [{"rhythm": "1/0 4"}]}, "bar 1 has the length '1/0'"),
        ({"meter": "4/4", "bars": [{"rhythm": "1/7 27/7"}]}, "no whole number of ticks"),
        ({"meter": "4/4", "bars": [{"rhythm": "z4"}]}, "bar 1 has only rests"),
        ({"meter": "4/4", "bars": [{"near": [60]}]}, "bar 1 has near, but no rhythm"),
        ({"meter": "4/4", "bars": [{"rhythm": "4", "near": [60, 62]}]}, "near has 2 numbers"),
        ({"meter": "4/4", "bars": [{"rhythm": "4", "near": ["C"]}]}, "near of bar 1 is 'C'"),
        ({"meter": "4/4", "bars": [{"lift": 3}]}, "bar 1 has lift, but no near"),
        ({"meter": "4/4", "bars": [{"rhythm_from": []}]}, "bar 1 has rhythm_from, but no rhythm"),
        (
            {"meter": "4/4", "bars": [{"rhythm": "2 2", "rhythm_from": [None]}]},
            "bar 1 has 2 notes, and rhythm_from cites 1",
        ),
        ({"meter": "4/4", "bars": [NEW_BAR, {}]}, "bar 2 does not say what it takes, others do"),
        ({"meter": "4/4", "bars": [{}, NEW_BAR]}, "bar 1 does not say what it takes, others do"),
        ({"meter": "4/4", "bars": [{"takes": "all"}]}, "bar 1 takes 'all'; choose one of new"),
        ({"meter": "4/4", "bars": [{"takes": "new", "of_bar": 1}]}, "bar 1 is new"),
        ({"meter": "4/4", "bars": [{"takes": "exact"}]}, "bar 1 takes exact, but does not say"),
        ({"meter": "4/4", "bars": [{"takes": "exact", "of_bar": 1}]}, "an earlier one is needed"),
        (
            {"meter": "4/4", "bars": [NEW_BAR, {"takes": "moved", "of_bar": 1}]},
            "bar 2 is moved, but does not say by how many steps",
        ),
        (
            {
                "meter": "4/4",
                "bars": [NEW_BAR, {"takes": "varied", "of_bar": 1, "head": 3, "tail": 2}],
            },
            "bar 2 has head 3 and tail 2; they cross",
        ),
        (
            {"meter": "4/4", "form": "A B", "bars": [NEW_BAR]},
            "the form is 'A B', but what the bars take makes it 'A'",
        ),
        ({"pieces": []}, "the report holds no piece with a plan"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_line(values: dict[str, object], said: str) -> None:
    with pytest.raises(InputError) as error:
        read(**values)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "a plan is []; an object is needed"),
        ("{}", "format_version is None; 1 is needed"),
        ('{"format_version": true}', "format_version is True"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_text_that_is_none_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match="the plan") as error:
        read_plan(text)
    assert said in str(error.value)


def test_a_plan_of_other_bars_does_not_fit() -> None:
    with pytest.raises(InputError, match="the plan has 8 bars; the piece has 6 bars"):
        read(form="A B", bars=8).over(Plan((blank(METERS[0]),) * 6, ""))


def test_files_are_named_in_errors(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "plan.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not a text in UTF-8"):
        load_plan(path)
    path.write_text('{"format_version": 1, "form": "A !"}')
    with pytest.raises(InputError, match="json: the form has an unknown letter"):
        load_plan(path)


def test_a_form_of_lengths() -> None:
    assert [one.bar for one in formed("A2 B1 A3", None)] == [-1, -1, -1, 0, 1, -1]


def test_rhythm_that_is_not_that_of_its_citation_is_refused(corpus: Corpus) -> None:
    melody = corpus.tune(0).melody
    motif = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 960], meter=(4, 4))

    def cited(place: Place, duration: int = 480) -> Plan:
        bar = Bar((0,), (duration,), (place,))
        return Plan((PlannedBar(Recurrence(NEW), bar, False, ()),), "")

    check_cited(cited(Place("t0", 1, 0), int(melody.duration[0])), corpus, motif)
    check_cited(cited(Place("", 0, 1), 960), corpus, motif)
    check_cited(cited(Place("", 0, 1, "cut")), corpus, motif)
    with pytest.raises(InputError, match="cites note 1 of the motif, which lasts 2 quarters"):
        check_cited(cited(Place("", 0, 1)), corpus, motif)
    with pytest.raises(InputError, match="bar 1 of the plan cites no tune: 'nobody'"):
        check_cited(cited(Place("nobody", 1, 0)), corpus, motif)
    with pytest.raises(InputError, match="cites note 9999 of t0, which has notes 0 to"):
        check_cited(cited(Place("t0", 1, 9999)), corpus, motif)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format_version": 1, "form": "A", "bars": MANY}', "a number of too many digits"),
        ('{"format_version": 1, "form": "AMANY"}', "the form has an unknown letter"),
        ('{"format_version": 1, "meter": "MANY/4", "bars": 8}', "9"),
        ('{"format_version": 1, "meter": "4/4", "bars": [{"rhythm": "MANY"}]}', "length '99"),
    ],
)
def test_numbers_of_many_digits_are_refused(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_plan(text.replace("MANY", "9" * 5000))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("head", ["1e100000000", "1e3", 1e300, float("inf"), "-1", 10**400, " "])
def test_heads_that_are_no_lengths_are_refused(head: object) -> None:
    bars = [NEW_BAR, {"takes": "varied", "of_bar": 1, "head": head}]
    with pytest.raises(InputError, match="bar 2 has the length"):
        read(meter="4/4", bars=bars)


def test_operators_of_rhythm_are_known_ones() -> None:
    cited = {"tune_id": "t0", "phrase": 1, "notes": [0], "operator": "magic"}
    bars = [{"rhythm": "4", "rhythm_from": [cited]}]
    with pytest.raises(InputError, match="bar 1 has the operator 'magic'; known are held, cut"):
        read(meter="4/4", bars=bars)


def test_a_form_that_is_left_open_is_lent_by_nobody_that_is_named() -> None:
    drawn = Plan((blank(METERS[0]),) * 2, "another")
    assert read(bars=2, lent_by="t1").over(drawn).lender == "another"


def test_a_citation_names_the_phrase_of_its_note(corpus: Corpus) -> None:
    melody = corpus.tune(0).melody
    motif = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 960], meter=(4, 4))
    for place in (Place("t0", 9, 0), Place("t0", 0, 0), Place("", 1, 0)):
        duration = int(melody.duration[0]) if place.tune_id else 480
        bar = Bar((0,), (duration,), (place,))
        plan = Plan((PlannedBar(Recurrence(NEW), bar, False, ()),), "")
        with pytest.raises(InputError, match=f"in phrase {place.phrase}; it is in phrase"):
            check_cited(plan, corpus, motif)
