"""A melody and an amount -> the melody changed by so much, for robustness curves.

Places and sizes of the changes come from the generator. With a generator of the same seed a larger
amount changes the same notes as a smaller one, and more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mer.notes.arrays import Ints
from mer.notes.melody import Melody

Change = Callable[[Melody, float, np.random.Generator], Melody]

STEPS = np.array([-4, -3, -2, -1, 1, 2, 3, 4])
NEIGHBOURS = np.array([-2, -1, 1, 2])
# Where the time of a note is cut, as shares of it.
HALVES = (0.0, 0.5, 1.0)
MORDENT = (0.0, 0.25, 0.5, 1.0)


def delete(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody without `amount` of its notes; a rest takes the place of each."""
    keep = np.sort(rng.permutation(len(melody))[int(amount) :])
    return _notes(melody.pitch[keep], melody.onset[keep], melody.duration[keep])


def insert(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with `amount` notes halved, the second half 1 to 4 semitones away."""
    away = rng.choice(STEPS, len(melody))
    places = rng.permutation(len(melody))[: int(amount)]
    return _split(melody, places, away, HALVES)


def alter(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with `amount` notes moved by 1 to 4 semitones."""
    away = rng.choice(STEPS, len(melody))
    places = rng.permutation(len(melody))[: int(amount)]
    pitch = melody.pitch.copy()
    pitch[places] += away[places]
    return _notes(pitch, melody.onset, melody.duration)


def scale_intervals(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with each interval times `amount`, rounded to whole semitones."""
    steps = np.round(melody.interval * amount).astype(np.int64)
    pitch = melody.pitch[0] + np.concatenate([[0], np.cumsum(steps)])
    return _notes(pitch, melody.onset, melody.duration)


def stretch(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with all times multiplied by `amount` (augmentation, diminution)."""
    onset = np.round(melody.onset * amount).astype(np.int64)
    end = np.round(melody.end * amount).astype(np.int64)
    return _notes(melody.pitch, onset, end - onset)


def alter_rhythm(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with `amount` notes made half or twice as long; later notes move along."""
    factor = rng.choice([0.5, 2.0], len(melody))
    places = rng.permutation(len(melody))[: int(amount)]
    ratio = np.ones(len(melody))
    ratio[places] = factor[places]
    gap = np.append(np.diff(melody.onset), melody.duration[-1])
    gap = np.maximum(np.round(gap * ratio).astype(np.int64), 1)
    duration = np.clip(np.round(melody.duration * ratio).astype(np.int64), 1, gap)
    return _notes(melody.pitch, np.cumsum(gap) - gap, duration)


def ornament(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody with a mordent (note, neighbour, note) on `amount` notes."""
    away = rng.choice(NEIGHBOURS, len(melody))
    places = rng.permutation(len(melody))[: int(amount)]
    return _split(melody, places, away, MORDENT)


def transpose(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the melody moved by `amount` semitones."""
    return _notes(melody.pitch + int(amount), melody.onset, melody.duration)


def cut(melody: Melody, amount: float, rng: np.random.Generator) -> Melody:
    """Return the first `amount` notes."""
    return melody.cut(0, min(int(amount), len(melody)))


def _split(melody: Melody, places: Ints, away: Ints, cuts: tuple[float, ...]) -> Melody:
    """Return the melody with the notes at `places` cut up in time.

    The second piece of each is `away` semitones off. Notes too short to be cut are left alone.
    """
    chosen = set(places[melody.duration[places] * cuts[1] >= 1].tolist())
    rows: list[tuple[int, int, int]] = []
    for note, (pitch, onset, duration) in enumerate(
        zip(melody.pitch.tolist(), melody.onset.tolist(), melody.duration.tolist(), strict=True)
    ):
        if note not in chosen:
            rows.append((pitch, onset, duration))
            continue
        edges = [onset + int(share * duration) for share in cuts]
        for number, edge in enumerate(edges[:-1]):
            moved = pitch + int(away[note]) if number == 1 else pitch
            rows.append((moved, edge, edges[number + 1] - edge))
    pitches, onsets, durations = np.array(rows).T
    return _notes(pitches, onsets, durations)


def _notes(pitch: Ints, onset: Ints, duration: Ints) -> Melody:
    """Return the notes, from tick 0, moved by octaves if they leave the MIDI range."""
    pitch = np.asarray(pitch) - 12 * max(0, -(-(int(np.max(pitch)) - 127) // 12))
    pitch = pitch + 12 * max(0, -(int(np.min(pitch)) // 12))
    return Melody(pitch=np.clip(pitch, 0, 127), onset=onset - onset[0], duration=duration)


@dataclass(frozen=True)
class Kind:
    """A kind of change: how it is made, by how much, and the amount that changes nothing."""

    change: Change
    amounts: tuple[float, ...]
    unit: str
    nothing: float


KINDS: dict[str, Kind] = {
    "notes deleted": Kind(delete, (0, 1, 2, 4, 8), "notes", 0),
    "notes inserted": Kind(insert, (0, 1, 2, 4, 8), "notes", 0),
    "notes changed": Kind(alter, (0, 1, 2, 4, 8), "notes", 0),
    "ornaments added": Kind(ornament, (0, 2, 4, 8, 16), "mordents", 0),
    "intervals scaled": Kind(scale_intervals, (0.6, 0.8, 1.0, 1.2, 1.5), "times", 1.0),
    "transposed": Kind(transpose, (-6, -3, 0, 3, 6), "semitones", 0),
    "rhythm augmented": Kind(stretch, (0.5, 1.0, 2.0, 4.0), "times", 1.0),
    "rhythm altered": Kind(alter_rhythm, (0, 2, 4, 8, 16), "notes", 0),
    "motif cut": Kind(cut, (3, 4, 6, 8, 12, 24), "notes left", 24),
}
