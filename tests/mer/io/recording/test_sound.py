"""Audio files -> samples: every kind of WAV, its limits, and damaged ones."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.errors import InputError
from mer.io.recording.sound import Sound, load_sound, one_channel, resampled

RATE = 16_000
WAVE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)


def wav(kind, bits, body, *, channels=1, rate=RATE, size=None, extensible=False):
    """A WAV file with a chunk before the samples that a reader must pass over."""
    frame = channels * bits // 8
    tag = 0xFFFE if extensible else kind
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)
    if extensible:
        form += struct.pack("<HHI", 22, bits, 0) + struct.pack("<H", kind) + bytes(14)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"LIST\x03\x00\x00\x00odd\x00"
    chunks += b"data" + struct.pack("<I", len(body) if size is None else size) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def packed(values, bits):
    if bits == 8:
        return np.round(values * 127 + 128).astype("u1").tobytes()
    whole = np.round(values * (2 ** (bits - 1) - 1)).astype("<i4")
    width = bits // 8
    return whole.view("u1").reshape(-1, 4)[:, :width].tobytes()


@pytest.fixture
def load(tmp_path):
    def loader(content):
        path = tmp_path / "take.wav"
        path.write_bytes(content)
        return load_sound(path)

    return loader


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_whole_numbers(load, bits, extensible):
    sound = load(wav(1, bits, packed(WAVE, bits), extensible=extensible))
    assert sound.sample_rate == RATE
    np.testing.assert_allclose(sound.samples, WAVE, atol=2.0 / 2 ** (bits - 1))


@pytest.mark.parametrize(("bits", "kind"), [(32, "<f4"), (64, "<f8")])
def test_floating_point(load, bits, kind):
    sound = load(wav(3, bits, WAVE.astype(kind).tobytes()))
    np.testing.assert_allclose(sound.samples, WAVE, atol=1e-6)


def test_the_loudest_channel_is_taken(load):
    frames = np.stack([0.1 * WAVE, -WAVE, 0 * WAVE], axis=1)
    sound = load(wav(1, 16, packed(frames.reshape(-1), 16), channels=3))
    np.testing.assert_allclose(sound.samples, -WAVE, atol=1e-3)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 10**6])
def test_a_stream_that_does_not_know_its_length(load, size):
    assert load(wav(1, 16, packed(WAVE, 16), size=size)).duration_sec == 1.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (wav(1, 16, packed(WAVE, 16)[:2000]), r"lasts 0\.06 seconds; at least 0\.3"),
        (wav(1, 16, bytes(2 * 8000 * 61), rate=8000), r"lasts 61\.0 seconds; at most 60"),
        (wav(1, 16, packed(WAVE, 16), rate=4000), "has 4,000 samples a second; 8,000 to 192,000"),
        (wav(1, 16, packed(WAVE, 16), rate=0), "has 0 samples a second"),
        (wav(1, 16, packed(WAVE, 16), channels=99), "has 99 channels; 1 to 32"),
        (wav(1, 16, packed(WAVE, 16), channels=0), "has 0 channels; 1 to 32"),
        (wav(2, 4, packed(WAVE, 16)), "kind 2 with 4 bits, which is not read: save it as 16-bit"),
        (wav(3, 32, np.full(RATE, np.nan, "<f4").tobytes()), "not finite; save it again"),
        (wav(3, 64, np.full(RATE, np.inf, "<f8").tobytes()), "not finite; save it again"),
        (wav(1, 16, b""), r"lasts 0\.00 seconds"),
        (b"RIFF\x00\x00\x00\x00WAVE", "without samples"),
        (b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd", "does not describe its samples"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(load, content, message):
    with pytest.raises(InputError, match=message) as refused:
        load(content)
    assert "take.wav: " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "take.wav"
    with path.open("wb") as stream:
        stream.truncate(60_000_000)
    with pytest.raises(InputError, match="has 60,000,000 bytes; at most 50,000,000"):
        load_sound(path)


@settings(max_examples=60)
@given(
    place=st.integers(0, 70),
    value=st.integers(0, 255),
    stop=st.integers(0, RATE),
)
def test_damaged_files_are_read_or_refused(tmp_path_factory, place, value, stop):
    content = bytearray(wav(1, 16, packed(WAVE, 16)))
    content[place] = value
    path = tmp_path_factory.mktemp("damaged") / "take.wav"
    path.write_bytes(bytes(content[: len(content) - stop]))
    try:
        sound = load_sound(path)
    except InputError:
        return
    assert np.isfinite(sound.samples).all()


@pytest.mark.parametrize(
    "frames", [np.zeros((2, 2, 2)), np.array(["a"] * 9000), np.zeros((9000, 0))]
)
def test_arrays_that_are_no_sound(frames):
    with pytest.raises(InputError):
        one_channel(frames, RATE)


def test_huge_samples_do_not_overflow():
    assert np.isfinite(one_channel(np.full(RATE, 1e300) * WAVE, RATE).samples).all()


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000, 44_101])
def test_resampling_keeps_a_tone(rate):
    time = np.arange(rate) / rate
    sound = Sound(np.sin(2 * np.pi * 440 * time).astype(np.float32), rate)
    made = resampled(sound, RATE)
    assert len(made) == RATE
    expected = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    np.testing.assert_allclose(made[1000:-1000], expected[1000:-1000], atol=0.02)


def test_resampling_takes_away_direct_current():
    made = resampled(Sound(np.full(RATE, 0.5, dtype=np.float32), RATE), RATE)
    assert np.abs(made).max() < 1e-6
