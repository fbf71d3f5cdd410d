"""The scripts and style sheets of the page, read by a linter from npm (package.json)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIOME = ROOT / "node_modules" / ".bin" / "biome"
SETTINGS = ROOT / "biome.jsonc"
ENDINGS = {".js", ".css"}
FAULTS = {
    "undeclared.js": "() => nobody.told(1);\n",
    "unused.js": "const left = 1;\n",
    "unknown.css": ".card { colour: red; }\n",
    "twice.css": ".card { margin: 0; margin: 1px; }\n",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter on the folder `app` in a folder."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if not BIOME.exists():
        pytest.skip("the linter is not installed: npm install --no-package-lock")
    command = [BIOME, "lint", "--error-on-warnings", f"--config-path={SETTINGS}", "app"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_the_linter_finds_nothing() -> None:
    done = lint(ROOT)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    files = [path for path in (ROOT / "app").rglob("*") if path.suffix in ENDINGS]
    assert f"Checked {len(files)} files" in said


@pytest.mark.parametrize("name", FAULTS)
def test_the_linter_finds_a_planted_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / name).write_text(FAULTS[name])
    assert lint(tmp_path).returncode != 0


def test_the_linter_has_one_exact_version() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())
    assert all(version[0].isdigit() for version in wanted["devDependencies"].values())
    assert "dependencies" not in wanted


def test_no_script_or_style_sheet_stands_in_a_string() -> None:
    marks = ("() => {", "=> document.", "<script>(", "{ margin:", "{ display:")
    found = {
        f"{path.relative_to(ROOT)}: {mark}"
        for path in (ROOT / "app").rglob("*.py")
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    }
    assert found == set()
