"""The soundfont is found by flag, environment, known places, and beside pretty_midi."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from generate.sound import soundfont
from generate.sound.soundfont import find_soundfont, is_compressed, is_soundfont
from mer.errors import InputError


def write_font(path: Path, *, major: int = 2) -> Path:
    """Write the beginning of a soundfont: enough to be recognised, not to be played."""
    version = b"ifil" + struct.pack("<IHH", 4, major, 1)
    body = b"sfbk" + b"LIST" + struct.pack("<I", 4 + len(version)) + b"INFO" + version
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Search two empty folders instead of the machine's own."""
    folders = [tmp_path / "own", tmp_path / "system"]
    monkeypatch.setattr(soundfont, "known_places", lambda: tuple(folders))
    monkeypatch.delenv("MER_SOUNDFONT", raising=False)
    return folders


def test_order(tmp_path: Path, places: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = find_soundfont()
    assert bundled is not None
    assert bundled.name == "TimGM6mb.sf2"

    strange = write_font(places[0] / "aaa.sf2")
    assert find_soundfont() == strange
    preferred = write_font(places[1] / "FluidR3_GM.sf2")
    assert find_soundfont() == preferred

    named = write_font(tmp_path / "named.sf2")
    monkeypatch.setenv("MER_SOUNDFONT", str(named))
    assert find_soundfont() == named
    flagged = write_font(tmp_path / "flagged.sf2")
    assert find_soundfont(flagged) == flagged
    assert find_soundfont(str(flagged)) == flagged


def test_compressed_can_be_passed_over(places: list[Path]) -> None:
    compressed = write_font(places[0] / "MuseScore_General.sf3", major=3)
    plain = write_font(places[1] / "zzz.sf2")
    assert is_compressed(compressed)
    assert not is_compressed(plain)
    assert find_soundfont() == compressed
    assert find_soundfont(compressed=False) == plain


def test_files_that_are_no_soundfonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "text.sf2"
    text.write_text("not a soundfont")
    assert not is_soundfont(text)
    assert not is_soundfont(tmp_path)
    with pytest.raises(InputError, match=r"text\.sf2"):
        find_soundfont(text)
    with pytest.raises(InputError, match=r"none\.sf2"):
        find_soundfont(tmp_path / "none.sf2")
    monkeypatch.setenv("MER_SOUNDFONT", str(tmp_path / "gone.sf2"))
    with pytest.raises(InputError, match="MER_SOUNDFONT"):
        find_soundfont()


def test_pretty_midi_is_not_imported() -> None:
    code = (
        "import sys; from generate.sound.soundfont import find_soundfont; find_soundfont(); "
        "print(sorted({'pretty_midi', 'scipy', 'fluidsynth'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
