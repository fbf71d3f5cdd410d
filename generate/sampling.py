"""Chain + weights per position -> sequences drawn from the exact conditional distribution.

A chain gives the probability of the next symbol after the last `order` ones. Each position may
forbid symbols (weight 0) or favour them. The probability of a sequence is proportional to the
product of chain probabilities and weights; `Sampler` computes, once and backwards from the end, how
much of that total lies ahead of every context, and then draws forwards without ever running into a
dead end (Pachet and Roy 2011; forward-backward as in Rabiner 1989).

A `Veto` forbids what depends on more than the context, such as runs copied from the corpus. It is
honoured first by rejection, which leaves the distribution exact, and where too many draws are
rejected, by search with backtracking, which honours the veto but follows the distribution only
step by step.

References
----------
Pachet, F. and Roy, P. (2011). Markov constraints: steerable generation of Markov sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mer.errors import InputError

Weights = npt.NDArray[np.float64]


class Veto(Protocol):
    """Forbids sequences for reasons that the chain cannot see."""

    def accepts(self, drawn: Sequence[int]) -> bool:
        """Return whether a whole sequence is allowed."""
        ...

    def forbids(self, drawn: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Return which symbols may not come next, shape (symbols,)."""
        ...


@dataclass(frozen=True, eq=False)
class Chain:
    """Probabilities of the next symbol.

    Parameters
    ----------
    tables
        ``tables[n]`` has n + 1 axes of the alphabet's size: the last n symbols, then the next one.
        The last table serves from position ``order`` on. Rows may sum to less than 1 where an
        event has no probability at all.
    """

    tables: tuple[Weights, ...]

    def __post_init__(self) -> None:
        size = self.tables[0].shape[0]
        for order, table in enumerate(self.tables):
            if table.shape != (size,) * (order + 1):
                raise InputError(
                    f"table {order} of a chain has shape {table.shape}; "
                    f"{order + 1} axes of {size} are needed"
                )

    @property
    def order(self) -> int:
        """How many symbols the chain looks back."""
        return len(self.tables) - 1

    @property
    def symbols(self) -> int:
        """Size of the alphabet."""
        return int(self.tables[0].shape[0])


@dataclass(frozen=True, eq=False)
class Sampler:
    """Draws from a chain under weights per position.

    Parameters
    ----------
    chain
        The chain.
    weights
        Shape (positions, symbols): at least 0; 0 forbids.

    Raises
    ------
    InputError
        If no sequence has a positive probability.

    Examples
    --------
    >>> fair = Chain((np.full(2, 0.5), np.full((2, 2), 0.5)))
    >>> ends_on_1 = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> Sampler(fair, ends_on_1).draw(np.random.default_rng(0))[-1]
    1
    """

    chain: Chain
    weights: Weights
    log_total: float = field(init=False)
    _ahead: tuple[Weights, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ahead, log_total = _messages(self.chain, self.weights)
        object.__setattr__(self, "_ahead", ahead)
        object.__setattr__(self, "log_total", log_total)
        if not np.isfinite(log_total):
            raise InputError("no sequence satisfies all the constraints")

    def options(self, symbols: Sequence[int]) -> Weights:
        """Return the exact distribution of the next symbol, shape (symbols,)."""
        position, order = len(symbols), self.chain.order
        context = tuple(symbols[max(0, position - order) :])
        # From a full context the oldest symbol falls out when the next one comes in.
        kept = tuple(symbols[max(0, position - order + 1) :])
        table = self.chain.tables[min(position, order)]
        mass = table[context] * self.weights[position] * self._ahead[position][kept]
        total = mass.sum()
        scaled: Weights = mass / total if total > 0 else mass
        return scaled

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        """Return one sequence, drawn from the exact conditional distribution."""
        symbols: list[int] = []
        for uniform in rng.random(len(self.weights)).tolist():
            symbols.append(_pick(self.options(symbols), uniform))
        return tuple(symbols)

    def draw_avoiding(
        self, rng: np.random.Generator, veto: Veto, *, rejections: int = 20, steps: int = 20_000
    ) -> tuple[int, ...] | None:
        """Return one sequence in which no symbol is vetoed, or None if none was found.

        Parameters
        ----------
        rejections
            Whole sequences that are drawn and thrown away before the search begins.
        steps
            Symbols that the search may try.
        """
        for _ in range(rejections):
            symbols = self.draw(rng)
            if veto.accepts(symbols):
                return symbols
        return self._search(rng, veto, steps)

    def _search(self, rng: np.random.Generator, veto: Veto, steps: int) -> tuple[int, ...] | None:
        symbols: list[int] = []
        open_options: list[Weights] = []
        for _ in range(steps):
            if len(symbols) == len(open_options):
                options = self.options(symbols)
                open_options.append(np.where(veto.forbids(symbols), 0.0, options))
            options = open_options[-1]
            total = options.sum()
            if total <= 0.0:
                open_options.pop()
                if not symbols:
                    return None
                open_options[-1][symbols.pop()] = 0.0
                continue
            symbols.append(_pick(options / total, rng.random()))
            if len(symbols) == len(self.weights):
                return tuple(symbols)
        return None


def _pick(probabilities: Weights, uniform: float) -> int:
    reached = np.cumsum(probabilities)
    symbol = int(np.searchsorted(reached, uniform * reached[-1], side="right"))
    # Rounding may put the draw at the very end, past the last symbol that is possible at all.
    return min(symbol, int(np.flatnonzero(probabilities)[-1]))


def _messages(chain: Chain, weights: Weights) -> tuple[tuple[Weights, ...], float]:
    """Return, per position, the mass of all that follows it, by the context of what comes next."""
    ahead: list[Weights] = []
    log_total = 0.0
    future: Weights = np.ones((chain.symbols,) * min(len(weights), chain.order))
    for position in range(len(weights) - 1, -1, -1):
        ahead.append(future)
        table = chain.tables[min(position, chain.order)]
        # No axis of `future` is for the symbol that falls out of a full context: it is broadcast.
        future = (table * weights[position] * future).sum(axis=-1)
        scale = float(np.max(future))
        if scale <= 0.0:
            return tuple(ahead[::-1]), -np.inf
        future = np.asarray(future / scale)
        log_total += float(np.log(scale))
    return tuple(ahead[::-1]), log_total + float(np.log(future))
