"""What is installed, and from what: pyproject.toml, constraints.txt, setup_env.py, the wheel."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import Any
from urllib.request import ProxyHandler, build_opener

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what it is made of, and return its path."""
    pytest.importorskip("setuptools", reason="builds a wheel with the setuptools that is installed")
    tree = tmp_path_factory.mktemp("wheel") / "tree"
    for name in (*OURS, "data", "soundfonts"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    (built,) = (tree / "dist").glob("mer-*.whl")
    return built


def test_the_wheel_holds_the_code_and_the_data(wheel: Path, tmp_path: Path) -> None:
    tree, unpacked = wheel.parent.parent, tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    for name in (*OURS, *TOOL["package-dir"]):
        origin = tree / TOOL["package-dir"].get(name, name)
        expected = {p.relative_to(origin) for p in origin.rglob("*") if p.is_file()}
        if name not in OURS:
            expected = {path for path in expected if path.suffix != ".py"}
        built = {p.relative_to(unpacked / name) for p in (unpacked / name).rglob("*")}
        assert expected - built == set(), name
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); import mer.corpus.shipped as s; "
        "print(s.data_folder(), s.soundfont_folder())"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True)
    folders = f"{unpacked / 'mer_data'} {unpacked / 'mer_soundfonts'}"
    assert found.stdout.decode().strip() == folders


def test_the_wheel_leaves_out_scripts_that_need_a_checkout(wheel: Path) -> None:
    scripts = {f"mer_data/{p.relative_to(ROOT / 'data')}" for p in (ROOT / "data").rglob("*.py")}
    assert {"mer_data/rebuild.py", "mer_data/motifs/make_motifs.py"} <= scripts
    names = zipfile.ZipFile(wheel).namelist()
    assert scripts & set(names) == set()
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {*OURS, "mer_data", "mer_soundfonts"}


@dataclass(frozen=True)
class Installation:
    """An environment that holds the wheel, and an empty folder to work in."""

    python: Path
    folder: Path

    @property
    def motif(self) -> Path:
        """The motif of the README's examples, as it was installed."""
        (found,) = self.python.parent.parent.rglob("mer_data/motifs/londonderry-air.mid")
        return found

    def command(self, *arguments: str) -> dict[str, Any]:
        """Return what `subprocess` needs to run Python there, out of sight of the checkout."""
        hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        environment = {name: text for name, text in os.environ.items() if name not in hidden}
        command = [str(self.python), *arguments]
        return {"args": command, "cwd": self.folder, "env": environment, "text": True}

    def printed(self, *arguments: str) -> str:
        """Return what Python prints when it is run with `arguments`."""
        done = subprocess.run(**self.command(*arguments), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the wheel in a new environment that borrows the dependencies of this one."""
    parent = tmp_path_factory.mktemp("installed")
    there, folder = parent / "environment", parent / "empty"
    folder.mkdir()
    make = [sys.executable, "-m", "venv", "--without-pip", str(there)]
    subprocess.run(make, check=True, capture_output=True)
    python = setup_env.interpreter(there)
    if setup_env.runs(Path(sys.executable), "import pip"):
        installer = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index"]
    elif uv := shutil.which("uv"):
        installer = [uv, "pip", "install", "--offline", "--python", str(python)]
    else:
        pytest.skip("neither pip nor uv is here to install the wheel")
    quiet = [*installer, "--quiet", "--no-deps", str(wheel)]
    done = subprocess.run(quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = Installation(python, folder)
    # In a .pth file the folder is searched last, and its own .pth files, such as the one of a
    # checkout installed in place, are passed over.
    paths = sysconfig.get_paths()
    site = made.printed("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    borrowed = "\n".join(sorted({paths["purelib"], paths["platlib"]}))
    (Path(site) / "borrowed.pth").write_text(borrowed + "\n")
    return made


def test_an_installed_wheel_is_used_and_not_the_checkout(installed: Installation) -> None:
    code = "import mer, generate, app; print(mer.__file__, generate.__file__, app.__file__)"
    there = [Path(name) for name in installed.printed("-c", code).split()]
    assert all(path.is_relative_to(installed.python.parent.parent) for path in there)


def test_an_installed_wheel_composes(installed: Installation) -> None:
    installed.printed("-m", "generate", "--seed", str(installed.motif), "--out", "new.mid")
    assert (installed.folder / "new.mid").read_bytes().startswith(b"MThd")


def test_an_installed_wheel_runs_the_five_lines_of_the_readme(installed: Installation) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    motif = "data/motifs/londonderry-air.mid"
    assert motif in block
    shown = installed.printed("-c", block.replace(motif, str(installed.motif)))
    assert re.match(r"[01]\.\d\d \S", shown)
    assert shown.count("\n") == 5


def test_an_installed_wheel_serves_the_page(installed: Installation) -> None:
    pytest.importorskip("gradio")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = installed.command("-m", "app", "--port", str(port))
    server = subprocess.Popen(**call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    limit = Timer(120.0, server.kill)
    limit.start()
    try:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if line.startswith("Open http"):
                break
        assert f":{port}/" in "".join(said)
        direct = build_opener(ProxyHandler({}))  # a proxy knows nothing of this machine
        with direct.open(f"http://127.0.0.1:{port}/", timeout=60.0) as answer:
            assert answer.status == 200
            assert b"<html" in answer.read()
    finally:
        limit.cancel()
        server.terminate()
        server.communicate(timeout=60.0)


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


def test_setup_fetches_uv(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup_env.shutil, "which", lambda name: None)
    python = tmp_path / "python"
    python.touch()
    (tmp_path / "uv").touch()  # as pip will have put it there
    assert setup_env.install(python, "app", use_uv=True)
    assert commands[-1][:3] == [str(tmp_path / "uv"), "pip", "install"]
    commands.clear()
    assert setup_env.install(python, "app", use_uv=False)
    assert [command[1:4] for command in commands[-1:]] == [["-m", "pip", "install"]]


def test_setup_falls_back_to_pip(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup_env.shutil, "which", lambda name: None)
    python = tmp_path / "python"
    python.touch()
    assert setup_env.install(python, "dev", use_uv=True)
    assert any(command[-1] == "uv" for command in commands)  # tried first
    assert commands[-1][1:4] == ["-m", "pip", "install"]
    assert ".[dev]" in commands[-1]


def test_setup_compiles_every_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in OURS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "noun.py").write_text("NOTES = 7\n")
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    setup_env.compile_packages(Path(sys.executable))
    compiled = {p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("__pycache__/noun.*.pyc")}
    assert compiled == set(OURS)


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
