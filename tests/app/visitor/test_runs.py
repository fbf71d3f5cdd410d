"""What is remembered of visitors is theirs alone, and does not grow without end."""

from app.visitor.runs import Visitors


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
