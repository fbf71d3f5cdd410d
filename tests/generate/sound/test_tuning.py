"""Instruments are listened to note by note; a soundfont of a few bytes is mended by hand."""

import hashlib
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from generate.sound import tuning
from generate.sound.instruments import INSTRUMENTS
from generate.sound.soundfont import find_soundfont
from generate.sound.synthesis import Unavailable
from generate.sound.tuning import file_in_tune, in_tune

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

from tuning import ACCOMPANIMENT, heard, listen, wrong  # noqa: E402

sys.path.remove(str(ROOT / "benchmarks"))

# Notes on both sides of the edges between samples that were out of tune; the whistle to D7.
NOTES = (50, 59, 67, 71, 74, 79, 86, 93)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content


def font(cents: int = -40, correction: int = 0, highest: int = 127) -> bytes:
    """Return a soundfont of two presets (programs 0, 78) and two instruments of one zone each."""
    presets = [(b"Grand", 0, 0), (b"Whistle", 78, 1), (b"EOP", 0, 2)]
    phdr = b"".join(
        struct.pack("<20sHHHIII", name, program, 0, bag, 0, 0, 0) for name, program, bag in presets
    )
    inst = b"".join(
        struct.pack("<20sH", name, bag) for name, bag in ((b"Good", 0), (b"Bad", 1), (b"EOI", 2))
    )
    bags = struct.pack("<6H", 0, 0, 1, 0, 2, 0)
    ibag = struct.pack("<6H", 0, 0, 2, 0, 4, 0)  # each zone of an instrument has two generators
    zones = struct.pack("<HHHh", 43, 127 << 8, 52, 0)
    zones += struct.pack("<HHHh", 43, (highest << 8) | 36, 52, cents)
    shdr = struct.pack("<20s5IBbHH", b"Reed", 0, 1, 0, 1, 44_100, 60, correction, 0, 1)
    pgen = struct.pack("<4H", 41, 0, 41, 1)
    pdta = b"pdta" + chunk(b"phdr", phdr) + chunk(b"pbag", bags) + chunk(b"pgen", pgen)
    pdta += chunk(b"inst", inst) + chunk(b"ibag", ibag) + chunk(b"igen", zones)
    pdta += chunk(b"shdr", shdr)
    lists = chunk(b"LIST", b"INFO") + chunk(b"LIST", b"sdta" + bytes(3)) + b"\0"
    return chunk(b"RIFF", b"sfbk" + lists + chunk(b"LIST", pdta))


def known(content: bytes, monkeypatch: pytest.MonkeyPatch, **faults: object) -> None:
    """Make the soundfont one whose faults are known."""
    mending = tuning._Mending(**({"cents": {}, "stand_ins": {}} | faults))  # type: ignore[arg-type]
    structure = content[content.index(b"pdta") :]
    digest = hashlib.sha256(structure).hexdigest()
    monkeypatch.setattr(tuning, "_MENDINGS", {digest: mending})


def test_the_cents_of_one_zone_are_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    known(font(), monkeypatch, cents={("Bad", 36): 12})
    assert in_tune(font()) == font(cents=12)


def test_a_sample_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    known(font(), monkeypatch, samples={"Reed": -16})
    assert in_tune(font()) == font(correction=-16)


def test_a_zone_plays_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    known(font(highest=93), monkeypatch, keys={("Bad", 36): (36, 94)})
    assert in_tune(font(highest=93)) == font(highest=94)


def test_an_instrument_stands_in_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    known(font(), monkeypatch, stand_ins={(78, "Bad"): "Good"})
    right = in_tune(font())
    changed = [n for n, (a, b) in enumerate(zip(font(), right, strict=True)) if a != b]
    assert len(changed) == 1
    assert (font()[changed[0]], right[changed[0]]) == (1, 0)


def test_other_soundfonts_and_damaged_ones_stay_as_they_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known(font(), monkeypatch, cents={("Bad", 36): 12})
    for content in (font(cents=-41), font()[:-1], font()[:40], b"", b"RIFF", bytes(500)):
        assert in_tune(content) is content
    path = tmp_path / "other.sf2"
    path.write_bytes(font(cents=-41))
    with file_in_tune(path) as lent:
        assert lent == path


def test_a_copy_is_lent_and_taken_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known(font(), monkeypatch, cents={("Bad", 36): 12})
    path = tmp_path / "known.sf2"
    path.write_bytes(font())
    with file_in_tune(path) as lent:
        assert lent.name == "known.sf2"
        assert lent.read_bytes() == font(cents=12)
    assert not lent.exists()
    assert path.read_bytes() == font()


def timgm6mb() -> Path:
    path = find_soundfont(compressed=False)
    if path is None or path.name != "TimGM6mb.sf2":
        pytest.skip("TimGM6mb is not the soundfont here")
    return path


def test_only_few_bytes_of_timgm6mb_change() -> None:
    content = timgm6mb().read_bytes()
    old, new = (np.frombuffer(each, dtype="u1") for each in (content, in_tune(content)))
    # 19 fine tunings of one or two bytes and one number of an instrument.
    assert 20 <= np.count_nonzero(old != new) <= 40


@pytest.mark.parametrize("name", list(INSTRUMENTS | ACCOMPANIMENT))
def test_every_instrument_is_in_tune_and_sounds(name: str) -> None:
    program = (INSTRUMENTS | ACCOMPANIMENT)[name]
    try:
        notes = listen(program, NOTES, synthesiser="embedded synthesiser")
    except Unavailable as missing:
        pytest.skip(str(missing))
    assert wrong(notes) == []


@pytest.mark.parametrize("name", ["tin whistle", "accordion", "violin", "choir", "marimba"])
def test_without_a_soundfont_too(name: str) -> None:
    notes = listen(INSTRUMENTS[name], NOTES, synthesiser="plain synthesiser")
    assert wrong(notes) == []


@pytest.mark.parametrize("name", ["tin whistle", "accordion"])
def test_unmended_the_faults_are_heard(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    timgm6mb()
    monkeypatch.setattr(tuning, "_MENDINGS", {})
    try:
        notes = listen(INSTRUMENTS[name], NOTES, synthesiser="embedded synthesiser")
    except Unavailable as missing:
        pytest.skip(str(missing))
    found = {note.pitch for note in wrong(notes)}
    assert found == ({*NOTES} if name == "tin whistle" else {74, 79, 86, 93})


@pytest.mark.parametrize("cents", [-900, -25, 25, 100, 1200])
@pytest.mark.parametrize("pitch", [50, 69, 93])
def test_a_planted_detune_is_heard(cents: int, pitch: int) -> None:
    rate = 44_100
    time = np.arange(rate) / rate
    hz = 440.0 * 2.0 ** ((pitch - 69 + cents / 100) / 12)
    tone = sum(np.sin(2 * np.pi * k * hz * time) / k for k in range(1, 6))
    note = heard(np.stack([tone, tone], axis=1) / 4, rate, 0.0, pitch)
    assert note.by_harmonics == pytest.approx(cents, abs=2)
    assert note.by_period == pytest.approx(cents, abs=2)
    assert wrong([note]) == [note]


def test_silence_is_wrong() -> None:
    samples, rate = np.zeros((44_100, 2)), 44_100
    assert wrong([heard(samples, rate, 0.0, 69)]) != []
