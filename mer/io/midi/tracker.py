"""Onsets as played + a grid -> the places on the grid that were meant, while the tempo drifts.

Every note is given a place on the grid, and all notes at once: dynamic programming keeps the best
ways to have come to each place (Cemgil and Kappen, 2003, search the same space by sampling). Along
a way a Kalman filter follows where the beat is and how long it lasts, so that a note's place costs
what its distance from the beat followed so far says, and what such places cost in this piece.

References
----------
Cemgil, A. T. and Kappen, B. (2003). Monte Carlo methods for tempo tracking and rhythm quantization.
Journal of Artificial Intelligence Research, 18, 45-81.

Dawid, A. P. (1984). Present position and potential developments: some personal views: statistical
theory: the prequential approach. Journal of the Royal Statistical Society A, 147(2), 278-292.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.meter import TICKS_PER_QUARTER

_WAYS = 24
_TEMPO_SPREAD = 0.06  # of the first beat: standard deviation of its length
_TEMPO_DRIFT = 0.02  # of each beat, from one quarter to the next
_STRAYED = 0.08  # share of the tempo at the beginning that a tempo is usually within
_STRAY = 0.3  # what a note costs whose tempo is one such share away
_FAR = 3.0  # standard deviations from which on distance costs linearly
_MIXED = 4.0  # what it costs to have triplets and straight notes in one beat
_USUAL = 4.0  # notes that the usual shares of the places count as
_ALONE = 2.0  # notes that the shares of all places count as, after one of them
_LEARNT_FROM = 1000  # notes
_SHOWN_FROM = 1500
_FIRST = 40.0  # ticks by which the first note is usually off the file's own beat
_FIRST_MOST = 8.0  # what a first note costs at most that is off it


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
    def has_thirds(self) -> bool:
        """Whether there are triplets among the places."""
        return any(place % (TICKS_PER_QUARTER // 8) for place in self.places)

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


class Guess(NamedTuple):
    """What a search begins with.

    Parameters
    ----------
    grid
        Where notes may be.
    period
        How long a quarter lasts at first, in ticks as played.
    """

    grid: Grid
    period: float = TICKS_PER_QUARTER


class Placement(NamedTuple):
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


def track(onset: Ints, guess: Guess, *, noise: float, passes: int = 3) -> Placement:
    """Return the best places on a grid for the onsets of a line.

    Parameters
    ----------
    onset
        Shape (notes,): ticks as played, rising strictly.
    guess
        The grid, and the tempo at first.
    noise
        Standard deviation in ticks of early and late notes.
    passes
        How often the search is done; from the second on, places cost what they are in the piece.

    Examples
    --------
    >>> played = np.array([3, 244, 470, 961, 1195, 1450])
    >>> track(played, Guess(Grid("1/8", (0, 240))), noise=20.0).position.tolist()
    [0, 240, 480, 960, 1200, 1440]
    """
    return tracks(onset, [guess], noise=noise, passes=passes)[0]


def tracks(
    onset: Ints, guesses: Sequence[Guess], *, noise: float, passes: int = 3
) -> list[Placement]:
    """Return the best places for each of several guesses, searched side by side.

    Parameters
    ----------
    onset, noise, passes
        As for `track`.
    guesses
        Grids and tempi.

    Examples
    --------
    >>> played = np.array([0, 158, 325, 481, 635, 803])
    >>> guesses = [Guess(Grid("1/16", (0, 120, 240, 360))), Guess(Grid("1/8T", (0, 160, 320)))]
    >>> straight, triplets = tracks(played, guesses, noise=20.0)
    >>> triplets.cost < straight.cost, triplets.position.tolist()
    (True, [0, 160, 320, 480, 640, 800])
    """
    grids = [guess.grid for guess in guesses]
    costs = [np.tile(grid.first_costs, (len(grid.places), 1)) for grid in grids]
    if len(onset) > _LEARNT_FROM and passes > 1:
        # What places cost is known after so many notes; the rest is searched once.
        known = tracks(onset[:_LEARNT_FROM], guesses, noise=noise, passes=passes - 1)
        costs = [_costs(one.position, grid) for one, grid in zip(known, grids, strict=True)]
        passes = 1
    found = _search(onset.astype(np.float64), _tables(guesses, costs), noise)
    for _ in range(passes - 1):
        costs = [_costs(one.position, grid) for one, grid in zip(found, grids, strict=True)]
        found = _search(onset.astype(np.float64), _tables(guesses, costs), noise)
    placed = zip(found, grids, costs, strict=True)
    return [
        one._replace(cost=one.cost - _spent(one.position, grid, cost) + _told(one.position, grid))
        for one, grid, cost in placed
    ]


def _numbers(position: Ints, grid: Grid) -> Ints:
    return np.searchsorted(grid.ticks, position % TICKS_PER_QUARTER)


def _costs(position: Ints, grid: Grid) -> Floats:
    """Return what places cost after one another where notes are here, shape (before, places)."""
    number, size = _numbers(position, grid), len(grid.places)
    share = np.bincount(number, minlength=size) + _USUAL * np.exp(-grid.first_costs)
    share = share / share.sum()
    pairs = np.bincount(number[:-1] * size + number[1:], minlength=size**2).reshape(size, size)
    seen = pairs + _ALONE * share
    return np.asarray(-np.log(seen / seen.sum(axis=1, keepdims=True)))


def _spent(position: Ints, grid: Grid, costs: Floats) -> float:
    """Return what the places of all notes but the first cost in the search."""
    number = _numbers(position, grid)
    return float(costs[number[:-1], number[1:]].sum())


def _told(position: Ints, grid: Grid) -> float:
    """Return what it costs to say the places in turn, each known from those before it."""
    size = len(grid.places)
    usual = _USUAL * np.exp(-grid.first_costs)
    seen, pairs = usual.tolist(), [[0.0] * size for _ in range(size)]
    total, count = 0.0, _USUAL
    before: int | None = None
    for place in _numbers(position, grid).tolist():
        share = seen[place] / count
        if before is not None:
            after = pairs[before]
            share = (after[place] + _ALONE * share) / (sum(after) + _ALONE)
            after[place] += 1
            total -= math.log(share)
        seen[place] += 1
        count += 1
        before = place
    return total


class _Tables(NamedTuple):
    """The guesses as arrays; places that a grid lacks cost without end."""

    places: Ints  # (guesses, places)
    sounded: Floats  # (guesses, places)
    first: Floats  # (guesses, places): what the first note costs
    costs: Floats  # (guesses, before, places)
    unlike: Flags  # (guesses, before, places)
    period: Floats  # (guesses,)


def _tables(guesses: Sequence[Guess], costs: Sequence[Floats]) -> _Tables:
    most = max(len(guess.grid.places) for guess in guesses)
    shape = (len(guesses), most)
    places, sounded = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    first = np.full(shape, np.inf)
    cost, unlike = np.full((*shape, most), np.inf), np.zeros((*shape, most), dtype=np.bool_)
    for number, (guess, own) in enumerate(zip(guesses, costs, strict=True)):
        size = len(guess.grid.places)
        places[number, :size], sounded[number, :size] = guess.grid.places, guess.grid.sounded
        first[number, :size] = guess.grid.first_costs
        cost[number, :size, :size], unlike[number, :size, :size] = own, guess.grid.unlike
    period = np.array([guess.period for guess in guesses])
    return _Tables(places, sounded, first, cost, unlike, period)


class _Ways(NamedTuple):
    """The best ways so far, one to each place of each guess; all arrays have shape (ways,)."""

    guess: Ints
    place: Ints  # its number on the grid
    position: Ints
    time: Floats  # of the last place, as the filter has it
    period: Floats
    spread: tuple[Floats, Floats, Floats]  # variance of time, covariance, variance of period
    cost: Floats


def _search(onset: Floats, tables: _Tables, noise: float) -> list[Placement]:
    ways = _begun(onset[0], tables, noise)
    before: list[tuple[Ints, Ints]] = [(ways.position, np.zeros(len(ways.position), np.int64))]
    for time in _shown(onset[1:].tolist()):
        ways, parent = _gone_on(ways, time, tables, noise)
        before.append((ways.position, parent))
    found = []
    for guess in range(len(tables.period)):
        own = np.flatnonzero(ways.guess == guess)
        best = way = int(own[np.argmin(ways.cost[own])])
        position = np.zeros(len(onset), dtype=np.int64)
        for note in range(len(onset) - 1, -1, -1):
            position[note] = before[note][0][way]
            way = int(before[note][1][way])
        found.append(Placement(position, float(ways.cost[best]), float(ways.period[best])))
    return found


def _shown(onset: list[float]) -> Iterable[float]:
    """Return onsets; where there are many, with a progress bar on stderr if that is a terminal."""
    if len(onset) < _SHOWN_FROM:
        return onset
    from tqdm import tqdm

    bar: Iterable[float] = tqdm(onset, desc="rhythm", unit="note", disable=None, leave=False)
    return bar


def _begun(time: float, tables: _Tables, noise: float) -> _Ways:
    size = tables.places.shape[1]
    written = time * TICKS_PER_QUARTER / tables.period
    quarter = (written // TICKS_PER_QUARTER).astype(np.int64)
    # One quarter earlier, the file's own, and one later; no earlier than the file begins.
    start = TICKS_PER_QUARTER * (quarter[:, None] + np.arange(-1, 2))
    position = start[:, :, None] + tables.places[:, None, :]
    off = np.minimum(
        ((start[:, :, None] + tables.sounded[:, None, :] - written[:, None, None]) / _FIRST) ** 2
        / 2,
        _FIRST_MOST,
    )
    first = tables.first[:, None, :]
    cost = np.where(start[:, :, None] >= 0, off + first, np.inf).ravel()
    here = np.flatnonzero(np.isfinite(cost))
    guess, place = here // (3 * size), here % size
    period = tables.period[guess]
    spread = (
        np.full(len(here), noise**2),
        np.zeros(len(here)),
        (_TEMPO_SPREAD * period) ** 2,
    )
    times = np.full(len(here), time)
    return _Ways(guess, place, position.ravel()[here], times, period, spread, cost[here])


def _gone_on(ways: _Ways, time: float, tables: _Tables, noise: float) -> tuple[_Ways, Ints]:
    """Return the best ways one note further, and which way each came from."""
    guess, place = ways.guess, ways.place
    places, sounded, period = tables.places[guess], tables.sounded[guess], tables.period[guess]
    size = places.shape[1]
    base = ways.position - tables.places[guess, place]  # the beat before the last place
    here = base + tables.sounded[guess, place]  # the last place as it sounds, in written ticks
    ahead = here + (time - ways.time) * TICKS_PER_QUARTER / ways.period
    quarter = np.floor((ahead[:, None] - sounded) / TICKS_PER_QUARTER + 0.5)
    # Each place where it is nearest, and after the last note in any case.
    start = np.maximum(quarter.astype(np.int64) * TICKS_PER_QUARTER, base[:, None])
    start = start + TICKS_PER_QUARTER * (start + places <= ways.position[:, None])
    step = (start + sounded - here[:, None]) / TICKS_PER_QUARTER
    a, c, p = (column[:, None] for column in ways.spread)
    a = a + 2 * step * c + step**2 * p
    c = c + step * p
    p = p + (_TEMPO_DRIFT * period[:, None]) ** 2 * step
    total = a + noise**2
    error = time - (ways.time[:, None] + ways.period[:, None] * step)
    deviation = np.sqrt(total)
    far = np.abs(error) / deviation
    # Huber's loss: half a square near the place, a line from `_FAR` on.
    near = np.minimum(far, _FAR)
    fit = near * (far - near / 2) + np.log(deviation / noise)
    strayed = _STRAY * ((ways.period / period - 1.0) / _STRAYED) ** 2
    mixed = (start == base[:, None]) & tables.unlike[guess, place]
    cost = (ways.cost + strayed)[:, None] + fit + tables.costs[guess, place] + _MIXED * mixed
    chosen = _chosen(guess, (start + places).ravel(), cost.ravel())
    parent = chosen // size
    a, c, p, error, total, deviation = (
        column.ravel()[chosen] for column in (a, c, p, error, total, deviation)
    )
    clipped = np.minimum(np.maximum(error, -_FAR * deviation), _FAR * deviation)
    by_time, by_period = a / total, c / total
    updated = _Ways(
        guess[parent],
        chosen % size,
        (start + places).ravel()[chosen],
        time - error + by_time * clipped,
        ways.period[parent] + by_period * clipped,
        (a - by_time * a, c - by_time * c, p - by_period * c),
        cost.ravel()[chosen],
    )
    return updated, parent


def _chosen(guess: Ints, position: Ints, cost: Floats) -> Ints:
    """Return which ways go on: of each guess the `_WAYS` best that end at different places."""
    size = len(cost) // len(guess)
    some = np.flatnonzero(np.isfinite(cost))
    owner = guess[some // size]
    by_place = some[np.lexsort((cost[some], position[some], owner))]
    key = np.stack([guess[by_place // size], position[by_place]])
    best = by_place[np.append(True, (np.diff(key) != 0).any(axis=0))]
    best = best[np.lexsort((cost[best], guess[best // size]))]
    owner = guess[best // size]
    rank = np.arange(len(best)) - np.searchsorted(owner, owner)
    return np.asarray(best[rank < _WAYS])
