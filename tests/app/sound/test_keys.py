"""The keys of the screen piano sound in tune on the real instruments, and for a short while."""

import io
from itertools import pairwise

import numpy as np
import pytest

from app.sound.keys import HIGHEST, LOWEST, STEPS_APART, struck_key
from generate.sound.compressed import can_compress, mp3
from generate.sound.instruments import INSTRUMENTS
from mer.errors import InputError

# What is struck, blown, bowed and sung.
HEARD = [("piano", 48), ("flute", 69), ("violin", 57), ("choir", 60), ("music box", 84)]


def pitch_of(samples: np.ndarray, rate: int) -> float:
    """Return the pitch of a steady tone in semitones: the first strong peak of its autocorrelation.

    The peak is placed between samples by a parabola.
    """
    tone = samples[int(0.15 * rate) : int(0.6 * rate)].mean(axis=1)
    count = len(tone)
    spectrum = np.fft.rfft(tone - tone.mean(), 2 * count)
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[:count] / (count - np.arange(count))
    lags = range(rate // 4_000, rate // 50)
    peaks = [lag for lag in lags if alike[lag - 1] < alike[lag] >= alike[lag + 1]]
    strong = 0.9 * max(alike[lag] for lag in peaks)
    lag = next(lag for lag in peaks if alike[lag] > strong)
    before, here, after = alike[lag - 1 : lag + 2]
    top = lag + (before - after) / (2 * (before - 2 * here + after))
    return float(69 + 12 * np.log2(rate / top / 440))


def test_the_ear_of_this_test_is_right() -> None:
    turns = 2 * np.pi * 440 * 2 ** (3 / 12) * np.arange(48_000) / 48_000
    tone = np.sin(turns) + np.sin(2 * turns)
    assert abs(pitch_of(np.stack([tone, tone], axis=1), 48_000) - 72) < 0.02


@pytest.mark.parametrize(("instrument", "pitch"), HEARD)
def test_a_key_sounds_as_high_as_it_is_and_is_short(instrument: str, pitch: int) -> None:
    rendering = struck_key(INSTRUMENTS[instrument], pitch).rendered(None)
    samples, rate = rendering.samples, rendering.sample_rate
    if can_compress():
        soundfile = pytest.importorskip("soundfile")
        packed = mp3(rendering)
        assert len(packed) < 40_000
        samples, rate = soundfile.read(io.BytesIO(packed))
    assert abs(pitch_of(samples, rate) - pitch) < 0.3
    assert 0.5 < len(samples) / rate < 1.7
    loud = np.abs(samples).max(axis=1)
    assert loud[: rate // 10].max() > 0.05  # it begins at once
    assert loud[-rate // 100 :].max() < 0.02  # and fades out


def test_every_key_of_the_page_has_one_near_it_and_no_other_is_made() -> None:
    made = range(LOWEST, HIGHEST + 1, STEPS_APART)
    assert max(later - earlier for earlier, later in pairwise(made)) == STEPS_APART
    assert made[0] <= 24 + 1  # octave 1
    assert made[-1] >= 12 * (7 + 1) + 24 - 1  # two octaves above octave 7
    for program, pitch in ((73, 61), (73, 21), (73, 126), (1, 60), (200, 60)):
        with pytest.raises(InputError, match=r"no key|no instrument"):
            struck_key(program, pitch)
