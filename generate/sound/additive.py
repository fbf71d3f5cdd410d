"""Timed notes -> raw stereo samples from sums of sines: needs no soundfont and no library.

A voice is a list of partials with an attack, a release and, if it is plucked or struck, a decay
that is faster for higher partials. The partials come from the recurrence
``sin((k + 1) x) = 2 cos(x) sin(k x) - sin((k - 1) x)``, so a note costs one sine, one cosine and a
multiplication a partial. A short synthetic room follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from generate.sound.performance import Performance
from mer.notes.arrays import Floats, Singles


class Timbre(NamedTuple):
    """How an instrument family sounds.

    `partials` are amplitudes from the fundamental upwards; times are in seconds; `decay` is in
    nepers a second (0: sustained) and grows by `damping` with each partial.
    """

    partials: tuple[float, ...]
    attack: float
    release: float
    decay: float = 0.0
    damping: float = 0.0
    vibrato_cents: float = 0.0


_PIANO = Timbre((1, 0.6, 0.35, 0.25, 0.15, 0.1, 0.06, 0.04), 0.004, 0.18, 1.4, 0.9)
_BELL = Timbre((1, 0.1, 0.05, 0.35, 0.02, 0.08), 0.002, 0.35, 3.5, 0.8)
_PLUCKED = Timbre((1, 0.5, 0.4, 0.2, 0.15, 0.1, 0.05), 0.003, 0.25, 2.4, 1.3)
_ORGAN = Timbre((1, 0.7, 0.15, 0.4, 0.05, 0.1, 0.02, 0.15), 0.02, 0.09)
_BOWED = Timbre((1, 0.55, 0.45, 0.3, 0.25, 0.15, 0.12, 0.08, 0.06), 0.06, 0.12, vibrato_cents=14)
_CHOIR = Timbre((1, 0.45, 0.3, 0.08, 0.05, 0.03), 0.09, 0.2, vibrato_cents=18)
_BRASS = Timbre((1, 0.8, 0.7, 0.5, 0.35, 0.22, 0.14, 0.08), 0.03, 0.08, vibrato_cents=5)
_REED = Timbre((1, 0.15, 0.6, 0.12, 0.35, 0.08, 0.18, 0.05, 0.08), 0.025, 0.08, vibrato_cents=5)
_PIPE = Timbre((1, 0.32, 0.12, 0.05, 0.02), 0.045, 0.1, vibrato_cents=9)

# One voice for each of the sixteen General MIDI families of eight programs.
_FAMILIES: tuple[Timbre, ...] = (
    _PIANO,
    _BELL,
    _ORGAN,
    _PLUCKED,
    _PLUCKED,
    _BOWED,
    _CHOIR,
    _BRASS,
    _REED,
    _PIPE,
    _ORGAN,
    _CHOIR,
    _BELL,
    _PLUCKED,
    _BELL,
    _PIPE,
)
# Programs that do not sound like their family: pizzicato, harp, timpani, bagpipe, fiddle, shanai.
_EXCEPTIONS = {45: _PLUCKED, 46: _PLUCKED, 47: _BELL, 109: _REED, 110: _BOWED, 111: _REED}

_VIBRATO_HZ = 5.2
_ROOM_SECONDS = 0.7
_ROOM_LEVEL = 0.16
_ROOM_SEED = 7  # the room is a fixed sound; nothing here depends on the caller's random state
_BLOCK = 1 << 17


def additive(performance: Performance, sample_rate: int) -> Singles:
    """Return stereo samples, shape (frames, 2), not yet normalised.

    Parameters
    ----------
    sample_rate
        Frames a second.

    Examples
    --------
    >>> from generate.sound.performance import perform
    >>> from mer.notes.melody import Melody
    >>> a4 = perform(Melody(pitch=[69], onset=[0], duration=[480]), program=73)
    >>> additive(a4, 44100).shape[1]
    2
    """
    voices = [_EXCEPTIONS.get(program, _FAMILIES[program // 8]) for program in performance.programs]
    length = performance.duration_sec + max(voice.release for voice in voices)
    dry = np.zeros((round(length * sample_rate) + 2, 2), dtype=np.float32)
    for part, pitch, velocity, start, end in zip(
        performance.part.tolist(),
        performance.pitch,
        performance.velocity,
        performance.start_sec,
        performance.end_sec,
        strict=True,
    ):
        first = round(float(start) * sample_rate)
        note = _note(voices[part], int(pitch), float(end - start), sample_rate)
        span = dry[first : first + len(note)]
        span += note[: len(span)] * np.float32((int(velocity) / 127.0) ** 2)
    return _in_room(dry, sample_rate)


def _note(voice: Timbre, pitch: int, seconds: float, sample_rate: int) -> Singles:
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12.0)
    time = np.arange(round((seconds + voice.release) * sample_rate) + 1) / sample_rate
    phase = 2.0 * np.pi * frequency * time
    if voice.vibrato_cents:
        phase += _vibrato(time, voice.vibrato_cents, frequency)
    low, high = np.zeros_like(phase), np.sin(phase)
    twice_cosine = 2.0 * np.cos(phase)
    fade = np.exp(-voice.damping * time) if voice.damping else None
    level = np.exp(-voice.decay * time) * _envelope(voice, time, seconds)
    left, right = np.zeros_like(phase), np.zeros_like(phase)
    for number, amplitude in enumerate(voice.partials, start=1):
        # Quiet near the top of the range, so that no partial folds back below half the rate.
        if frequency * number > 0.45 * sample_rate:
            break
        sound = amplitude * level * high
        lean = 0.0 if number == 1 else 0.25 * (-1) ** number
        left += (1.0 - lean) * sound
        right += (1.0 + lean) * sound
        low, high = high, twice_cosine * high - low
        if fade is not None:
            level = level * fade
    return np.stack([left, right], axis=1).astype(np.float32)


def _vibrato(time: Floats, cents: float, frequency: float) -> Floats:
    # The depth in Hz, integrated over time: a phase. It swells: players begin a note straight.
    depth: float = frequency * (2.0 ** (cents / 1200.0) - 1.0) / _VIBRATO_HZ
    swell = np.clip((time - 0.15) / 0.4, 0.0, 1.0)
    return depth * swell * np.sin(2.0 * np.pi * _VIBRATO_HZ * time)


def _envelope(voice: Timbre, time: Floats, seconds: float) -> Floats:
    rise = np.clip(time / voice.attack, 0.0, 1.0)
    fall = np.clip((seconds + voice.release - time) / voice.release, 0.0, 1.0)
    return np.sin(0.5 * np.pi * rise) * fall**2


def _in_room(dry: Singles, sample_rate: int) -> Singles:
    # Decaying noise, different in each ear, added to the direct sound block by block.
    frames = round(_ROOM_SECONDS * sample_rate)
    noise = np.random.default_rng(_ROOM_SEED).standard_normal((frames, 2))
    decay = 10.0 ** (-3.0 * np.arange(frames) / frames)
    room = noise * decay[:, None]
    room *= _ROOM_LEVEL / np.linalg.norm(room, axis=0)
    size = 1 << int(np.ceil(np.log2(_BLOCK + frames)))
    spectrum = np.fft.rfft(room, size, axis=0)
    wet = np.zeros((len(dry) + frames, 2), dtype=np.float32)
    wet[: len(dry)] = dry
    for start, block in _blocks(dry):
        echo = np.fft.irfft(np.fft.rfft(block, size, axis=0) * spectrum, size, axis=0)
        part = wet[start : start + len(block) + frames - 1]
        part += echo[: len(part)].astype(np.float32)
    return wet


def _blocks(samples: Singles) -> Iterator[tuple[int, Singles]]:
    for start in range(0, len(samples), _BLOCK):
        yield start, samples[start : start + _BLOCK]
