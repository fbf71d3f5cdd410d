"""Chain + weights + forbidden runs -> sequences from the exact conditional distribution.

A chain gives the probability of the next symbol after the last `order` ones. Each position may
forbid symbols (weight 0) or favour them, and runs of symbols may be forbidden at their places. The
probability of a sequence is proportional to the product of chain probabilities and weights, and
zero if it holds a forbidden run. `Sampler` computes, once and backwards from the end, how much of
that total lies ahead of every state, and then draws forwards without ever running into a dead end
(Pachet and Roy 2011; forward-backward as in Rabiner 1989). Runs that fit into a context are zeros
in its tables; longer ones add the states of `automaton` (as in Papadopoulos, Roy and Pachet 2014).

At each position only the symbols with a positive weight are worked with, so fixed notes are free.

References
----------
Pachet, F. and Roy, P. (2011). Markov constraints: steerable generation of Markov sequences.
Papadopoulos, A., Roy, P. and Pachet, F. (2014). Avoiding plagiarism in Markov sequence generation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from generate.sampling.automaton import NONE, Layer, Runs, layers, states_ahead
from generate.sampling.chain import Chain, supports
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints


class Closed(NamedTuple):
    """Runs that are forbidden, two symbols longer than a chain looks back.

    So they are one symbol longer than what its tables hold, and few contexts matter.

    Parameters
    ----------
    codes
        Shape (contexts,): all symbols of a run but its last, counted among those that are possible
        at their positions, as one number (the last of them moves fastest); in rising order.
    open
        Shape (contexts, possible symbols): False where the symbol completes a forbidden run.
    """

    codes: Ints
    open: Flags


class _Step(NamedTuple):
    """What is known of one position.

    Parameters
    ----------
    support
        The symbols that are possible here.
    ahead
        Mass of all that follows, by the context of the next position.
    mass
        Mass of each symbol after each context, where it is more than chain, weight and `ahead`.
    entrance
        For each context and symbol, the state of the automaton that it leads to, or -1.
    rows, goto
        For each state, the mass of each symbol and the state that it leads to.
    """

    support: Ints
    ahead: Floats
    mass: Floats | None
    entrance: Ints | None
    rows: Floats | None
    goto: Ints | None


class Sampler:
    """Draws from a chain under weights per position, forbidden runs left out.

    Parameters
    ----------
    chain
        The chain.
    weights
        Shape (positions, symbols): at least 0; 0 forbids.
    closed
        By position, a mask over the possible symbols (see `supports`) of as many positions as it
        has axes, the last of which is that position: True where a run is forbidden.
    runs
        Further runs that are forbidden, longer than the context and the last symbol.
    longer
        By position, runs that are forbidden, of two symbols more than the chain looks back. They
        do not go with the other two kinds.

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

    def __init__(
        self,
        chain: Chain,
        weights: Floats,
        closed: Mapping[int, Flags] | None = None,
        runs: Runs | None = None,
        longer: Mapping[int, Closed] | None = None,
    ) -> None:
        self.chain, self.weights = chain, weights
        self.closed, self.runs, self.longer = closed, runs, longer
        axes = max((mask.ndim for mask in (closed or {}).values()), default=0)
        self.order = max(chain.order + (longer is not None), axes - 1)
        steps, log_total = self._backward() if longer is None else self._backward_longer()
        self._steps, self.log_total = steps, log_total
        if not np.isfinite(log_total):
            raise InputError("no sequence satisfies all the constraints")

    def __len__(self) -> int:
        return len(self.weights)

    def _backward(self) -> tuple[tuple[_Step, ...], float]:
        support = supports(self.weights)
        if not all(len(symbols) for symbols in support):
            return (), -np.inf
        states = self._states(support)
        count, log_total = len(support), 0.0
        last = support[count - min(count, self.order) :]
        ahead: Floats = np.ones([len(symbols) for symbols in last])
        beyond: Floats = np.ones(0)  # the mass ahead of each state of the layer that comes next
        steps = []
        for position in range(count - 1, -1, -1):
            plain = self._table(position, support)
            mass = self._closed(position, plain * ahead, support)
            entered = states[position + 1]
            entrance: Ints | None = None
            if entered is not None:
                into = tuple(entered.entrances.T)
                # A run that is forbidden as a short one stays so.
                open_ = mass[into] > 0
                mass[into] = np.where(open_, plain[into] * beyond[: len(open_)], 0.0)
                entrance = np.full(mass.shape, NONE, dtype=np.int64)
                entrance[into] = np.arange(len(open_))
            here = states[position]
            rows: Floats | None = None
            goto: Ints | None = None
            if here is not None:
                rows, goto = states_ahead(here, (plain, mass), entrance, beyond)
            kept = mass if entered is not None or position in (self.closed or {}) else None
            steps.append(_Step(support[position], ahead, kept, entrance, rows, goto))
            ahead = _totals(mass)
            scale = float(ahead.max())
            if scale <= 0.0:
                return (), -np.inf
            ahead = np.asarray(ahead / scale)
            beyond = np.ones(0) if rows is None else _totals(rows) / scale
            log_total += float(np.log(scale))
        return tuple(steps[::-1]), log_total

    def _backward_longer(self) -> tuple[tuple[_Step, ...], float]:
        """Return the steps where runs of one symbol more than the tables hold are forbidden.

        The mass ahead of most contexts does not depend on their oldest symbol: only the few that
        begin a forbidden run are worked out apart.
        """
        support = supports(self.weights)
        if not all(len(symbols) for symbols in support):
            return (), -np.inf
        count, log_total = len(support), 0.0
        last = support[count - min(count, self.order) :]
        ahead: Floats = np.ones([len(symbols) for symbols in last])
        steps = []
        for position in range(count - 1, -1, -1):
            back = min(position, self.chain.order)
            table = self.chain.among(support[position - back : position + 1])
            mass = table * (self.weights[position, support[position]] * ahead)
            steps.append(_Step(support[position], ahead, None, None, None, None))
            ahead = _totals(mass)
            if position >= self.order:
                size = ahead.size
                oldest = len(support[position - self.order])
                ahead = np.broadcast_to(ahead, (oldest, *ahead.shape)).copy()
                closed = (self.longer or {}).get(position)
                if closed is not None:
                    rows = mass.reshape(size, -1)[closed.codes % size]
                    ahead.reshape(-1)[closed.codes] = _totals(rows * closed.open)
            scale = float(ahead.max())
            if scale <= 0.0:
                return (), -np.inf
            ahead = np.asarray(ahead / scale)
            log_total += float(np.log(scale))
        return tuple(steps[::-1]), log_total

    def _states(self, support: Sequence[Ints]) -> tuple[Layer | None, ...]:
        """Return the states of the automaton after each number of symbols."""
        if self.runs is None or not len(runs := self.runs.within(support, self.chain.symbols)):
            return (None,) * (len(support) + 1)
        return layers(runs, self.order, support, self.chain.symbols)

    def _table(self, position: int, support: Sequence[Ints]) -> Floats:
        """Return chain times weights for the possible symbols, one axis per symbol of context."""
        back = min(position, self.chain.order)
        table = self.chain.among(support[position - back : position + 1])
        table = table * self.weights[position, support[position]]
        context = support[position - min(position, self.order) : position - back]
        return np.broadcast_to(table, (*(len(symbols) for symbols in context), *table.shape))

    def _closed(self, position: int, mass: Floats, support: Sequence[Ints]) -> Floats:
        mask = (self.closed or {}).get(position)
        return mass if mask is None else np.where(mask, 0.0, mass)

    def options(self, symbols: Sequence[int]) -> Floats:
        """Return the exact distribution of the next symbol, shape (symbols,)."""
        draws = Draws(self, 1)
        for position, symbol in enumerate(symbols):
            draws.add(np.searchsorted(self._steps[position].support, [symbol]))
        row = draws.mass()[0]
        full = np.zeros(self.chain.symbols)
        total = row.sum()
        full[draws.support] = row / total if total > 0 else row
        return full

    def draw(self, rng: np.random.Generator) -> tuple[int, ...]:
        """Return one sequence, drawn from the exact conditional distribution."""
        return tuple(self.draw_many(rng, 1)[0].tolist())

    def draw_many(self, rng: np.random.Generator, count: int) -> Ints:
        """Return `count` independent sequences, shape (count, positions)."""
        draws = Draws(self, count)
        uniform = rng.random((len(self), count))
        for position in range(len(self)):
            if len(draws.support) > 1:
                draws.add(picked(draws.mass(), uniform[position]))
            else:
                draws.add(np.zeros(count, dtype=np.int64))
        return draws.drawn

    def expected(self, values: Sequence[Floats]) -> Floats:
        """Return the expected value of each symbol drawn, shape (positions,), exactly.

        Parameters
        ----------
        values
            The value of each symbol after each context, of the shapes of the tables of the chain.

        Raises
        ------
        InputError
            If runs are forbidden that are longer than the context.
        """
        if self.runs is not None or self.longer is not None:
            raise InputError("expected values are computed without runs longer than the context")
        reached, means = np.ones(()), []
        support = [step.support for step in self._steps]
        for position, step in enumerate(self._steps):
            mass = step.mass
            if mass is None:
                mass = self._table(position, support) * step.ahead
            total = mass.sum(axis=-1, keepdims=True)
            joint = reached[..., None] * mass / np.where(total > 0, total, 1.0)
            back = min(position, self.chain.order)
            chosen = np.ix_(*support[position - back : position + 1])
            means.append(float((joint * values[back][chosen]).sum()))
            reached = joint.sum(axis=0) if position >= self.order else joint
        return np.array(means)

    def _chance(self, position: int, local: Ints) -> Floats:
        """Return what the chain alone gives to each possible symbol, shape (draws, symbols)."""
        back = min(position, self.chain.order)
        support = [step.support for step in self._steps[position - back : position + 1]]
        table = self.chain.among(support)
        table = table[tuple(local[position - back : position])] if back else table[None]
        return np.broadcast_to(table, (local.shape[1], table.shape[-1]))

    def _mass(self, position: int, local: Ints, drawn: Ints, state: Ints) -> Floats:
        """Return the mass of each possible symbol after what was drawn, shape (draws, symbols)."""
        step = self._steps[position]
        context = tuple(local[position - min(position, self.order) : position])
        if step.mass is not None:
            mass = step.mass[context] if context else step.mass[None]
        else:
            back = min(position, self.chain.order)
            table = self.chain.tables[back]
            table = table[tuple(drawn[position - back : position])] if back else table[None]
            # From a full context the oldest symbol falls out when the next one comes in.
            kept = context[1:] if position >= self.order else context
            ahead = step.ahead[kept] if kept else step.ahead[None]
            mass = (table * self.weights[position])[:, step.support] * ahead
            closed = (self.longer or {}).get(position)
            if closed is not None and len(closed.codes):
                sizes = [len(one.support) for one in self._steps[position - self.order : position]]
                code = np.ravel_multi_index(context, sizes)
                place = np.minimum(np.searchsorted(closed.codes, code), len(closed.codes) - 1)
                known = closed.codes[place] == code
                mass = np.where(known[:, None] & ~closed.open[place], 0.0, mass)
        mass = np.broadcast_to(mass, (local.shape[1], len(step.support)))
        inside = state >= 0
        if step.rows is not None and inside.any():
            mass = np.where(inside[:, None], step.rows[state], mass)
        return mass

    def _moved(self, position: int, local: Ints, state: Ints) -> Ints:
        """Return the states of the automaton after the symbol at `position`."""
        step = self._steps[position]
        after = np.full(len(state), NONE, dtype=np.int64)
        if step.entrance is not None:
            context = tuple(local[position - min(position, self.order) : position + 1])
            after = step.entrance[context]
        if step.goto is not None:
            after = np.where(state >= 0, step.goto[state, local[position]], after)
        return after


class Draws:
    """Sequences that are being drawn, side by side and symbol by symbol.

    Parameters
    ----------
    sampler
        What they are drawn from.
    position
        How many symbols each has.
    """

    def __init__(self, sampler: Sampler, count: int) -> None:
        self.sampler, self.position = sampler, 0
        self._local: Ints = np.zeros((len(sampler), count), dtype=np.int64)
        self._drawn = self._local.copy()
        self._state: Ints = np.full(count, NONE, dtype=np.int64)

    @property
    def drawn(self) -> Ints:
        """What was drawn, shape (count, position)."""
        return np.ascontiguousarray(self._drawn[: self.position].T)

    @property
    def support(self) -> Ints:
        """The symbols that are possible next."""
        return self.sampler._steps[self.position].support

    def mass(self) -> Floats:
        """Return the mass of each of them, with all that lies ahead: shape (count, support)."""
        return self.sampler._mass(self.position, self._local, self._drawn, self._state)

    def chance(self) -> Floats:
        """Return what the chain alone gives to each of them, shape (count, support)."""
        return self.sampler._chance(self.position, self._local)

    def add(self, place: Ints) -> None:
        """Go on with one symbol each: shape (count,), places in the support."""
        self._local[self.position] = place
        self._drawn[self.position] = self.support[place]
        self._state = self.sampler._moved(self.position, self._local, self._state)
        self.position += 1

    def take(self, chosen: Ints) -> None:
        """Go on with the chosen sequences only, each as often as it is named."""
        self._local = self._local[:, chosen]
        self._drawn = self._drawn[:, chosen]
        self._state = self._state[chosen]


def _totals(mass: Floats) -> Floats:
    """Return the sums over the last axis, which is short: a product is faster than `sum`."""
    return np.asarray(mass @ np.ones(mass.shape[-1]))


def picked(mass: Floats, uniform: Floats) -> Ints:
    """Return one symbol for each row, drawn in proportion to its mass."""
    reached = np.cumsum(mass, axis=1)
    picked = (reached <= (uniform * reached[:, -1])[:, None]).sum(axis=1)
    # Rounding may put the draw at the very end, past the last symbol that is possible at all.
    last = mass.shape[1] - 1 - np.argmax(mass[:, ::-1] > 0, axis=1)
    chosen: Ints = np.minimum(picked, last)
    return chosen
