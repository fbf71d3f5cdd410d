"""Bytes become tracks: compared with mido, and what is beside the notes."""

import io

import mido
import numpy as np
import pytest

from mer.errors import InputError
from mer.io.midi.events import MidiFile, Track, midi_file
from mer.io.midi.writing.writer import midi_bytes


@pytest.mark.parametrize("seed", range(5))
def test_events_are_read_as_mido_reads_them(seed):
    rng = np.random.default_rng(seed)
    track = mido.MidiTrack()
    struck, tick = set(), 0
    for _ in range(400):
        pitch, delta = int(rng.integers(60, 72)), int(rng.choice([0, 1, 120, 20_000]))
        tick += delta
        on = bool(rng.random() < 0.5)
        if rng.random() < 0.2:
            track.append(mido.Message("pitchwheel", pitch=int(rng.integers(-8192, 8192))))
        track.append(mido.Message("note_on", note=pitch, velocity=64 if on else 0, time=delta))
        struck |= {(pitch, tick)} if on else set()
    track.append(mido.Message("control_change", control=7, value=1, time=10))
    stream = io.BytesIO()
    mido.MidiFile(tracks=[track]).save(file=stream)
    (found,) = midi_file(stream.getvalue()).tracks
    starts = {(pitch, start) for pitch, start, _ in found.spans[0]}
    assert starts <= struck
    assert len(struck - starts) <= found.empty


def test_programmes_and_words_are_kept():
    events = [(0, b"\xc3\x28"), (0, b"\xc3\x29"), (5, b"\xff\5\2la"), (9, b"\x93\x40\x50")]
    file = midi_file(midi_bytes([events], tail=4))
    (track,) = file.tracks
    assert (track.programs, track.words) == ({3: 0x28}, [5])
    assert track.spans == {3: [(64, 9, 13)]}
    assert file.mended == ("ended 1 note that the file never ends",)


@pytest.mark.parametrize("resolution", [1, 7, 24, 480, 1000, 32_767])
def test_ticks_are_rounded_to_the_nearest(resolution):
    times = np.arange(0, 5_000, 37)
    exact = times * 480 / resolution
    found = MidiFile(1, resolution, ()).ticks(times)
    assert (np.abs(found - exact) <= 0.5).all()


def test_film_time_in_two_tempos():
    # 100 ticks a second: 50 of them are a quarter at 120, 100 at 60.
    file = MidiFile(1, 100.0, (Track(tempos=[(50, 1_000_000), (70, 0)]),), film=True)
    assert file.ticks(np.array([0, 25, 50, 100, 150])).tolist() == [0, 240, 480, 720, 960]


def test_a_million_events_are_the_most():
    events = [(0, b"\xb0\1\1")] * 1_000_001
    with pytest.raises(InputError, match="1,000,000 events"):
        midi_file(midi_bytes([events]))
