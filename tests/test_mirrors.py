"""Every module has a test file in its mirrored place, or the test that covers it stands here."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("mer", "generate", "app")

# Module -> the test that runs it, where that is not the one in the mirrored place.
COVERED: dict[str, str] = {}


def modules() -> list[str]:
    """Return the path of each module, without those of packages that only say what they are."""
    paths = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    return sorted(p.relative_to(ROOT).as_posix() for p in paths if p.name != "__init__.py")


def mirrored(module: str) -> str:
    """Return where the test of a module belongs.

    Examples
    --------
    >>> mirrored("mer/notes/key.py"), mirrored("mer/__main__.py")
    ('tests/mer/notes/test_key.py', 'tests/mer/test_main.py')
    """
    path = Path(module)
    return f"tests/{path.parent.as_posix()}/test_{path.stem.strip('_')}.py"


def reached(test: str) -> set[str]:
    """Return the modules that a test imports, directly or not, wherever the import stands."""
    found: set[str] = set()
    waiting = [test, *(str(p.relative_to(ROOT)) for p in conftests(test))]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in imports(ROOT / path):
            file = Path(*name.split("."))
            candidates = (file.with_suffix(".py"), file.parent.with_suffix(".py"))
            waiting += [c.as_posix() for c in candidates if (ROOT / c).is_file()]
            waiting += [
                (parent / "__init__.py").as_posix()
                for parent in (file, file.parent)
                if (ROOT / parent / "__init__.py").is_file()
            ]
    return found


def conftests(test: str) -> list[Path]:
    return [p / "conftest.py" for p in (ROOT / test).parents if (p / "conftest.py").is_file()]


def imports(path: Path) -> set[str]:
    """Return the names that a file imports; those in a table of names count too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.startswith(tuple(f"{package}." for package in PACKAGES)):
                names.add(node.value)
    return names


@pytest.mark.parametrize("module", modules())
def test_every_module_has_its_test(module: str) -> None:
    there = (ROOT / mirrored(module)).is_file()
    assert there or module in COVERED, f"write {mirrored(module)}, or name the test that covers it"
    assert not (there and module in COVERED), f"{mirrored(module)} is there; drop {module}"


def test_the_table_names_modules_that_there_are() -> None:
    assert sorted(set(COVERED) - set(modules())) == []
    assert [test for test in COVERED.values() if not (ROOT / test).is_file()] == []


@pytest.mark.parametrize("test", sorted(set(COVERED.values())))
def test_a_test_that_covers_a_module_reaches_it(test: str) -> None:
    found = reached(test)
    assert [m for m, t in COVERED.items() if t == test and m not in found] == []
