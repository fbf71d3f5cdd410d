"""Damaged and unusual MIDI files of every kind: each is read as players play it, and told."""

import contextlib
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import read_melody

ROOT = Path(__file__).resolve().parents[4]
CASES = Path(os.environ.get("MER_CASES", ROOT.parent / "shared" / "cases")) / "reading"
EXPECTED = CASES / "expected.json"
if EXPECTED.is_file():
    KNOWN = {k: v for k, v in json.loads(EXPECTED.read_text()).items() if k.startswith("midi-")}
else:
    KNOWN = {}


def written(melody):
    columns = (melody.pitch, melody.duration / 480, melody.onset / 480)
    return [list(note) for note in zip(*(c.tolist() for c in columns), strict=True)]


@pytest.mark.skipif(not KNOWN, reason=f"no {EXPECTED}; MER_CASES names the folder of cases")
@pytest.mark.parametrize("name", KNOWN or ["none"])
def test_a_case_from_outside(name):
    right = KNOWN[name]
    melody = read_melody(CASES / name).melody
    assert written(melody) == right["notes"]
    if right["tempo_bpm"] is not None:
        assert melody.tempo_bpm == right["tempo_bpm"]


def header(tracks=1, *, kind=1, division=480, length=6, more=b""):
    return struct.pack(">4sLHHH", b"MThd", length, kind, tracks, division & 0xFFFF) + more


def track(events, *, add=0, end="00 ff 2f 00"):
    """A track whose length is stated `add` bytes too long."""
    body = bytes.fromhex(events + end)
    return struct.pack(">4sL", b"MTrk", len(body) + add) + body


def riff(content, *, before=b"", after=b"", size=None):
    data = struct.pack("<4sL", b"data", len(content) if size is None else size) + content
    body = b"RMID" + before + data + after
    return struct.pack("<4sL", b"RIFF", len(body)) + body


# Two notes, C for a quarter and E for a half.
TUNE = "00 90 3c 40  83 60 3c 00  00 40 40  87 40 40 00"
NOTES = [[60, 1.0, 0.0], [64, 2.0, 1.0]]
PLAIN = header() + track(TUNE)
LOW = "00 91 24 40  87 40 24 00"

# What -> bytes of a file that holds the two notes, and part of what is said; "" if nothing is.
FILES = {
    "RIFF": (riff(PLAIN), ""),
    "RIFF with other chunks": (
        riff(PLAIN, before=b"DISP\4\0\0\0\1\0\0\0", after=b"LIST\0\0\0\0"),
        "",
    ),
    "RIFF with a wrong size": (riff(PLAIN, size=9_999), ""),
    "junk before the header": (bytes(128) + PLAIN, ""),
    "junk after the tracks": (PLAIN + b"\0\0junk\xff", ""),
    "a long header": (header(length=10, more=b"\1\2\3\4") + track(TUNE), ""),
    "a header of a wrong length": (header(length=99) + track(TUNE), "the header says that it has"),
    "type 7": (header(kind=7) + track(TUNE), "type 7"),
    "no resolution": (header(division=0) + track(TUNE), "0 ticks a quarter; 480 were assumed"),
    "a track more promised": (header(2) + track(TUNE), "promises 2 and 1 track is there"),
    "a track fewer promised": (header(0) + track(TUNE), "promises 0 and 1 track is there"),
    "a track too long": (header() + track(TUNE, add=40), "track 1 says that it has 59 bytes"),
    "two tracks too long": (header(2) + track("", add=3) + track(TUNE, add=3), "track 1 says"),
    "a track too short": (header() + track(TUNE, add=-9), "track 1 says that it has 10 bytes"),
    "two tracks too short": (header(2) + track("", add=-2) + track(TUNE, add=-9), "track 2 says"),
    "the end stands early": (
        header() + track(TUNE + "00 ff 2f 00 00 90 3c 40", end="83 60 3c 00"),
        "goes on for 8 bytes after its end",
    ),
    "zeros after the end": (header() + track(TUNE, end="00 ff 2f 00 00 00 00 00"), ""),
    "no end": (header() + track(TUNE, end=""), "track 1 has no end"),
    "no end and too long": (header() + track(TUNE, end="", add=50), "50 bytes of it are missing"),
    "no end before another track": (
        header(2) + track("00 b0 07 64", end="", add=1) + track(TUNE),
        "track 1 has a wrong length and no end",
    ),
    "a high controller": (header() + track("00 b0 07 c8" + TUNE), "1 data byte above 127"),
    "a high programme": (header() + track("00 c0 c8" + TUNE), "1 data byte above 127"),
    "a high bend": (header() + track("00 e0 90 c0" + TUNE), "2 data bytes above 127"),
    "a high velocity": (header() + track(TUNE.replace("3c 40", "3c c0")), "1 data byte above 127"),
    "a velocity as high as real-time bytes": (
        header() + track(TUNE.replace("3c 40", "3c fa")),
        "1 data byte above 127",
    ),
    "clock with a time": (header() + track("00 f8" + TUNE + "00 fe"), "2 real-time bytes"),
    "clock between time and event": (header() + track("00 f8 90 3c 40" + TUNE[11:]), "1 real-time"),
    "clock before the time": (header() + track("00 90 3c 40 f8" + TUNE[11:]), "1 real-time byte"),
    "clock inside a note": (header() + track("00 90 3c fe 40" + TUNE[11:]), "1 real-time byte"),
    "clock before the pitch": (header() + track("00 90 f8 3c 40" + TUNE[11:]), "1 real-time byte"),
    "song position": (header() + track("00 f2 01 02" + TUNE), "passed over 3 bytes"),
    "no status at first": (header() + track("00 01 02 90" + TUNE[5:]), "passed over 2 bytes"),
    "status kept over a meta event": (
        header()
        + track("00 90 3c 40 00 ff 01 01 61 83 60 3c 00 00 f0 02 01 f7 00 40 40 87 40 40 00"),
        "",
    ),
    "a system message without length": (header() + track("00 f0 7e 7f 09 01 f7" + TUNE), ""),
    "an unknown meta event": (header() + track("00 ff 4b 03 01 02 03" + TUNE), ""),
    "a padded number": (header() + track("80 80 80 80 00" + TUNE[2:]), ""),
    "an odd key": (header() + track("00 ff 59 02 55 05" + TUNE), ""),
    "a tempo of 0": (header() + track("00 ff 51 03 00 00 00" + TUNE), "a tempo of 0"),
    "ended by all notes off": (header() + track(TUNE[:-5] + "b0 7b 00"), ""),
    "never ended": (header() + track(TUNE[:-5] + "b0 07 64"), "ended 1 note that the file never"),
    "film time 25 x 40": (
        header(division=0xE728) + track(TUNE.replace("83 60", "83 74").replace("87 40", "87 68")),
        "film frames",
    ),
    "film time 24 x 4 at 90": (
        header(division=0xE804)
        + track("00 ff 51 03 0a 2c 2a" + TUNE.replace("83 60", "40").replace("87 40", "81 00")),
        "film frames",
    ),
    "film time 29 x 100": (
        header(division=0xE364) + track(TUNE.replace("83 60", "8b 5b").replace("87 40", "97 35")),
        "film frames",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_the_two_notes_are_read_and_what_was_mended_is_said(tmp_path, name):
    content, said = FILES[name]
    path = tmp_path / "x.mid"
    path.write_bytes(content)
    reading = read_melody(path)
    assert written(reading.melody) == NOTES
    assert len(reading.remarks) == (said != "")
    assert said in "".join(reading.remarks)


def test_film_time_follows_the_tempo(tmp_path):
    # 1,000 ticks a second: a quarter at 120, then quarters at 60.
    events = "00 90 3c 40 83 74 ff 51 03 0f 42 40 00 3c 00 00 3e 40 87 68 3e 00"
    (tmp_path / "x.mid").write_bytes(header(division=0xE728) + track(events))
    melody = read_melody(tmp_path / "x.mid").melody
    assert written(melody) == [[60, 1.0, 0.0], [62, 1.0, 1.0]]
    assert melody.tempo_bpm == 120.0


@pytest.mark.parametrize("ending", ["kar", "rmi", "KAR"])
def test_endings(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(PLAIN)
    assert written(read_melody(path).melody) == NOTES


# Two tracks with a melody and a bass; three with a first one that holds signs only.
WHOLE = {
    "one track": header() + track(TUNE),
    "two tracks": header(2) + track(TUNE) + track(LOW),
    "three tracks": header(3) + track("00 ff 51 03 07 a1 20") + track(TUNE) + track(LOW),
    "RIFF": riff(header(2) + track(TUNE) + track(LOW)),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_anywhere_never_reads_as_the_whole_without_a_word(tmp_path, name):
    whole = WHOLE[name]
    path = tmp_path / "x.mid"
    for stop in range(1, len(whole)):
        path.write_bytes(whole[:stop])
        try:
            reading = read_melody(path)
        except InputError:
            continue
        assert any(remark.startswith("mended") for remark in reading.remarks), stop


@pytest.mark.parametrize("seed", range(3))
def test_100_damaged_files_raise_nothing_but_input_errors(tmp_path, seed):
    rng = np.random.default_rng(1_000 + seed)
    sources = [content for content, _ in FILES.values()] + list(WHOLE.values())
    path = tmp_path / "x.mid"
    for _ in range(100):
        content = bytearray(sources[rng.integers(len(sources))])
        for place in rng.integers(0, len(content), rng.integers(1, 8)):
            content[place] = rng.integers(0, 256)
        place, length = int(rng.integers(len(content))), int(rng.integers(0, 9))
        if rng.random() < 0.3:
            del content[place : place + length]
        elif rng.random() < 0.5:
            content[place:place] = rng.bytes(length)
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            assert len(read_melody(path).melody) >= 1
