"""Candidate fragments -> one line that fills the frame exactly, by dynamic programming.

Each candidate keeps the position in the bar that it has in its tune, so a line is a path through
(time reached, candidate). Its cost is that of the candidates plus that of the joins, in bits of the
chain (see `joins`), and of the silence before each. The cheapest path is found exactly (Bellman
1957); chance enters through the costs.

References
----------
Bellman, R. (1957). Dynamic Programming.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.lines.joins import JoinPrices
from generate.piece.composition import Fragment, Source
from generate.plan.frame import Frame
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.names import counted

_GAP_COST = 1.5  # a silence of one bar
_BREATH_COST = 1.0  # more, if it is longer than a beat: too long for a breath
_HOLE_COST = 6.0  # more, if it is longer than half a bar
_JOIN = 0.3
_NOT_TONIC = 2.5
_SHORT_CLOSE = 2.5  # the last note is shorter than a beat
_WEAK_CLOSE = 2.5  # or begins after the middle of the bar
_LONG_CLOSE = 3.0  # or has to be held for more than a bar
_OFF_BEAT_CLOSE = 2.5  # or begins between two beats
# Bars of a phrase at least, and what it costs to end elsewhere than where one can.
PHRASE, _UNEVEN_COST = 2, 4.0
_ODD_BARS, _ODD_COST = 6, 2.0  # phrases of so many bars do not add up to others


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fragment in the key and range of the piece, and its cost (about 0 to 3)."""

    fragment: Fragment
    cost: float


def assemble(
    frame: Frame,
    candidates: Sequence[Candidate],
    prices: JoinPrices,
    rng: np.random.Generator,
    *,
    chance: float = 0.35,
) -> Fragment:
    """Return the cheapest line of candidates, after the opening, that fills the frame exactly.

    See `chosen`.
    """
    return joined(frame, chosen(frame, candidates, prices, rng, chance=chance))


def chosen(
    frame: Frame,
    candidates: Sequence[Candidate],
    prices: JoinPrices,
    rng: np.random.Generator,
    *,
    chance: float = 0.35,
) -> list[tuple[int, Fragment]]:
    """Return where each phrase of the cheapest line begins, in ticks, and the phrase.

    Parameters
    ----------
    chance
        Scale of the random part of each candidate's cost. The scale is drawn anew for each line, so
        that some takes stray farther from the cheapest line than others.

    Raises
    ------
    InputError
        If no sequence of candidates fits.
    """
    scale = chance * (0.5 + rng.exponential())
    noise = rng.gumbel(scale=scale, size=len(candidates))
    own = np.array([candidate.cost for candidate in candidates]) + noise
    path = _cheapest(frame, candidates, own, prices)
    if path is None:
        raise InputError(
            f"no phrase fits after the motif in a piece of {counted(frame.bars, 'bar')} of "
            f"{Meter(*frame.meter)}; ask for more bars or more neighbours (k)"
        )
    return [(start, candidates[number].fragment) for start, number in path]


def _cheapest(
    frame: Frame, candidates: Sequence[Candidate], own: Floats, prices: JoinPrices
) -> list[tuple[int, int]] | None:
    """Return the start and the number of each candidate on the cheapest path."""
    fragments = [candidate.fragment for candidate in candidates]
    joins = prices.costs(fragments, fragments) + _JOIN
    position = np.array([int(c.fragment.melody.bar_position[0]) for c in candidates])
    length = np.array([int(c.fragment.melody.end[-1]) for c in candidates])
    total = len(candidates)
    first, entry = 0, np.zeros(total)
    if frame.opening is not None:
        first = int(frame.opening.melody.end[-1])
        entry = prices.costs([frame.opening], fragments)[0] + _JOIN
    cost: dict[int, Floats] = {}  # by time reached: cheapest cost of ending there, per candidate
    back: dict[int, list[tuple[int, int]]] = {}
    waiting = {first}
    done: set[int] = set()
    while waiting:
        time = min(waiting)
        waiting.remove(time)
        done.add(time)
        if time == first:
            reach, before = entry, np.full(total, -1)
        else:
            table = cost[time][:, None] + joins
            before = np.argmin(table, axis=0)
            reach = table[before, np.arange(total)]
        gap = (position - (time - frame.pickup)) % frame.bar_ticks
        end = time + gap + length
        price = reach + own + _gap_cost(gap, frame) + _uneven(time + gap, end, frame)
        for number in np.flatnonzero((end <= frame.length) & np.isfinite(price)).tolist():
            arrival = int(end[number])
            if arrival not in cost:
                cost[arrival] = np.full(total, np.inf)
                back[arrival] = [(-1, -1)] * total
                waiting.add(arrival)
            if price[number] < cost[arrival][number]:
                cost[arrival][number] = price[number]
                back[arrival][number] = (time, int(before[number]))
    return _traced(frame, candidates, cost, back)


def _uneven(start: Ints, end: Ints, frame: Frame) -> Floats:
    """Return the cost of phrases that end where none should: half a bar off two bars, or more."""
    left = -(end - frame.pickup) % (PHRASE * frame.bar_ticks)
    bars = line_of(end, frame) - line_of(start, frame)
    odd = (bars % (2 * PHRASE) == _ODD_BARS % (2 * PHRASE)) & (bars > PHRASE)
    cost: Floats = _UNEVEN_COST * (2 * left >= frame.bar_ticks).astype(np.float64)
    cost += _ODD_COST * odd
    return cost


def line_of(tick: Ints, frame: Frame) -> Ints:
    """Return the number of the barline where a phrase begins: half a bar before it leads to it."""
    found: Ints = -(-(tick - frame.pickup - frame.bar_ticks // 2) // frame.bar_ticks)
    return found


def _gap_cost(gap: Ints, frame: Frame) -> Floats:
    cost: Floats = gap / frame.bar_ticks * _GAP_COST
    cost += _BREATH_COST * (gap > frame.beat_ticks) + _HOLE_COST * (2 * gap > frame.bar_ticks)
    return cost


def _traced(
    frame: Frame,
    candidates: Sequence[Candidate],
    cost: dict[int, Floats],
    back: dict[int, list[tuple[int, int]]],
) -> list[tuple[int, int]] | None:
    melodies = [candidate.fragment.melody for candidate in candidates]
    last = np.array([int(melody.pitch[-1]) for melody in melodies])
    length = np.array([int(melody.duration[-1]) for melody in melodies])
    short = length < frame.beat_ticks
    weak = np.array([2 * int(melody.bar_position[-1]) > frame.bar_ticks for melody in melodies])
    off = np.array([int(m.bar_position[-1]) % frame.beat_ticks != 0 for m in melodies])
    closing = _SHORT_CLOSE * short + _WEAK_CLOSE * weak + _OFF_BEAT_CLOSE * off
    closing += np.where(frame.end_on_tonic & (last % 12 != frame.key.tonic), _NOT_TONIC, 0.0)
    best, at = np.inf, (-1, -1)
    for time, costs in cost.items():
        left = frame.length - time
        if left >= frame.bar_ticks:
            continue
        total = costs + closing + 2 * _gap_cost(np.array(left), frame)
        total += _LONG_CLOSE * (length + left > frame.bar_ticks)
        number = int(np.argmin(total))
        if total[number] < best:
            best, at = float(total[number]), (time, number)
    if not np.isfinite(best):
        return None
    path = []
    time, number = at
    while number >= 0:
        path.append((time - int(candidates[number].fragment.melody.end[-1]), number))
        time, number = back[time][number]
    return path[::-1]


def joined(frame: Frame, parts: Sequence[tuple[int, Fragment]]) -> Fragment:
    """Return the opening and the parts as one line, with short gaps filled and the end closed."""
    if frame.opening is not None:
        parts = [(0, frame.opening), *parts]
    pitch: list[int] = []
    onset: list[int] = []
    duration: list[int] = []
    sources: list[Source] = []
    starts: list[int] = []
    for start, part in parts:
        if sources:
            gap = start - onset[-1] - duration[-1]
            if gap <= frame.beat_ticks and not sources[-1].is_statement:
                _hold(duration, sources, gap)
        starts.append(len(pitch))
        pitch += part.melody.pitch.tolist()
        onset += (part.melody.onset + start).tolist()
        duration += part.melody.duration.tolist()
        sources += part.sources
    _hold(duration, sources, frame.length - onset[-1] - duration[-1])
    melody = Melody(
        pitch=np.array(pitch),
        onset=np.array(onset),
        duration=np.array(duration),
        meter=frame.meter,
        key=frame.key,
        downbeat=frame.pickup,
        phrase_starts=tuple(starts),
    )
    return closed_on_tonic(frame, Fragment(melody, tuple(sources)))


def closed_on_tonic(frame: Frame, fragment: Fragment) -> Fragment:
    """Return the fragment with the tonic for its last note, if the frame asks for that."""
    pitch = np.array(fragment.melody.pitch)
    last = int(pitch[-1])
    if not frame.end_on_tonic or last % 12 == frame.key.tonic:
        return fragment
    pitch[-1] = _nearest_tonic(frame, last, int(pitch[-2]) if len(pitch) > 1 else last)
    return fragment.with_pitch(pitch, "cadence")


def _hold(duration: list[int], sources: list[Source], ticks: int) -> None:
    """Lengthen the last note."""
    if ticks > 0:
        duration[-1] += ticks
        sources[-1] = sources[-1].then("hold")


def _nearest_tonic(frame: Frame, pitch: int, before: int) -> int:
    homes = [p for p in range(frame.low, frame.high + 1) if p % 12 == frame.key.tonic]
    return min(homes, key=lambda home: (abs(home - pitch) + abs(home - before), home))


def transposed_into(frame: Frame, fragment: Fragment) -> Fragment | None:
    """Return the fragment in the octave nearest to the middle of the range, if one fits."""
    low, high = int(fragment.melody.pitch.min()), int(fragment.melody.pitch.max())
    fits = [o for o in range(-120, 121, 12) if frame.low <= low + o and high + o <= frame.high]
    if not fits:
        return None
    middle = (frame.low + frame.high - low - high) / 2
    shift = min(fits, key=lambda octave: (abs(octave - middle), octave))
    return fragment.transpose(shift) if shift else fragment


def with_tempo(fragment: Fragment, tempo_bpm: float | None) -> Fragment:
    """Return the fragment at another tempo."""
    return Fragment(replace(fragment.melody, tempo_bpm=tempo_bpm), fragment.sources)
