"""The documentation says what is there: links, commands, options, public names, examples."""

import argparse
import importlib
import importlib.util
import inspect
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from mer.corpus.shipped import index_file

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs", "data", "soundfonts", "benchmarks", "examples")
PAGES = sorted([*ROOT.glob("*.md"), *(p for f in FOLDERS for p in (ROOT / f).rglob("*.md"))])
README = (ROOT / "README.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
COMMANDS = [line for line in README.splitlines() if line.startswith(("python3 ", ".venv/"))]
PROGRAMS = ("generate", "mer", "app")
LINK = re.compile(r"\]\((?![a-z]+:)([^)\s]*)\)")

needs_pack = pytest.mark.skipif(
    not index_file().exists(), reason="the shipped corpus has not been built"
)


def load_rebuild() -> ModuleType:
    """Return docs/rebuild.py, which lies in no package."""
    spec = importlib.util.spec_from_file_location("docs_rebuild", ROOT / "docs" / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def parser(program: str) -> argparse.ArgumentParser:
    built = importlib.import_module(f"{program}.__main__").build_parser()
    assert isinstance(built, argparse.ArgumentParser)
    return built


def all_parsers(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from all_parsers(below)


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(without_code(page.read_text())):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_hold_no_path_of_one_machine(page: Path) -> None:
    found = re.findall(r"(?:/home/|/root\b|/tmp/|/Users/|C:\\|file://)\S*", page.read_text())
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_are_finished(page: Path) -> None:
    assert re.findall(r"@[A-Z0-9_]+@|\b(?:TODO|TBD|FIXME|XXX|FIGURE)\b", page.read_text()) == []


@pytest.mark.parametrize(
    "page",
    sorted((ROOT / "docs" / "decisions").glob("*.md")),
    ids=lambda page: page.stem,
)
def test_decisions_are_wrapped(page: Path) -> None:
    prose = [line for line in page.read_text().splitlines() if not line.startswith("|")]
    assert [line for line in prose if len(line) > 100 and " " in line.strip()] == []


def test_readme_and_ci_run_the_same_tests() -> None:
    (command,) = (line for line in COMMANDS if line.endswith("-m pytest"))
    assert f'{command} "$@"' in (ROOT / ".ci" / "run").read_text().splitlines()


def readme_calls() -> list[list[str]]:
    """Return the arguments of each call of one of the programs in the README, program first."""
    parts = [part.strip() for line in COMMANDS for part in line.split("&&")]
    words = [shlex.split(part) for part in parts if " -m " in part]
    return [w[w.index("-m") + 1 :] for w in words if w[w.index("-m") + 1] in PROGRAMS]


def test_readme_begins_with_the_two_commands() -> None:
    first, second = (line for line in COMMANDS if line.startswith("python3 setup_env.py"))
    assert re.search(r"-m generate --seed data/motifs/\S+ --out \S+\.mid --wav \S+\.wav$", first)
    assert second.startswith("python3 setup_env.py --dev && ")


@pytest.mark.parametrize("call", readme_calls(), ids=" ".join)
def test_readme_calls_are_accepted(call: list[str]) -> None:
    parser(call[0]).parse_args(call[1:])
    shipped = [word for word in call if word.startswith("data/")]
    assert [word for word in shipped if not (ROOT / word).is_file()] == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_option_has_help(program: str) -> None:
    bare = [
        f"{below.prog} {action.dest}"
        for below in all_parsers(parser(program))
        for action in below._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert bare == []


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_option_is_documented(program: str) -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    names = {n for p in all_parsers(parser(program)) for a in p._actions for n in a.option_strings}
    missing = [name for name in sorted(names - {"-h", "--help", "--version"}) if name not in page]
    assert missing == []


@pytest.mark.parametrize("package", ["mer", "generate"])
def test_every_public_name_is_documented(package: str) -> None:
    module = importlib.import_module(package)
    page = (ROOT / "docs" / "api.md").read_text()
    assert [n for n in module.__all__ if f"**`{package}.{n}" not in page] == []
    described = {n: getattr(module, n) for n in module.__all__}
    code = {n: t for n, t in described.items() if inspect.isclass(t) or inspect.isfunction(t)}
    assert [n for n, thing in code.items() if not thing.__doc__] == []


@pytest.mark.parametrize("page", ["command-line.md", "api.md"])
def test_generated_parts_are_up_to_date(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    assert load_rebuild().rebuilt(text) == text, "run: python docs/rebuild.py"


def test_the_generator_of_the_pages_fills_what_is_empty() -> None:
    module = load_rebuild()
    filled = module.rebuilt("a\n<!-- begin api.mer -->\n<!-- end -->\nz\n")
    signature = (
        "path, *, track=None, tune=None, quantise='auto', meter=None, from_bar=None, to_bar=None"
    )
    assert f"- **`mer.load_melody({signature})`**: " in filled
    assert module.rebuilt(filled) == filled
    assert filled.startswith("a\n")
    assert filled.endswith("<!-- end -->\nz\n")


def run_python(arguments: list[str], folder: Path) -> str:
    # The project need not be installed: a script is given the packages of this checkout.
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_pack
def test_walkthrough_runs(tmp_path: Path) -> None:
    script = ROOT / "examples" / "walkthrough.py"
    assert len(script.read_text().splitlines()) <= 40
    assert run_python([str(script), str(tmp_path / "new.mid")], ROOT)
    assert (tmp_path / "new.mid").read_bytes().startswith(b"MThd")


@needs_pack
def test_the_pipeline_example_tells_more_than_guessing() -> None:
    pytest.importorskip("sklearn")
    said = run_python([str(ROOT / "examples" / "books.py")], ROOT)
    right, guessed = map(float, re.findall(r"0\.\d+", said))
    assert right > guessed


@needs_pack
def test_the_five_lines_of_the_readme_run() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 5
    assert run_python(["-c", block], ROOT).count("\n") == 5


@needs_pack
@pytest.mark.parametrize("command", ["mer search", "mer check", "generate", "library"])
def test_the_readme_shows_what_is_printed(command: str, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    if command == "library":
        found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", readme, flags=re.DOTALL)
        assert found is not None
        given = ["-c", found[1]]
    else:
        line = rf"python (-m {command} [^\n]*)\n```\n\n```text\n(.*?)```"
        found = re.search(line, readme, flags=re.DOTALL)
        assert found is not None
        given = found[1].split()
    (tmp_path / "data").symlink_to(ROOT / "data")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *given],
        cwd=tmp_path,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    assert_shown(found[2], done.stdout)


def assert_shown(shown: str, output: str) -> None:
    """Check that an output holds what is shown of it; ``...`` stands for what is left out."""
    printed, place = " ".join(output.split()), 0
    for part in shown.split("..."):
        piece = " ".join(part.split()).strip(", ")
        assert piece in printed[place:]
        place = printed.index(piece, place) + len(piece)


SHOWN = [
    (call, shown)
    for call, shown in re.findall(
        r"```sh\npython -m mer ([^\n]*)\n```\n\n```text\n(.*?)```",
        (ROOT / "docs" / "command-line.md").read_text(),
        flags=re.DOTALL,
    )
    if not call.startswith("corpus duplicates")  # takes many seconds
]


@needs_pack
@pytest.mark.parametrize(("call", "shown"), SHOWN, ids=[call for call, _ in SHOWN])
def test_the_page_of_commands_shows_what_is_printed(
    call: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = parser("mer").parse_args(shlex.split(call))
    monkeypatch.chdir(ROOT)
    assert options.run(options) == 0
    assert_shown(shown, capsys.readouterr().out)


@needs_pack
def test_the_example_of_a_representation_runs() -> None:
    pytest.importorskip("sklearn")
    (block,) = re.findall(r"```python\n(.*?)```", API, flags=re.DOTALL)
    assert 0.4 < float(run_python(["-c", block], ROOT)) <= 1.0


def test_the_core_can_be_read_in_one_sitting() -> None:
    text = (ROOT / "docs" / "reading-order.md").read_text()
    numbered = re.findall(r"^\d+\. \[.*?\]\((.*?)\)", text, flags=re.MULTILINE)
    assert len(numbered) == 6
    lines = [len((ROOT / "docs" / name).read_text().splitlines()) for name in numbered]
    assert sum(lines) <= 1600


def test_every_picture_of_the_tour_is_taken_by_a_test() -> None:
    shown = set(re.findall(r"\]\((\w+)\.png\)", (ROOT / "docs/tour/README.md").read_text()))
    tests = "".join(p.read_text() for p in (ROOT / "tests" / "app").glob("test_page_*.py"))
    assert shown - set(re.findall(r'\.picture\(\s*"(\w+)"', tests)) == set()
    assert {path.stem for path in (ROOT / "docs" / "tour").glob("*.png")} == shown
