"""The notebooks are what their cells make, valid, and no larger than a page."""

import importlib.util
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))


def rebuild():
    spec = importlib.util.spec_from_file_location("notebooks_rebuild", FOLDER / "rebuild.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_they_are_what_their_cells_make():
    done = subprocess.run(
        [sys.executable, str(FOLDER / "rebuild.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_small(path):
    assert path.stat().st_size < 60_000
    book = json.loads(path.read_text())
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["cells"][0]["source"][0].startswith("# ")
    shown = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    assert shown
    for output in shown:
        for picture in [output.get("data", {}).get("image/svg+xml")]:
            assert picture is None or ET.fromstring("".join(picture)).tag.endswith("svg")


def test_there_are_six_with_a_page_of_cells_each():
    pages = sorted((FOLDER / "cells").glob("*.md"))
    assert [path.stem for path in BOOKS] == [path.stem for path in pages]
    assert len(BOOKS) == 6
    listed = (FOLDER / "README.md").read_text()
    assert all(f"({path.name})" in listed for path in BOOKS)


def test_cells_and_what_they_show():
    made = json.loads(rebuild().notebook("# A\n\n```python\nprint(1)\n2 + 2\n```\n\nB"))
    assert [cell["cell_type"] for cell in made["cells"]] == ["markdown", "code", "markdown"]
    printed, value = made["cells"][1]["outputs"]
    assert printed["text"] == ["1\n"]
    assert value["data"] == {"text/plain": ["4"]}
