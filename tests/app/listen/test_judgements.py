"""Answers of listeners: written and read again, refused where broken, counted by hand."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.listen.judgements import (
    ANSWERS,
    FILE,
    Judgement,
    append,
    check_folder,
    interval,
    load_judgements,
    report,
)
from mer.errors import InputError

ONE = Judgement("2026-01-01T00:00:00+00:00", "ab", "t1", 3, "continue", True, "first")

judgements = st.builds(
    Judgement,
    time=st.text(max_size=5),
    listener=st.text(max_size=5),
    tune_id=st.text(max_size=9),
    seed=st.integers(0, 2**31),
    verb=st.sampled_from(["continue", "vary"]),
    tune_first=st.booleans(),
    answer=st.sampled_from(ANSWERS),
)


@settings(max_examples=15)
@given(st.lists(judgements, max_size=4))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, given: list[Judgement]
) -> None:
    folder = tmp_path_factory.mktemp("answers") / "new"
    check_folder(folder)
    for one in given:
        append(one, folder)
    assert load_judgements(folder / FILE) == given


def test_right_is_where_the_tune_was() -> None:
    assert ONE.is_right
    assert not replace(ONE, tune_first=False).is_right
    assert replace(ONE, tune_first=False, answer="second").is_right
    assert not replace(ONE, answer="known").is_right


def test_the_exact_interval() -> None:
    # Of 0 out of n the upper end is 1 - .025 ** (1 / n).
    assert interval(0, 10) == pytest.approx((0.0, 1 - 0.025**0.1))
    assert interval(10, 10) == pytest.approx((0.025**0.1, 1.0))
    low, high = interval(50, 100)
    assert (low, high) == pytest.approx((1 - high, 1 - low))
    assert (round(low, 3), round(high, 3)) == (0.398, 0.602)


def test_a_report_by_hand() -> None:
    wrong = replace(ONE, answer="second", listener="cd")
    vary = replace(ONE, verb="vary")
    given = [ONE, ONE, wrong, vary, vary, replace(ONE, answer="known")]
    assert report(given).splitlines() == [
        "5 answers of 2 listeners; 1 left out: the tune was known",
        "all       4 of 5 right  80% (28% to 99%)",
        "continue  2 of 3 right  67% (9% to 99%)",
        "vary      2 of 2 right  100% (16% to 100%)",
    ]


GOOD = json.dumps(asdict(ONE))
BROKEN = [
    "{",
    "[]",
    "3",
    "{}",
    GOOD.replace('"first"', '"third"'),
    GOOD.replace("true", "1"),
    GOOD.replace("3", '"3"'),
    "[" * 100_000,
]


def test_answers_from_before_there_were_verbs_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {**json.loads(GOOD)}
    old.pop("verb")
    path = tmp_path / FILE
    for method, verb in (("markov", "continue"), ("stitch", "stitch")):
        path.write_text(json.dumps({**old, "method": method}) + "\n")
        assert main(["--listen-report", str(path)]) == 0
        assert verb in capsys.readouterr().out


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_line_is_named(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / FILE
    path.write_text(f"{GOOD}\n\n{line}\n")
    assert main(["--listen-report", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"error: {path}, line 3: no answer of a listener\n"


def test_what_cannot_be_read_or_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / FILE
    assert main(["--listen-report", str(path)]) == 2
    assert "cannot be read" in capsys.readouterr().err
    path.write_bytes(b"\xff\xfe")
    assert main(["--listen-report", str(path)]) == 2
    assert "not text" in capsys.readouterr().err
    path.write_text("")
    assert main(["--listen-report", str(path)]) == 2
    assert "no answers yet" in capsys.readouterr().err
    path.write_text(GOOD)
    assert main(["--listen-report", str(path)]) == 0
    assert capsys.readouterr().out.startswith("1 answer of 1 listener\n")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(InputError, match="answers cannot be written there"):
        check_folder(path)
    with pytest.raises(InputError, match="cannot be written"):
        append(ONE, path)
