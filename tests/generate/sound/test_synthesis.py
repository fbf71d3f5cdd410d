"""What a synthesiser is given: every note at its time, as loud as the performance says."""

import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import mido
import numpy as np
import pytest

from generate.sound import synthesis, tuning
from generate.sound.audio import render
from generate.sound.performance import perform_parts
from mer.io.sheet.sheet import Part
from mer.notes.melody import Melody


def test_the_file_for_the_embedded_synthesiser_holds_the_performance() -> None:
    # 60 quarters a minute: an eighth is half a second, 9,600 ticks of the file.
    jig = Melody(pitch=[67, 69, 71], onset=[0, 240, 720], duration=[240] * 3, meter=(6, 8))
    low = Melody(pitch=[43], onset=[240], duration=[720])
    parts = [Part(melody=jig, program=73), Part(melody=low, program=32, velocity=40)]
    written = synthesis._midi_bytes(perform_parts(parts, tempo_bpm=60))
    file = mido.MidiFile(file=io.BytesIO(written))
    assert (file.type, file.ticks_per_beat) == (0, 9600)
    events, now = [], 0
    for message in file.tracks[0]:
        now += message.time
        if message.type in ("note_on", "note_off"):
            events.append((now, message.channel, message.note, message.velocity))
    assert events == [
        (0, 0, 67, 104),
        (9600, 0, 67, 0),
        (9600, 1, 43, 42),
        (9600, 0, 69, 84),
        (19_200, 0, 69, 0),
        (28_800, 0, 71, 94),
        (38_400, 1, 43, 0),
        (38_400, 0, 71, 0),
    ]
    assert now == 38_400 + round(synthesis.TAIL_SEC * 19_200)
    programs = [m.program for m in file.tracks[0] if m.type == "program_change"]
    assert programs == [73, 32]


def test_the_drum_channel_is_left_out() -> None:
    one = Melody(pitch=[60], onset=[0], duration=[480])
    performance = perform_parts([Part(melody=one)] * 15)
    channels = {switch.channel for switch in synthesis._switches(performance, 44_100)}
    assert channels == set(range(16)) - {9}


# Two visitors who are the first of a process that has no FluidSynth: the library cannot be found.
FIRST_TWO = """
import ctypes.util, subprocess, sys, threading
found = ctypes.util.find_library
def without(name):
    if "fluidsynth" in name:
        looked.append(name)
        subprocess.run([sys.executable, "-c", ""])  # the other thread runs meanwhile
        return None
    return found(name)
looked = []
ctypes.util.find_library = without
from generate.sound.audio import render
from mer.notes.melody import Melody
tune = Melody(pitch=[69], onset=[0], duration=[120])
together, heard = threading.Barrier(2), []
def visit():
    together.wait()
    for _ in range(2):
        heard.append(render(tune).synthesiser)
threads = [threading.Thread(target=visit) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(heard), len(set(heard) - {"FluidSynth"}), len(set(looked)) == len(looked) > 0)
"""


def test_two_at_once_without_fluidsynth_are_both_played_and_it_is_looked_for_once() -> None:
    pytest.importorskip("midirenderer", reason="no synthesiser with a soundfont")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", FIRST_TWO], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout.split(), done.stderr) == (["4", "1", "True"], "")


class StandIn:
    """What is asked of pyfluidsynth's `Synth`, noted."""

    fonts: tuple[bytes, ...] = ()

    def __init__(self, **options: float) -> None:
        self.on = False

    def setting(self, name: str, value: int) -> None:
        """Take any setting."""

    def sfload(self, path: str) -> int:
        """Note the bytes of the soundfont."""
        StandIn.fonts += (Path(path).read_bytes(),)
        return 1

    def program_select(self, *numbers: int) -> None:
        """Take any program."""

    def noteon(self, *numbers: int) -> None:
        """Sound."""
        self.on = True

    def noteoff(self, *numbers: int) -> None:
        """Go on sounding."""

    def get_samples(self, count: int) -> np.ndarray:
        """Return a constant."""
        return np.full(2 * count, 9000 if self.on else 0, dtype=np.int16)

    def delete(self) -> None:
        """Leave nothing."""


def test_fluidsynth_reads_the_soundfont_in_tune(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    font = tmp_path / "some.sf2"
    font.write_bytes(b"RIFF0000sfbk as it is")
    pyfluidsynth = SimpleNamespace(Synth=StandIn)
    monkeypatch.setattr(synthesis, "library", lambda name: pyfluidsynth)
    monkeypatch.setattr(tuning, "_patches", lambda content: [(13, b"in tune ")])
    monkeypatch.setattr(StandIn, "fonts", ())
    note = Melody(pitch=[69], onset=[0], duration=[480])
    assert render(note, soundfont=font).synthesiser == "FluidSynth"
    assert StandIn.fonts == (b"RIFF0000sfbk in tune ",)


def test_no_room_for_the_soundfont_in_tune_leaves_it_to_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    font = tmp_path / "some.sf2"
    font.write_bytes(b"RIFF0000sfbk")

    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tuning, "_patches", lambda content: [(0, b"R")])
    monkeypatch.setattr(tuning, "TemporaryDirectory", full)
    monkeypatch.setattr(synthesis, "library", lambda name: SimpleNamespace(Synth=StandIn))
    performance = perform_parts([Part(melody=Melody(pitch=[69], onset=[0], duration=[480]))])
    with pytest.raises(synthesis.Unavailable, match=r"FluidSynth cannot read some\.sf2"):
        synthesis.by_fluidsynth(performance, font, 44_100)
