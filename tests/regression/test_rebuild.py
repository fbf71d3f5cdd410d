"""What is frozen is what the code does, and the script that freezes it sees a difference."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from generate.plan.verbs import VERBS
from mer.corpus.shipped import index_file

HERE = Path(__file__).resolve().parent
FROZEN = (
    "arranged.abc",
    "arranged.mid.txt",
    "arranged.musicxml",
    "explanations.json",
    "pieces.json",
)
FROZEN += ("readings.json", "report.json", "score.musicxml", "searches.json")

needs_pack = pytest.mark.skipif(
    not index_file().exists(), reason="the shipped corpus has not been built"
)


@pytest.fixture(scope="module")
def rebuild() -> ModuleType:
    spec = importlib.util.spec_from_file_location("regression_rebuild", HERE / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_pack
@pytest.mark.parametrize("name", FROZEN)
def test_nothing_frozen_has_changed(name: str, rebuild: ModuleType) -> None:
    frozen = rebuild.frozen_text(rebuild.EXPECTED / name)
    lines = rebuild.differences(frozen, rebuild.RESULTS[name](), name)
    assert "\n".join(lines) == "", "if it is meant: python tests/regression/rebuild.py"


@needs_pack
def test_an_older_processor_gives_the_same_pieces() -> None:
    # numpy looks for the instructions of the processor when it is imported.
    older = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"}
    asked = "from frozen import RESULTS; print(RESULTS['pieces.json'](), end='')"
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asked],
        cwd=HERE,
        env={**os.environ, **older, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parents[1]}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == (HERE / "expected" / "pieces.json").read_text()


def test_every_result_is_frozen_and_nothing_else(rebuild: ModuleType) -> None:
    assert sorted(rebuild.RESULTS) == list(FROZEN)
    assert sorted(path.name for path in rebuild.EXPECTED.iterdir()) == list(FROZEN)


def test_as_much_is_frozen_as_is_said(rebuild: ModuleType) -> None:
    found = json.loads(rebuild.frozen_text(rebuild.EXPECTED / "searches.json"))
    assert [len(matches) for matches in found.values()] == [5] * 10
    written = json.loads(rebuild.frozen_text(rebuild.EXPECTED / "pieces.json"))
    assert len(written) == 10
    assert {name.split()[1] for name in written} == set(VERBS)
    told = json.loads(rebuild.frozen_text(rebuild.EXPECTED / "explanations.json"))
    assert len(told) == 3


RESULTS = {"a.json": lambda: '{\n "é": 1,\n "b": 2\n}\n', "b.txt": lambda: "one\ntwo\n"}


def test_a_second_run_changes_nothing(
    rebuild: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"
    assert rebuild.main([], folder=folder, results=RESULTS) == 0
    assert capsys.readouterr().out == "changed: a.json, b.txt\n"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before == {name: text().encode() for name, text in RESULTS.items()}
    assert rebuild.main([], folder=folder, results=RESULTS) == 0
    assert rebuild.main(["--check"], folder=folder, results=RESULTS) == 0
    assert capsys.readouterr().out == "the same, byte for byte\n" * 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_edited_expectation_is_found_and_repaired(
    rebuild: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild.rebuild(tmp_path, RESULTS)
    (tmp_path / "b.txt").write_text("one\n2\n")
    assert rebuild.main(["--check"], folder=tmp_path, results=RESULTS) == 1
    said = capsys.readouterr().out
    assert {"-2", "+two"} <= set(said.splitlines())
    assert "a.json" not in said
    assert (tmp_path / "b.txt").read_text() == "one\n2\n"  # to check writes nothing
    assert rebuild.rebuild(tmp_path, RESULTS) == ["b.txt"]
    assert rebuild.check(tmp_path, RESULTS) == []


def test_other_line_ends_are_a_difference(rebuild: ModuleType, tmp_path: Path) -> None:
    rebuild.rebuild(tmp_path, RESULTS)
    (tmp_path / "b.txt").write_bytes(b"one\r\ntwo\r\n")
    assert rebuild.check(tmp_path, RESULTS) == ["b.txt differs in its line ends"]


def test_nothing_found_is_a_difference(rebuild: ModuleType, tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    assert rebuild.check(lost, RESULTS) == ["lost/a.json is missing", "lost/b.txt is missing"]
    assert not lost.exists()
    rebuild.rebuild(tmp_path, RESULTS)
    (tmp_path / "a.json").unlink()
    (tmp_path / "old.json").write_text("{}")
    assert rebuild.check(tmp_path, RESULTS) == [
        f"{tmp_path.name}/old.json is no result",
        f"{tmp_path.name}/a.json is missing",
    ]
