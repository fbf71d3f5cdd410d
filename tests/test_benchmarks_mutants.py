"""The changes by hand of benchmarks/mutants_by_hand.py fit the code as it is."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_change_by_hand_stands_in_its_file_once_and_changes_it() -> None:
    script = ROOT / "benchmarks" / "mutants_by_hand.py"
    spec = importlib.util.spec_from_file_location("mutants_by_hand", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert len(module.CHANGES) > 30
    stale = [
        (path, old)
        for path, old, new in module.CHANGES
        if old == new or (ROOT / path).read_text().count(old) != 1
    ]
    assert stale == []
