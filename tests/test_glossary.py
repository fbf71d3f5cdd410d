"""The glossary defines every noun of the code, and each one once."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mer", "generate", "app")
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| \*\*([^*|]+)\*\*(?: \([^)]*\))? \| (\S.*) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
# Words that name no class, or another thing than the class that is spelled like them.
WORDS = [
    "brief",
    "frame",
    "theme",
    "material",
    "statement",
    "passage",
    "waypoint",
    "take",
    "wish",
    "habit",
    "slot",
    "stock",
    "chain",
    "expert",
    "view",
    "fragment",
    "likeness",
    "join",
    "target",
    "pool",
    "trait",
    "figure",
    "card",
    "shelf",
    "route",
    "verb",
    "counterpart",
    "method",
    "writer",
    "plan",
]


def public_classes(folder: Path) -> dict[str, list[str]]:
    """Return the files of each public class below a folder, by name."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(str(path.relative_to(folder)))
    return found


def undefined(names: list[str], page: str) -> list[str]:
    """Return the names that a page has neither in backticks nor, in lower case, in bold."""
    bold = {word for word, _ in ROW.findall(page)}
    return [name for name in names if f"`{name}`" not in page and name.lower() not in bold]


def test_a_class_that_the_page_lacks_is_found() -> None:
    page = "| **tune** | A melody with a title. |\n| **corpus** | Tunes; in code, `Corpus`. |\n"
    assert undefined(["Tune", "Corpus", "Tuning"], page) == ["Tuning"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_class_is_in_the_glossary(package: str) -> None:
    classes = public_classes(ROOT / package)
    missing = undefined(list(classes), PAGE)
    assert {name: classes[name] for name in missing} == {}


@pytest.mark.parametrize("word", WORDS)
def test_the_words_of_the_code_are_in_the_glossary(word: str) -> None:
    assert word in {bold for bold, _ in ROWS}


def test_each_word_is_defined_once() -> None:
    assert [word for word, count in Counter(word for word, _ in ROWS).items() if count > 1] == []


def test_every_row_is_a_word_and_a_sentence() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| **")]
    assert len(rows) == len(ROWS)
    assert [word for word, meaning in ROWS if not meaning.endswith((".", ".)"))] == []


def test_no_class_stands_in_two_rows() -> None:
    named = [name for _, text in ROWS for name in set(re.findall(r"`([A-Z]\w+)`", text))]
    classes = {name for package in PACKAGES for name in public_classes(ROOT / package)}
    twice = [name for name, count in Counter(named).items() if count > 1 and name in classes]
    assert sorted(twice) == []
