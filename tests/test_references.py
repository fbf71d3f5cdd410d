"""Names of modules and files that docstrings, comments and pages mention: all of them exist."""

import ast
import importlib
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("mer", "generate", "app", "tests", "benchmarks", "examples", "data", "docs")
CODE = sorted([*ROOT.glob("*.py"), *(p for f in FOLDERS for p in (ROOT / f).rglob("*.py"))])
# The changelog tells of names as they were.
PAGES = sorted(
    {*ROOT.glob("*.md"), *(p for f in FOLDERS for p in (ROOT / f).rglob("*.md"))}
    - {ROOT / "CHANGELOG.md"}
)
NAME = re.compile(r"`((?:mer|generate|app)(?:\.[A-Za-z_]\w*)+)(?:\(|`)")
PLACE = re.compile(rf"(?<![\w./<>-])(?:{'|'.join(FOLDERS)})/[\w.-]+(?:/[\w.-]+)*(?![\w*{{<\[/-])")
DEFINITIONS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def prose(code: str) -> Iterator[str]:
    """Yield the docstrings and comments of a module, if there is a name or a place in it at all."""
    if not NAME.search(code) and not PLACE.search(code):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, DEFINITIONS):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def has(thing: Any, attribute: str) -> bool:
    """Return whether a module, class or object has an attribute, be it a field without a value."""
    fields = getattr(thing, "__dataclass_fields__", {})
    return hasattr(thing, attribute) or attribute in fields


@cache
def exists(name: str) -> bool:
    """Return whether a dotted name leads to a module, or to something in one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        try:
            if find_spec(module) is None:
                continue
        except ModuleNotFoundError:
            continue
        thing: Any = importlib.import_module(module)
        for part in parts[length:]:
            if not has(thing, part):
                return False
            thing = getattr(thing, part, None)
        return True
    return False


def lost(text: str) -> list[str]:
    """Return the names and paths in a text that lead nowhere."""
    names = [name for name in NAME.findall(text) if not exists(name)]
    places = [place.rstrip(".") for place in PLACE.findall(text)]
    # A drawing of modules leaves the ending out.
    there = {place for place in places for end in ("", ".py") if (ROOT / (place + end)).exists()}
    return names + [place for place in places if place not in there]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_and_comments_name_what_is_there(path: Path) -> None:
    if path.is_relative_to(ROOT / "app"):
        pytest.importorskip("gradio")
    assert [name for text in prose(path.read_text()) for name in lost(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_what_is_there(page: Path) -> None:
    # What a command prints may name files that it writes.
    shown = re.sub(r"^```text\n.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert lost(shown) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see `mer.notes.key` and `mer.io.LOADERS`", []),
        ("see `mer.build.corpora.Tally.files` and `mer.load_melody(path)`", []),
        ("see mer/notes/key.py, mer/io, and data/folk.", []),
        ("see `mer.key` and `mer.notes.key.Tonic`", ["mer.key", "mer.notes.key.Tonic"]),
        ("see `generate.frame.Settings`", ["generate.frame.Settings"]),
        ("see mer/key.py and generate/brief.", ["mer/key.py", "generate/brief"]),
        ("a folder mer_data/folk, ~/.local/share/mer/x, and notes or a/mer/b", []),
    ],
)
def test_a_planted_reference_is_found(text: str, expected: list[str]) -> None:
    assert lost(text) == expected
