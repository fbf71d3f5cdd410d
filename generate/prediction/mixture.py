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

import numpy as np
import numpy.typing as npt

from generate.prediction.descent import minimise
from generate.prediction.memories import CLASSES, Evidence
from generate.prediction.ngrams import Floats, Ints

Probabilities = npt.NDArray[np.float64]

# A prior on the weights: what a squared unit costs in nats. Weights that hold for some notes only
# have to be worth it.
_PENALTY, _SPECIAL_PENALTY = 1.0, 100.0
# Sums further from 1 than this are a fault.
_TOLERANCE = 1e-9


def checked(probability: Probabilities) -> Probabilities:
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
        start: npt.NDArray[np.float64] | None = None,
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
        """
        shape = (len(evidence), 1 + self.levels + CLASSES)
        pick = np.arange(len(came)), came
        penalty = np.full(shape, _SPECIAL_PENALTY)
        penalty[:, 0] = _PENALTY

        def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
            self.weights_ = flat.reshape(shape)
            score = self._score(evidence)
            score -= score.max(axis=1, keepdims=True)
            weight = np.exp(score)
            total = weight.sum(axis=1, keepdims=True)
            value = float((np.log(total[:, 0]) - score[pick]).sum(dtype=np.float64))
            value += float((penalty * self.weights_**2).sum()) / 2
            weight /= total
            weight[pick] -= 1.0
            slope = penalty * self.weights_
            for number, said in enumerate(evidence):
                pull = np.einsum("na,na->n", weight, said.log_probability)
                slope[number] += self._sums(said, pull)
            return value, slope.ravel()

        if start is None:
            start = np.zeros(shape)
            start[:, 0] = 1.0 / len(evidence) ** 0.8
        self.weights_ = minimise(loss, start.ravel(), steps=steps).reshape(shape)
        return self

    def _sums(self, said: Evidence, pull: Floats) -> npt.NDArray[np.float64]:
        """Return the sum of `pull` over the notes at which each weight of an expert holds."""
        by_level = np.bincount(said.level, weights=pull, minlength=self.levels)
        by_often = np.bincount(said.often, weights=pull, minlength=CLASSES)
        return np.concatenate([by_level.sum(keepdims=True), by_level, by_often])

    def _score(self, evidence: Sequence[Evidence]) -> Floats:
        score = np.zeros_like(evidence[0].log_probability)
        for weights, said in zip(self.weights_, evidence, strict=True):
            by_level, by_often = np.split(weights[1:], [self.levels])
            weight = weights[0] + by_level[said.level] + by_often[said.often]
            score += weight[:, None].astype(np.float32) * said.log_probability
        return score

    def distribution(self, evidence: Sequence[Evidence]) -> Probabilities:
        """Return the probability of each candidate, shape (N, A)."""
        score = self._score(evidence).astype(np.float64)
        weight = np.exp(score - score.max(axis=1, keepdims=True))
        return checked(weight / weight.sum(axis=1, keepdims=True))
