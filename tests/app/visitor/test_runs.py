"""What is remembered of visitors is theirs alone, and does not grow without end."""

import pytest

from app.visitor.runs import Visitors
from mer.errors import InputError


def test_the_last_run_is_the_visitors_own() -> None:
    visitors = Visitors()
    first = visitors.begin("ann")
    other = visitors.begin("ben")
    assert visitors.run("ann") == first
    assert visitors.run("ben") == other
    assert visitors.begin("ann") != first
    visitors.forget("ann")
    assert visitors.run("ann") == 0


def test_a_refusal_is_told_once() -> None:
    visitors = Visitors()
    visitors.refuse("ann", "no")
    assert visitors.refusal("ben") == ""
    assert [visitors.refusal("ann"), visitors.refusal("ann")] == ["no", ""]


def test_only_so_many_are_remembered() -> None:
    visitors = Visitors()
    for number in range(1001):
        visitors.begin(str(number))
    assert visitors.run("0") == 0
    assert visitors.run("1") > 0


def test_a_fresh_motif_that_is_no_longer_remembered_is_none() -> None:
    visitors = Visitors()
    assert visitors.meet("ann", visitors.ask(), "a motif", fresh=True)
    for number in range(1000):
        visitors.meet(str(number), visitors.ask(), "another")
    assert not visitors.take_fresh("ann")


def test_a_motif_that_is_met_late_is_none() -> None:
    visitors = Visitors()
    assert visitors.is_met("ann", 0)  # nothing is known of her yet
    slow, quick = visitors.ask(), visitors.ask()
    run = visitors.begin("ann")
    assert visitors.meet("ann", quick)
    assert visitors.run("ann") != run
    assert not visitors.meet("ann", slow)
    assert (visitors.is_met("ann", quick), visitors.is_met("ann", 0)) == (True, False)
    assert visitors.meet("ben", slow)
    visitors.forget("ann")
    assert visitors.is_met("ann", 0)


def test_one_thing_at_a_time() -> None:
    visitors = Visitors()
    with (
        visitors.alone("ann", "wait"),
        visitors.alone("ben", "wait"),
        pytest.raises(InputError, match="wait"),
        visitors.alone("ann", "wait"),
    ):
        pass
    with visitors.alone("ann", "wait"):
        pass
