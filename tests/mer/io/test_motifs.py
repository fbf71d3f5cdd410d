"""The example motifs: readable, as their script writes them, and listed with a licence."""

import importlib.util
import sys
from pathlib import Path

import pytest

from mer.io import LOADERS, load_melody

FOLDER = Path(__file__).parents[3] / "data" / "motifs"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in LOADERS)


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_motifs", FOLDER / "make_motifs.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "make_motifs", module)  # dataclasses look themselves up there
        spec.loader.exec_module(module)
    return module


def test_every_format_and_kind_is_there():
    assert {".mid", ".musicxml", ".mxl", ".abc", ".krn"} <= {path.suffix for path in FILES}
    assert min(len(load_melody(path)) for path in FILES) == 3


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_motif_has_title_metre_key_and_whole_bars(path):
    melody = load_melody(path)
    assert melody.title
    assert melody.meter is not None
    assert melody.key is not None
    # A pick-up is taken from the last bar, as is the custom; an eighth's rest may close it.
    rest = melody.bar_ticks - melody.downbeat
    assert (int(melody.end[-1]) - melody.downbeat) % melody.bar_ticks in (0, rest, rest - 240)


def test_the_script_writes_these_files(script, tmp_path):
    written = {script.write_motif(motif, tmp_path) for motif in script.MOTIFS}
    assert {path.name for path in written} == {path.name for path in FILES}
    for path in written:
        if path.suffix == ".mxl":  # how well zlib packs depends on its version
            assert load_melody(path) == load_melody(FOLDER / path.name)
        else:
            assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_the_page_lists_every_file():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FILES:
        (line,) = [line for line in page.splitlines() if line.startswith(f"| {path.name} |")]
        assert "public domain" in line or "CC0" in line
