"""Audio file -> `Sound`: one channel of samples between -1 and 1, checked and bounded.

WAV is taken apart here (whole numbers of 8 to 32 bits, floating point, any number of channels);
FLAC, Ogg and MP3 go through libsndfile, which the optional package `soundfile` brings along. Of
several channels the loudest is taken: mixing them could cancel what was sung.
"""

from __future__ import annotations

import io
import math
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mer.errors import InputError
from mer.io.libraries import library
from mer.io.reading import read_bytes
from mer.notes.arrays import Singles

MAX_BYTES = 50_000_000
MAX_SEC, MIN_SEC = 60.0, 0.3
MIN_RATE, MAX_RATE = 8_000, 192_000
MAX_CHANNELS = 32
LOWEST_HZ = 40.0  # below is rumble and direct current, which only disturb

_WHOLE, _FLOATING, _EXTENSIBLE = 1, 3, 0xFFFE


@dataclass(frozen=True, eq=False)
class Sound:
    """One channel: `samples`, shape (frames,), finite; `sample_rate` in frames a second.

    Raises
    ------
    InputError
        If it is too short or too long, of an odd rate, or holds NaN.

    Examples
    --------
    >>> Sound(np.zeros(22_050, dtype=np.float32), 44_100).duration_sec
    0.5
    """

    samples: Singles
    sample_rate: int

    def __post_init__(self) -> None:
        _check_rate(self.sample_rate)
        _check_length(len(self.samples), self.sample_rate)
        if not np.isfinite(self.samples).all():
            raise InputError("holds samples that are not finite; save it again as 16-bit WAV")

    @property
    def duration_sec(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate


def load_sound(path: str | Path) -> Sound:
    """Return the sound in a WAV file, or in FLAC, Ogg or MP3 where `soundfile` is installed.

    Raises
    ------
    InputError
        If the file is damaged, too large, too long or of a kind that is not read.
    """
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    try:
        if content[:4] in (b"RIFF", b"RF64") and content[8:12] == b"WAVE":
            return _wave(content)
        return _by_library(content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def one_channel(frames: npt.ArrayLike, sample_rate: int) -> Sound:
    """Return the loudest channel of frames of shape (frames,) or (frames, channels).

    Whole numbers are scaled by their type, so that full scale becomes 1.

    Raises
    ------
    InputError
        If the array has another shape, is too short or too long, or holds NaN.

    Examples
    --------
    >>> left_only = np.array([[16384, 0]] * 8000, dtype=np.int16)
    >>> one_channel(left_only, 8000).samples[:2].tolist()
    [0.5, 0.5]
    """
    array = np.asarray(frames)
    if array.ndim not in (1, 2) or array.dtype.kind not in "iuf":
        raise InputError(
            f"holds {array.dtype} values of {array.ndim} dimensions, which is no sound"
        )
    _check_rate(sample_rate)
    _check_length(len(array), sample_rate)
    table = array[:, None] if array.ndim == 1 else array
    if not 1 <= table.shape[1] <= MAX_CHANNELS:
        raise InputError(f"has {table.shape[1]} channels; 1 to {MAX_CHANNELS} are read")
    if array.dtype.kind == "f":
        scaled = table.astype(np.float64)
    else:
        full = 2.0 ** (array.dtype.itemsize * 8 - 1)
        scaled = table / full - (array.dtype.kind == "u")
    if not np.isfinite(scaled).all():
        raise InputError("holds samples that are not finite; save it again as 16-bit WAV")
    scaled = np.clip(scaled, -1e6, 1e6)
    loudest = int(np.argmax(np.square(scaled - scaled.mean(axis=0)).sum(axis=0)))
    return Sound(scaled[:, loudest].astype(np.float32), int(sample_rate))


def resampled(sound: Sound, sample_rate: int) -> Singles:
    """Return the samples at another rate, without what lies below 40 Hz; shape (frames,).

    The spectrum of the whole sound is cut or padded: exact for sounds that fit between the rates.
    """
    unit = sound.sample_rate // math.gcd(sound.sample_rate, sample_rate)
    frames = -(-len(sound.samples) // unit) * unit
    spectrum = np.fft.rfft(sound.samples.astype(np.float64), frames)
    spectrum[: round(LOWEST_HZ * frames / sound.sample_rate)] = 0.0
    wanted = frames * sample_rate // sound.sample_rate
    kept = np.zeros(wanted // 2 + 1, dtype=np.complex128)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    length = round(len(sound.samples) * sample_rate / sound.sample_rate)
    return (np.fft.irfft(kept, wanted)[:length] * (wanted / frames)).astype(np.float32)


def _check_rate(sample_rate: int) -> None:
    if not MIN_RATE <= sample_rate <= MAX_RATE:
        raise InputError(
            f"has {sample_rate:,} samples a second; {MIN_RATE:,} to {MAX_RATE:,} are read: "
            "save it with 16,000 or 44,100"
        )


def _check_length(frames: int, sample_rate: int) -> None:
    seconds = frames / sample_rate
    if seconds > MAX_SEC:
        raise InputError(
            f"lasts {seconds:.1f} seconds; at most {MAX_SEC:g} are heard: cut out the motif"
        )
    if seconds < MIN_SEC:
        raise InputError(
            f"lasts {seconds:.2f} seconds; at least {MIN_SEC:g} are needed: "
            "hum a motif of three notes or more"
        )


def _wave(content: bytes) -> Sound:
    """Return the sound in the bytes of a WAV file."""
    description = b""
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        body = content[place + 8 : place + 8 + size]  # a size of a stream may reach past the end
        if name == b"fmt ":
            description = body
        elif name == b"data":
            return _wave_frames(description, body)
        place += 8 + size + size % 2
    raise InputError("is a WAV file without samples; record it again")


def _wave_frames(description: bytes, body: bytes) -> Sound:
    if len(description) < 16:
        raise InputError("is a WAV file that does not describe its samples; save it again")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", description)
    if kind == _EXTENSIBLE and len(description) >= 26:
        (kind,) = struct.unpack_from("<H", description, 24)
    if (kind, bits) not in _FORMATS:
        raise InputError(
            f"is a WAV file of kind {kind} with {bits} bits, which is not read: "
            "save it as 16-bit PCM"
        )
    if not 1 <= channels <= MAX_CHANNELS:
        raise InputError(f"has {channels} channels; 1 to {MAX_CHANNELS} are read")
    _check_rate(rate)
    width = bits // 8
    frames = len(body) // (width * channels)
    _check_length(frames, rate)
    body = body[: frames * width * channels]
    if bits == 24:  # three bytes become the upper three of four
        padded = np.zeros((frames * channels, 4), dtype=np.uint8)
        padded[:, 1:] = np.frombuffer(body, dtype=np.uint8).reshape(-1, 3)
        body = padded.tobytes()
    values = np.frombuffer(body, dtype=_FORMATS[kind, bits])
    return one_channel(values.reshape(frames, channels), rate)


_FORMATS = {
    (_WHOLE, 8): "u1",
    (_WHOLE, 16): "<i2",
    (_WHOLE, 24): "<i4",
    (_WHOLE, 32): "<i4",
    (_FLOATING, 32): "<f4",
    (_FLOATING, 64): "<f8",
}


def _by_library(content: bytes) -> Sound:
    """Return the sound in FLAC, Ogg or MP3."""
    soundfile = library("soundfile")
    if soundfile is None:
        raise InputError(
            "is no WAV file, and others need the extra: pip install 'mer[audio]', or save it as WAV"
        )
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            _check_rate(file.samplerate)
            if file.frames < 2**40:  # where the header does not tell, the read below is bounded
                _check_length(file.frames, file.samplerate)
            limit = round(MAX_SEC * file.samplerate) + 1
            frames = file.read(limit, dtype="float32", always_2d=True)
            return one_channel(frames, file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "is not audio that can be read; save it as 16-bit WAV and try again"
        ) from error
