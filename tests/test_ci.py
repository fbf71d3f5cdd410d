"""`.ci/run` says what it does, refuses what it does not know, and deletes nothing before that."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = '#!/bin/sh\necho "$(basename "$0") $*" >> "$CALLS"\n'
PYTHON = STAND_IN + '[ -e .venv ] || { mkdir -p .venv/bin && cp "$0" .venv/bin/python; }\n'

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a folder with a copy of `.ci/run`, an environment, and stand-ins for what it calls."""
    folder = tmp_path / "checkout"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "made-before").touch()
    (folder / "tests" / "mer").mkdir(parents=True)
    for name, text in (("python3", PYTHON), ("chromium", STAND_IN), ("apt-get", STAND_IN)):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    return folder


def run(checkout: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the copy and return how it ended, and the calls that it made."""
    calls = checkout.parent / "calls"
    calls.write_text("")
    path = f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", ".ci/run", *arguments],
        cwd=checkout,
        env=os.environ | {"PATH": path, "CALLS": str(calls)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, calls.read_text().splitlines()


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_says_what_there_is_and_does_nothing(checkout: Path, option: str) -> None:
    done, calls = run(checkout, option)
    assert (done.returncode, done.stderr, calls) == (0, "", [])
    assert done.stdout.startswith("usage: .ci/run")
    assert (checkout / ".venv" / "made-before").exists()


@pytest.mark.parametrize(
    "arguments", [["--fast"], ["-x"], ["tests/mer", "--fast"], ["test/mer"], ["fast"], [""]]
)
def test_what_is_unknown_is_refused_before_anything_is_deleted(
    checkout: Path, arguments: list[str]
) -> None:
    done, calls = run(checkout, *arguments)
    assert (done.returncode, done.stdout, calls) == (2, "", [])
    assert done.stderr.startswith(".ci/run: ")
    assert done.stderr.count("\n") == 1
    assert arguments[-1] in done.stderr
    assert (checkout / ".venv" / "made-before").exists()


@pytest.mark.parametrize("tests", [[], ["tests/mer"], ["tests/mer::test_one", "tests"]])
def test_everything_is_run_in_a_new_environment(checkout: Path, tests: list[str]) -> None:
    done, calls = run(checkout, *tests)
    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv" / "made-before").exists()
    assert calls == [
        "python3 setup_env.py --dev",
        "python -m ruff check .",
        "python -m ruff format --check .",
        "python -m mypy",
        "python3 setup_env.py --dev",
        " ".join(["python -m pytest", *tests]),
    ]


def test_a_step_that_fails_ends_the_run(checkout: Path) -> None:
    python = checkout.parent / "bin" / "python3"
    python.write_text(PYTHON + 'case "$*" in *ruff*) exit 1 ;; esac\n')
    done, calls = run(checkout)
    assert done.returncode == 1
    assert calls[-1] == "python -m ruff check ."
