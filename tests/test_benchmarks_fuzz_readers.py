"""Damaged files of every format are read or refused: none crashes a reader or misleads it.

Some thirty small files; `benchmarks/fuzz_readers.py` reads thousands, each with a limit of time and
memory.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = import_module("fuzz_readers")
    monkeypatch.delitem(sys.modules, "fuzz_readers")
    return module


def test_damaged_files_are_read_or_refused(fuzz: ModuleType, tmp_path: Path) -> None:
    small = [sample for sample in fuzz.damaged(90, seed=7) if len(sample.content) < 1_500]
    assert {sample.damage for sample in small} == set(fuzz.DAMAGES)
    assert len(small) > 25
    for number, sample in enumerate(small):
        kind, said = fuzz.judged(sample, tmp_path / f"damaged{sample.ending}")
        assert kind in fuzz.SOUND, (number, sample.content, said)


def test_the_same_seed_gives_the_same_files(fuzz: ModuleType) -> None:
    assert list(fuzz.damaged(30, seed=3)) == list(fuzz.damaged(30, seed=3))
    assert list(fuzz.damaged(30, seed=3)) != list(fuzz.damaged(30, seed=4))


def test_a_cut_that_nobody_tells_is_found(
    fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = iter([("read", ((60, 0, 480),), ""), ("read", ((60, 0, 480), (62, 480, 480)), "")])
    monkeypatch.setattr(fuzz, "reading", lambda content, path: next(readings))
    sample = fuzz.Sample(".mid", b"half", "cut", b"whole")
    assert fuzz.judged(sample, tmp_path / "x.mid")[0] == "wrong success"


def test_a_crash_is_found(
    fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashing(path: Path) -> None:
        raise KeyError("bars")

    monkeypatch.setattr(fuzz, "read_melody", crashing)
    sample = fuzz.Sample(".mid", b"x", "bytes", b"y")
    assert fuzz.judged(sample, tmp_path / "x.mid") == ("crash", "KeyError: 'bars'")
