from itertools import pairwise

import pytest

from generate.plan.form import plan_form, usual_form
from mer.errors import InputError


@pytest.mark.parametrize("bars", range(1, 129))
def test_the_usual_plan_fills_the_piece_and_closes(bars: int) -> None:
    sections = plan_form(bars)
    assert sections[0].start == 0
    assert sections[0].name == "A"
    assert all(a.stop == b.start for a, b in pairwise(sections))
    assert sections[-1].stop == bars
    assert sections[-1].ending == "closed"
    assert [s.ending for s in sections].count("closed") >= 1
    if bars >= 4:
        assert [s.letter for s in sections].count("A") >= 2


def test_pauses_come_as_asked() -> None:
    sections = plan_form(16, "A, A'. B A''")
    assert [s.ending for s in sections] == ["open", "closed", "open", "closed"]
    assert [s.primes for s in sections] == [0, 1, 0, 2]


def test_typographic_primes_are_read() -> None:
    assert [s.name for s in plan_form(8, "A A’ B A′′")] == ["A", "A'", "B", "A''"]


@pytest.mark.parametrize(
    ("bars", "form", "message"),
    [
        (8, "", "cannot read the form ''"),
        (8, "A a B", "at 'a'"),
        (8, "A A''''", "cannot read"),
        (2, "A B C", "3 sections; the piece has 2 bars"),
    ],
)
def test_bad_plans_are_refused(bars: int, form: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        plan_form(bars, form)


@pytest.mark.parametrize(
    ("bars", "form"),
    [
        (1, "A"),
        (3, "A"),
        (4, "A A'"),
        (5, "A A'"),
        (6, "A B A'"),
        (7, "A B A'"),
        (8, "A A' B A''"),
        (16, "A A' B A''"),
        (17, "A A' B A''"),
        (20, "A A' B A'' A''"),
        (40, "A A' B A'' C A' B' A'' A A''"),
    ],
)
def test_the_usual_plan_by_its_bars(bars: int, form: str) -> None:
    assert usual_form(bars) == form
