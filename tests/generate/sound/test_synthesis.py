"""What a synthesiser is given: every note at its time, as loud as the performance says."""

import io

import mido

from generate.sound import synthesis
from generate.sound.performance import perform_parts
from mer.io.midi.files import Part
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
