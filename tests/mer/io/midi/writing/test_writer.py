"""Notes with a velocity each become a MIDI file that other programs read."""

import io

import mido
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mer.io.midi.writing.writer import meta, midi_bytes, switches


def test_ends_come_before_beginnings_at_one_time():
    # Two channels: one note repeated at once, a chord on top of it.
    notes = np.array([[60, 0, 480, 90, 0], [60, 480, 960, 40, 0], [67, 480, 960, 100, 1]])
    assert [tuple(switch) for switch in switches(notes)] == [
        (0, 90, 60, 0),
        (480, 0, 60, 0),
        (480, 40, 60, 0),
        (480, 100, 67, 1),
        (960, 0, 60, 0),
        (960, 0, 67, 1),
    ]


def test_bytes_worked_by_hand():
    notes = np.array([[60, 0, 480, 80, 2]])
    messages = [(0, meta(0x03, b"A")), *(switch.message for switch in switches(notes))]
    assert midi_bytes([messages], tail=200).hex(" ") == (
        "4d 54 68 64 00 00 00 06 00 00 00 01 01 e0 "  # type 0, one track, 480 to the quarter
        "4d 54 72 6b 00 00 00 13 "
        "00 ff 03 01 41 "  # the name
        "00 92 3c 50 83 60 82 3c 00 "  # on, and 480 ticks later off, in the third channel
        "81 48 ff 2f 00"  # 200 ticks to the end
    )


NOTES = st.lists(
    st.tuples(
        st.integers(0, 127), st.integers(0, 40_000), st.integers(1, 9_000), st.integers(1, 127)
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda note: note[1],
)


@given(NOTES, st.integers(1, 32_767))
def test_mido_reads_what_is_written(notes, resolution):
    rows = np.array([[p, start, start + length, v, p % 16] for p, start, length, v in notes])
    tracks = [[switch.message for switch in switches(rows)]] * 2
    file = mido.MidiFile(file=io.BytesIO(midi_bytes(tracks, resolution=resolution)))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, resolution, 2)
    now, begun, ended = 0, [], []
    for message in file.tracks[1]:
        now += message.time
        if message.type == "note_on":
            begun.append((message.note, now, message.velocity, message.channel))
        elif message.type == "note_off":
            ended.append((message.note, now, message.channel))
    assert sorted(begun) == sorted((p, start, v, c) for p, start, _, v, c in rows.tolist())
    assert sorted(ended) == sorted((p, end, c) for p, _, end, _, c in rows.tolist())
