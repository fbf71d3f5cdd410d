"""Evidence of several experts -> one distribution: a product of experts with learned weights.

The logarithms that the experts give to a candidate are added, each times a weight, and the sum is
exponentiated and made to sum to 1 (Hinton 2002; Pearce 2005 multiplies with weights from entropy).
The weight of an expert at a note is the sum of three numbers: one that is always there, one for how
deep a context it knew, one for how often it had seen that context. They are learned by maximum
likelihood, which is a convex problem here, on notes that the experts had not seen.

References
----------
Hinton, G. (2002). Training products of experts by minimizing contrastive divergence. Neural
Computation 14(8).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from generate.prediction.descent import minimise
from generate.prediction.memory.memories import CLASSES, Evidence
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints, Singles

# A prior on the weights: what a squared unit costs in nats. Weights that hold for some notes only
# have to be worth it.
_PENALTY, _SPECIAL_PENALTY = 1.0, 100.0
# The logarithm of a candidate that is none.
_IMPOSSIBLE = -1e4
# Sums further from 1 than this are a fault.
_TOLERANCE = 1e-9


def checked(probability: Floats) -> Floats:
    """Return distributions (rows), having made sure that each sums to 1.

    Raises
    ------
    ArithmeticError
        If one does not.
    """
    off = float(np.abs(probability.sum(axis=1) - 1.0).max(initial=0.0))
    if not off <= _TOLERANCE or (probability < 0).any():
        raise ArithmeticError(f"a predicted distribution misses the sum 1 by {off:.3g}")
    return probability


class _Stack(NamedTuple):
    """The evidence of E experts in two arrays.

    Parameters
    ----------
    logs
        Shape (N, E, A): logarithms.
    state
        Shape (N, E): expert, level and class of how often, as one number.
    """

    logs: Singles
    state: Ints

    @classmethod
    def of(cls, evidence: Sequence[Evidence], levels: int) -> _Stack:
        state = [
            (number * levels + said.level) * CLASSES + said.often
            for number, said in enumerate(evidence)
        ]
        logs = np.stack([said.log_probability for said in evidence], axis=1)
        return cls(logs, np.stack(state, axis=1))

    def score(self, table: Floats) -> Singles:
        """Return the weighted sum of the logarithms, shape (N, A); one weight for each state."""
        weights = table.astype(np.float32).ravel()[self.state]
        return np.asarray((weights[:, None, :] @ self.logs)[:, 0])

    def pull(self, off: Singles, states: int) -> Floats:
        """Return the slope of the loss for each state, ``off`` being predicted minus true."""
        # Not by `@`: OpenBLAS warned once that a product of finite numbers so small was invalid.
        pulls = np.einsum("nea,na->ne", self.logs, off)
        sums = np.bincount(self.state.ravel(), weights=pulls.ravel(), minlength=states)
        return np.asarray(sums, dtype=np.float64)


class Mixture:
    """Weights of the experts.

    Parameters
    ----------
    levels
        How many levels the deepest expert has.

    Attributes
    ----------
    weights_
        Shape (experts, 1 + levels + classes of how often).
    """

    def __init__(self, levels: int) -> None:
        self.levels = levels

    def fit(
        self,
        evidence: Sequence[Evidence],
        came: Ints,
        *,
        steps: int = 60,
        start: Floats | None = None,
        possible: Flags | None = None,
    ) -> Mixture:
        """Learn the weights and return self.

        Parameters
        ----------
        evidence
            One for each expert, over notes that it had not seen.
        came
            Shape (N,): the place in the alphabet of what came.
        steps
            At most this many steps of the descent.
        start
            Weights to begin with, if good ones are known.
        possible
            Shape (N, A): the candidates that the choice is among; None for all.
        """
        stack = _Stack.of(evidence, self.levels)
        shape = (len(evidence), 1 + self.levels + CLASSES)
        pick = np.arange(len(came)), came
        penalty = np.full(shape, _SPECIAL_PENALTY)
        penalty[:, 0] = _PENALTY

        def loss(flat: Floats) -> tuple[float, Floats]:
            weights = flat.reshape(shape)
            score = stack.score(self._table(weights))
            if possible is not None:
                score = np.where(possible, score, np.float32(_IMPOSSIBLE))
            score -= score.max(axis=1, keepdims=True)
            chance = np.exp(score)
            total = chance.sum(axis=1, keepdims=True)
            value = float((np.log(total[:, 0]) - score[pick]).sum(dtype=np.float64))
            value += float((penalty * weights**2).sum()) / 2
            chance /= total
            chance[pick] -= 1.0
            slope = penalty * weights + self._by_weight(stack.pull(chance, self._states(shape[0])))
            return value, slope.ravel()

        if start is None:
            start = np.zeros(shape)
            start[:, 0] = 1.0 / len(evidence) ** 0.8
        self.weights_ = minimise(loss, start.ravel(), steps=steps).reshape(shape)
        return self

    def with_weights(self, weights: Floats, experts: int) -> Mixture:
        """Take weights that were learned before and return self.

        Raises
        ------
        InputError
            If they are not of the shape that so many experts need.
        """
        shape = (experts, 1 + self.levels + CLASSES)
        if weights.shape != shape:
            raise InputError(f"the weights have shape {weights.shape}; {shape} is needed")
        self.weights_ = weights
        return self

    def _states(self, experts: int) -> int:
        return experts * self.levels * CLASSES

    def _table(self, weights: Floats) -> Floats:
        """Return the weight of each expert at each level and class, shape (E, levels, classes)."""
        by_level, by_often = np.split(weights[:, 1:], [self.levels], axis=1)
        return weights[:, :1, None] + by_level[:, :, None] + by_often[:, None, :]

    def _by_weight(self, pull: Floats) -> Floats:
        """Return the slopes of the weights from those of the states: the reverse of `_table`."""
        table = pull.reshape(-1, self.levels, CLASSES)
        by_level, by_often = table.sum(axis=2), table.sum(axis=1)
        return np.hstack([by_level.sum(axis=1, keepdims=True), by_level, by_often])

    def distribution(self, evidence: Sequence[Evidence]) -> Floats:
        """Return the probability of each candidate, shape (N, A)."""
        stack = _Stack.of(evidence, self.levels)
        score = stack.score(self._table(self.weights_)).astype(np.float64)
        weight = np.exp(score - score.max(axis=1, keepdims=True))
        return checked(weight / weight.sum(axis=1, keepdims=True))
