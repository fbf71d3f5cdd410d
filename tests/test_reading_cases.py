"""Small files of many kinds, each with what its writer meant.

They lie in the folder that `MER_CASES` names, or in `shared/cases` beside the checkout:
`reading/expected.json` says pitch, length and onset in quarters, tempo and key.
"""

import json
import os
from pathlib import Path

import pytest

from mer.io import read_melody

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("MER_CASES", ROOT.parent / "shared" / "cases")) / "reading"
# The readers that have been held against the cases.
SUFFIXES = (".musicxml", ".xml", ".mxl", ".krn")


def cases() -> list[str]:
    """Return the files that say which notes they hold."""
    listed = FOLDER / "expected.json"
    if not listed.is_file():
        return []
    expected = json.loads(listed.read_text(encoding="utf-8"))
    return sorted(name for name in expected if name.endswith(SUFFIXES))


@pytest.mark.skipif(not cases(), reason=f"there are no cases in {FOLDER}")
@pytest.mark.parametrize("name", cases() or ["none"])
def test_a_file_is_read_as_its_writer_meant(name: str) -> None:
    expected = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))[name]
    melody = read_melody(FOLDER / name).melody
    notes = zip(melody.pitch, melody.duration / 480, melody.onset / 480, strict=True)
    found = [[int(pitch), round(length, 3), round(onset, 3)] for pitch, length, onset in notes]
    assert found == expected["notes"]
    if expected["tempo_bpm"] is not None:
        assert melody.tempo_bpm == pytest.approx(expected["tempo_bpm"])
    if expected["key"] is not None:
        assert str(melody.key) == expected["key"]
