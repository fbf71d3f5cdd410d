"""Optional packages are looked for once; no thread sees one that is half made."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from mer.io.libraries import forget, library

# It fails halfway, as pyfluidsynth does, once it is allowed to go on.
HALF = """
from pathlib import Path
from types import ModuleType
from gate_of_the_test import begun, go_on
with Path(__file__).with_name("tries").open("a") as file:
    file.write("x")
begun.set()
go_on.wait(60)
raise {error}("no shared library")
"""


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module through which a half-made one waits; `tmp_path` is where modules are found."""
    monkeypatch.syspath_prepend(tmp_path)
    module = ModuleType("gate_of_the_test")
    module.begun, module.go_on = threading.Event(), threading.Event()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gate_of_the_test", module)
    return module


@pytest.mark.parametrize("error", ["ImportError", "OSError", "AttributeError"])
def test_two_threads_are_both_told_that_it_is_missing(
    gate: ModuleType, tmp_path: Path, error: str
) -> None:
    (tmp_path / "half_made.py").write_text(HALF.format(error=error))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(library, "half_made")
        assert gate.begun.wait(60)
        second = pool.submit(library, "half_made")
        assert not second.done()
        gate.go_on.set()
        assert (first.result(), second.result()) == (None, None)
    assert library("half_made") is None
    assert (tmp_path / "tries").read_text() == "x"


def test_what_is_new_is_found_after_forgetting(gate: ModuleType, tmp_path: Path) -> None:
    assert library("wave") is sys.modules["wave"]
    assert library("comes_later") is None
    (tmp_path / "comes_later.py").write_text("here = True\n")
    assert library("comes_later") is None
    forget()
    found = library("comes_later")
    assert found is not None
    assert found.here
    del sys.modules["comes_later"]


def test_an_error_of_another_kind_is_not_hidden(gate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "faulty.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        library("faulty")
