"""Errors become one line and a status."""

import subprocess
import sys

import pytest

from mer.errors import InputError
from mer.terminal import Parser, run


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (InputError("bad\nname.mid"), 2, "error: bad name.mid\n"),
        (PermissionError(13, "Permission denied", "x.mid"), 2, "error: x.mid: Permission denied\n"),
        (KeyboardInterrupt(), 130, "stopped\n"),
    ],
)
def test_errors_are_one_line(error, status, line, capsys):
    assert run(raising(error)) == status
    assert capsys.readouterr().err == line


def test_a_status_is_passed_on(capsys):
    assert run(lambda: 7) == 7
    assert capsys.readouterr().err == ""


def test_the_parser_refuses_in_one_line(capsys):
    with pytest.raises(SystemExit) as stop:
        Parser(prog="x").parse_args(["--no\nsuch"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_process_leaves_with_the_status_of_its_main_function():
    code = "from mer.terminal import leave; leave(lambda: 7)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 7


@pytest.mark.parametrize("given", [["--help"], ["answer", "--seed", "a", "-h"], ["--hel"]])
def test_the_help_is_whole_and_as_wide_as_the_terminal(capsys, monkeypatch, given):
    shown = {}
    for columns in (60, 100):
        monkeypatch.setenv("COLUMNS", str(columns))
        parser = Parser(prog="answer")
        parser.add_argument(
            "verb", nargs="?", default="continue", help="what to do", metavar="VERB"
        )
        parser.add_argument("--seed", required=True, help="what it is done to, " * 5)
        with pytest.raises(SystemExit) as stop:
            parser.parse_intermixed_args(given)
        assert stop.value.code == 0
        shown[columns] = capsys.readouterr().out
        assert "[VERB]" in shown[columns]
    assert max(map(len, shown[60].splitlines())) <= 60 < max(map(len, shown[100].splitlines()))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--scael=x"], "unrecognized arguments: --scael=x; did you mean --scale?"),
        (["add", "--wrkers=2"], "unrecognized arguments: --wrkers=2; did you mean --workers?"),
        (["--zzz"], "unrecognized arguments: --zzz"),
        (["go", "--wrkers", "2"], "unrecognized arguments: --wrkers 2"),
        (["go", "--workers", "2"], "unrecognized arguments: --workers 2"),
        (["go", "--", "--scael"], "unrecognized arguments: -- --scael"),
    ],
)
def test_an_option_that_there_is_not_is_answered_by_one_that_there_is(capsys, given, said):
    parser = Parser(prog="x")
    parser.add_argument("--scale")
    commands = parser.add_subparsers()
    commands.add_parser("add").add_argument("--workers")
    commands.add_parser("go")
    with pytest.raises(SystemExit):
        parser.parse_args(given)
    assert capsys.readouterr().err == f"error: {said}\n"
