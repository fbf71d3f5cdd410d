"""Melody -> a recording as a person might make it: voice-like, whistle, flute or piano, in numpy.

What makes it hard is drawn from the generator: a tuning anywhere between the keys (not for the
piano), notes a little off, vibrato, glides, a tempo that wanders and onsets that are early or late.
The pace is that of humming: half of the notes are shorter than 0.3 to 0.45 seconds, none than 0.11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats
from mer.notes.melody import Melody

RATE = 44_100
SHORTEST_SEC = 0.11


@dataclass(frozen=True)
class Timbre:
    """How an instrument sounds and how exactly it is played.

    `centre` is the MIDI number about which the tune is placed, by octaves; `partials` amplitudes;
    `formants` (Hz, width, gain); times in seconds; `dip_db` how far the level falls between notes.
    """

    centre: float
    partials: tuple[float, ...]
    formants: tuple[tuple[float, float, float], ...] = ()
    off_cents: float = 0.0
    free_tuning: bool = True
    vibrato_cents: float = 0.0
    glide_sec: float = 0.0
    dip_db: float = 14.0
    dip_sec: float = 0.05
    breath: float = 0.0
    decay: float = 0.0


VOWEL = ((650.0, 160.0, 1.0), (1100.0, 200.0, 0.55), (2600.0, 300.0, 0.2))
TIMBRES: dict[str, Timbre] = {
    "voice-like": Timbre(
        58.0, tuple(1.0 / k for k in range(1, 31)), VOWEL, 18.0, True, 45.0, 0.06, 14.0, 0.06, 0.02
    ),
    "whistle": Timbre(86.0, (1.0, 0.02, 0.005), (), 12.0, True, 30.0, 0.04, 16.0, 0.04, 0.03),
    "flute": Timbre(
        79.0, (1.0, 0.45, 0.2, 0.07, 0.03), (), 6.0, True, 25.0, 0.015, 12.0, 0.04, 0.02
    ),
    "piano": Timbre(67.0, (1.0, 0.6, 0.35, 0.25, 0.15, 0.1, 0.06, 0.04), (), 0.0, False, decay=1.6),
}


@dataclass(frozen=True, eq=False)
class Take:
    """A recording: `samples` of shape (frames,), and the notes in it: MIDI numbers and seconds."""

    samples: Floats
    pitch: npt.NDArray[np.int64]
    start_sec: Floats
    end_sec: Floats


def record(
    melody: Melody, timbre: Timbre, rng: np.random.Generator, *, noise_db: float = 20.0
) -> Take:
    """Return a recording of `melody` in a timbre, with white noise so far below it."""
    octaves = round((timbre.centre - float(np.median(melody.pitch))) / 12.0)
    pitch = melody.pitch + 12 * octaves
    start, end = _played(melody, rng)
    tuning = float(rng.uniform(-0.5, 0.5)) if timbre.free_tuning else 0.0
    sung = pitch + tuning + rng.normal(0.0, timbre.off_cents / 100.0, len(pitch))
    return Take(sounded(timbre, sung, start, end, rng, noise_db=noise_db), pitch, start, end)


def sounded(
    timbre: Timbre,
    sung: Floats,
    start: Floats,
    end: Floats,
    rng: np.random.Generator,
    *,
    noise_db: float = 20.0,
) -> Floats:
    """Return the samples of notes at any pitches (MIDI numbers with fractions) and times."""
    frames = round((end[-1] + rng.uniform(0.3, 0.6)) * RATE)
    make = _struck if timbre.decay else _sustained
    samples = make(timbre, sung, start, end, frames, rng)
    inside = samples[round(start[0] * RATE) : round(end[-1] * RATE)]
    level = np.sqrt(np.mean(np.square(inside))) * 10.0 ** (-noise_db / 20.0)
    samples = samples + rng.normal(0.0, level, frames)
    return np.asarray(samples * 0.5 / np.abs(samples).max())


def _played(melody: Melody, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return when each note starts and ends, in seconds, the tempo wandering."""
    steps = np.diff(melody.onset)
    quick = steps if len(steps) else melody.duration
    second = max(
        float(rng.uniform(0.3, 0.45)) / float(np.median(quick)), SHORTEST_SEC / float(quick.min())
    )
    edges = np.unique(np.concatenate([melody.onset, melody.end]))
    span = max(float(edges[-1]), 1.0)
    phase, swing = rng.uniform(0.0, 2 * np.pi), rng.uniform(0.04, 0.10)
    trend = rng.uniform(-0.10, 0.10)
    middle = (edges[1:] + edges[:-1]) / 2 / span
    speed = np.exp(swing * np.sin(2 * np.pi * middle * rng.uniform(0.7, 1.5) + phase))
    speed *= np.exp(trend * (middle - 0.5))
    place = np.concatenate([[0.0], np.cumsum(np.diff(edges) * second * speed)])
    start = place[np.searchsorted(edges, melody.onset)]
    end = place[np.searchsorted(edges, melody.end)]
    late = np.clip(rng.normal(0.0, 0.012, len(start)), -0.03, 0.03)
    late[0] = 0.0
    joined = np.append(melody.end[:-1] == melody.onset[1:], False)
    start, end = start + late, end + np.where(joined, np.append(late[1:], 0.0), 0.0)
    lead = rng.uniform(0.2, 0.6)
    return start + lead, end + lead


def _sustained(
    timbre: Timbre, sung: Floats, start: Floats, end: Floats, frames: int, rng: np.random.Generator
) -> Floats:
    """Return one voice that glides from note to note, and dips between them."""
    time = np.arange(frames) / RATE
    note = np.clip(np.searchsorted(start, time, side="right") - 1, 0, len(sung) - 1)
    track = sung[note]
    if timbre.glide_sec:
        window = np.hanning(round(timbre.glide_sec * RATE) + 2)
        margin = len(window) // 2
        padded = np.pad(track, (margin, len(window) - 1 - margin), mode="edge")
        track = _convolved(padded, window / window.sum())[len(window) - 1 :][:frames]
    since = time - start[note]
    depth = timbre.vibrato_cents / 100.0 * np.clip((since - 0.12) / 0.2, 0.0, 1.0)
    rate = rng.uniform(4.8, 6.2)
    track = track + depth * np.sin(2 * np.pi * rate * time + rng.uniform(0, 2 * np.pi))
    hz = 440.0 * 2.0 ** ((track - 69.0) / 12.0)
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    sound = np.zeros(frames)
    for number, amplitude in enumerate(timbre.partials, start=1):
        partial = hz * number
        gain = amplitude * (partial < 0.45 * RATE)
        if timbre.formants:
            gain = gain * sum(
                g / (1.0 + np.square((partial - f) / w)) for f, w, g in timbre.formants
            )
        sound += gain * np.sin(number * phase)
    sound /= np.sqrt(np.mean(np.square(sound)))
    sound += timbre.breath * rng.normal(0.0, 1.0, frames)
    return sound * _level(timbre, start, end, frames, rng)


def _level(
    timbre: Timbre, start: Floats, end: Floats, frames: int, rng: np.random.Generator
) -> Floats:
    """Return the level of a sustained voice: on in the notes, lower for a moment before each."""
    level = np.zeros(frames)
    for first, last in zip(start, end, strict=True):
        level[round(first * RATE) : round(last * RATE)] = rng.uniform(0.75, 1.0)
    low = 10.0 ** (-timbre.dip_db / 20.0)
    for first in start[1:]:
        span = slice(round((first - timbre.dip_sec) * RATE), round(first * RATE))
        level[span] *= low
    window = np.hanning(round(0.03 * RATE))
    return _convolved(np.pad(level, len(window) // 2), window / window.sum())[len(window) - 1 :][
        :frames
    ]


def _struck(
    timbre: Timbre, sung: Floats, start: Floats, end: Floats, frames: int, rng: np.random.Generator
) -> Floats:
    """Return notes that are struck, die away, and are damped when they end."""
    sound = np.zeros(frames)
    for pitch, first, last in zip(sung, start, end, strict=True):
        hz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
        begin = round(first * RATE)
        time = np.arange(min(frames - begin, round((last - first + 0.25) * RATE))) / RATE
        damper = np.exp(-np.maximum(time - (last - first), 0.0) / 0.05)
        level = damper * np.minimum(time / 0.004, 1.0) * rng.uniform(0.6, 1.0)
        for number, amplitude in enumerate(timbre.partials, start=1):
            stretched = hz * number * np.sqrt(1.0 + 0.0004 * number**2)
            fall = np.exp(-time * timbre.decay * (1.0 + 0.6 * (number - 1)))
            swing = np.sin(2 * np.pi * stretched * time + rng.uniform(0, 2 * np.pi))
            sound[begin : begin + len(time)] += amplitude * level * fall * swing
        knock = rng.normal(0.0, 0.3, len(time)) * np.exp(-time / 0.01) * level
        sound[begin : begin + len(time)] += knock
    return sound


def _convolved(values: Floats, window: Floats) -> Floats:
    """Return the full convolution, by Fourier transform."""
    length = 1 << (len(values) + len(window) - 2).bit_length()
    product = np.fft.rfft(values, length) * np.fft.rfft(window, length)
    return np.asarray(np.fft.irfft(product, length)[: len(values) + len(window) - 1])
