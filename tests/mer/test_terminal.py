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
