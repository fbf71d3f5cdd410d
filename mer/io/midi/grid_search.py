"""Onsets that are on no grid -> the grid that explains them, and their places on it.

Each grid is tried by `mer.io.midi.tracker`, which follows the beat; the one that explains the
onsets best with the fewest places wins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.io.midi.tracker import Grid, Guess, Placement, track, tracks
from mer.notes.arrays import Ints
from mer.notes.meter import TICKS_PER_QUARTER

_EIGHTHS, _SIXTEENTHS, _TRIPLETS = (0, 240), (0, 120, 240, 360), (0, 160, 320)
GRIDS = {
    grid.name: grid
    for grid in (
        Grid("1/4", (0,)),
        Grid("1/8", _EIGHTHS),
        Grid("1/16", _SIXTEENTHS),
        Grid("1/32", tuple(range(0, 480, 60))),
        Grid("1/8T", _TRIPLETS),
        Grid("1/16T", tuple(range(0, 480, 80))),
    )
}
# What is tried where the grid is to be found.
_TRIED = (
    GRIDS["1/8"],
    GRIDS["1/16"],
    GRIDS["1/32"],
    GRIDS["1/8T"],
    GRIDS["1/16T"],
    Grid("1/8 with triplets", (0, 160, 240, 320)),
    Grid("1/16 with triplets", (0, 120, 160, 240, 320, 360)),
    Grid("1/16 with 1/16 triplets", (0, 80, 120, 160, 240, 320, 360, 400)),
    Grid("1/32 with 1/16 triplets", tuple(sorted({*range(0, 480, 60), *range(0, 480, 80)}))),
    *(Grid("1/8, swung", _EIGHTHS, swing) for swing in (0.58, 0.62, 0.66)),
    *(Grid("1/16, swung", _SIXTEENTHS, swing) for swing in (0.58, 0.62, 0.66)),
)

_HEARD_NOTES = 160  # enough to find the grid
_DEAR, _TOO_DEAR = 2.0, 2.7  # what a note costs that fits a grid in doubt, and one that fits none
_RARER = 3.0  # how much less likely, in nats, triplets are than straight or swung notes
_GAIN = 0.4  # by how much a note must cost less at another pace than the file's
# Half and double the tempo would always be cheaper or dearer: the file's own is believed there.
_PACES = tuple(2.0 ** (step / 12) for step in range(-6, 7) if step)


class OnGrid(NamedTuple):
    """Onsets on a grid.

    Parameters
    ----------
    name
        Of the grid.
    position
        Shape (notes,): ticks, 480 to the written quarter, rising.
    period
        Length of the last quarter in ticks as played.
    pace
        The file's quarters in one written quarter.
    """

    name: str
    position: Ints
    period: float
    pace: float = 1.0


def found_grid(onset: Ints, noise: float) -> OnGrid | None:
    """Return the grid that explains onsets best; None if none does.

    Parameters
    ----------
    onset
        Shape (notes,): ticks as played, rising.
    noise
        By how many ticks the player is off, as a rule.

    Examples
    --------
    >>> found = found_grid(np.array([3, 244, 470, 961, 1195, 1450]), noise=20.0)
    >>> found.name, found.position.tolist()
    ('1/8', [0, 240, 480, 960, 1200, 1440])
    """
    some = onset[:_HEARD_NOTES]
    guess, best = _best(some, noise, 1.0, _TRIED)
    if best.cost > _DEAR * len(some):
        pace = _likely_pace(some[:80], noise)
        other, found = _best(some, noise, pace, _TRIED)
        if found.cost < (min(best.cost / len(some), _TOO_DEAR) - _GAIN) * len(some):
            guess, best = other, found
    if best.cost > _TOO_DEAR * len(some):
        return None
    if len(some) < len(onset):
        best = track(onset, guess, noise=noise)
    pace = guess.period / TICKS_PER_QUARTER
    return OnGrid(guess.grid.name, best.position, best.period, pace)


def given_grid(onset: Ints, name: str, noise: float) -> OnGrid:
    """Return the places of onsets on one of `GRIDS`: the file's own unless notes lie between."""
    grid = GRIDS[name]
    unit = TICKS_PER_QUARTER // len(grid.places)
    position = (2 * onset + unit) // (2 * unit) * unit
    off = np.sqrt(np.mean((onset - position) ** 2.0)) / unit
    if off > 0.2:
        placed = track(onset, Guess(grid), noise=noise)
        return OnGrid(name, placed.position, placed.period)
    return OnGrid(name, _apart(position, unit), float(TICKS_PER_QUARTER))


def _best(
    onset: Ints, noise: float, pace: float, grids: tuple[Grid, ...]
) -> tuple[Guess, Placement]:
    """Return the grid that explains onsets best, and where they are on it."""
    guesses = [Guess(grid, TICKS_PER_QUARTER * pace) for grid in grids]
    found = tracks(onset, guesses, noise=noise)
    costs = [one.cost + _RARER * grid.has_thirds for one, grid in zip(found, grids, strict=True)]
    best = int(np.argmin(costs))
    return guesses[best], found[best]


def _likely_pace(onset: Ints, noise: float) -> float:
    """Return the file's quarters in a written quarter that fit best, of those that are not 1."""
    grids = (GRIDS["1/8"], GRIDS["1/16"], GRIDS["1/8T"])
    guesses = [Guess(grid, TICKS_PER_QUARTER * pace) for pace in _PACES for grid in grids]
    found = tracks(onset, guesses, noise=noise, passes=1)
    best = int(np.argmin([one.cost for one in found]))
    return guesses[best].period / TICKS_PER_QUARTER


def _apart(position: Ints, unit: int) -> Ints:
    """Return places with notes that share one spread over the time to the next."""
    first = np.flatnonzero(np.diff(position, prepend=position[0] - 1))
    count = np.diff(np.append(first, len(position)))
    gap = np.append(np.diff(position[first]), unit)
    number = np.arange(len(position)) - np.repeat(first, count)
    return np.asarray(position + number * np.repeat(gap, count) // np.repeat(count, count))
