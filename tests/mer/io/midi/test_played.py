"""All tracks of a MIDI file as they were played, and the times of a melody as it was performed."""

from pathlib import Path

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody
from mer.io.midi.played import read_tracks
from mer.io.midi.writing.writer import Message, meta, midi_bytes, switches

CONDUCTOR: list[Message] = [
    (0, meta(0x51, (500_000).to_bytes(3, "big"))),
    (960, meta(0x51, (1_000_000).to_bytes(3, "big"))),
]


def track(name: str, notes: list[tuple[int, int, int]], channel: int) -> list[Message]:
    rows = np.array([(*note, 80, channel) for note in notes])
    return [(0, meta(0x03, name.encode())), *(switch.message for switch in switches(rows))]


LEAD = [(72, 3, 470), (74, 484, 950), (76, 955, 1400), (77, 1445, 1900), (79, 1921, 2880)]
CHORDS = [(48, 0, 960), (52, 0, 960), (55, 0, 960), (47, 960, 1920)]


@pytest.fixture
def song(tmp_path: Path) -> Path:
    tracks = [CONDUCTOR, track("Lead", LEAD, 0), track("Chords", CHORDS, 1)]
    path = tmp_path / "song.mid"
    path.write_bytes(midi_bytes(tracks))
    return path


def test_every_track_is_there_with_its_chords_and_its_times(song: Path) -> None:
    lead, chords = read_tracks(song)
    assert (lead.number, lead.name, len(lead), lead.pitch_range) == (1, "Lead", 5, (72, 79))
    assert (lead.is_melody, chords.is_melody) == (True, False)
    assert list(zip(chords.pitch, chords.onset, chords.duration, strict=True)) == [
        (48, 0, 960),
        (52, 0, 960),
        (55, 0, 960),
        (47, 960, 960),
    ]
    assert chords.onset_sec.tolist() == [0.0, 0.0, 0.0, 1.0]
    assert chords.end_sec.tolist() == [1.0, 1.0, 1.0, 3.0]


def test_a_melody_keeps_the_times_of_its_performance(song: Path) -> None:
    reading = read_melody(song, quantise="1/4")
    assert reading.melody.onset.tolist() == [0, 480, 960, 1440, 1920]
    lead = read_tracks(song)[0]
    begin = lead.onset_sec[0]
    expected = np.column_stack([lead.onset_sec, lead.end_sec]) - begin
    assert np.allclose(reading.performed_sec, expected, atol=1e-6)


def test_a_file_on_a_grid_has_the_times_of_its_tempo(tmp_path: Path) -> None:
    path = tmp_path / "x.mid"
    path.write_bytes(midi_bytes([CONDUCTOR, track("", [(60, 480, 960), (62, 960, 1920)], 0)]))
    assert read_melody(path).performed_sec == ((0.0, 0.5), (0.5, 2.5))


def test_only_the_track_that_is_taken_counts(tmp_path: Path) -> None:
    many = [(40, tick, tick + 1) for tick in range(0, 40_002, 2)]
    path = tmp_path / "long.mid"
    path.write_bytes(midi_bytes([track("Melody", LEAD, 0), track("Drone", many, 1)]))
    assert len(read_melody(path, quantise="off").melody) == 5
    with pytest.raises(InputError, match="track 'Drone' holds more than 20,000 notes"):
        read_tracks(path)
