"""Timed notes -> raw stereo samples, by whichever synthesiser is there.

Three synthesisers stand in `SYNTHESISERS`, best first. Each takes a `Performance`, the soundfont
the user chose (or None) and the wanted sample rate, and returns samples with the rate it really
used. If it cannot, it raises `Unavailable` with a reason that can be shown to the user. Levels are
whatever comes out: `generate.sound.audio` trims and normalises.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from generate.sound.additive import additive
from generate.sound.performance import Performance
from generate.sound.soundfont import find_soundfont, is_compressed
from generate.sound.tuning import file_in_tune, in_tune
from mer.io.libraries import library
from mer.io.midi.events import DRUMS
from mer.io.midi.writing.writer import Switch, meta, midi_bytes, switches
from mer.notes.arrays import Singles

TAIL_SEC = 4.0

_TICKS_PER_SEC = 19_200  # 9600 to the quarter at 120 quarters a minute
_FULL_SCALE = 32_768.0
_TEMPO, _VOLUME = 0x51, 7  # numbers of a meta event and of a controller
_CHANNELS = tuple(channel for channel in range(16) if channel != DRUMS)

Synthesiser = Callable[[Performance, Path | None, int], tuple[Singles, int]]


class Unavailable(Exception):  # noqa: N818 - a state of the machine, not an error of the user
    """A synthesiser cannot play here; the message is the reason."""


def by_fluidsynth(
    performance: Performance, soundfont: Path | None, sample_rate: int
) -> tuple[Singles, int]:
    """Return samples from the system's FluidSynth library.

    Raises
    ------
    Unavailable
        If the library or a soundfont that it can read is missing.
    """
    fluidsynth = library("fluidsynth")
    if fluidsynth is None:
        raise Unavailable("system FluidSynth not found")
    font = soundfont or find_soundfont()
    if font is None:
        raise Unavailable("no soundfont found")
    try:
        with file_in_tune(font) as path:
            # Loud first, for the resolution of 16 bits; again, softer, if that clips.
            for gain in (0.6, 0.1):
                frames = _fluidsynth_frames(fluidsynth, performance, path, (sample_rate, gain))
                if np.abs(frames).max() < 32_767:
                    break
    except OSError as error:
        raise Unavailable(f"FluidSynth cannot read {font.name}") from error
    return (frames / np.float32(_FULL_SCALE)).astype(np.float32), sample_rate


def _fluidsynth_frames(
    library: Any, performance: Performance, font: Path, setting: tuple[int, float]
) -> Any:
    sample_rate, gain = setting
    synth = library.Synth(gain=gain, samplerate=float(sample_rate), channels=16)
    try:
        synth.setting("synth.dynamic-sample-loading", 1)
        synth.setting("synth.chorus.active", 0)
        number = synth.sfload(str(font))
        if number == -1:
            raise Unavailable(f"FluidSynth cannot read {font.name}")
        for channel, program in zip(_CHANNELS, performance.programs, strict=False):
            synth.program_select(channel, number, 0, program)
        pieces, now = [], 0
        for frame, velocity, pitch, channel in _switches(performance, sample_rate):
            if frame > now:
                pieces.append(synth.get_samples(frame - now))
                now = frame
            if velocity:
                synth.noteon(channel, pitch, velocity)
            else:
                synth.noteoff(channel, pitch)
        pieces.append(synth.get_samples(round(TAIL_SEC * sample_rate)))
    finally:
        synth.delete()
    return np.concatenate(pieces).astype(np.int32).reshape(-1, 2)


def by_midirenderer(
    performance: Performance, soundfont: Path | None, sample_rate: int
) -> tuple[Singles, int]:
    """Return samples from the synthesiser that pip installs; always at 48,000 frames a second.

    Raises
    ------
    Unavailable
        If the package or a soundfont that it can read is missing.
    """
    midirenderer = library("midirenderer")
    if midirenderer is None:
        raise Unavailable("the embedded synthesiser is not installed")
    font = soundfont or find_soundfont(compressed=False)
    if font is None:
        raise Unavailable("no soundfont found")
    if is_compressed(font):
        raise Unavailable(f"the embedded synthesiser cannot read the compressed {font.name}")
    try:
        written = midirenderer.render_wave_from(
            in_tune(font.read_bytes()), _midi_bytes(performance)
        )
    except BaseException as error:
        # A damaged soundfont panics in its Rust code, and that arrives outside of Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise Unavailable(f"the embedded synthesiser cannot read {font.name}") from error
    with wave.open(io.BytesIO(written)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        samples = frames.reshape(-1, file.getnchannels()).astype(np.float32)
        return samples / np.float32(_FULL_SCALE), file.getframerate()


def by_additive(
    performance: Performance, soundfont: Path | None, sample_rate: int
) -> tuple[Singles, int]:
    """Return samples from sums of sines; the soundfont is not needed."""
    return additive(performance, sample_rate), sample_rate


def _switches(performance: Performance, per_sec: int) -> list[Switch]:
    """Return when notes begin and end, in units of which `per_sec` make a second."""
    start = np.rint(performance.start_sec * per_sec).astype(np.int64)
    end = np.rint(performance.end_sec * per_sec).astype(np.int64)
    channel = np.array(_CHANNELS)[performance.part]
    columns = (performance.pitch, start, end, performance.velocity, channel)
    return switches(np.stack(columns, axis=1))


def _midi_bytes(performance: Performance) -> bytes:
    """Return a file that no user sees: it holds accents and lasts until the tail ends."""
    messages = [(0, meta(_TEMPO, (500_000).to_bytes(3, "big")))]
    for channel, program in zip(_CHANNELS, performance.programs, strict=False):
        messages.append((0, bytes((0xB0 | channel, _VOLUME, 127))))
        messages.append((0, bytes((0xC0 | channel, program))))
    messages += [switch.message for switch in _switches(performance, _TICKS_PER_SEC)]
    tail = round(TAIL_SEC * _TICKS_PER_SEC)
    return midi_bytes([messages], resolution=_TICKS_PER_SEC // 2, tail=tail)


SYNTHESISERS: MappingProxyType[str, Synthesiser] = MappingProxyType(
    {
        "FluidSynth": by_fluidsynth,
        "embedded synthesiser": by_midirenderer,
        "plain synthesiser": by_additive,
    }
)
