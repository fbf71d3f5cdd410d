"""Exact draws + a richer model -> one of them, chosen in proportion to what the richer model says.

Importance resampling: a few hundred sequences are drawn from the chain under all constraints, each
is weighted by the ratio of its probabilities under the richer model and under the chain, and one is
drawn by these weights. Every candidate meets every constraint. *This step is approximate*: the
distribution approaches that of the richer model only as the number of candidates grows, and the
more so the nearer the two models are.

References
----------
Rubin, D. B. (1988). Using the SIR algorithm to simulate posterior distributions.
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Floats

CANDIDATES = 200


def resampled(chain_bits: Floats, richer_bits: Floats, rng: np.random.Generator) -> int:
    """Return the number of the candidate that is drawn.

    Parameters
    ----------
    chain_bits, richer_bits
        Shape (candidates,): information content of each under the chain and the richer model.

    Examples
    --------
    >>> resampled(np.array([8.0, 8.0]), np.array([90.0, 7.0]), np.random.default_rng(0))
    1
    """
    log_weight = (chain_bits - richer_bits) * np.log(2)
    weight = np.exp(log_weight - log_weight.max())
    reached = np.cumsum(weight)
    return min(int(np.searchsorted(reached, rng.random() * reached[-1])), len(weight) - 1)


def effective_number(chain_bits: Floats, richer_bits: Floats) -> float:
    """Return how many equally weighted candidates the weighted ones are worth (Kish 1965).

    Examples
    --------
    >>> effective_number(np.array([8.0, 8.0]), np.array([6.0, 6.0]))
    2.0
    """
    log_weight = (chain_bits - richer_bits) * np.log(2)
    weight = np.exp(log_weight - log_weight.max())
    return float(weight.sum() ** 2 / (weight**2).sum())
