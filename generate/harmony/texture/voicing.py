"""Chords under a melody -> a bass and three upper voices that move little and stay below it.

Each chord has a few voicings (close position, every inversion and octave in range); dynamic
programming takes the sequence whose voices move least, stay near the middle of their range and, at
any price but the range, do not rise above the melody. The bass takes the root, or the third where
that makes a smoother line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generate.harmony.chords import Chord
from mer.notes.arrays import Ints
from mer.notes.melody import Melody

BASS_RANGE = (31, 50)  # G1 to D3
UPPER_RANGE = (45, 69)  # A2 to A4

_ABOVE = 1000.0  # per semitone above the melody: worse than any movement
_TOUCHED = 4.0  # of the melody's own note, which the melody should have for itself
_MIDDLE = 0.3  # per semitone from the middle of the range
_MUDDY = 1.5  # per semitone that the lowest upper voice is below C3
_THIRD = 5.0  # of a third in the bass
_CROSSED = 200.0  # of a bass that is not below the upper voices

Voicing = tuple[int, ...]


def ceilings(melody: Melody, chords: Sequence[Chord]) -> Ints:
    """Return the lowest note of the melody over each chord, shape (chords,); 127 in silence."""
    found = []
    for chord in chords:
        sounding = (melody.onset < chord.end) & (melody.end > chord.onset)
        found.append(int(melody.pitch[sounding].min()) if sounding.any() else 127)
    return np.array(found, dtype=np.int64)


def voiced(melody: Melody, chords: Sequence[Chord]) -> tuple[Ints, Ints]:
    """Return the bass, shape (chords,), and the upper voices, shape (chords, 3), low to high.

    Examples
    --------
    >>> from mer.notes.key import Key
    >>> tune = Melody(pitch=[72, 71, 72], onset=[0, 480, 960], duration=[480] * 3)
    >>> closing = [(0, "major"), (7, "dominant"), (0, "major")]
    >>> chords = [Chord(key=Key(0), degree=d, quality=q, onset=480 * i, duration=480)
    ...           for i, (d, q) in enumerate(closing)]
    >>> bass, upper = voiced(tune, chords)
    >>> bass.tolist(), upper.tolist()
    ([48, 43, 48], [[52, 55, 60], [53, 55, 59], [52, 55, 60]])
    """
    limits = ceilings(melody, chords)
    choices = [upper_voicings(chord) for chord in chords]
    costs = [
        np.array([_upper_cost(voicing, int(limit)) for voicing in options])
        for options, limit in zip(choices, limits, strict=True)
    ]
    upper = [choices[i][n] for i, n in enumerate(cheapest(choices, costs))]
    changes = [i for i in range(1, len(chords)) if chords[i].kind != chords[i - 1].kind]
    close = changes[-2] if len(changes) > 1 else 0  # where the last chord but one begins
    options = [bass_notes(chord, rooted=i >= close) for i, chord in enumerate(chords)]
    floors = np.minimum(limits, [voicing[0] - 1 for voicing in upper])
    costs = [
        np.array([price + _bass_cost(note, int(floor)) for (note,), price in found.items()])
        for found, floor in zip(options, floors, strict=True)
    ]
    notes = [list(found) for found in options]
    bass = [notes[i][n][0] for i, n in enumerate(cheapest(notes, costs))]
    return np.array(bass, dtype=np.int64), np.array(upper, dtype=np.int64)


def upper_voicings(chord: Chord) -> list[Voicing]:
    """Return the three-note voicings of a chord in range, in close position.

    Of four tones the root or the fifth is left out, of five both; an open fifth has its octave.
    """
    tones = chord.pitch_classes
    kept = {3: [tones], 4: [tones[:2] + tones[3:], tones[1:]]}.get(len(tones), [])
    if len(tones) == 5:
        kept = [(tones[1], *tones[3:])]
    low, high = UPPER_RANGE
    found: set[Voicing] = set()
    if len(tones) == 2:
        roots = range(low + (tones[0] - low) % 12, high - 11, 12)
        found |= {(root, root + (tones[1] - root) % 12, root + 12) for root in roots}
    for chosen in kept:
        for bottom in range(low, high + 1):
            if bottom % 12 in chosen:
                stacked = sorted(bottom + (tone - bottom) % 12 for tone in chosen)
                if stacked[-1] <= high:
                    found.add(tuple(stacked))
    return sorted(found)


def bass_notes(chord: Chord, *, rooted: bool) -> dict[Voicing, float]:
    """Return the notes that the bass may take, each with what it costs beyond its place.

    The last two chords are `rooted`: they stand on their roots. A diminished chord rather stands on
    its third. A bass that the user asks for is kept.
    """
    root, third = chord.bass, chord.pitch_classes[1]
    rooted = rooted or root != chord.root or (third - root) % 12 not in (3, 4)
    on_third = 0.0 if chord.quality == "diminished" else _THIRD
    on_root = _THIRD if chord.quality == "diminished" else 0.0
    low, high = BASS_RANGE
    found: dict[Voicing, float] = {}
    for note in range(low, high + 1):
        if note % 12 == root:
            found[(note,)] = on_root
        elif note % 12 == third and not rooted:
            found[(note,)] = on_third
    return found


def cheapest(choices: Sequence[Sequence[Voicing]], costs: Sequence[np.ndarray]) -> list[int]:
    """Return which choice to make at each place, so that all costs together are least.

    Parameters
    ----------
    choices
        At each place, what there is to choose from.
    costs
        At each place, the cost of each choice, shape (choices,).
        To go from one choice to another costs the semitones that its voices move.
    """
    total, origins = costs[0], []
    for place in range(1, len(choices)):
        steps = _movements(choices[place - 1], choices[place])
        reached = total[:, None] + steps
        origins.append(reached.argmin(axis=0))
        total = reached.min(axis=0) + costs[place]
    path = [int(total.argmin())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def _movements(before: Sequence[Voicing], after: Sequence[Voicing]) -> Ints:
    """Return the semitones that the voices move in all, shape (before, after)."""
    moved: Ints = np.abs(np.array(before)[:, None] - np.array(after)).sum(axis=2)
    return moved


def _upper_cost(voicing: Voicing, limit: int) -> float:
    middle = sum(UPPER_RANGE) / 2
    cost = _MIDDLE * abs(sum(voicing) / len(voicing) - middle)
    cost += _TOUCHED * (voicing[-1] == limit) + _MUDDY * max(0, 48 - voicing[0])
    return cost + _ABOVE * max(0, voicing[-1] - limit)


def _bass_cost(note: int, limit: int) -> float:
    middle = sum(BASS_RANGE) / 2
    return _MIDDLE * abs(note - middle) + _CROSSED * max(0, note - limit)
