"""Onsets -> metrical weight of each note, 0 to 1.

Three sources, in this order: a beat strength given with the data; the notated metre; and, where
there is neither, inner metric analysis, which needs nothing but onsets.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mer.notes.arrays import Ints, Singles, distinct
from mer.notes.columns import Columns
from mer.notes.meter import Meter
from mer.notes.viewpoints import bar_position

_GRID_TICKS = 40  # twelve to the quarter: sixteenths and triplets both fall on the grid
_MAX_PERIOD = 96  # two bars of 4/4: longer pulses say little and cost much
_BATCH_CELLS = 1 << 22
_METER_BITS = 8
_EMPTY = np.zeros(0, dtype=np.float32)


def metrical_weight(columns: Columns) -> Singles:
    """Return the metrical weight of each note, shape (N,), from the best source there is.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60] * 4, onset=[0, 480, 960, 1440], duration=[480] * 4, meter=(4, 4))
    >>> metrical_weight(Columns.from_melodies([tune])).tolist()
    [1.0, 0.25, 0.5, 0.25]
    """
    known = np.repeat(columns.meter[:, 1] > 0, columns.lengths)
    weight = np.where(known, beat_strength(columns), np.float32(np.nan))
    if columns.beat_strength is not None:
        given = ~np.isnan(columns.beat_strength)
        weight[given] = columns.beat_strength[given]
    missing = np.isnan(weight)
    if missing.any():
        unknown = distinct(columns.sequence[missing])
        rest = columns.take(unknown)
        missing = np.repeat(np.isin(np.arange(len(columns)), unknown), columns.lengths)
        weight[missing] = inner_metric_weight(rest)
    return weight


def beat_strength(columns: Columns) -> Singles:
    """Return the strength of each note's place in the bar: 1 on the downbeat, halving below.

    The bar is divided as its time signature says (6/8 in two, then three), then in halves; 4/4
    where the metre is unknown.
    """
    above, below = columns.meter.astype(np.int64).T
    code = np.where(below > 0, above << _METER_BITS | below, 4 << _METER_BITS | 4)
    codes = distinct(code)
    which = np.searchsorted(codes, code)
    tables = [_EMPTY, *(_bar(*divmod(one, 1 << _METER_BITS)) for one in codes.tolist())]
    starts = np.cumsum(list(map(len, tables)))[which]
    return np.concatenate(tables)[np.repeat(starts, columns.lengths) + bar_position(columns)]


@lru_cache(maxsize=64)
def _bar(numerator: int, denominator: int) -> Singles:
    """Return the strength of every tick of a bar."""
    meter = Meter(numerator, denominator)
    ticks = np.arange(meter.bar_ticks)
    strength = np.full(len(ticks), 1.0 / 16, dtype=np.float32)
    levels = _metrical_levels(meter)
    for depth in range(len(levels) - 1, -1, -1):
        strength[ticks % levels[depth] == 0] = 0.5**depth
    strength.setflags(write=False)  # all that ask for it share it
    return strength


def _metrical_levels(meter: Meter) -> list[int]:
    levels = [meter.bar_ticks]
    if meter.beats % 2 == 0 and meter.beats > 2:
        levels.append(meter.bar_ticks // 2)
    levels.append(meter.beat_ticks)
    if meter.is_compound:
        levels.append(meter.unit_ticks)
    while len(levels) < 5 and levels[-1] % 2 == 0:
        levels.append(levels[-1] // 2)
    return list(dict.fromkeys(levels))


def inner_metric_weight(columns: Columns) -> Singles:
    """Return the inner metric weight of each note, divided by the largest of its sequence.

    A *local metre* is a longest chain of equally spaced onsets with at least three members; an
    onset weighs the sum, over the local metres that it belongs to, of (members - 1) squared.

    Departures from the paper: onsets are rounded to a twelfth of a quarter, periods are at most two
    bars of 4/4, and chains that are part of a chain with a smaller period are kept.

    References
    ----------
    Volk, A. (2008). The study of syncopation using inner metric analysis. Journal of New Music
    Research 37(4).
    """
    origin = np.repeat(columns.onset[columns.bounds[:-1]], columns.lengths)
    cell = np.round((columns.onset - origin) / _GRID_TICKS).astype(np.int64)
    last = cell[columns.bounds[1:] - 1]
    weight = np.zeros(len(cell), dtype=np.float32)
    order = np.argsort(last, kind="stable")
    start = 0
    while start < len(order):
        width = int(last[order[start]]) + 1
        stop = start + 1
        while stop < len(order):
            width = max(width, int(last[order[stop]]) + 1)
            if width * (stop + 1 - start) > _BATCH_CELLS:
                break
            stop += 1
        width = int(last[order[start:stop]].max()) + 1
        _weigh_batch(columns, cell, np.sort(order[start:stop]), width, weight)
        start = stop
    top = np.maximum.reduceat(weight, columns.bounds[:-1])
    return np.asarray(weight / np.repeat(np.maximum(top, 1e-9), columns.lengths))


def _weigh_batch(
    columns: Columns,
    cell: Ints,
    chosen: Ints,
    width: int,
    weight: Singles,
) -> None:
    lengths = columns.lengths[chosen]
    row = np.repeat(np.arange(len(chosen)), lengths)
    ends = np.cumsum(lengths)
    notes = np.arange(ends[-1]) + np.repeat(columns.bounds[chosen] - (ends - lengths), lengths)
    at = cell[notes]
    sounding = np.zeros((width, len(chosen)), dtype=np.int16)
    sounding[at, row] = 1
    total = np.zeros((width, len(chosen)), dtype=np.float32)
    for period in range(1, min(_MAX_PERIOD, (width - 1) // 2) + 1):
        forward, backward = sounding.copy(), sounding.copy()
        if not (sounding[period:] & sounding[:-period]).any():
            continue
        for begin in range(width - period - 1, -1, -period):
            low = max(0, begin - period + 1)
            here = slice(low, begin + 1)
            beyond = slice(low + period, begin + 1 + period)
            forward[here] += sounding[here] * forward[beyond]
        for begin in range(period, width, period):
            high = min(width, begin + period)
            here, before = slice(begin, high), slice(begin - period, high - period)
            backward[here] += sounding[here] * backward[before]
        steps = forward + backward - 2
        total += np.where(steps >= 2, steps.astype(np.float32) ** 2, 0.0)
    weight[notes] = total[at, row]
