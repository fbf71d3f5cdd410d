"""Onsets in seconds -> ticks and a tempo, by following a pulse that may drift.

The time from each onset to the next is explained as a small whole number of units of a pulse whose
length may change a little from note to note. The cheapest explanation is found by dynamic
programming over (length of the pulse, number of units): a distance in log time, a price for unusual
numbers, a price for changes of the pulse, and one for pulses far from what people tap. The metre
stays unknown, and so does what is written as a quarter: it is chosen so that the average note comes
nearest to an eighth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Floats, Ints
from mer.notes.melody import TICKS_PER_QUARTER

# Prices of explaining a note as so many units, as -log of how usual they are.
UNITS: dict[int, float] = {1: 0.7, 2: 0.9, 3: 1.6, 4: 1.6, 6: 2.4, 8: 2.8, 12: 4.0, 16: 4.5}
QUARTER_UNITS = (1, 2, 4)
REST_UNITS = 0.75

_SHORTEST, _LONGEST, _LENGTHS = 0.08, 0.9, 97  # seconds: pulses that are tried
_USUAL, _USUAL_SPREAD = 0.22, 0.6  # seconds, log
_TIMING, _TIMING_SEC = 0.07, 0.01  # log, and seconds: how exactly people keep time
_DRIFT = 0.06  # log: how much a pulse changes from note to note


@dataclass(frozen=True, eq=False)
class Timed:
    """Onsets and durations in ticks, shape (notes,), and the quarters a minute."""

    onset: Ints
    duration: Ints
    tempo_bpm: float


def on_a_grid(start_sec: npt.ArrayLike, end_sec: npt.ArrayLike) -> Timed:
    """Return notes on a grid; the first begins at tick 0.

    Parameters
    ----------
    start_sec, end_sec
        Shape (notes,), at least one: onsets rise, and no note ends after the next begins.

    Examples
    --------
    >>> timed = on_a_grid([0.0, 0.61, 0.89, 1.21, 1.8], [0.55, 0.85, 1.2, 1.7, 3.0])
    >>> timed.onset.tolist(), timed.duration.tolist(), round(timed.tempo_bpm)
    ([0, 480, 720, 960, 1440], [480, 240, 240, 480, 960], 100)
    """
    start, end = np.asarray(start_sec, dtype=np.float64), np.asarray(end_sec, dtype=np.float64)
    steps = np.diff(start)
    if len(steps):
        units, pulse = _explained(steps)
    else:
        units, pulse = np.zeros(0, dtype=np.int64), np.array([end[0] - start[0]])
    length = np.append(pulse, pulse[-1])[: len(start)]
    sounding = np.maximum(1, np.round((end - start) / length)).astype(np.int64)
    place = np.concatenate([[0], np.cumsum(units)]).astype(np.int64)
    # A gap shorter than most of a unit is a breath or a detached note, not a rest.
    gap = (start[1:] - end[:-1]) / pulse[: len(steps)]
    sounding[:-1] = np.where(gap < REST_UNITS, units, np.minimum(sounding[:-1], units))
    middle = float(steps.sum() / units.sum()) if len(units) else float(length[0])
    # Melodies are mostly written in eighths: so the notes heard, on average, come nearest to one.
    usual = float(np.mean(np.log2(units))) if len(units) else 0.0
    per_quarter = min(QUARTER_UNITS, key=lambda number: abs(usual - np.log2(number) + 1.0))
    ticks = TICKS_PER_QUARTER // per_quarter
    tempo = float(np.clip(60.0 / (middle * per_quarter), 10.0, 1000.0))
    return Timed(place * ticks, sounding * ticks, tempo)


def _explained(steps: Floats) -> tuple[Ints, Floats]:
    """Return how many units each step lasts, and the length of the unit there in seconds."""
    lengths = np.geomspace(_SHORTEST, _LONGEST, _LENGTHS)
    numbers = np.array(list(UNITS))
    prices = np.array(list(UNITS.values()))
    log_length = np.log(lengths)
    away = np.log(steps)[:, None, None] - np.log(numbers) - log_length[:, None]
    spread = np.hypot(_TIMING, _TIMING_SEC / steps)[:, None, None]
    costs = np.square(away / spread) / 2 + prices  # (steps, lengths, numbers)
    best_number = costs.argmin(axis=2)
    cost = costs.min(axis=2)
    change = np.square((log_length[:, None] - log_length) / _DRIFT) / 2
    total = cost[0] + np.square((log_length - np.log(_USUAL)) / _USUAL_SPREAD) / 2
    came = np.zeros(cost.shape, dtype=np.int64)
    for step in range(1, len(steps)):
        ways = total[:, None] + change
        came[step] = ways.argmin(axis=0)
        total = ways.min(axis=0) + cost[step]
    path = np.zeros(len(steps), dtype=np.int64)
    path[-1] = int(total.argmin())
    for step in range(len(steps) - 1, 0, -1):
        path[step - 1] = came[step, path[step]]
    rows = np.arange(len(steps))
    return numbers[best_number[rows, path]].astype(np.int64), lengths[path]
