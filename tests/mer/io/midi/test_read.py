"""MIDI: files made byte by byte, and everything that can be wrong with one."""

import contextlib
import struct
from itertools import pairwise

import mido
import numpy as np
import pytest

from mer.errors import InputError
from mer.io import load_melody, read_melody, save_sheet
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.key import Key
from mer.notes.melody import Melody

END = "00 ff 2f 00"


def midi_bytes(*tracks, kind=1, resolution=480):
    """A MIDI file from the hexadecimal text of its events."""
    content = struct.pack(">4sLHHH", b"MThd", 6, kind, len(tracks), resolution)
    for events in tracks:
        body = bytes.fromhex(events + END)
        content += struct.pack(">4sL", b"MTrk", len(body)) + body
    return content


@pytest.fixture
def read(tmp_path):
    def reader(content, **options):
        path = tmp_path / "file.mid"
        path.write_bytes(content)
        return read_melody(path, **options)

    return reader


# C and E, a quarter each, with a note-off; then the same by running status and velocity 0.
PLAIN = "00 90 3c 40  83 60 80 3c 00  00 90 40 40  83 60 80 40 00"
RUNNING = "00 90 3c 40  83 60 3c 00  00 40 40  83 60 40 00"
LOW = "00 91 24 40  87 40 81 24 00"


def notes(melody):
    columns = (melody.pitch, melody.onset, melody.duration)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("events", [PLAIN, RUNNING])
@pytest.mark.parametrize("kind", [0, 1, 2])
def test_running_status_and_velocity_zero(read, events, kind):
    assert notes(read(midi_bytes(events, kind=kind)).melody) == [(60, 0, 480), (64, 480, 480)]


@pytest.mark.parametrize("resolution", [1, 24, 96, 120, 220, 384, 960, 1000, 32767])
def test_any_resolution_becomes_480_without_drift(tmp_path, resolution):
    file = mido.MidiFile(ticks_per_beat=resolution)
    track = mido.MidiTrack()
    file.tracks.append(track)
    ends = [round(i * resolution / 3) for i in range(301)]
    for i, (start, end) in enumerate(pairwise(ends)):
        track.append(mido.Message("note_on", note=60 + i % 2, velocity=64, time=0))
        track.append(mido.Message("note_off", note=60 + i % 2, velocity=0, time=end - start))
    file.save(tmp_path / "x.mid")
    if resolution < 3:
        return  # thirds of a quarter cannot be told apart at all
    melody = load_melody(tmp_path / "x.mid")
    exact = np.array(ends[:-1]) * 480 / resolution
    assert np.abs(melody.onset - exact).max() <= 0.5
    assert abs(int(melody.end[-1]) - ends[-1] * 480 / resolution) <= 0.5


def test_signs_are_read(read):
    signs = (
        "00 ff 03 05 54 69 74 6c 65"  # title
        "00 ff 58 04 03 02 18 08"  # 3/4
        "00 ff 59 02 ff 01"  # one flat, minor
        "00 ff 51 03 09 27 c0"  # 600,000 microseconds a quarter
    )
    reading = read(midi_bytes(signs, "87 40" + PLAIN[2:]))
    melody = reading.melody
    assert melody.title == "Title"
    assert melody.meter == (3, 4)
    assert melody.key == Key(2, "minor")
    assert melody.tempo_bpm == 100.0
    assert melody.onset[0] == 0
    assert melody.downbeat == 480  # the first note is on the third quarter of a 3/4 bar
    assert reading.remarks == ()


def test_the_metre_that_lasts_longest_counts_and_tells_the_pick_up(read):
    # A bar of 1/4 for the pick-up, then 3/4: as some programs write it.
    meters = "00 ff 58 04 01 02 18 08  83 60 ff 58 04 03 02 18 08"
    reading = read(midi_bytes(meters, PLAIN + PLAIN + PLAIN))
    assert reading.melody.meter == (3, 4)
    assert reading.melody.downbeat == 480
    assert any("one metre, 3/4" in remark for remark in reading.remarks)


def test_the_tempo_at_the_first_note_counts(read):
    late = "00 90 3c 40  83 60 ff 51 03 0f 42 40  00 3c 00  00 3e 40  83 60 3e 00"
    assert read(midi_bytes(late)).melody.tempo_bpm == 120.0  # it holds until another one comes
    rest = "00 ff 51 03 0f 42 40  83 60 ff 51 03 07 a1 20"
    assert read(midi_bytes(rest, "83 60" + PLAIN[2:])).melody.tempo_bpm == 120.0
    assert read(midi_bytes("00 ff 51 03 0f 42 40" + PLAIN)).melody.tempo_bpm == 60.0


def test_the_first_tempo_counts(read):
    tempos = "00 ff 51 03 07 a1 20  83 60 ff 51 03 03 d0 90"
    reading = read(midi_bytes(tempos, PLAIN))
    assert reading.melody.tempo_bpm == 120.0
    assert reading.remarks == ("kept the first tempo, 120 quarters a minute",)


def test_unsupported_signs_are_dropped_with_a_remark(read):
    reading = read(midi_bytes("00 ff 58 04 00 07 18 08 00 ff 51 03 00 00 01" + PLAIN))
    assert reading.melody.meter is None
    assert reading.melody.tempo_bpm is None
    assert len(reading.remarks) == 2


def test_a_metre_that_is_none_does_not_count_the_tempo(read):
    """0/65536, and two tempos: the remark on the first counts quarters."""
    signs = "00 ff 58 04 00 10 18 08 00 ff 51 03 07 a1 20"
    reading = read(midi_bytes(signs + PLAIN, "60 ff 51 03 0f 42 40"))
    assert reading.melody.meter is None
    assert "kept the first tempo, 120 quarters a minute" in reading.remarks


def test_bars_of_one_quarter_are_read_as_four(read):
    one = "00 ff 58 04 01 02 18 08"
    reading = read(midi_bytes(one + PLAIN))
    assert reading.melody.meter == (4, 4)
    assert reading.remarks == ("the file says 1/4, which is no metre of music; read as 4/4",)
    assert read(midi_bytes(one + "00 90 3c 40 83 60 3c 00")).melody.meter == (1, 4)


def test_a_track_too_long_does_not_keep_the_others_from_being_read(read):
    long, tune = MANY[: 11 + 17 * 20_000] + "10 3c 00", "00 ff 03 01 56" + PLAIN
    content = midi_bytes(long, tune)
    assert read(content, track="V").melody.pitch.tolist() == [60, 64]
    with pytest.raises(InputError, match="track 1 'track 1' holds more than 20,000 notes"):
        read(content, track=1)


def test_karaoke_says_its_title_and_its_words_tell_the_melody(read, tmp_path):
    words = "00 ff 01 06 40 54 54 65 73 74" + "83 60 ff 01 02 6c 61" * 8
    sung = "83 60 90 30 40" + "83 60 30 00 00 32 40 83 60 32 00 00 30 40" * 4 + "83 60 30 00"
    high = "00 92 60 40" + "81 70 60 00 00 62 40 81 70 62 00 00 60 40" * 8 + "81 70 60 00"
    content = midi_bytes(words, high, sung)
    reading = read(content)
    assert reading.melody.title == "Test"
    assert reading.remarks[0].startswith("took track 2")
    assert "sung to the words" in reading.remarks[0]


def test_channels_of_a_type_0_file_are_voices(read):
    content = midi_bytes(LOW + PLAIN, kind=0)
    reading = read(content)
    assert reading.melody.pitch.tolist() == [60, 64]
    assert "took channel 2 'channel 1' of 2" in reading.remarks[0]
    assert read(content, track=1).melody.pitch.tolist() == [36]


def test_a_track_can_be_named(read):
    content = midi_bytes("00 ff 03 04 42 61 73 73" + LOW, "00 ff 03 01 56" + PLAIN)
    assert "took track 2 'V' of 2" in read(content).remarks[0]
    assert read(content, track="bass").melody.pitch.tolist() == [36]
    with pytest.raises(
        InputError, match=r"file\.mid: no track '3'; there are 2: 1 'Bass' \(1 note, C2\), 2 'V'"
    ):
        read(content, track=3)


def test_type_2_takes_one_track_with_its_own_signs(read):
    first = "00 ff 58 04 03 02 18 08" + LOW
    second = "00 ff 58 04 06 03 18 08" + PLAIN
    reading = read(midi_bytes(first, second, kind=2))
    assert reading.melody.meter == (6, 8)
    assert any("type 2" in remark for remark in reading.remarks)


def test_a_chord_becomes_its_top_note(read):
    reading = read(midi_bytes("00 90 3c 40 00 43 40 83 60 3c 00 00 43 00" + PLAIN))
    assert reading.melody.pitch.tolist() == [67, 60, 64]
    assert "1 of 4 notes left out" in reading.remarks[0]


def test_a_note_struck_again_ends_and_an_unended_one_lasts_to_the_end(read):
    struck = read(midi_bytes("00 90 3c 40 83 60 3c 40 83 60 3c 00 00 3c 00")).melody
    assert notes(struck) == [(60, 0, 480), (60, 480, 480)]
    unended = read(midi_bytes("00 90 3c 40 87 40 b0 07 64")).melody
    assert notes(unended) == [(60, 0, 960)]


def test_drums_are_ignored(read):
    drums = "00 99 24 40 83 60 24 00"
    assert read(midi_bytes(drums, PLAIN)).melody.pitch.tolist() == [60, 64]


def test_notes_without_length_are_left_out_with_a_remark(read):
    reading = read(midi_bytes("00 90 48 40 00 48 00" + PLAIN))
    assert reading.melody.pitch.tolist() == [60, 64]
    assert "left out 1 note without length" in reading.remarks


def test_a_very_long_note_is_cut(read):
    reading = read(midi_bytes("00 90 3c 40 ff ff ff 7f 3c 00", resolution=1))
    assert notes(reading.melody) == [(60, 0, 64 * 480)]
    assert "longer than 64 quarters" in reading.remarks[0]


def test_odd_signs_are_passed_over(read):
    odd = "00 ff 59 02 55 05  00 ff 51 01 05  00 ff 58 01 04  00 ff 03 00  00 f0 02 01 f7"
    assert read(midi_bytes(odd + PLAIN)).melody == read(midi_bytes(PLAIN)).melody


def test_the_time_before_an_unknown_event_counts(read):
    between = "83 60 ff 4b 01 00"
    melody = read(midi_bytes(PLAIN + between + PLAIN)).melody
    assert melody.onset.tolist() == [0, 480, 1440, 1920]


def test_chunks_of_another_kind_are_passed_over(read):
    assert read(GOOD[:14] + b"XFIH\0\0\0\2ab" + GOOD[14:]).melody == read(GOOD).melody


def test_running_status_goes_on_after_a_meta_event(read):
    assert notes(read(midi_bytes("00 90 3c 40 00 ff 01 01 61 83 60 3c 00")).melody) == [
        (60, 0, 480)
    ]


def test_a_name_may_be_utf_8_or_latin_1(read):
    assert read(midi_bytes("00 ff 03 02 c3 a9" + PLAIN)).melody.title == "é"
    assert read(midi_bytes("00 ff 03 01 e9" + PLAIN)).melody.title == "é"


GOOD = midi_bytes(PLAIN)
MANY = "00 90 3c 40" + "10 3c 00 00 3c 40" * 99_999 + "10 3c 00"
WRONG = {
    "empty": (b"", "is empty"),
    "text": (b"this is no music at all", "is not a MIDI file"),
    "zip": (b"PK\3\4" + bytes(100), "is not a MIDI file"),
    "header only": (GOOD[:9], "is cut short"),
    "cut in a track header": (GOOD[:20], "holds no notes; the header promises 1 and 0 tracks are"),
    "cut in the first event": (GOOD[:24], "holds no notes; track 1 is cut short: 20 bytes of it"),
    "no track": (midi_bytes(), "holds no notes"),
    "no notes": (midi_bytes("00 c0 05"), "holds no notes"),
    "only drums": (midi_bytes("00 99 24 40 83 60 24 00"), "only drums"),
    "only without length": (midi_bytes("00 90 3c 40 00 3c 00"), "zero length"),
    "status byte": (midi_bytes("00 f4"), "holds no notes; passed over 1 byte that mean"),
    "no status": (midi_bytes("00 3c 40"), "holds no notes"),
    "long number": (midi_bytes("ff ff ff ff 7f 90 3c 40"), "holds no notes; track 1 is damaged"),
    "endless length": (midi_bytes("00 ff 01 ff ff ff 7f"), "holds no notes; track 1 has no end"),
    "too far": (midi_bytes(PLAIN + "ff ff ff 7f" + PLAIN[2:], resolution=1), "quarters; at most"),
    "100,000 notes": (midi_bytes(MANY), "track 1 'track 1' holds more than 20,000 notes"),
    "20,001 notes": (midi_bytes(MANY[: 11 + 17 * 20_000] + "10 3c 00"), "more than 20,000 notes"),
    "endless events": (midi_bytes("00 b0 01 01" + "00 01 01" * 1_000_000), "1,000,000 events"),
    "4,097 tracks": (GOOD[:14] + b"MTrk\0\0\0\0" * 4_097, "more than 4,096 tracks"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_line(read, name):
    content, message = WRONG[name]
    with pytest.raises(InputError, match=rf"file\.mid: .*{message}") as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_missing_folder_and_unknown_endings(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_melody(tmp_path / "missing.mid")
    with pytest.raises(InputError, match="is a folder"):
        load_melody(tmp_path)
    (tmp_path / "folder.mid").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        load_melody(tmp_path / "folder.mid")
    with pytest.raises(InputError, match=r"cannot read files that end in '\.xyz'; known: \.mid"):
        load_melody(tmp_path / "x.xyz")


def test_a_file_over_the_limit_is_not_opened(tmp_path):
    path = tmp_path / "huge.mid"
    with path.open("wb") as stream:
        stream.truncate(10_000_001)
    with pytest.raises(InputError, match="10,000,001 bytes; at most 10,000,000"):
        load_melody(path)


@pytest.fixture(scope="module")
def seed_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("seed") / "seed.mid"
    melody = Melody(
        pitch=[60, 64, 67, 72, 71],
        onset=[0, 240, 640, 960, 2000],
        duration=[240, 160, 320, 960, 300],
        meter=(6, 8),
        key=Key(0, "mixolydian"),
        tempo_bpm=90.0,
        title="Seed",
    )
    low = Melody(pitch=[48, 43], onset=[0, 960], duration=[960, 960])
    parts = (Part(melody=melody, name="a"), Part(melody=low, name="b"))
    save_sheet(Sheet(parts=parts), path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(8))
def test_mutated_files_are_refused_or_read(seed_bytes, tmp_path, seed):
    rng = np.random.default_rng(seed)
    path = tmp_path / "x.mid"
    for _ in range(60):
        content = bytearray(seed_bytes)
        for place in rng.integers(0, len(content), rng.integers(1, 6)):
            content[place] = rng.integers(0, 256)
        if rng.random() < 0.3:
            del content[rng.integers(0, len(content)) :]
        if rng.random() < 0.2:
            place = int(rng.integers(0, len(content) + 1))
            content[place:place] = rng.bytes(int(rng.integers(1, 9)))
        path.write_bytes(content)
        with contextlib.suppress(InputError):
            assert len(load_melody(path)) >= 1
