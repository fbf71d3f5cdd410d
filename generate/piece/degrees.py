"""Pitches <-> scale degrees of a key, altered notes included.

A degree counts scale steps from the tonic in MIDI octave -1, seven to the octave; what a pitch lies
above its degree is its alteration (0 for notes of the scale).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from mer.notes.arrays import Flags, Ints
from mer.notes.key import MODE_SCALES, Key


def to_degrees(pitch: Ints, key: Key) -> tuple[Ints, Ints]:
    """Return degree and alteration of each pitch, both of shape (notes,).

    Examples
    --------
    >>> [part.tolist() for part in to_degrees(np.array([60, 64, 66, 72]), Key(0))]
    [[35, 37, 38, 42], [0, 0, 1, 0]]
    """
    scale = np.array(MODE_SCALES[key.mode])
    octave, pitch_class = np.divmod(np.asarray(pitch, dtype=np.int64) - key.tonic, 12)
    step = np.searchsorted(scale, pitch_class, side="right") - 1
    return 7 * octave + step, pitch_class - scale[step]


def to_pitch(degree: Ints, key: Key) -> Ints:
    """Return the pitch of each scale degree, shape (notes,).

    Examples
    --------
    >>> to_pitch(np.array([35, 36, 37]), Key.parse("D")).tolist()
    [62, 64, 66]
    """
    scale = np.array(MODE_SCALES[key.mode])
    octave, step = np.divmod(np.asarray(degree, dtype=np.int64), 7)
    pitch: Ints = key.tonic + 12 * octave + scale[step]
    return pitch


def in_scale(pitch: Ints, key: Key) -> Flags:
    """Return whether each pitch belongs to the scale of the key, shape (notes,)."""
    member = np.zeros(12, dtype=bool)
    member[list(key.scale)] = True
    return member[np.asarray(pitch) % 12]


def snap(pitch: Ints, key: Key) -> Ints:
    """Return each pitch, those outside the scale moved down to it, shape (notes,).

    Examples
    --------
    >>> snap(np.array([60, 61, 62]), Key(0)).tolist()
    [60, 60, 62]
    """
    return to_pitch(to_degrees(pitch, key)[0], key)


def settle(pitch: Ints, classes: Collection[int]) -> Ints:
    """Return each pitch, those of other pitch classes moved to the nearest, of two the lower.

    Examples
    --------
    >>> settle(np.array([60, 61, 65, 66]), (0, 2, 4, 7, 9)).tolist()
    [60, 60, 64, 67]
    """
    pitches = np.asarray(pitch, dtype=np.int64)
    moves = sorted(range(-11, 12), key=lambda move: (abs(move), move))
    nearest = [next(m for m in moves if (c + m) % 12 in classes) for c in range(12)]
    settled: Ints = pitches + np.array(nearest)[pitches % 12]
    return settled
