"""Onsets as played + a grid -> the places on the grid that were meant, while the tempo drifts.

Every note is given a place on the grid, and all notes at once: dynamic programming keeps the best
ways to have come to each place (Cemgil and Kappen, 2003, search the same space by sampling). Along
a way a Kalman filter follows where the beat is and how long it lasts, so that a note's place costs
what its distance from the beat followed so far says, and what such places cost in this piece.

References
----------
Cemgil, A. T. and Kappen, B. (2003). Monte Carlo methods for tempo tracking and rhythm quantization.
Journal of Artificial Intelligence Research, 18, 45-81.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.meter import TICKS_PER_QUARTER

_WAYS = 24
_TEMPO_SPREAD = 0.06  # of the first beat: standard deviation of its length
_TEMPO_DRIFT = 0.02  # of each beat, from one quarter to the next
_STRAYED = 0.08  # share of the tempo at the beginning that a tempo is usually within
_STRAY = 0.3  # what a note costs whose tempo is one such share away
_FAR = 3.0  # standard deviations from which on distance costs linearly
_MOST = 10.0  # what a note costs that has no place of its own
_MIXED = 4.0  # what it costs to have triplets and straight notes in one beat
_LEARNT_FROM = 1000  # notes
_SHOWN_FROM = 1500
_FIRST = 60.0  # ticks by which the first note may be off the file's own beat


@dataclass(frozen=True)
class Grid:
    """Places inside a quarter where notes may begin.

    Parameters
    ----------
    name
        As it is said to the user.
    places
        Ticks after the beat, rising from 0.
    swing
        Where the second eighth sounds, as a share of the quarter: 1/2 where it is not swung.
    """

    name: str
    places: tuple[int, ...]
    swing: float = 0.5

    @cached_property
    def ticks(self) -> Ints:
        """The places as an array, shape (places,)."""
        return np.array(self.places, dtype=np.int64)

    @cached_property
    def sounded(self) -> Floats:
        """When the places sound, in ticks after the beat, shape (places,)."""
        half, late = TICKS_PER_QUARTER / 2, self.swing * TICKS_PER_QUARTER
        return np.interp(self.places, [0.0, half, 2 * half], [0.0, late, 2 * half])

    @cached_property
    def kinds(self) -> Ints:
        """Which places go together in one beat: bit 1 straight, bit 2 triplets; (places,)."""
        third = TICKS_PER_QUARTER // (6 if TICKS_PER_QUARTER // 6 in self.places else 3)
        straight = np.array([place % (TICKS_PER_QUARTER // 8) == 0 for place in self.places])
        triplet = np.array([place % third == 0 for place in self.places])
        return np.asarray(straight + 2 * triplet, dtype=np.int64)

    @cached_property
    def unlike(self) -> Flags:
        """Which places do not go together in one beat, shape (places, places)."""
        return np.asarray((self.kinds[:, None] & self.kinds) == 0)

    @cached_property
    def first_costs(self) -> Floats:
        """What the places cost before anything is known of the piece, shape (places,)."""
        usual = {0: 0.5, 1: 0.35, 2: 0.1, 3: 0.03}
        depth = [_depth(place) for place in self.places]
        likely = np.array([usual[level] / depth.count(level) for level in depth])
        return np.asarray(-np.log(likely / likely.sum()))


def _depth(place: int) -> int:
    """Return how fine a place is: 0 the beat, 1 its half or thirds, 2 quarters, 3 what is finer."""
    if place == 0:
        return 0
    if place % (TICKS_PER_QUARTER // 2) == 0 or place % (TICKS_PER_QUARTER // 3) == 0:
        return 1
    return 2 if place % (TICKS_PER_QUARTER // 4) == 0 else 3


@dataclass(frozen=True, eq=False)
class Placement:
    """Where notes were placed.

    Parameters
    ----------
    position
        Shape (notes,): ticks, 480 to the written quarter, rising.
    cost
        How badly it fits: minus log likelihood, up to a constant.
    period
        Length of the last quarter in ticks as played.
    """

    position: Ints
    cost: float
    period: float


def track(
    onset: Ints, grid: Grid, *, noise: float, period: float = TICKS_PER_QUARTER, passes: int = 2
) -> Placement:
    """Return the best places on a grid for the onsets of a line.

    Parameters
    ----------
    onset
        Shape (notes,): ticks as played, rising strictly.
    noise
        Standard deviation in ticks of early and late notes.
    period
        How long a quarter lasts at first, in ticks as played.
    passes
        How often the search is done; from the second on, places cost what they are in the piece.

    Examples
    --------
    >>> played = np.array([3, 244, 470, 961, 1195, 1450])
    >>> track(played, Grid("1/8", (0, 240)), noise=20.0).position.tolist()
    [0, 240, 480, 960, 1200, 1440]
    """
    costs = grid.first_costs
    if len(onset) > _LEARNT_FROM and passes > 1:
        # What places cost is known after so many notes; the rest is searched once.
        known = track(onset[:_LEARNT_FROM], grid, noise=noise, period=period, passes=passes - 1)
        costs, passes = _costs(known.position, grid), 1
    for _ in range(passes):
        found = _search(onset.astype(np.float64), grid, costs, (noise, period))
        costs = _costs(found.position, grid)
    return found


def _costs(position: Ints, grid: Grid) -> Floats:
    """Return what the places of a grid cost where notes are at these positions."""
    places = np.searchsorted(grid.ticks, position % TICKS_PER_QUARTER)
    seen = np.bincount(places, minlength=len(grid.places)) + 4 * np.exp(-grid.first_costs)
    return np.asarray(-np.log(seen / seen.sum()))


@dataclass
class _Ways:
    """The best ways so far, one to each place; all arrays have shape (ways,)."""

    position: Ints
    time: Floats  # of the last place, as the filter has it
    period: Floats
    spread: tuple[Floats, Floats, Floats]  # variance of time, covariance, variance of period
    cost: Floats


def _search(onset: Floats, grid: Grid, costs: Floats, beat: tuple[float, float]) -> Placement:
    ways = _begun(onset[0], grid, costs, beat)
    before: list[tuple[Ints, Ints]] = [(ways.position, np.zeros(len(ways.position), np.int64))]
    for time in _shown(onset[1:].tolist()):
        ways, parent = _gone_on(ways, time, grid, costs, beat)
        before.append((ways.position, parent))
    best = way = int(np.argmin(ways.cost))
    position = np.zeros(len(onset), dtype=np.int64)
    for note in range(len(onset) - 1, -1, -1):
        position[note] = before[note][0][way]
        way = int(before[note][1][way])
    return Placement(position, float(ways.cost[best]), float(ways.period[best]))


def _shown(onset: list[float]) -> Iterable[float]:
    """Return onsets; where there are many, with a progress bar on stderr if that is a terminal."""
    if len(onset) < _SHOWN_FROM:
        return onset
    from tqdm import tqdm

    bar: Iterable[float] = tqdm(onset, desc="rhythm", unit="note", disable=None, leave=False)
    return bar


def _begun(time: float, grid: Grid, costs: Floats, beat: tuple[float, float]) -> _Ways:
    noise, period = beat
    written = time * TICKS_PER_QUARTER / period
    quarter = int(written // TICKS_PER_QUARTER)
    quarters = TICKS_PER_QUARTER * np.arange(max(quarter - 1, 0), quarter + 2)
    position = (quarters[:, None] + np.array(grid.places)).ravel()
    sounded = (quarters[:, None] + grid.sounded).ravel()
    off = np.minimum(((sounded - written) / _FIRST) ** 2 / 2, 3.0)
    ways = len(position)
    spread = (
        np.full(ways, noise**2),
        np.zeros(ways),
        np.full(ways, (_TEMPO_SPREAD * period) ** 2),
    )
    cost = off + np.tile(costs, len(quarters))
    return _Ways(position, np.full(ways, time), np.full(ways, period), spread, cost)


def _gone_on(
    ways: _Ways, time: float, grid: Grid, costs: Floats, beat: tuple[float, float]
) -> tuple[_Ways, Ints]:
    """Return the best ways one note further, and which way each came from."""
    noise, period = beat
    places, sounded = grid.ticks, grid.sounded
    place = np.searchsorted(places, ways.position % TICKS_PER_QUARTER)
    base = ways.position - places[place]  # the beat before the last place
    here = base + sounded[place]  # the last place as it sounds, in written ticks
    ahead = here + (time - ways.time) * TICKS_PER_QUARTER / ways.period
    quarter = np.floor((ahead[:, None] - sounded) / TICKS_PER_QUARTER + 0.5).astype(np.int64)
    start = quarter * TICKS_PER_QUARTER
    position = start + places
    step = (start + sounded - here[:, None]) / TICKS_PER_QUARTER
    a, c, p = (column[:, None] for column in ways.spread)
    drift = (_TEMPO_DRIFT * period) ** 2 * np.abs(step)
    a = a + 2 * step * c + step**2 * p
    c = c + step * p
    p = p + drift
    total = a + noise**2
    error = time - (ways.time[:, None] + ways.period[:, None] * step)
    deviation = np.sqrt(total)
    far = np.abs(error) / deviation
    # Huber's loss: half a square near the place, a line from `_FAR` on.
    near = np.minimum(far, _FAR)
    fit = near * (far - near / 2) + np.log(deviation / noise)
    strayed = _STRAY * ((ways.period / period - 1.0) / _STRAYED) ** 2
    mixed = (start == base[:, None]) & grid.unlike[place]
    cost = (ways.cost + strayed)[:, None] + fit + costs + _MIXED * mixed
    cost = np.where(position > ways.position[:, None], cost, np.inf).ravel()
    order = np.argsort(cost, kind="stable")[: 4 * _WAYS]
    order = order[: int(np.isfinite(cost[order]).sum())]
    flat = position.ravel()
    if not len(order):  # closer than any two places: the next place of each way
        order = np.arange(cost.size)
        flat = (ways.position[:, None] + TICKS_PER_QUARTER + places * 0).ravel()
        cost = np.where(np.isfinite(cost), cost, ways.cost.max() + _MOST)
    first = np.unique(flat[order], return_index=True)[1]
    chosen = order[np.sort(first)[:_WAYS]]
    parent = chosen // len(places)
    a, c, p, error, total, deviation = (
        column.ravel()[chosen] for column in (a, c, p, error, total, deviation)
    )
    clipped = np.minimum(np.maximum(error, -_FAR * deviation), _FAR * deviation)
    by_time, by_period = a / total, c / total
    updated = _Ways(
        flat[chosen],
        time - error + by_time * clipped,
        ways.period[parent] + by_period * clipped,
        (a - by_time * a, c - by_time * c, p - by_period * c),
        cost[chosen],
    )
    return updated, parent
