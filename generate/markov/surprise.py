"""Target in bits per note -> the chain bent towards it; and the bits that each note of a piece has.

The information content of a note is minus the logarithm of its probability, in bits: how much it
surprises somebody who knows the chain. Raising all probabilities of the chain to one power (an
exponential tilt) makes likely notes likelier or unlikely ones commoner, and changes nothing else;
the mean information content falls steadily as the power rises, so that the power which gives the
target is found by bisection. The mean is computed exactly, over all sequences, not from draws.

References
----------
Pearce, M. T. (2005). The construction and evaluation of statistical models of melodic structure
in music perception and composition. PhD thesis, City University London: information content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generate.sampling.chain import Chain
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.melody import Melody

if TYPE_CHECKING:
    from generate.plan.brief import Brief


# Times the mean of the chain as it is.
LEVELS: dict[str, float] = {"calm": 0.7, "balanced": 1.0, "adventurous": 1.3}
_POWERS = (-0.5, 8.0)
_STEPS = 18
_CLOSE = 0.01
_LEAST = 1e-6  # what is counted for a succession that the chain does not know


def information(chain: Chain, symbols: Ints) -> Floats:
    """Return the information content of each symbol of sequences, in bits, of the same shape.

    Parameters
    ----------
    symbols
        Shape (..., notes).

    Examples
    --------
    >>> fair = Chain((np.full(4, 0.25), np.full((4, 4), 0.25)))
    >>> information(fair, np.array([0, 1, 1])).tolist()
    [2.0, 2.0, 2.0]
    """
    bits = np.empty(symbols.shape)
    for position in range(symbols.shape[-1]):
        back = min(position, chain.order)
        event = tuple(symbols[..., place] for place in range(position - back, position + 1))
        bits[..., position] = -np.log2(np.maximum(chain.tables[back][event], _LEAST))
    return bits


def bits_of(brief: Brief, melody: Melody) -> Floats:
    """Return the information content of each note of a piece under the chain of its brief."""
    from generate.markov.demands import alphabet_of

    known = {*alphabet_of(brief, ()).tolist(), *melody.pitch.tolist()}
    symbols = np.array(sorted(known))
    return information(brief.chain(symbols), np.searchsorted(symbols, melody.pitch))


def tilted(chain: Chain, power: float) -> Chain:
    """Return the chain with its probabilities raised to a power; what is impossible stays so."""
    with np.errstate(divide="ignore"):
        return Chain(tuple(np.where(t > 0, np.exp(power * np.log(t)), 0.0) for t in chain.tables))


def mean_information(chain: Chain, weights: Floats, power: float, new: Flags) -> float:
    """Return the mean information content of new notes, in bits, if the chain is tilted.

    Parameters
    ----------
    weights
        Shape (notes, symbols), as for `Sampler`.
    new
        Shape (notes,): the notes that count.
    """
    with np.errstate(divide="ignore"):
        bits = tuple(np.where(t > 0, -np.log2(t), 0.0) for t in chain.tables)
    return float(Sampler(tilted(chain, power), weights).expected(bits)[new].mean())


def bent(chain: Chain, weights: Floats, new: Flags, wish: float | str) -> tuple[Chain, float]:
    """Return the chain tilted so that new notes have the requested mean, and that mean.

    Parameters
    ----------
    wish
        Bits per note, or a name in `LEVELS`, which is taken as far as it can be.

    Raises
    ------
    InputError
        If the number cannot be reached, or the name is unknown.
    """
    if isinstance(wish, str) and wish not in LEVELS:
        raise InputError(
            f"surprise is {wish!r}; choose {', '.join(LEVELS)} or a number of bits per note"
        )
    if not new.any():
        return chain, 0.0
    if isinstance(wish, str):
        target = LEVELS[wish] * mean_information(chain, weights, 1.0, new)
    else:
        target = float(wish)
    low, high = _POWERS
    least, most = (mean_information(chain, weights, power, new) for power in (high, low))
    if not isinstance(wish, str) and not least <= target <= most:
        raise InputError(
            f"surprise of {target:g} bits a note cannot be reached: {least:.2f} to {most:.2f} "
            "are possible here"
        )
    target = float(np.clip(target, least, most))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        reached = mean_information(chain, weights, middle, new)
        if abs(reached - target) < _CLOSE:
            break
        low, high = (middle, high) if reached > target else (low, middle)
    return tilted(chain, middle), target
