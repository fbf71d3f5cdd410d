"""Headers and places of chunks, and headers that tell untruths."""

import struct

import pytest

from mer.errors import InputError
from mer.io.midi.chunks import header, is_chunk, next_track, unwrapped

TRACK = b"MTrk\0\0\0\4\0\xff\x2f\0"


def midi(division=480, *, kind=1, count=1, length=6):
    return struct.pack(">4sLHHH", b"MThd", length, kind, count, division) + TRACK


def test_a_header():
    found = header(midi(96, kind=0))
    assert (found.kind, found.tracks, found.resolution, found.film) == (0, 1, 96, False)
    assert (found.place, found.mended) == (14, ())


@pytest.mark.parametrize(
    ("division", "ticks"),
    [(0xE728, 1000.0), (0xE214, 600.0), (0xE804, 96.0), (0xE364, 100 * 30_000 / 1001)],
)
def test_film_time_is_ticks_a_second(division, ticks):
    found = header(midi(division))
    assert (found.resolution, found.film, found.mended) == (ticks, True, ())


@pytest.mark.parametrize("division", [0, 0xE700])
def test_time_that_stands_still_is_480_ticks_a_quarter(division):
    found = header(midi(division))
    assert (found.resolution, found.film, len(found.mended)) == (480, False, 1)


@pytest.mark.parametrize("length", [0, 5, 60, 2**31])
def test_a_wrong_length_leads_to_the_first_track_all_the_same(length):
    found = header(midi(length=length))
    assert found.place == 14
    assert found.mended == (f"the header says that it has {length:,} bytes, and has 6",)


def test_a_file_may_be_wrapped_or_begin_late():
    assert unwrapped(bytes(128) + midi()) == midi()
    inside = struct.pack("<4sL4s4sL", b"RIFF", 40, b"RMID", b"data", len(midi())) + midi()
    assert unwrapped(inside + b"LISTxxxx") == midi()
    for other in (b"", b"text", bytes(70_000) + midi()):
        with pytest.raises(InputError, match="is not a MIDI file"):
            unwrapped(other)
    with pytest.raises(InputError, match="14 bytes"):
        header(midi()[:13])


def test_what_is_a_chunk():
    assert is_chunk(TRACK, 0)
    assert is_chunk(TRACK, len(TRACK))
    assert is_chunk(b"MTr", 0)  # cut in its name
    assert not is_chunk(b"\0\0\0\0\0\0\0\0\0", 0)
    assert not is_chunk(b"text that goes on", 0)
    assert not is_chunk(b"", 3)


def test_letters_among_events_are_no_track():
    notes = b"\x00\x90MTrk@@@@"
    assert next_track(notes + TRACK, 0) == len(notes)
    assert next_track(notes, 0) == len(notes)
    assert next_track(b"\xff\x2f\0MTrk\xff\xff\xff\xff", 0) == 3


def test_a_data_chunk_that_says_too_little_is_read_to_the_end():
    midi = b"MThd" + bytes(10) + b"\x90\x3c\x40\x83\x60\x3c"
    riff = b"RIFF\x20\0\0\0RMIDdata\x0e\0\0\0" + midi
    assert unwrapped(riff) == midi
