"""Melody -> a variant of it, as another singer or fiddler might have it. For training only.

Each kind of change is a function of the notes, written as pitches and the ticks from each onset to
the next, and of how far to go (0 to 1). Transposition and tempo are not varied: the vector that is
trained here does not hear them anyway.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mer.notes.arrays import Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.viewpoints import inter_onset_interval

Notes = tuple[Ints, Ints]
Change = Callable[[Ints, Ints, float, np.random.Generator], Notes]


def cut(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return a stretch of the notes, 40% of them or more."""
    if len(pitch) <= 24:
        return pitch, length
    kept = int(len(pitch) * rng.uniform(0.4, 1.0))
    start = int(rng.integers(0, len(pitch) - kept + 1))
    return pitch[start : start + kept], length[start : start + kept]


def turn(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes begun somewhere in the middle: the second part before the first."""
    start = int(rng.integers(len(pitch) // 4, 3 * len(pitch) // 4 + 1))
    return np.roll(pitch, -start), np.roll(length, -start)


def alter_degree(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes with one pitch class a semitone off throughout: another mode."""
    return pitch + np.where(pitch % 12 == rng.integers(12), rng.choice([-1, 1]), 0), length


def move_octave(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes with a stretch an octave higher or lower."""
    start, stop = np.sort(rng.integers(0, len(pitch) + 1, 2))
    moved = pitch.copy()
    moved[start:stop] += rng.choice([-12, 12])
    return moved, length


def thin(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return fewer notes, mostly without short ones; the note before takes the time."""
    share = far * rng.uniform(0.0, 0.35) * np.where(length <= np.median(length), 1.0, 0.4)
    kept = rng.random(len(pitch)) >= share
    kept[0] = True
    return pitch[kept], np.add.reduceat(length, np.flatnonzero(kept))


def change(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes with some pitches a second to a fourth off."""
    chosen = rng.random(len(pitch)) < far * rng.uniform(0.0, 0.25)
    return pitch + chosen * rng.choice(
        [-5, -4, -3, -2, -2, -1, 1, 2, 2, 3, 4, 5], len(pitch)
    ), length


def ornament(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes with some split in two: repeated, passing on, or with a neighbour."""
    size = len(pitch)
    split = (rng.random(size) < far * rng.uniform(0.0, 0.3)) & (length >= 2)
    following = np.append(pitch[1:], pitch[-1])
    neighbour = pitch + rng.choice([-3, -2, -1, 1, 2, 3], size)
    added = np.choose(
        rng.choice(3, size, p=[0.35, 0.3, 0.35]), [pitch, (pitch + following) // 2, neighbour]
    )
    share = np.where(rng.random(size) < 0.6, 0.5, rng.choice([0.25, 1 / 3, 2 / 3, 0.75], size))
    first = np.where(split, np.maximum(1, (length * share).astype(np.int64)), length)
    both = np.column_stack([np.ones(size, dtype=bool), split]).ravel()
    pitches = np.column_stack([pitch, added]).ravel()[both]
    return pitches, np.column_stack([first, np.maximum(1, length - first)]).ravel()[both]


def change_rhythm(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes with some longer or shorter."""
    chosen = rng.random(len(pitch)) < far * rng.uniform(0.0, 0.25)
    factor = np.where(chosen, rng.choice([0.5, 2 / 3, 1.5, 2.0, 3.0], len(pitch)), 1.0)
    return pitch, np.maximum(1, (length * factor).astype(np.int64))


def even_out(pitch: Ints, length: Ints, far: float, rng: np.random.Generator) -> Notes:
    """Return the notes, all of the same length."""
    return pitch, np.full_like(length, 480)


# How likely each change is, in this order.
CHANGES: dict[Change, float] = {
    cut: 0.5,
    turn: 0.15,
    alter_degree: 0.2,
    move_octave: 0.2,
    thin: 1.0,
    change: 1.0,
    ornament: 1.0,
    change_rhythm: 0.7,
    even_out: 0.15,
}


def vary(melody: Melody, rng: np.random.Generator) -> Melody:
    """Return a variant of `melody`: notes only, beginning at tick 0."""
    pitch = melody.pitch.astype(np.int64)
    length = inter_onset_interval(Columns.from_melodies([melody]))
    far = float(rng.uniform(0.3, 1.0))
    for step, share in CHANGES.items():
        if rng.random() < share:
            pitch, length = step(pitch, length, far, rng)
    return Melody(pitch=np.clip(pitch, 0, 127), onset=np.cumsum(length) - length, duration=length)
