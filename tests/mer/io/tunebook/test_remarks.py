"""Remarks are few, and each is made once."""

from mer.io.tunebook.remarks import MOST_SENTENCES, Remarks
from mer.io.tunebook.tokens import Token


def test_a_remark_names_its_place_and_is_made_once() -> None:
    remarks = Remarks()
    remarks.line = 3
    for _ in range(2):
        remarks.say("something is odd")
        remarks.at(Token("unknown", "?", 7), "a sign is odd")
        remarks.once("the tune is odd")
    assert remarks.sentences() == (
        "something is odd (line 3)",
        "a sign is odd (line 3, column 7)",
        "the tune is odd",
    )


def test_things_are_counted() -> None:
    remarks = Remarks()
    for _ in range(1200):
        remarks.count("moved {}", "note")
    assert remarks.sentences() == ("moved 1,200 notes",)


def test_of_many_remarks_a_few_are_made() -> None:
    remarks = Remarks()
    for line in range(MOST_SENTENCES + 3):
        remarks.line = line
        remarks.say("odd")
    assert len(remarks.sentences()) == MOST_SENTENCES + 1
    assert remarks.sentences()[-1] == "and 3 more of the kind"
