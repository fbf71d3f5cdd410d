"""Start, moves, evidence -> the likeliest path through a Markov chain, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Floats, Ints

_LOWEST_LOG = -1e30  # instead of minus infinity, so that sums stay numbers


class HiddenChain(NamedTuple):
    """A Markov chain seen through evidence, all in natural logarithms.

    Parameters
    ----------
    start, end
        Shape (states,).
    moves
        Shape (kinds, states, states).
    kinds
        Shape (places - 1,): which of the moves leads to each place after the first.
    evidence
        Shape (places, states).
    """

    start: Floats
    end: Floats
    moves: Floats
    kinds: Ints
    evidence: Floats

    def best_path(self) -> Ints:
        """Return the likeliest states, shape (places,); the first of equals.

        References
        ----------
        Viterbi, A. J. (1967). Error bounds for convolutional codes. IEEE Transactions on
        Information Theory 13(2).
        """
        value = self.start + self.evidence[0]
        came_from = []
        for place, kind in enumerate(self.kinds.tolist(), 1):
            reached = value[:, None] + self.moves[kind]
            came_from.append(reached.argmax(axis=0))
            value = reached.max(axis=0) + self.evidence[place]
        path = [int((value + self.end).argmax())]
        for origin in reversed(came_from):
            path.append(int(origin[path[-1]]))
        return np.array(path[::-1], dtype=np.int64)

    def surest_path(self) -> Ints:
        """Return the states that are right most often on average, among possible paths.

        Viterbi again, over the probabilities of the states instead of their logarithms: each state
        counts as much as `posterior` gives it, and moves that cannot happen stay excluded.
        """
        never = _LOWEST_LOG / 2
        start, end, moves = (
            np.where(allowed > never, 0.0, _LOWEST_LOG)
            for allowed in (self.start, self.end, self.moves)
        )
        return HiddenChain(start, end, moves, self.kinds, self.posterior()).best_path()

    def posterior(self) -> Floats:
        """Return the probability of each state at each place given all, shape (places, states).

        References
        ----------
        Rabiner, L. R. (1989). A tutorial on hidden Markov models. Proceedings of the IEEE 77(2).
        """
        before = [self.start + self.evidence[0]]
        for place, kind in enumerate(self.kinds.tolist(), 1):
            step = _log_sum(before[-1][:, None] + self.moves[kind], axis=0)
            before.append(step + self.evidence[place])
        after = [self.end]
        for place in range(len(self.kinds), 0, -1):
            step = self.moves[int(self.kinds[place - 1])] + self.evidence[place] + after[-1]
            after.append(_log_sum(step, axis=1))
        joint = np.array(before) + np.array(after[::-1])
        return np.asarray(np.exp(joint - _log_sum(joint, axis=1)[:, None]))


def log(probability: Floats) -> Floats:
    """Return the natural logarithm, a very low number where the probability is 0."""
    return np.where(probability > 0, np.log(np.maximum(probability, 1e-300)), _LOWEST_LOG)


def _log_sum(values: Floats, axis: int) -> Floats:
    top = values.max(axis=axis, keepdims=True)
    total = np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis)
    return np.asarray(total)
