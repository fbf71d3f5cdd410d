"""Recordings: tones made here and heard again, and everything that can be wrong with a file."""

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from mer.errors import InputError
from mer.io import RECORDINGS, load_melody, read_melody
from mer.io.recording import pitch_track
from mer.io.recording.read import listen, read_audio

RATE = 22_050
TUNE = [67, 67, 69, 71, 72, 71, 67, 62]
QUARTERS = [1, 0.5, 0.5, 1, 1, 0.5, 0.5, 2]
ROOT = Path(__file__).resolve().parents[4]


def tones(pitches=TUNE, quarters=QUARTERS, *, quarter=0.6, cents=0.0, rate=RATE, vibrato=0.0):
    """Samples of notes with three partials, each with a short attack and release."""
    parts = [np.zeros(round(0.3 * rate))]
    for pitch, length in zip(pitches, quarters, strict=True):
        time = np.arange(round(length * quarter * rate)) / rate
        hz = 440.0 * 2 ** ((pitch + cents / 100 - 69) / 12)
        bend = vibrato / 1200 * np.log(2) * np.sin(2 * np.pi * 5.5 * time)
        phase = 2 * np.pi * hz * np.cumsum(np.exp(bend)) / rate
        sound = np.sin(phase) + 0.5 * np.sin(2 * phase) + 0.25 * np.sin(3 * phase)
        sound *= np.minimum(1, np.minimum(time, time[-1] - time) / 0.03)
        parts.append(sound)
    parts.append(np.zeros(round(0.3 * rate)))
    return 0.4 * np.concatenate(parts)


def write(path, samples, *, rate=RATE, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.asarray(samples) * 32_767).astype("<i2").tobytes())
    return path


@pytest.fixture
def detector():
    return pytest.importorskip("swift_f0", reason="the extra 'audio' is not installed")


@pytest.mark.usefixtures("detector")
class TestHearing:
    @pytest.mark.parametrize("cents", [0.0, 30.0, -40.0])
    def test_notes_and_rhythm_come_back(self, tmp_path, cents):
        heard = load_melody(write(tmp_path / "take.wav", tones(cents=cents)))
        assert heard.pitch.tolist() == TUNE
        assert heard.onset_quarter.tolist() == [0, 1, 1.5, 2, 3, 4, 4.5, 5]
        assert heard.duration_quarter.tolist() == QUARTERS
        assert heard.tempo_bpm == pytest.approx(100, abs=2)
        assert heard.meter is None

    def test_vibrato_of_half_a_semitone_stays_inside_a_note(self):
        assert listen(tones(vibrato=50.0), RATE).melody.pitch.tolist() == TUNE

    def test_noise_at_20_db(self):
        samples = tones()
        samples += np.random.default_rng(1).normal(0, samples.std() / 10, len(samples))
        assert listen(samples, RATE).melody.pitch.tolist() == TUNE

    def test_a_whistle_above_what_the_network_hears(self):
        high = [pitch + 29 for pitch in TUNE]  # up to A7 flat, 3.3 kHz
        assert listen(tones(high), RATE).melody.pitch.tolist() == high

    def test_a_rest_stays_a_rest(self):
        gap = np.zeros(round(0.6 * RATE))
        samples = np.concatenate([tones([60, 62], [1, 1]), gap, tones([64, 65], [1, 1])])
        heard = listen(samples, RATE).melody
        assert heard.onset_quarter.tolist() == [0, 0.5, 2, 2.5]
        assert heard.duration_quarter.tolist()[:2] == [0.5, 0.5]

    def test_remarks_tell_tuning_and_tempo_and_that_the_pace_is_a_guess(self, tmp_path):
        reading = read_melody(write(tmp_path / "take.wav", tones(cents=30.0)))
        assert reading.remarks[0].startswith("heard 8 notes in 4.2 seconds, tuned")
        assert "cents above concert pitch (A = 44" in reading.remarks[0]
        assert "quarters a minute; the metre is not known" in reading.remarks[1]
        assert not reading.pace_known

    def test_the_same_file_gives_the_same_melody(self):
        assert listen(tones(), RATE).melody == listen(tones(), RATE).melody

    def test_loudness_does_not_matter(self):
        assert listen(tones() * 0.01, RATE).melody == listen(tones(), RATE).melody

    @pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
    def test_sample_rates(self, rate):
        assert listen(tones(rate=rate), rate).melody.pitch.tolist() == TUNE

    @pytest.mark.parametrize("ending", [".flac", ".ogg", ".mp3"])
    def test_other_formats(self, tmp_path, ending):
        soundfile = pytest.importorskip("soundfile", reason="the extra 'audio' is not installed")
        path = tmp_path / f"take{ending}"
        soundfile.write(path, tones(rate=44_100), 44_100)
        assert load_melody(path).pitch.tolist() == TUNE

    def test_noise_alone_is_refused(self):
        noise = np.random.default_rng(2).normal(0, 0.1, 3 * RATE)
        with pytest.raises(InputError, match="was heard: hum, whistle or play"):
            listen(noise, RATE)

    def test_one_note_is_refused(self):
        with pytest.raises(InputError, match="one note was heard: hum, whistle or play at least 2"):
            listen(tones([60], [2]), RATE)

    def test_a_click_is_refused(self):
        samples = np.zeros(RATE)
        samples[RATE // 2] = 1.0
        with pytest.raises(InputError, match="was heard"):
            listen(samples, RATE)

    @pytest.mark.parametrize("package", ["mer search", "generate --seed"])
    def test_command_lines_take_recordings(self, tmp_path, package):
        name, option = package.split()
        path = write(tmp_path / "take.wav", tones())
        ran = subprocess.run(
            [sys.executable, "-m", name, option, str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stderr
        assert "heard 8 notes" in ran.stdout + ran.stderr


@pytest.mark.parametrize("make", [np.zeros, lambda frames: np.full(frames, 0.3)])
def test_silence_is_refused(tmp_path, make):
    path = write(tmp_path / "take.wav", make(2 * RATE))
    with pytest.raises(InputError, match=r"take\.wav: holds only silence: check that the micro"):
        load_melody(path)


def test_a_recording_has_no_tracks(tmp_path):
    with pytest.raises(InputError, match="no tracks to choose from; leave 2 out"):
        read_audio(write(tmp_path / "take.wav", tones()), track=2)


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(pitch_track, "library", lambda name: None)
    with pytest.raises(InputError, match=r"take\.wav: .*pip install 'mer\[audio\]'") as refused:
        load_melody(write(tmp_path / "take.wav", tones()))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["take.m4a", "take.webm"])
def test_formats_of_telephones_are_refused_with_what_to_do(tmp_path, name):
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(InputError, match="save the recording as WAV"):
        load_melody(tmp_path / name)


@pytest.mark.parametrize("ending", RECORDINGS)
@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 100])
def test_nonsense_is_refused_in_one_line(tmp_path, ending, content):
    path = tmp_path / f"take{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"take\.") as refused:
        load_melody(path)
    assert "\n" not in str(refused.value)


def test_reading_notation_imports_nothing_of_it():
    code = (
        "import sys, mer.io, mer.io.midi.writing.files\n"
        "assert not {'swift_f0', 'onnxruntime'} & {*sys.modules}"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
