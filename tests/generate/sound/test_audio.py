"""Rendered sound is listened to through numbers: level, tail, length and pitch."""

import wave
from pathlib import Path

import numpy as np
import pytest

from generate.sound import audio
from generate.sound.audio import render, save_wav
from generate.sound.instruments import INSTRUMENTS
from generate.sound.soundfont import find_soundfont
from generate.sound.synthesis import SYNTHESISERS, Unavailable
from mer.errors import InputError
from mer.notes.melody import Melody

A4 = Melody(pitch=[69], onset=[0], duration=[960])
TUNE = Melody(
    pitch=[69, 71, 73, 74, 76, 76],
    onset=[480, 960, 1440, 1920, 2880, 3360],
    duration=[480, 480, 480, 720, 480, 960],
    meter=(4, 4),
)


@pytest.fixture(params=list(SYNTHESISERS))
def synthesiser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make one synthesiser the only one, or skip where the machine lacks it."""
    name: str = request.param
    only(name, monkeypatch)
    try:
        render(A4)
    except InputError as missing:
        pytest.skip(str(missing))
    return name


def only(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "SYNTHESISERS", {name: SYNTHESISERS[name]})


def detected_hz(sound: audio.Rendering, *, from_sec: float = 0.15, to_sec: float = 0.8) -> float:
    """Return the fundamental by autocorrelation, its peak refined by a parabola."""
    rate = sound.sample_rate
    piece = sound.samples[round(from_sec * rate) : round(to_sec * rate)].mean(axis=1)
    piece = piece - piece.mean()
    power = np.abs(np.fft.rfft(piece, 2 * len(piece))) ** 2
    correlation = np.fft.irfft(power)[: len(piece)]
    low, high = rate // 2000, rate // 60
    lag = low + int(np.argmax(correlation[low:high]))
    before, peak, after = correlation[lag - 1 : lag + 2]
    return rate / (lag + 0.5 * (before - after) / (before - 2 * peak + after))


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


@pytest.mark.parametrize("instrument", ["flute", "piano", "violin", "harp"])
def test_levels_and_tail(synthesiser: str, instrument: str) -> None:
    sound = render(TUNE, program=INSTRUMENTS[instrument])
    assert sound.synthesiser == synthesiser
    assert sound.samples.ndim == 2
    assert sound.samples.shape[1] == 2
    assert sound.samples.dtype == np.float32
    peak = float(np.abs(sound.samples).max())
    assert 20 * np.log10(peak) == pytest.approx(-3.0, abs=0.5)
    assert rms(sound.samples) > 0.02
    last = sound.samples[-round(0.05 * sound.sample_rate) :]
    assert np.abs(last).max() < 10 ** (-50 / 20)
    # Music of 4 s (the leading rest is left out); a tail of at most 4 s.
    music = 3840 / 480 * 0.5
    assert music - 0.01 < sound.duration_sec < music + 4.05


@pytest.mark.parametrize("instrument", ["flute", "recorder", "piano"])
def test_the_pitch_is_heard(synthesiser: str, instrument: str) -> None:
    assert detected_hz(render(A4, program=INSTRUMENTS[instrument])) == pytest.approx(440, rel=0.01)
    third = render(A4.transpose(-9), program=INSTRUMENTS[instrument])
    assert detected_hz(third) == pytest.approx(261.63, rel=0.01)


def test_sound_begins_at_once(synthesiser: str) -> None:
    sound = render(TUNE, program=INSTRUMENTS["piano"])
    loud = np.flatnonzero(np.abs(sound.samples).max(axis=1) > 0.05)
    assert loud[0] < 0.1 * sound.sample_rate


def test_twice_the_tempo_is_half_the_length(synthesiser: str) -> None:
    slow, fast = render(TUNE, tempo_bpm=60), render(TUNE, tempo_bpm=120)
    tail = render(A4, tempo_bpm=120).duration_sec - 1.0
    assert slow.duration_sec - tail == pytest.approx(2 * (fast.duration_sec - tail), rel=0.1)


def test_same_bytes_each_time(synthesiser: str) -> None:
    assert np.array_equal(render(TUNE).samples, render(TUNE).samples)


def test_left_and_right_differ(synthesiser: str) -> None:
    samples = render(TUNE, program=INSTRUMENTS["piano"]).samples
    assert not np.array_equal(samples[:, 0], samples[:, 1])


def test_the_tempo_of_the_melody_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    only("plain synthesiser", monkeypatch)
    own = Melody(pitch=[69], onset=[0], duration=[480], tempo_bpm=30)
    assert render(own).duration_sec == pytest.approx(2.0, abs=1.0)
    assert np.array_equal(render(own, tempo_bpm=60).samples, render(A4).samples)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_sample_rate(rate: int, monkeypatch: pytest.MonkeyPatch) -> None:
    only("plain synthesiser", monkeypatch)
    sound = render(A4, sample_rate=rate)
    assert sound.sample_rate == rate
    assert detected_hz(sound) == pytest.approx(440, rel=0.01)


@pytest.mark.parametrize("program", range(0, 128, 7))
def test_every_family_sounds_without_a_soundfont(
    program: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only("plain synthesiser", monkeypatch)
    for pitch in (0, 60, 127):
        sound = render(Melody(pitch=[pitch], onset=[0], duration=[240]), program=program)
        assert np.isfinite(sound.samples).all()
        assert 0.7 < np.abs(sound.samples).max() < 0.72


def test_wav_file(tmp_path: Path) -> None:
    sound = render(TUNE)
    save_wav(sound, tmp_path / "tune.wav")
    save_wav(sound, tmp_path / "again.wav")
    assert (tmp_path / "tune.wav").read_bytes() == (tmp_path / "again.wav").read_bytes()
    with wave.open(str(tmp_path / "tune.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        assert file.getframerate() == sound.sample_rate
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    assert np.abs(frames.astype(int)).max() == pytest.approx(32767 * 10 ** (-3 / 20), abs=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again.wav", "tune.wav"]


def test_unwritable_wav(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        save_wav(render(A4), tmp_path / "missing" / "tune.wav")
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(InputError, match=r"folder\.wav"):
        save_wav(render(A4), tmp_path / "folder.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.wav"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"program": 128}, "128"),
        ({"program": -1}, "-1"),
        ({"tempo_bpm": 0.0}, "0.0"),
        ({"tempo_bpm": float("nan")}, "nan"),
        ({"sample_rate": 8000}, "8000"),
        ({"soundfont": "/no/such.sf2"}, "such.sf2"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        render(A4, **options)  # type: ignore[arg-type]


def test_too_long_and_too_many() -> None:
    with pytest.raises(InputError, match="600"):
        render(Melody(pitch=[69], onset=[0], duration=[480 * 1201]))
    many = np.arange(20_001)
    with pytest.raises(InputError, match="20000"):
        render(Melody(pitch=np.full(len(many), 60), onset=many, duration=np.ones(len(many), int)))


def test_fallback_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise Unavailable("system FluidSynth not found")

    plain = SYNTHESISERS["plain synthesiser"]
    monkeypatch.setattr(audio, "SYNTHESISERS", {"FluidSynth": missing, "plain synthesiser": plain})
    sound = render(A4)
    assert sound.synthesiser == "plain synthesiser"
    assert sound.remarks == ("system FluidSynth not found; used the plain synthesiser",)


def test_silent_soundfont_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> tuple[np.ndarray, int]:
        return np.zeros((44_100, 2), dtype=np.float32), 44_100

    plain = SYNTHESISERS["plain synthesiser"]
    monkeypatch.setattr(audio, "SYNTHESISERS", {"quiet": silent, "plain synthesiser": plain})
    assert render(A4).synthesiser == "plain synthesiser"


def test_damaged_soundfont_falls_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = find_soundfont(compressed=False)
    if good is None:
        pytest.skip("no soundfont on this machine")
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(good.read_bytes()[:5000])
    sound = render(A4, soundfont=damaged)
    assert sound.synthesiser == "plain synthesiser"
    assert "damaged.sf2" in sound.remarks[0]
    capfd.readouterr()
