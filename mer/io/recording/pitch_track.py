"""`Sound` -> `PitchTrack`: which pitch sounds when, how surely, how loudly, and where it is struck.

The pitch is found by SwiftF0 (Nieradzik 2025), a small network that comes inside the package
`swift-f0`. It hears up to C7; a whistle goes higher. So high sounds are also played to it at half
speed, and the reading that it is surer of counts.

Strokes are rises of the level, of the whole sound or of its upper part, within a few hundredths of
a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.io.libraries import library
from mer.io.recording.sound import Sound, resampled
from mer.notes.arrays import Flags, Floats, Singles

HOP_SEC = 0.008
VOICED = 0.5  # the confidence from which the network calls a frame voiced
MISSING = "hearing a recording needs the extra: pip install 'mer[audio]'"


_RATE = 16_000
_HOP = round(HOP_SEC * _RATE)
_WINDOW = 3 * _HOP
_SILENT_PEAK = 1e-4
_PEAK = 0.7
_HIGH_HZ = 900.0
_QUIET_DB = (-35.0, -15.0)  # below the loud part: never, and always heard from
_ABOVE_NOISE_DB = 4.0
_RISE_FRAMES = 6


@dataclass(frozen=True, eq=False)
class PitchTrack:
    """What was heard, one value for each frame of 8 ms; all of shape (frames,).

    Parameters
    ----------
    pitch
        MIDI numbers with fractions; of no meaning where nothing is voiced.
    voiced
        0 or above; a pitch is heard from 0.5.
    level_db
        Loudness, 0 for the loud part.
    rise_db
        By how much the level, or that of the upper part, has risen within the last 48 ms.
    """

    pitch: Floats
    voiced: Floats
    level_db: Floats
    rise_db: Floats

    @property
    def sounding(self) -> Flags:
        """Whether a pitch is heard above the noise of the recording, shape (frames,)."""
        noise = float(np.percentile(self.level_db, 3)) + _ABOVE_NOISE_DB
        loud = self.level_db > min(max(noise, _QUIET_DB[0]), _QUIET_DB[1])
        return np.asarray((self.voiced >= VOICED) & loud)


def track_pitch(sound: Sound) -> PitchTrack:
    """Return the pitch track of a sound.

    Raises
    ------
    InputError
        If nothing but silence is heard, or the extra is not installed.
    """
    samples = resampled(sound, _RATE)
    peak = float(np.abs(samples).max())
    if peak < _SILENT_PEAK:
        raise InputError(
            "holds only silence: check that the microphone is on, and hum closer to it"
        )
    scale = np.float32(_PEAK / peak)
    hz, voiced = _detected(samples * scale, sound, scale)
    frames = max(1, len(samples) // _HOP)
    time: Floats = np.arange(frames, dtype=np.float64) * HOP_SEC
    level = _level_db(samples, frames)
    upper = _level_db(np.diff(samples, n=2, prepend=samples[:1], append=samples[-1:]), frames)
    loud = float(np.percentile(level, 95))
    return PitchTrack(
        pitch=69.0 + 12.0 * np.log2(_held(hz, time) / 440.0),
        voiced=_held(voiced, time),
        level_db=level - loud,
        rise_db=np.maximum(_rise(level), _rise(upper)),
    )


def _held(track: tuple[Floats, Floats], time: Floats) -> Floats:
    """Return the values of the frames of the network that are nearest to each time."""
    stamps, values = track
    middle = (stamps[1:] + stamps[:-1]) / 2
    return values[np.searchsorted(middle, time)]


def _detected(
    samples: Singles, sound: Sound, scale: np.float32
) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Return pitch in Hz and confidence, each with its times in seconds."""
    swift_f0 = library("swift_f0")
    if swift_f0 is None:
        raise InputError(MISSING)
    detector = swift_f0.SwiftF0(threads=1, spin=False)
    normal = detector.detect(samples, _RATE)
    stamps, hz, sure = normal.timestamps, normal.pitch_hz, normal.confidence
    voiced = sure >= VOICED
    if not voiced.any() or float(np.median(hz[voiced])) > _HIGH_HZ:
        slow = detector.detect(resampled(sound, 2 * _RATE) * scale, _RATE)
        if slow.confidence.mean() > sure.mean():
            stamps, hz, sure = slow.timestamps / 2, 2 * slow.pitch_hz, slow.confidence
    return (stamps, hz), (stamps, sure)


def _level_db(samples: Singles, frames: int) -> Floats:
    """Return the level about the middle of each frame."""
    margin = _WINDOW // 2
    padded = np.pad(samples.astype(np.float64), (margin, margin + _HOP))
    rows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:frames]
    power = np.square(rows) @ np.hanning(_WINDOW)
    floor = max(float(power.max()) * 1e-6, 1e-30)
    return np.asarray(10.0 * np.log10(np.maximum(power, floor)))


def _rise(level: Floats) -> Floats:
    """Return how far each level is above the lowest of the last frames."""
    padded = np.pad(level, (_RISE_FRAMES, 0), mode="edge")
    lowest = np.lib.stride_tricks.sliding_window_view(padded, _RISE_FRAMES + 1).min(axis=1)
    return np.asarray(level - lowest)
