"""Fragment in one metre -> the same pitches in another, bar for bar.

A note on a downbeat stays on a downbeat. A bar takes the rhythm of a bar of the new metre that has
as many notes, the one whose proportions come nearest; where there is none, its own rhythm is
stretched and set on a grid of eighths, sixteenths or thirty-seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generate.piece.composition import Fragment, Source
from generate.piece.places import Place
from generate.piece.planned import Bar
from generate.plan.frame import Frame
from mer.notes.arrays import distinct
from mer.notes.melody import TICKS_PER_QUARTER, Melody

OPERATOR = "rebarring"
_GRIDS = (TICKS_PER_QUARTER // 2, TICKS_PER_QUARTER // 4, TICKS_PER_QUARTER // 8)
# Two rhythms are alike if their onsets differ by less than this share of a bar, on average.
_ALIKE = 0.12


def rebarred(fragment: Fragment, frame: Frame, stock: Sequence[Bar]) -> Fragment | None:
    """Return the fragment in the metre of the frame; None where a bar holds too many notes.

    A pick-up is left out.

    Parameters
    ----------
    stock
        Bars of the new metre, whose rhythm may be taken.
    """
    melody = fragment.melody
    number = (melody.onset - melody.downbeat) // melody.bar_ticks
    kept: list[int] = []
    onset: list[int] = []
    duration: list[int] = []
    places: list[Place | None] = []
    bars = [bar for bar in distinct(number).tolist() if bar >= 0]
    for bar in bars:
        notes = np.flatnonzero(number == bar)
        wanted = melody.bar_position[notes] / melody.bar_ticks
        rhythm = _nearest(wanted.tolist(), frame, stock)
        if rhythm is None:
            return None
        start = (bar - bars[0]) * frame.bar_ticks
        kept += notes.tolist()
        onset += [start + tick for tick in rhythm.onset]
        duration += list(rhythm.duration)
        places += list(rhythm.places)
    if not kept:
        return None
    made = Melody(
        pitch=melody.pitch[kept],
        onset=np.array(onset) - onset[0],
        duration=np.array(duration),
        meter=frame.meter,
        key=melody.key,
        tempo_bpm=melody.tempo_bpm,
        downbeat=-onset[0] % frame.bar_ticks,
    )
    sources = tuple(_cited(fragment.sources[n], p) for n, p in zip(kept, places, strict=True))
    return Fragment(made, sources)


def _cited(source: Source, place: Place | None) -> Source:
    return replace(source.then(OPERATOR), rhythm=place or source.rhythm)


def _nearest(wanted: Sequence[float], frame: Frame, stock: Sequence[Bar]) -> Bar | None:
    """Return the bar with as many notes whose onsets come nearest, as shares of the bar."""

    def distance(bar: Bar) -> float:
        shares = np.array(bar.onset) / frame.bar_ticks
        return float(np.abs(shares - np.array(wanted)).mean())

    fitting = [bar for bar in stock if len(bar.onset) == len(wanted)]
    best = min(fitting, key=distance, default=None)
    if best is not None and distance(best) < _ALIKE:
        return best
    return _stretched(wanted, frame) or best


def _stretched(wanted: Sequence[float], frame: Frame) -> Bar | None:
    for grid in _GRIDS:
        ticks = np.rint(np.array(wanted) * frame.bar_ticks / grid).astype(np.int64) * grid
        if ticks[-1] < frame.bar_ticks and (np.diff(ticks) > 0).all():
            lengths = np.diff(np.append(ticks, frame.bar_ticks))
            return Bar(tuple(ticks.tolist()), tuple(lengths.tolist()), (None,) * len(ticks))
    return None
