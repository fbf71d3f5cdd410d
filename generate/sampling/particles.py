"""A chain's exact look-ahead + a richer model -> sequences that follow the richer model.

The richer model looks at the whole past, so that no table can hold it, and what it wants cannot be
drawn exactly under constraints. A crowd of sequences (particles) grows symbol by symbol. Each is
continued in proportion to what is wanted of a symbol times the mass that the chain knows to lie
ahead of it (`Sampler`): so none runs into a dead end, whatever the richer model wants. How much the
two differ is what a particle weighs; when few have most of the weight, the crowd is drawn anew by
it. This is a particle filter, fully adapted and twisted by the messages of the chain (Doucet and
Johansen 2011; Whiteley and Lee 2014).

What is wanted of a sequence is its probability under the richer model to the power of a share,
times that under the chain to the power of the rest: with a share of 1 the richer model alone.

*Exact*: every constraint and every forbidden run. *Approximate*: the distribution, which approaches
what is wanted under the constraints as the crowd grows.

References
----------
Doucet, A. and Johansen, A. M. (2011). A tutorial on particle filtering and smoothing.
Whiteley, N. and Lee, A. (2014). Twisted particle filters. Annals of Statistics 42(1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from generate.sampling.sampler import Draws, Sampler, picked
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints

PARTICLES = 24
# The crowd is drawn anew when it is worth less than this share of its number.
_WORTH = 0.5
_LEAST = 1e-300

# Sequences of shape (versions, n) and numbers of positions, shape (m,) -> the probability of each
# symbol there, shape (versions, m, symbols). A position may be n: the one that comes next.
Richer = Callable[[Ints, Ints], Floats]
# Sequences of shape (versions, n) -> which of them end with what must not stand there.
Forbidden = Callable[[Ints], Flags]


class Crowd(NamedTuple):
    """What was grown.

    Parameters
    ----------
    drawn
        Shape (particles, positions).
    log_weight
        Shape (particles,): the natural logarithm of what each weighs.
    worth
        Shape (positions,): how many equally weighted particles they were worth at each position,
        before the crowd was drawn anew (Kish 1965).
    """

    drawn: Ints
    log_weight: Floats
    worth: Floats

    def one(self, rng: np.random.Generator) -> Ints:
        """Return one of the sequences, drawn by weight."""
        share = np.cumsum(_shares(self.log_weight))
        chosen = min(int(np.searchsorted(share, rng.random())), len(share) - 1)
        return np.asarray(self.drawn[chosen])


def grow(
    sampler: Sampler,
    richer: Richer,
    rng: np.random.Generator,
    *,
    stop: int | None = None,
    share: float = 1.0,
    count: int = PARTICLES,
    forbidden: Forbidden | None = None,
) -> Crowd:
    """Return sequences that keep to the sampler's constraints and follow the richer model.

    Parameters
    ----------
    richer
        The model to follow; it is asked once for each position at most.
    stop
        How many symbols to draw; None draws all. What comes after is looked ahead to.
    share
        How much the richer model counts, from 0 (the chain alone) to 1.
    count
        How many particles.
    forbidden
        Finds what is forbidden beyond what the sampler knows; such a particle weighs nothing.

    Raises
    ------
    InputError
        If every particle ends with something forbidden.

    Examples
    --------
    >>> from generate.sampling.chain import Chain
    >>> fair = Sampler(Chain((np.full(2, 0.5),)), np.ones((400, 2)))
    >>> mostly_1 = lambda drawn, asked: np.full((len(drawn), len(asked), 2), [0.1, 0.9])
    >>> crowd = grow(fair, mostly_1, np.random.default_rng(0), count=1)
    >>> bool(0.85 < crowd.drawn.mean() < 0.95)
    True
    """
    draws, weight = Draws(sampler, count), np.zeros(count)
    stop = len(sampler) if stop is None else stop
    worth: list[float] = []
    while draws.position < stop:
        first, until = draws.position, _forced(sampler, draws.position, stop)
        if until > first:
            weight = _along(draws, until, weight, richer, share)
        else:
            mass = draws.mass()
            wanted = _asked(richer, draws.drawn, np.array([first]))[:, 0, draws.support]
            chance = draws.chance()
            ratio = np.divide(wanted, chance, out=np.zeros_like(mass), where=mass > 0)
            twisted = ratio**share * mass
            weight = weight + np.log(twisted.sum(axis=1)) - np.log(mass.sum(axis=1))
            chosen = _anew(weight, rng)
            if chosen is not None:
                draws.take(chosen)
                twisted, weight = twisted[chosen], np.zeros(count)
            draws.add(picked(twisted, rng.random(count)))
        if forbidden is not None:
            for end in range(first + 1, draws.position + 1):
                weight = np.where(forbidden(draws.drawn[:, :end]), -np.inf, weight)
            if not np.isfinite(weight).any():
                raise InputError("every sequence ends with what is forbidden")
        worth += [effective_number(weight)] * (draws.position - first)
    return Crowd(draws.drawn, weight, np.array(worth))


def effective_number(log_weight: Floats) -> float:
    """Return how many equally weighted particles the weighted ones are worth (Kish 1965).

    Examples
    --------
    >>> round(effective_number(np.log([2.0, 2.0])), 6), round(effective_number(np.log([9, 1])), 2)
    (2.0, 1.22)
    """
    return float(1.0 / (_shares(log_weight) ** 2).sum())


def _forced(sampler: Sampler, position: int, stop: int) -> int:
    """Return the end of the positions from `position` on that leave no choice."""
    free = np.flatnonzero((sampler.weights[position:stop] > 0).sum(axis=1) > 1)
    return position + int(free[0]) if len(free) else stop


def _along(draws: Draws, until: int, weight: Floats, richer: Richer, share: float) -> Floats:
    """Go on along what leaves no choice; return the weights after it."""
    asked = np.arange(draws.position, until)
    surprise = np.zeros(len(weight))
    for _ in asked:
        with np.errstate(divide="ignore"):
            weight = np.where(draws.mass()[:, 0] > 0, weight, -np.inf)
            surprise -= np.log(draws.chance()[:, 0])
        draws.add(np.zeros(len(weight), dtype=np.int64))
    drawn = draws.drawn
    if (drawn == drawn[0]).all():
        return weight  # what all have in common makes no difference
    chance = np.take_along_axis(_asked(richer, drawn, asked), drawn[:, asked, None], axis=2)
    likely = np.log(np.maximum(chance[:, :, 0], _LEAST)).sum(axis=1)
    return np.where(np.isfinite(weight), weight + share * (likely + surprise), -np.inf)


def _asked(richer: Richer, drawn: Ints, asked: Ints) -> Floats:
    """Ask about each different sequence once."""
    rows, which = np.unique(drawn, axis=0, return_inverse=True)
    return np.asarray(richer(rows, asked)[which.ravel()])


def _anew(log_weight: Floats, rng: np.random.Generator) -> Ints | None:
    """Return which particles go on, by their weights; None if they weigh alike enough."""
    count = len(log_weight)
    if effective_number(log_weight) >= _WORTH * count:
        return None
    # Systematic: one random number for all of them.
    places = (rng.random() + np.arange(count)) / count
    chosen = np.searchsorted(np.cumsum(_shares(log_weight)), places)
    return np.asarray(np.minimum(chosen, count - 1))


def _shares(log_weight: Floats) -> Floats:
    weight = np.exp(log_weight - log_weight.max())
    return np.asarray(weight / weight.sum())
