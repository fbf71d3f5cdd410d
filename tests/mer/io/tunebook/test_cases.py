"""ABC files that earlier readers got wrong, from a folder beside the checkout.

The folder is named by the environment variable MER_CASES; by default it is ``../shared/cases``. It
holds ``reading/expected.json``: for every file the notes as [pitch, length, onset] in quarters.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mer.build.music_files import read_tunes
from mer.io import load_melody
from mer.notes.melody import Melody

ROOT = Path(__file__).parents[4]
FOLDER = Path(os.environ.get("MER_CASES", ROOT.parent / "shared" / "cases")) / "reading"
EXPECTED = FOLDER / "expected.json"
# A quarter tone has no right note here: only the lengths are told, in the words of the table.
LENGTHS = {"abc-microtone.abc": [1, 1, 1, 1, 4], "abc-microtone-flat.abc": [1, 1, 1, 3]}


def cases() -> dict[str, Any]:
    if not EXPECTED.is_file():
        return {}
    found = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return {name: case for name, case in found.items() if name.endswith(".abc")}


def rows(melody: Melody) -> list[list[float]]:
    begin = int(melody.onset[0])
    columns = (melody.pitch, melody.duration / 480, (melody.onset - begin) / 480)
    return [[int(p), float(d), float(o)] for p, d, o in zip(*columns, strict=True)]


@pytest.mark.skipif(not cases(), reason=f"no cases in {FOLDER}; MER_CASES names their folder")
@pytest.mark.parametrize("name", cases())
def test_a_file_is_read_as_it_is_meant(name: str) -> None:
    case = cases()[name]
    if case["tunes"]:
        path, problems = FOLDER / name, list[str]()
        found = {
            f"X:{tune.tune_id.rpartition('-')[2]}": rows(tune.melody)
            for tune in read_tunes([path], path.parent, "own", problems)
        }
        assert (found, problems) == (case["tunes"], [])
    elif case["notes"] is None:
        melody = load_melody(FOLDER / name)
        assert [duration / 480 for duration in melody.duration.tolist()] == LENGTHS[name]
    else:
        assert rows(load_melody(FOLDER / name)) == case["notes"]
