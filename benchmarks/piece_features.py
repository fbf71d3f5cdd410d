"""Melody + the bars that count -> some eighty figures that a musician can read.

What happens in a bar is compared with the bars before it: in pitch (the share of the time at which
both sound the same), in contour and in rhythm (onsets that both have, over onsets that either has).
The first two bars are the motif.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats
from mer.notes.melody import Melody

MOTIF_BARS = 2
# Two bars, or stretches of bars, are alike if they sound the same for half of the time.
ALIKE, ALIKE_RHYTHM = 0.5, 0.6
QUARTER = 480
_MOMENTS = 48  # in a bar
# Of each semitone above the tonic, a place among the names; 7 lies between the degrees.
_DEGREE = np.array([0, 7, 1, 2, 2, 3, 7, 4, 7, 5, 6, 6])
_DEGREES = ("tonic", "second", "third", "fourth", "fifth", "sixth", "seventh", "between")
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Bars:
    """A melody seen bar by bar.

    Parameters
    ----------
    melody
        A piece in which the metre is known; notes beyond `bars` are ignored.
    bars
        How many bars there are, the pick-up not counted.
    """

    melody: Melody
    bars: int

    @cached_property
    def bar(self) -> npt.NDArray[np.int64]:
        """The bar of each note from 0, the pick-up -1, shape (notes,)."""
        return (self.melody.onset - self.melody.downbeat) // self.melody.bar_ticks

    @cached_property
    def gap(self) -> npt.NDArray[np.int64]:
        """Ticks from each onset to the next, or to the end of the piece, shape (notes,)."""
        stop = self.melody.downbeat + self.bars * self.melody.bar_ticks
        last = max(int(self.melody.end[-1]), stop)
        return np.diff(self.melody.onset, append=last)

    @cached_property
    def notes(self) -> list[list[tuple[int, int]]]:
        """For each bar its notes: ticks after the barline, and pitch."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.bars)]
        rows = zip(
            self.bar.tolist(),
            self.melody.bar_position.tolist(),
            self.melody.pitch.tolist(),
            strict=True,
        )
        for bar, position, pitch in rows:
            if 0 <= bar < self.bars:
                found[bar].append((position, pitch))
        return found

    @cached_property
    def rhythm(self) -> list[frozenset[int]]:
        """For each bar where in it notes begin."""
        return [frozenset(position for position, _ in notes) for notes in self.notes]

    @cached_property
    def curve(self) -> Floats:
        """The pitch at each moment, held through rests, shape (bars, 48)."""
        melody = self.melody
        step = melody.bar_ticks / _MOMENTS
        moments = melody.downbeat + (np.arange(self.bars * _MOMENTS) + 0.5) * step
        note = np.clip(np.searchsorted(melody.onset, moments, side="right") - 1, 0, None)
        return melody.pitch[note].astype(np.float64).reshape(self.bars, _MOMENTS)

    @cached_property
    def alike(self) -> Floats:
        """The share of the time at which two bars sound the same pitch, shape (bars, bars)."""
        share: Floats = (self.curve[:, None] == self.curve[None]).mean(axis=2)
        return share

    def same_pitch(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return the share of the time at which two stretches of bars sound the same pitch."""
        return float(self.alike[list(one), list(other)].mean())

    def same_contour(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return the correlation of the pitch curves of two stretches of bars; 0 if one is flat."""
        a, b = self.curve[list(one)].ravel(), self.curve[list(other)].ravel()
        a, b = a - a.mean(), b - b.mean()
        size = float(np.sqrt((a @ a) * (b @ b)))
        return float(a @ b) / size if size > 0 else 0.0

    def same_rhythm(self, one: Sequence[int], other: Sequence[int]) -> float:
        """Return the share of onsets that two stretches of bars have in common, bar by bar."""
        pairs = [(self.rhythm[a], self.rhythm[b]) for a, b in zip(one, other, strict=True)]
        either = sum(len(a | b) for a, b in pairs)
        return sum(len(a & b) for a, b in pairs) / either if either else 1.0


def plan(piece: Bars) -> str:
    """Return the letters of the four quarters of a piece: equal where they are alike in pitch."""
    length = piece.bars // 4
    units = [range(start, start + length) for start in range(0, 4 * length, length)]
    letters = ""
    for number, unit in enumerate(units):
        near = [piece.same_pitch(unit, other) for other in units[:number]]
        best = int(np.argmax(near)) if near else 0
        found = near and near[best] >= ALIKE
        letters += letters[best] if found else "ABCD"[len(set(letters))]
    return letters


def measured(melody: Melody, bars: int, first: int, last: int) -> dict[str, float]:
    """Return the figures of bars `first` to `last` (not included), counted from 0.

    Figures that cannot be had, such as a mean over no notes, are NaN.
    """
    piece = Bars(melody, bars)
    chosen = range(first, last)
    inside = (piece.bar >= first) & (piece.bar < last)
    figures: dict[str, float] = {}
    for part in _PARTS:
        figures |= part(piece, chosen, inside)
    return figures


def _mean(values: Sequence[float] | Floats | Marks | npt.NDArray[np.int64]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _density(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    count = np.array([len(piece.notes[bar]) for bar in chosen], dtype=np.float64)
    motif = _mean([len(notes) for notes in piece.notes[:MOTIF_BARS]])
    return {
        "notes per bar": float(count.mean()),
        "notes per bar, spread": float(count.std()),
        "notes per bar over those of the motif": float(count.mean()) / max(motif, 0.5),
        "fewest notes in a bar": float(count.min()),
        "most notes in a bar": float(count.max()),
    }


def _ends(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    """Return how long the last note of each bar lasts, and on what phrases end."""
    figures, stops = {}, []
    for bar in chosen:
        at = np.flatnonzero(piece.bar == bar)
        last = float(piece.gap[at[-1]]) / QUARTER if len(at) else float("nan")
        figures[f"last note of bar {bar + 1} in quarters"] = min(last, 4.0)
        stops.append(last >= 1.0)
    figures["bars that stop"] = _mean(stops)
    if 3 in chosen:
        figures["bar 4 stops"] = float(stops[list(chosen).index(3)])
    for bar in range(3, chosen.stop, 4):
        if bar in chosen:
            last = piece.notes[bar][-1][1] if piece.notes[bar] else float("nan")
            degree = (last - _tonic(piece)) % 12
            figures[f"bar {bar + 1} ends on tonic"] = float(degree == 0)
            figures[f"bar {bar + 1} ends on fifth or second"] = float(degree in (2, 7))
    return figures


def _returns(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    """Return what later bars have of the motif."""
    figures = {}
    motif = range(MOTIF_BARS)
    for start in range(MOTIF_BARS, chosen.stop - 1, 2):
        here = range(start, start + 2)
        name = f"bars {start + 1}-{start + 2} like 1-2"
        figures[f"{name} in pitch"] = piece.same_pitch(here, motif)
        figures[f"{name} in contour"] = piece.same_contour(here, motif)
        figures[f"{name} in rhythm"] = piece.same_rhythm(here, motif)
    half = piece.bars // 2
    back = range(half, half + MOTIF_BARS)
    name = f"bars {half + 1}-{half + 2}"
    figures[f"{name} resemble 1-2"] = float(piece.same_pitch(back, motif) >= ALIKE)
    figures[f"{name} use the rhythm of 1-2"] = float(piece.same_rhythm(back, motif) >= ALIKE_RHYTHM)
    return figures


def _repeats(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    """Return how like bars are to earlier ones."""
    later = [bar for bar in chosen if bar > 0]
    exact = [piece.notes[bar] in piece.notes[:bar] for bar in later]
    rhythm = [piece.rhythm[bar] in piece.rhythm[:bar] for bar in later]
    nearest = [float(piece.alike[bar, :bar].max()) for bar in later]
    moved = [
        not same and any(_moved(piece, bar, b) for b in range(bar))
        for bar, same in zip(later, exact, strict=True)
    ]
    figures = {
        "bars that repeat one exactly": _mean(exact),
        "bars that repeat one moved": _mean(moved),
        "bars that repeat a rhythm": _mean(rhythm),
        "different rhythms of bars": len({piece.rhythm[bar] for bar in chosen}) / len(chosen),
        "likeness to the nearest bar before": _mean(nearest),
    }
    for lag in (1, 2, 4):
        pairs = [([bar], [bar - lag]) for bar in chosen if bar >= lag]
        figures[f"pitch like {lag} before"] = _mean([piece.same_pitch(*p) for p in pairs])
        figures[f"contour like {lag} before"] = _mean([piece.same_contour(*p) for p in pairs])
        figures[f"rhythm like {lag} before"] = _mean([piece.same_rhythm(*p) for p in pairs])
    return figures


def _moved(piece: Bars, bar: int, other: int) -> bool:
    """Return whether a bar has the rhythm and contour of another, a step or more away."""
    if piece.rhythm[bar] != piece.rhythm[other] or len(piece.notes[bar]) < 2:
        return False
    a, b = ([pitch for _, pitch in piece.notes[n]] for n in (bar, other))
    apart = np.array(a) - np.array(b)
    return bool(apart.min() * apart.max() > 0 and np.ptp(apart) <= 2)


def _intervals(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    both = inside[1:] & inside[:-1]
    interval = piece.melody.interval
    size = np.abs(interval[both])
    line = interval[both]
    turns = np.sign(line[1:]) * np.sign(line[:-1])
    leap = np.abs(line[:-1]) >= 5
    crossing = both & (piece.bar[1:] != piece.bar[:-1])
    return {
        "repeated notes": _mean(size == 0),
        "steps": _mean((size == 1) | (size == 2)),
        "thirds": _mean((size == 3) | (size == 4)),
        "leaps of a fourth or fifth": _mean((size >= 5) & (size <= 7)),
        "leaps of a sixth or more": _mean(size >= 8),
        "mean interval": _mean(size),
        "largest interval": float(size.max(initial=0)),
        "rising intervals": _mean(line > 0),
        "changes of direction": _mean(turns < 0),
        "leaps that turn back": _mean(turns[leap] < 0),
        "runs of steps in one direction": _longest_run(line) / max(len(line), 1),
        "interval over the barline": _mean(np.abs(interval[crossing])),
        "notes repeated over the barline": _mean(interval[crossing] == 0),
    }


def _longest_run(line: npt.NDArray[np.int64]) -> int:
    best = run = 0
    for before, after in pairwise([0, *line.tolist()]):
        step = 0 < abs(after) <= 2
        run = (run + 1 if before * after > 0 else 1) if step else 0
        best = max(best, run)
    return best


def _register(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    pitch = piece.melody.pitch[inside]
    motif = piece.melody.pitch[piece.bar < MOTIF_BARS]
    middle = float(motif.mean())
    height = piece.curve[list(chosen)].mean(axis=1)
    apart = np.abs(np.diff(height))
    figures = {
        "range": float(np.ptp(pitch)) if len(pitch) else float("nan"),
        "different pitches": float(len(np.unique(pitch))),
        "height over the motif": _mean(pitch) - middle,
        "highest over that of the motif": float(pitch.max(initial=0) - motif.max()),
        "lowest over that of the motif": float(pitch.min(initial=127) - motif.min()),
        "notes at pitches of the motif": _mean(np.isin(pitch, motif)),
        "change of height from bar to bar": _mean(apart),
        "where the highest note stands": float("nan"),
    }
    if len(pitch):
        figures["where the highest note stands"] = float(np.argmax(pitch)) / len(pitch)
    return figures


def _tonic(piece: Bars) -> int:
    assert piece.melody.key is not None
    return piece.melody.key.tonic


def _degrees(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    degree = _DEGREE[(piece.melody.pitch - _tonic(piece)) % 12]
    time = piece.melody.duration
    on = inside & (piece.melody.bar_position == 0)
    figures = {}
    for number, name in enumerate(_DEGREES):
        here = inside & (degree == number)
        figures[f"time on {name}"] = float(time[here].sum()) / max(int(time[inside].sum()), 1)
    figures["downbeats on tonic"] = _mean(degree[on] == 0)
    figures["downbeats on third"] = _mean(degree[on] == 2)
    figures["downbeats on fifth"] = _mean(degree[on] == 4)
    figures["downbeats off the triad"] = _mean(~np.isin(degree[on], (0, 2, 4)))
    return figures


def _rhythm(piece: Bars, chosen: range, inside: Marks) -> dict[str, float]:
    melody = piece.melody
    beat = melody.beat_ticks
    gap, position = piece.gap[inside], melody.bar_position[inside]
    rest = (piece.gap - melody.duration)[inside]
    over = position % beat + gap > beat
    off = position % beat > 0
    log = np.log2(np.maximum(gap, 1) / QUARTER)
    motif = piece.gap[(piece.bar >= 0) & (piece.bar < MOTIF_BARS)]
    bars = [piece.rhythm[bar] for bar in chosen]
    phrase_ends = [bar for bar in chosen if bar % 4 == 3]
    ends = [np.flatnonzero(piece.bar == bar) for bar in phrase_ends]
    beats = melody.bar_ticks // beat
    return {
        "mean length": _mean(log),
        "spread of lengths": float(log.std()) if len(log) else float("nan"),
        "different lengths": float(len(np.unique(gap))),
        "sixteenths or shorter": _mean(gap <= QUARTER // 4),
        "eighths": _mean(gap == QUARTER // 2),
        "quarters": _mean(gap == QUARTER),
        "longer than a quarter": _mean(gap > QUARTER),
        "dotted": _mean(np.isin(gap, (180, 360, 720, 1440))),
        "triplets": _mean((gap % 30 != 0) | np.isin(gap, (80, 160, 320, 640))),
        "lengths that the motif has": _mean(np.isin(gap, motif)),
        "same length as the note before": _mean(gap[1:] == gap[:-1]),
        "syncopated notes": _mean(off & over),
        "beats on which a note begins": _mean(
            [sum(place % beat == 0 for place in bar) / beats for bar in bars]
        ),
        "downbeats on which a note begins": _mean([0 in bar for bar in bars]),
        "time in rests": float(rest.sum()) / (len(chosen) * melody.bar_ticks),
        "rests at phrase ends": _mean(
            [piece.gap[at[-1]] > melody.duration[at[-1]] for at in ends if len(at)]
        ),
    }


_PARTS: tuple[Callable[[Bars, range, Marks], dict[str, float]], ...] = (
    _density,
    _ends,
    _returns,
    _repeats,
    _intervals,
    _register,
    _degrees,
    _rhythm,
)
