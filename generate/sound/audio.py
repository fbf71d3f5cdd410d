"""Melody or parts -> stereo samples and WAV files that can be listened to as they are.

The best synthesiser that works is used and named (see `generate.sound.synthesis`). What it gives is
cut where it has died away, faded at the very end and brought to one peak level.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from generate.sound.performance import Performance, perform, perform_parts
from generate.sound.soundfont import find_soundfont
from generate.sound.synthesis import SYNTHESISERS, TAIL_SEC, Unavailable
from mer.errors import InputError
from mer.io.reading import write_bytes
from mer.io.sheet.sheet import FLUTE, Part
from mer.notes.arrays import Singles
from mer.notes.melody import Melody

SAMPLE_RATES = (44_100, 48_000)
PEAK = 10.0 ** (-3.0 / 20.0)

_SILENCE = 10.0 ** (-60.0 / 20.0)
_FADE_SEC = 0.08
_AUDIBLE = 1e-4  # a synthesiser that stays below this has no sound for these notes


@dataclass(frozen=True, eq=False)
class Rendering:
    """Sound: `samples` of shape (frames, 2), between -1 and 1, and how it was made.

    `remarks` are sentences for the user, such as which synthesiser had to stand in for another.
    """

    samples: Singles
    sample_rate: int
    synthesiser: str
    remarks: tuple[str, ...] = ()

    @property
    def duration_sec(self) -> float:
        """Length in seconds, with the tail."""
        return len(self.samples) / self.sample_rate


def render(
    music: Melody | Sequence[Part],
    *,
    program: int = FLUTE,
    tempo_bpm: float | None = None,
    soundfont: str | Path | None = None,
    sample_rate: int = 44_100,
) -> Rendering:
    """Return music as sound, with a peak of -3 dB below full scale and an uncut tail.

    Parameters
    ----------
    music
        A melody, or parts that sound together, each with its own instrument and loudness (see
        `generate.harmony.texture.accompaniment.accompany`).
    program
        General MIDI instrument of a melody, 0 to 127; `generate.sound.instruments` names some.
    tempo_bpm
        Quarter notes per minute; by default the melody's own tempo, or 120.
    soundfont
        Soundfont file; by default the one that `find_soundfont` finds.
    sample_rate
        Wished-for frames a second, 44100 or 48000. The embedded synthesiser always gives 48000.

    Raises
    ------
    InputError
        If an option is out of range, the soundfont is none, or the music is too long.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71, 73], onset=[0, 480, 960], duration=[480, 480, 960])
    >>> sound = render(tune, tempo_bpm=240)
    >>> sound.samples.shape[1], round(float(abs(sound.samples).max()), 3)
    (2, 0.708)
    """
    if sample_rate not in SAMPLE_RATES:
        raise InputError(f"sample rate is {sample_rate}; 44100 and 48000 are supported")
    font = None if soundfont is None else find_soundfont(soundfont)
    if isinstance(music, Melody):
        performance = perform(music, program=program, tempo_bpm=tempo_bpm)
    else:
        performance = perform_parts(music, tempo_bpm=tempo_bpm)
    return _first_that_sounds(performance, font, sample_rate)


def _first_that_sounds(performance: Performance, font: Path | None, sample_rate: int) -> Rendering:
    reasons: list[str] = []
    for name, synthesise in SYNTHESISERS.items():
        try:
            raw, rate = synthesise(performance, font, sample_rate)
        except Unavailable as missing:
            reasons.append(str(missing))
            continue
        if np.abs(raw).max() < _AUDIBLE:
            reasons.append(f"the {name} has no sound for these notes")
            continue
        remarks = (f"{'; '.join(dict.fromkeys(reasons))}; used the {name}",) if reasons else ()
        return Rendering(_mastered(raw, rate, performance.duration_sec), rate, name, remarks)
    raise InputError(f"nothing here can play this melody: {'; '.join(reasons)}")


def _mastered(raw: Singles, sample_rate: int, music_sec: float) -> Singles:
    # Keep the tail until it is 60 dB below the peak, and at most TAIL_SEC of it, then fade out.
    peak = float(np.abs(raw).max())
    loud = np.flatnonzero((np.abs(raw) > peak * _SILENCE).any(axis=1))
    fade = round(_FADE_SEC * sample_rate)
    longest = round((music_sec + TAIL_SEC) * sample_rate)
    stop = min(int(loud[-1]) + 1 + fade, longest)
    samples = np.zeros((stop, 2), dtype=np.float32)
    kept = raw[:stop]
    samples[: len(kept)] = kept * np.float32(PEAK / peak)
    samples[-fade:] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)[:, None] ** 2
    samples.flags.writeable = False
    return samples


def save_wav(rendering: Rendering, path: str | Path) -> None:
    """Write a WAV file, stereo, 16-bit PCM, all or nothing.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    write_bytes(Path(path), wav(rendering))


def wav(rendering: Rendering) -> bytes:
    """Return sound as the contents of a WAV file, stereo, 16-bit PCM."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rendering.sample_rate)
        file.writeframes(np.round(rendering.samples * 32_767.0).astype("<i2").tobytes())
    return content.getvalue()
