"""Pitches -> key: tonic, mode and scale, and an estimate of the key where none is given.

The estimate correlates a duration-weighted pitch-class histogram with the 24 key profiles of
Krumhansl and Kessler (1982), as in Krumhansl and Schmuckler (Krumhansl 1990, ch. 4). The final note
gets an extra weight, because folk tunes end on the tonic far more often than not; that is a
departure from the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mer.errors import InputError
from mer.notes.arrays import Floats
from mer.notes.names import FLAT_NAMES, SHARP_NAMES, letter_semitones

MODE_SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
MODES: tuple[str, ...] = tuple(MODE_SCALES)

# Semitones from a mode's tonic up to the tonic of the major key with the same signature.
_RELATIVE_MAJOR = {
    "major": 0,
    "minor": 3,
    "dorian": 10,
    "phrygian": 8,
    "lydian": 7,
    "mixolydian": 5,
    "locrian": 1,
}
_MODE_ALIASES = {"": "major", "maj": "major", "ionian": "major", "ion": "major"} | {
    "m": "minor",
    "min": "minor",
    "aeolian": "minor",
    "aeo": "minor",
    "dor": "dorian",
    "phr": "phrygian",
    "lyd": "lydian",
    "mix": "mixolydian",
    "loc": "locrian",
}

_KK_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_KK_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


@dataclass(frozen=True)
class Key:
    """A tonic pitch class (0 = C ... 11 = B) and a mode named in `MODE_SCALES`.

    Examples
    --------
    >>> Key.parse("E dorian")
    Key(tonic=4, mode='dorian')
    >>> str(Key.parse("Bbm")), Key.parse("G").scale
    ('Bb minor', (7, 9, 11, 0, 2, 4, 6))
    """

    tonic: int
    mode: str = "major"

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise InputError(f"key tonic is {self.tonic}; a pitch class from 0 to 11 is needed")
        if self.mode not in MODE_SCALES:
            raise InputError(f"unknown mode {self.mode!r}; known: {', '.join(MODES)}")

    @classmethod
    def parse(cls, text: str) -> Key:
        """Return the key named by `text`, such as ``"D"``, ``"F# minor"``, ``"Bbm"``, ``"e dor"``.

        Raises
        ------
        InputError
            If the text names no key.
        """
        found = re.fullmatch(r"\s*([A-Ga-g])\s*([#b♯♭]?)[\s\-_]*([A-Za-z]*)\s*", text)
        if found is None:
            raise InputError(f"cannot read the key {text!r}; write for example 'D', 'F# minor'")
        letter, accidental, mode = found.groups()
        mode = mode if mode == "m" else mode.lower()
        mode = _MODE_ALIASES.get(mode, mode)
        if mode not in MODE_SCALES:
            raise InputError(f"unknown mode in key {text!r}; known: {', '.join(MODES)}")
        return cls(letter_semitones(letter + accidental) % 12, mode)

    def __str__(self) -> str:
        return f"{self.tonic_name} {self.mode}"

    @property
    def sharps(self) -> int:
        """Sharps in the key signature; flats are negative (-5 to 6)."""
        major = (self.tonic + _RELATIVE_MAJOR[self.mode]) % 12
        fifths = (major * 7) % 12
        return fifths if fifths <= 6 else fifths - 12

    @property
    def tonic_name(self) -> str:
        """Name of the tonic, spelled as its key signature spells it."""
        return (SHARP_NAMES if self.sharps > 0 else FLAT_NAMES)[self.tonic]

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes of the scale, from the tonic upwards."""
        return tuple((self.tonic + step) % 12 for step in MODE_SCALES[self.mode])

    def transpose(self, semitones: int) -> Key:
        """Return the same mode `semitones` higher."""
        return Key((self.tonic + semitones) % 12, self.mode)


def estimate_key(
    pitch: npt.NDArray[np.integer], duration: npt.NDArray[np.integer], *, final_weight: float = 0.5
) -> Key:
    """Return the most likely major or minor key of a melody.

    Parameters
    ----------
    pitch, duration
        Shape (notes,): MIDI numbers, and lengths in any one unit.
    final_weight
        Share of the total duration that is added at the final note.

    References
    ----------
    Krumhansl, C. L. (1990). Cognitive Foundations of Musical Pitch, ch. 4.

    Examples
    --------
    >>> str(estimate_key(np.array([67, 69, 71, 72, 74, 78, 79]), np.ones(7, int)))
    'G major'
    """
    fits = key_fits(pitch, duration, final_weight=final_weight)
    if not fits.any():
        return Key(int(pitch[-1]) % 12)
    best = int(np.argmax(fits))
    return Key(best % 12, "major" if best < 12 else "minor")


def key_fits(
    pitch: npt.NDArray[np.integer], duration: npt.NDArray[np.integer], *, final_weight: float = 0.5
) -> Floats:
    """Return how well each key fits a melody, shape (24,): major on C ... B, then minor.

    The values are correlations with the key profiles, -1 to 1; all are 0 where every pitch class
    sounds as long. Parameters as for `estimate_key`.
    """
    weight = np.bincount(np.asarray(pitch) % 12, weights=duration, minlength=12).astype(float)
    weight[int(pitch[-1]) % 12] += final_weight * weight.sum()
    if np.ptp(weight) == 0.0:
        return np.zeros(24)
    centred = weight - weight.mean()
    return np.asarray(profile_matrix() @ (centred / np.linalg.norm(centred)))


def share_outside(
    pitch: npt.NDArray[np.integer], duration: npt.NDArray[np.integer], key: Key
) -> float:
    """Return the share of its time for which a melody sounds notes that its key does not have.

    A key with a minor third has the raised sixth and seventh as well.

    Examples
    --------
    >>> a_minor = np.array([69, 71, 72, 68])
    >>> share_outside(a_minor, np.ones(4, int), Key.parse("Am"))
    0.0
    >>> share_outside(a_minor, np.ones(4, int), Key.parse("C"))
    0.25
    """
    steps = set(MODE_SCALES[key.mode])
    if 3 in steps:
        steps |= {9, 11}
    outside = ~np.isin((np.asarray(pitch) - key.tonic) % 12, list(steps))
    return float((outside * duration).sum() / np.sum(duration))


def profile_matrix() -> Floats:
    """Return the 24 key profiles, shape (24, 12): major on C ... B, then minor; zero mean, norm 1.

    References
    ----------
    Krumhansl, C. L. and Kessler, E. J. (1982). Tracing the dynamic changes in perceived tonal
    organization. Psychological Review 89(4).
    """
    profiles = np.array(
        [np.roll(kind, tonic) for kind in (_KK_MAJOR, _KK_MINOR) for tonic in range(12)]
    )
    centred = profiles - profiles.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.linalg.norm(centred, axis=1, keepdims=True))
