"""Plans on the command line: printed, edited, given back and refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from generate.__main__ import main
from mer.io import save_melody
from mer.notes.melody import Melody


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    motif = Melody(
        pitch=[60, 62, 64, 65, 67, 65, 64, 62],
        onset=480 * np.arange(8),
        duration=[480] * 8,
        meter=(4, 4),
    )
    path = tmp_path / "motif.mid"
    save_melody(motif, path)
    return path


# Where it is not what chooses the notes that counts.
QUICK = ("--model", "chain")


def run(seed: Path, index_file: str, *options: str) -> int:
    return main(["--seed", str(seed), "--corpus", index_file, *options])


PLANNED = ("continue", "answer", "b-part")


@pytest.mark.parametrize("verb", PLANNED)
def test_a_printed_plan_that_is_given_back_makes_the_same_bytes(
    seed: Path, index_file: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        first, second = seed.with_name("first.mid"), seed.with_name("second.mid")
        asked = [verb, "--rng-seed", str(number), *QUICK]
        report = seed.with_name("report.json")
        printed = ["--print-plan", "--report", str(report)]
        assert run(seed, index_file, *asked, *printed, "--out", str(first)) == 0
        text = capsys.readouterr().out
        plan = seed.with_name("plan.json")
        plan.write_text(text)
        assert json.loads(text) == json.loads(report.read_text())["pieces"][0]["planned"]
        for given in (plan, report):
            back = ["--plan", str(given), "--out", str(second), "--quiet"]
            assert run(seed, index_file, *asked, *back) == 0
            assert first.read_bytes() == second.read_bytes()


def test_an_edited_plan_is_carried_out(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, report = seed.with_name("plan.json"), seed.with_name("report.json")
    bars = [
        {"takes": "new"},
        {"takes": "new"},
        {"takes": "new", "rhythm": "1/2 1/2 1 1 1", "near": [72, 71, 69, 67, 65]},
        {"takes": "exact", "of_bar": 3},
        {"takes": "exact", "of_bar": 3},
        {"takes": "new"},
    ]
    plan.write_text(json.dumps({"format_version": 1, "meter": "4/4", "bars": bars}))
    options = ["--plan", str(plan), "--report", str(report), "--quiet", *QUICK]
    assert run(seed, index_file, *options) == 0
    told = json.loads(report.read_text())["pieces"][0]
    assert told["bars"] == 6
    third, fourth, fifth = (
        [
            (note["pitch"], note["onset_quarter"] - start, note["duration_quarter"])
            for note in told["notes"]
            if start <= note["onset_quarter"] < start + 4
        ]
        for start in (8, 12, 16)
    )
    assert [duration for _, _, duration in third] == [0.5, 0.5, 1, 1, 1]
    assert third == fourth == fifth
    own = [note for note in told["notes"] if 8 <= note["onset_quarter"] < 12]
    assert all("own rhythm" in note["operators"] for note in own)
    # Nobody lent the form, and no note the rhythm of bars 3 to 5.
    assert told["lent"]["form"] is None
    assert {"from": None, "notes": 15} in told["lent"]["rhythm"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ('{"format_version": 1, "form": "A !"}', [], "the form has an unknown letter, '!'"),
        ('{"format_version": 1, "form": "A B", "bars": 9}', [], "9 bars do not part into 2"),
        ('{"format_version": 1, "bars": 8}', ["--bars", "6"], "the plan has 8 bars"),
        (
            '{"format_version": 1, "bars": 8}',
            ["answer"],
            "{plan}: the plan has 8 bars; the piece has 4 bars: those of the motif come first "
            "and count; give a plan of 4 bars, or leave the number out\n",
        ),
        (
            '{"format_version": 1, "meter": "3/4"}',
            [],
            "{plan}: the plan is in 3/4, the piece in 4/4; give a plan in 4/4, or a motif in 3/4\n",
        ),
        ('{"format_version": 1}', ["--form", "A B"], "leave out --form"),
        ('{"format_version": 1}', ["--keep-rhythm"], "leave out --keep-rhythm"),
        ('{"format_version": 1}', ["--keep-bars", "1"], "leave out --plan"),
        ('{"format_version": 1}', ["stitch"], "--plan goes with continue, answer or b-part"),
        ("no plan", [], "is not JSON"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(
    seed: Path,
    index_file: str,
    text: str,
    options: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = seed.with_name("plan.json")
    plan.write_text(text)
    assert run(seed, index_file, "--plan", str(plan), *options) == 2
    error = capsys.readouterr().err
    assert said.format(plan=plan) in error
    assert error.count("\n") == 1
    assert not seed.with_name("motif-generated.mid").exists()


@pytest.mark.parametrize(
    "options", [["--form", "A B"], ["--keep-rhythm"], ["--keep-bars", "1"], ["--count", "2"]]
)
def test_no_plan_is_printed_where_there_is_none(
    seed: Path, index_file: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (["--print-plan"], ["--plan-picture", "plan.svg"]):
        assert run(seed, index_file, *asked, *options) == 2
        assert asked[0] in capsys.readouterr().err


def test_a_plan_is_drawn_beside_the_piece(seed: Path, index_file: str) -> None:
    picture = seed.with_name("plan.svg")
    assert run(seed, index_file, "--plan-picture", str(seed.with_name("plan.png")), *QUICK) == 2
    assert run(seed, index_file, "--plan-picture", str(picture), *QUICK) == 0
    first = picture.read_text(encoding="utf-8")
    assert first.startswith("<svg")
    assert first.count('class="bar"') == 8
    assert run(seed, index_file, "--plan-picture", str(picture), *QUICK) == 0
    assert picture.read_text(encoding="utf-8") == first


def test_a_lender_is_believed_where_the_form_is_its_own(
    seed: Path, index_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report, plan = seed.with_name("report.json"), seed.with_name("plan.json")
    told = ["--report", str(report), *QUICK]
    assert run(seed, index_file, "--print-plan", *told) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["lent_by"]
    plan.write_text(json.dumps(printed))
    assert run(seed, index_file, "--plan", str(plan), *told) == 0
    assert json.loads(report.read_text())["pieces"][0]["lent"]["form"] == printed["lent_by"]
    assert ", given" not in capsys.readouterr().out
    own = {"format_version": 1, "form": "A4 A4 A4", "lent_by": printed["lent_by"]}
    plan.write_text(json.dumps(own))
    assert run(seed, index_file, "--plan", str(plan), *told) == 0
    assert json.loads(report.read_text())["pieces"][0]["lent"]["form"] is None
    assert "plan: A4 A4 A4, given\n" in capsys.readouterr().out
    plan.write_text(json.dumps({**own, "lent_by": "nobody"}))
    assert run(seed, index_file, "--plan", str(plan), *told) == 2
    said = capsys.readouterr().err
    assert f"{plan}: no tune 'nobody', which lent_by names; leave lent_by out\n" in said
