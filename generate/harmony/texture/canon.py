"""Melody -> a second voice in canon: it follows a bar or two later, under the melody.

*Exact*: whatever begins on a beat, in either voice, is a unison, third, fifth, sixth or octave (or
their octaves) with what sounds in the other, and the follower never lies above it there. The
follower has the rhythm of the melody; where its note would break the rule, the nearest note of the
key that does not stands in its place, and where there is none, it rests. All delays and intervals
are tried, and the one that imitates most closely is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mer.io.sheet.sheet import Part
from mer.notes.key import Key
from mer.notes.melody import Melody

CONSONANT = (0, 3, 4, 7, 8, 9)  # semitones, octaves left out; a fourth under a tune is none
_BARS = (1, 2)
# Semitones from the melody to the follower: an octave, or a fifth or a fourth and an octave lower.
_LOWER = (12, 7, 19, 17)
_FARTHEST = 4  # semitones from the note that would imitate
_REST_COST, _SHORTER_COST = 6.0, 1.0
_VELOCITY = 62


@dataclass(frozen=True)
class Canon:
    """A canon.

    Parameters
    ----------
    part
        The voice that follows.
    bars
        How many bars later it begins.
    lower
        Semitones under the melody where it imitates exactly.
    imitating
        Share of the notes that it could imitate and that it has at that interval, or at the next
        note of the key.
    """

    part: Part
    bars: int
    lower: int
    imitating: float


def canon_under(melody: Melody, key: Key, *, program: int) -> Canon | None:
    """Return the closest canon under a melody; None where the melody is too short for one.

    Parameters
    ----------
    key
        Whose scale the follower keeps to.
    program
        General MIDI instrument, 0 to 127.

    Examples
    --------
    >>> tune = Melody(pitch=[72, 74, 76, 72] * 2 + [76, 77, 79], onset=[480 * n for n in range(11)],
    ...               duration=[480] * 10 + [960], meter=(4, 4))
    >>> found = canon_under(tune, Key(0), program=73)
    >>> found.bars, found.lower, found.part.melody.pitch.tolist()
    (1, 12, [60, 62, 64, 60, 60, 62, 64, 60])
    """
    ways = [
        way
        for bars in _BARS
        for lower in _LOWER
        if (way := _follower(melody, key, bars, lower)) is not None
    ]
    if not ways:
        return None
    best = min(range(len(ways)), key=lambda number: ways[number].cost)
    found = ways[best]
    pitch, onset, duration = (np.array(column) for column in zip(*found.notes, strict=True))
    below = Melody(
        pitch=pitch,
        onset=onset,
        duration=duration,
        meter=melody.meter,
        key=melody.key,
        tempo_bpm=melody.tempo_bpm,
        downbeat=melody.downbeat,
    )
    part = Part(melody=below, name="Canon", program=program, velocity=_VELOCITY)
    return Canon(part, found.bars, found.lower, found.imitating)


@dataclass(frozen=True)
class _Way:
    notes: list[tuple[int, int, int]]
    cost: float
    bars: int
    lower: int
    imitating: float


def _follower(melody: Melody, key: Key, bars: int, lower: int) -> _Way | None:
    """Return the follower at one delay and interval, and its mean cost for a note."""
    delay, stop = bars * melody.bar_ticks, int(melody.end[-1])
    notes: list[tuple[int, int, int]] = []
    cost, asked, same = 0.0, 0, 0
    columns = (melody.pitch.tolist(), melody.onset.tolist(), melody.end.tolist())
    for pitch, onset, end in zip(*columns, strict=True):
        begins, ends = onset + delay, min(end + delay, stop)
        if begins >= stop:
            break
        asked += 1
        wanted = _in_key(pitch - lower, key)
        found = next(_allowed(melody, key, wanted, begins, ends), None)
        if found is None:
            cost += _REST_COST
            continue
        notes.append((found[0], begins, found[1] - begins))
        same += found[0] == wanted
        cost += abs(found[0] - wanted) + _SHORTER_COST * (found[1] < ends)
    if len(notes) < 2:
        return None
    return _Way(notes, cost / asked, bars, lower, same / asked)


def _in_key(pitch: int, key: Key) -> int:
    """Return the nearest pitch of the key, the lower of two."""
    return min(
        range(pitch - 2, pitch + 3),
        key=lambda one: (one % 12 not in key.scale, abs(one - pitch), one),
    )


def _allowed(
    melody: Melody, key: Key, wanted: int, begins: int, ends: int
) -> Iterator[tuple[int, int]]:
    """Yield pitches that may sound from a tick on, nearest first, and how long each may."""
    near = sorted(
        (p for p in range(wanted - _FARTHEST, wanted + _FARTHEST + 1) if p % 12 in key.scale),
        key=lambda one: (abs(one - wanted), one),
    )
    held = [
        (p, last) for p in near if p >= 0 and (last := _until(melody, p, begins, ends)) > begins
    ]
    yield from sorted(held, key=lambda one: abs(one[0] - wanted) + _SHORTER_COST * (one[1] < ends))


def _until(melody: Melody, pitch: int, begins: int, ends: int) -> int:
    """Return up to which tick a pitch may sound that begins at one: that tick if it may not."""
    beat = melody.beat_ticks
    there = np.flatnonzero((melody.onset < ends) & (melody.end > begins))
    for note in there.tolist():
        starts = max(int(melody.onset[note]), begins)
        if (starts - melody.downbeat) % beat == 0 and not agree(int(melody.pitch[note]), pitch):
            return starts
    return ends


def agree(upper: int, lower: int) -> bool:
    """Return whether two notes are a consonance, the lower one under the upper, or its unison.

    Examples
    --------
    >>> agree(67, 60), agree(65, 60), agree(60, 67)
    (True, False, False)
    """
    return upper >= lower and (upper - lower) % 12 in CONSONANT
