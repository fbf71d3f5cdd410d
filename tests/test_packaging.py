"""What is installed, and from what: pyproject.toml, constraints.txt, setup_env.py, the wheel."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

import setup_env

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TOOL = PROJECT["tool"]["setuptools"]
OURS = ("mer", "generate", "app")
DISTRIBUTIONS = {"sklearn": "scikit-learn", "fluidsynth": "pyfluidsynth"}
PINS = (ROOT / "constraints.txt").read_text().splitlines()


def normal(name: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_is_listed() -> None:
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
    }
    mapped = set(TOOL["package-dir"])
    assert there | mapped == set(TOOL["packages"])


def direct_dependencies() -> set[str]:
    extras = PROJECT["project"]["optional-dependencies"].values()
    direct = [*PROJECT["project"]["dependencies"], *(need for extra in extras for need in extra)]
    return {normal(re.split(r"[^\w.-]", need)[0]) for need in direct} - {"mer"}


def test_every_import_is_a_declared_dependency() -> None:
    text = "\n".join(p.read_text() for name in OURS for p in (ROOT / name).rglob("*.py"))
    tops = set(
        re.findall(r"^ *(?:import|from) ([a-z]\w+)(?: import |\.|$| as )", text, re.MULTILINE)
    )
    foreign = tops - set(OURS) - sys.stdlib_module_names
    assert {normal(DISTRIBUTIONS.get(name, name)) for name in foreign} <= direct_dependencies()


def test_constraints_pin_every_direct_dependency() -> None:
    assert direct_dependencies() <= {normal(pin.split("==")[0]) for pin in PINS}


def test_constraints_hold_pins_and_nothing_else() -> None:
    odd = [pin for pin in PINS if not re.fullmatch(r"[\w.-]+==[\w.+!]+( ; [^/\\:@]+)?", pin)]
    assert odd == []


def test_the_wheel_holds_the_code_and_the_data(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", reason="builds a wheel with the setuptools that is installed")
    tree, unpacked = tmp_path / "tree", tmp_path / "unpacked"
    for name in (*OURS, "data", "soundfonts"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (wheel,) = (tree / "dist").glob("mer-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    for name in (*OURS, *TOOL["package-dir"]):
        origin = tree / TOOL["package-dir"].get(name, name)
        expected = {p.relative_to(origin) for p in origin.rglob("*") if p.is_file()}
        built = {p.relative_to(unpacked / name) for p in (unpacked / name).rglob("*")}
        assert expected - built == set(), name
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); import mer.corpus.shipped as s; "
        "print(s.data_folder(), s.soundfont_folder())"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    folders = f"{unpacked / 'mer_data'} {unpacked / 'mer_soundfonts'}"
    assert found.stdout.decode().strip() == folders


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect the commands that setup_env.py would run; all of them succeed."""
    seen: list[list[str]] = []

    def run(command: list[object], **_: object) -> SimpleNamespace:
        seen.append([str(part) for part in command])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(setup_env.subprocess, "run", run)
    return seen


def test_setup_prefers_uv(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup_env.shutil, "which", lambda name: f"/there/{name}")
    assert setup_env.install(tmp_path / "python", "app", use_uv=True)
    assert [command[:3] for command in commands] == [["/there/uv", "pip", "install"]]
    assert commands[0][-3:] == [".[app]", "--constraint", "constraints.txt"]


def test_setup_falls_back_to_pip(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup_env.shutil, "which", lambda name: None)
    python = tmp_path / "python"
    python.touch()
    assert setup_env.install(python, "dev", use_uv=True)
    assert commands[-1][1:4] == ["-m", "pip", "install"]
    assert ".[dev]" in commands[-1]


def test_setup_runs_once(commands: list[list[str]], tmp_path: Path) -> None:
    python = setup_env.interpreter(tmp_path)
    python.parent.mkdir(parents=True)
    python.touch()
    assert not setup_env.is_ready(tmp_path, "app")
    setup_env.stamp(tmp_path, "dev").write_text(setup_env.fingerprint(python))
    assert setup_env.is_ready(tmp_path, "dev")
    assert setup_env.is_ready(tmp_path, "app")
    setup_env.stamp(tmp_path, "dev").write_text("made from other files")
    assert not setup_env.is_ready(tmp_path, "dev")


def test_setup_asks_for_a_newer_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_env.sys, "version_info", (3, 9, 18))
    assert setup_env.main([]) == 2
    assert capsys.readouterr().err.startswith("setup_env.py: this is Python 3.9.18; 3.11 or newer")
