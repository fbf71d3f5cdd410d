"""Parts as they are written -> the same as they are played: accents, arcs, breath, swing.

Every place of the bar has its accent, by the strength that the metre gives it. A phrase grows
towards its second half and falls off at its end; the last one more than the others. A phrase that
ends without a rest gives up some of its last note to breathe, and a note that is struck again is
let go of before. Where a style swings, the second half of a beat comes late. Nothing is left to
chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mer.io.sheet.phrasing import Phrasing
from mer.io.sheet.sheet import VELOCITY, Part, PlayedNote
from mer.notes.arrays import Floats, Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.metrical_weight import beat_strength

PHRASE_BARS = 4
# The velocity of a weak and of a strong place in a part of the usual loudness.
_WEAK, _ACCENT = 68.0, 34.0
# How much softer a phrase begins than it is at its height, and how much the last one ends.
_ARC, _LAST_ARC = 0.22, 0.34
_HEIGHT = 0.6  # where in a phrase its height is
_UNDER = 0.5  # how much of the arc what accompanies takes part in
_HIGH = 0.004  # louder by so much for each semitone above the middle of the part
_BREATH = 0.25  # of the last note of a phrase, and half a beat at most
_LET_GO = 1 / 6  # of a note that is struck again, and a sixteenth of a beat at most


def phrase_spans(melody: Melody) -> list[tuple[int, int]]:
    """Return the phrases of a melody as (first note, note after the last).

    Its own phrase marks count, or else groups of four bars.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 7680], duration=[480, 480, 960])
    >>> phrase_spans(tune)
    [(0, 2), (2, 3)]
    """
    starts = list(melody.phrase_starts)
    if not starts:
        length = PHRASE_BARS * melody.bar_ticks
        number = (melody.onset - melody.downbeat) // length
        number[melody.onset < melody.downbeat] = 0
        starts = np.flatnonzero(np.diff(number, prepend=-1)).tolist()
    starts = sorted({0, *starts})
    return list(zip(starts, [*starts[1:], len(melody)], strict=True))


def expressed(
    parts: Sequence[Part], *, singing: int = 1, swing: float = 0.5, short: float = 1.0
) -> tuple[Part, ...]:
    """Return parts with their notes as they are played; the first one leads.

    Parameters
    ----------
    singing
        How many parts, the first ones, sing: they breathe with the leader, whose rhythm they have.
    swing
        Where the second half of a beat begins, as a share of it.
    short
        The share of its length for which a note of a part without phrases of its own sounds, where
        others follow.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> (part,) = expressed([Part(melody=tune)])
    >>> [note.velocity for note in part.played]
    [79, 77, 92, 81]
    """
    leader = parts[0].melody
    spans = phrase_spans(leader)
    return tuple(
        part._replace(
            played=_played(part, leader, spans, sings=number < singing, swing=swing, short=short),
        )
        for number, part in enumerate(parts)
    )


def _played(
    part: Part,
    leader: Melody,
    spans: Sequence[tuple[int, int]],
    *,
    sings: bool,
    swing: float,
    short: float,
) -> tuple[PlayedNote, ...]:
    pitch, onset, end = part.notes.T
    velocity = _velocities(part, leader, spans, sings=sings)
    stop = _breathing(leader, spans, end) if sings else _shortened(onset, end, short)
    stop = np.minimum(stop, _before_again(pitch, onset, stop, leader.beat_ticks))
    begun, stop = (swung(times, leader, swing) for times in (onset, stop))
    rows = zip(pitch.tolist(), begun.tolist(), stop.tolist(), velocity.tolist(), strict=True)
    return tuple(PlayedNote(*row, number) for number, row in enumerate(rows))


def _velocities(
    part: Part, leader: Melody, spans: Sequence[tuple[int, int]], *, sings: bool
) -> Ints:
    pitch, onset, _ = part.notes.T
    accent = _WEAK + _ACCENT * np.sqrt(strengths(onset, leader))
    depth = 1.0 if sings else _UNDER
    arc = 1.0 - depth * (1.0 - arcs(onset, leader, spans))
    high = 1.0 + _HIGH * (pitch - float(np.median(pitch))) * sings
    loud = accent * arc * high * part.velocity / VELOCITY
    return np.asarray(np.clip(np.rint(loud), 1, 127).astype(np.int64))


def strengths(onset: Ints, leader: Melody) -> Floats:
    """Return the strength of the places of a bar in which notes begin, 0 to 1, shape (notes,)."""
    line = replace(
        leader,
        pitch=np.full(len(onset), 60),
        onset=np.arange(len(onset)) * leader.bar_ticks
        + (onset - leader.downbeat) % leader.bar_ticks,
        duration=np.ones(len(onset), dtype=np.int64),
        downbeat=0,
        phrase_starts=(),
    )
    return np.asarray(beat_strength(Columns.from_melodies([line])), dtype=np.float64)


def arcs(onset: Ints, leader: Melody, spans: Sequence[tuple[int, int]]) -> Floats:
    """Return how loud the phrases are where notes begin: 1 at their height, shape (notes,)."""
    starts = np.array([int(leader.onset[first]) for first, _ in spans])
    ends = np.append(starts[1:], int(leader.end[-1]))
    phrase = np.clip(np.searchsorted(starts, onset, side="right") - 1, 0, len(starts) - 1)
    lasts = np.maximum(ends - starts, 1)[phrase]
    place = np.clip((onset - starts[phrase]) / lasts, 0.0, 1.0)
    rising = np.sin(np.pi / 2 * np.minimum(place / _HEIGHT, 1.0))
    falling = np.cos(np.pi / 2 * np.maximum(place - _HEIGHT, 0.0) / (1.0 - _HEIGHT))
    fall = np.where(phrase == len(starts) - 1, _LAST_ARC, _ARC)
    return np.asarray(
        np.where(place <= _HEIGHT, 1.0 - _ARC * (1.0 - rising), 1.0 - fall * (1.0 - falling))
    )


def _breathing(leader: Melody, spans: Sequence[tuple[int, int]], end: Ints) -> Ints:
    """Return the ends of the notes of a melody, phrases that end without a rest cut short."""
    stop = end.copy()
    for _, after in spans[:-1]:
        last = after - 1
        gap = int(leader.onset[after] - leader.end[last])
        breath = min(int(leader.duration[last] * _BREATH), leader.beat_ticks // 2)
        stop[last] -= max(breath - gap, 0)
    return stop


def _shortened(onset: Ints, end: Ints, short: float) -> Ints:
    """Return the ends of notes that sound for a share of their length; the last chord is held."""
    stop = onset + np.maximum(np.rint((end - onset) * short), 1).astype(np.int64)
    return np.asarray(np.where(end == end.max(), end, stop))


def _before_again(pitch: Ints, onset: Ints, end: Ints, beat: int) -> Ints:
    """Return by when each note must end so that its pitch can be struck again."""
    stop = end.copy()
    order = np.lexsort((onset, pitch))
    first, second = order[:-1], order[1:]
    again = (pitch[first] == pitch[second]) & (onset[second] <= end[first])
    length = end[first] - onset[first]
    gap = np.minimum((length * _LET_GO).astype(np.int64), beat // 16)
    stop[first] = np.where(again, np.maximum(onset[second] - gap, onset[first] + 1), end[first])
    return stop


def swung(times: Ints, leader: Melody, swing: float) -> Ints:
    """Return times with the second half of every beat of two halves moved.

    Examples
    --------
    >>> tune = Melody(pitch=[60], onset=[0], duration=[960])
    >>> swung(np.array([0, 120, 240, 360, 480]), tune, 0.6).tolist()
    [0, 144, 288, 384, 480]
    """
    counted = Meter.assumed(leader.meter)
    if swing == 0.5 or counted.is_compound:
        return times
    beat = counted.beat_ticks
    place = (times - leader.downbeat) % beat
    half = beat / 2
    late = swing * beat
    moved = np.where(
        place <= half, place * late / half, late + (place - half) * (beat - late) / half
    )
    return np.asarray(times - place + np.rint(moved).astype(np.int64))


def phrasing_of(melody: Melody) -> Phrasing:
    """Return what a score says of how a melody is played: slurs, dynamics, hairpins.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 960, 7680, 8640], duration=[960] * 4)
    >>> phrasing_of(tune).slurs, phrasing_of(tune).dynamics
    (((0, 960), (7680, 8640)), ((0, 'mf'),))
    """
    slurs, hairpins = [], []
    for first, after in phrase_spans(melody):
        if after - first < 2:
            continue
        start, last = int(melody.onset[first]), int(melody.onset[after - 1])
        slurs.append((start, last))
        stop = int(melody.end[after - 1])
        height = start + int(_HEIGHT * (stop - start))
        inside = melody.onset[first:after]
        turn = int(inside[np.argmin(np.abs(inside - height))])
        if start < turn < last:
            hairpins += [(start, turn, "crescendo"), (turn, last, "diminuendo")]
    return Phrasing(tuple(slurs), ((int(melody.onset[0]), "mf"),), tuple(hairpins))
