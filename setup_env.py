"""Python 3.11 or newer -> a virtual environment in `.venv` that runs everything here.

    python3 setup_env.py          the library, the command lines, sound and the web page
    python3 setup_env.py --dev    the tools for tests and checks as well

Only the standard library is needed. `uv` does the installing, which takes a fraction of the time:
the one on the PATH, or one that pip puts into the environment first. Where neither can be had, pip
does it. Both follow their own configuration (package index, proxy, certificates). The versions are
those of `constraints.txt`. A second run sees that nothing has changed and stops at once.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
PACKAGES = ("mer", "generate", "app")
CHECK = "import sys, numpy, mer, generate; assert sys.version_info >= (3, 11)"


def main(arguments: list[str] | None = None) -> int:
    """Make or refresh the environment and return the exit status."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print(
            f"setup_env.py: this is Python {found}; 3.11 or newer is needed. "
            "Call it with a newer one, for example: python3.12 setup_env.py",
            file=sys.stderr,
        )
        return 2
    options = build_parser().parse_args(arguments)
    started = time.monotonic()
    folder = options.venv.absolute()
    python = interpreter(folder)
    wanted = "dev" if options.dev else "app"
    if is_ready(folder, wanted):
        print(f"{shown(folder)} is up to date")
        return 0
    if not runs(python, "import sys; assert sys.version_info >= (3, 11)"):
        print(f"making {shown(folder)} with Python {sys.version.split()[0]}")
        made = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)]
        if subprocess.run(made).returncode != 0:
            return 1
    if not install(python, wanted, use_uv=not options.pip):
        return 1
    compile_packages(python)
    if not runs(python, CHECK):
        print("setup_env.py: installed, but `import mer` fails; see above", file=sys.stderr)
        return 1
    stamp(folder, wanted).write_text(fingerprint(python))
    print(f"ready after {time.monotonic() - started:.0f} s: {shown(python)}")
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="setup_env.py", description="Make a virtual environment that runs everything here."
    )
    parser.add_argument("--dev", action="store_true", help="install the test tools as well")
    parser.add_argument("--pip", action="store_true", help="use pip alone, without uv")
    parser.add_argument(
        "--venv", type=Path, default=ROOT / ".venv", help="folder to make (default: .venv)"
    )
    return parser


def install(python: Path, extra: str, *, use_uv: bool) -> bool:
    """Install the project into the environment of `python`, and return whether that worked."""
    uv = (shutil.which("uv") or own_uv(python)) if use_uv else None
    project = ["--editable", f".[{extra}]", "--constraint", "constraints.txt"]
    if uv:
        print(f"installing mer[{extra}] with uv")
        command = [uv, "pip", "install", "--quiet", "--python", str(python), *project]
        if subprocess.run(command, cwd=ROOT).returncode == 0:
            return True
        print("uv did not succeed; trying pip")
    pip = pip_command(python)
    if pip is None:
        print(
            "setup_env.py: neither uv nor pip can be used with this Python. Install uv, or on "
            "Debian and Ubuntu the package python3-venv, and call setup_env.py again.",
            file=sys.stderr,
        )
        return False
    print(f"installing mer[{extra}] with pip: this takes a minute or more")
    return (
        subprocess.run(
            [*pip, "install", "--quiet", "--disable-pip-version-check", *project], cwd=ROOT
        ).returncode
        == 0
    )


def own_uv(python: Path) -> str | None:
    """Put uv into the environment of `python` with pip, and return its path if that worked."""
    pip = pip_command(python)
    found = python.parent / ("uv.exe" if os.name == "nt" else "uv")
    if pip and not found.exists():
        print("fetching uv, which installs quickly")
        quiet = ["--quiet", "--disable-pip-version-check", "--constraint", "constraints.txt"]
        subprocess.run([*pip, "install", *quiet, "uv"], cwd=ROOT, capture_output=True)
    return str(found) if found.exists() else None


def compile_packages(python: Path) -> None:
    """Write the byte code of the packages: without it, each start compiles them anew.

    Python does so by itself where it may write (`PYTHONDONTWRITEBYTECODE`, folders of others).
    """
    compiler = [str(python), "-m", "compileall", "-q", *PACKAGES]
    subprocess.run(compiler, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def pip_command(python: Path) -> list[str] | None:
    """Return a command that runs pip on the environment of `python`, or None if there is none."""
    own = [str(python), "-m", "pip"]
    if runs(python, "import pip"):
        return own
    if runs(python, "import ensurepip"):
        made = subprocess.run([str(python), "-m", "ensurepip"], stdout=subprocess.DEVNULL)
        return own if made.returncode == 0 else None
    # Debian takes ensurepip out of Python, but its own pip can install into another environment.
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(python)]
    return None


def is_ready(folder: Path, extra: str) -> bool:
    """Return whether `extra`, or more, was installed from the files as they are now."""
    python = interpreter(folder)
    installed = [stamp(folder, name) for name in ("dev", extra)]
    current = fingerprint(python)
    return any(s.is_file() and s.read_text() == current for s in installed) and runs(python, CHECK)


def fingerprint(python: Path) -> str:
    """Return a digest of all that decides what is installed, and where."""
    files = [ROOT / "pyproject.toml", ROOT / "constraints.txt"]
    parts = [path.read_bytes() for path in files] + [os.fsencode(python), os.fsencode(ROOT)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp(folder: Path, extra: str) -> Path:
    """Return the file that says what was installed into the environment in `folder`."""
    return folder / f"mer-{extra}.sha256"


def interpreter(folder: Path) -> Path:
    """Return the path of the environment's Python."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def runs(python: Path, code: str) -> bool:
    """Return whether `python` exists and runs `code` without an error."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", code], cwd=ROOT, capture_output=True).returncode == 0


def shown(path: Path) -> str:
    """Return `path` as one would type it from the current folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


if __name__ == "__main__":
    sys.exit(main())
