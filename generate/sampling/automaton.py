"""Forbidden runs -> the states that tell how far into one of them a sequence is.

A run is forbidden at one place: n symbols that must not end at position e. The states are those of
Aho and Corasick (1975), one trie per starting position: a state is the longest ending of what has
been drawn that begins a forbidden run. Only states longer than the context of the chain are kept,
because the context itself tells the shorter ones apart.

References
----------
Aho, A. and Corasick, M. (1975). Efficient string matching. Communications of the ACM 18(6).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mer.notes.arrays import Floats, Ints

DEAD, NONE = -2, -1


class Runs:
    """Runs of n symbols that are forbidden.

    Parameters
    ----------
    ends
        Shape (runs,): position of the last symbol of each.
    symbols
        Shape (runs, n).
    """

    def __init__(self, ends: Ints, symbols: Ints) -> None:
        self.ends, self.symbols = ends, symbols

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def notes(self) -> int:
        """How many symbols each run has."""
        return int(self.symbols.shape[1])

    def within(self, supports: Sequence[Ints], size: int) -> Runs:
        """Return the runs that the possible symbols of each position allow, each once."""
        possible = np.zeros((len(supports), size), dtype=bool)
        for position, support in enumerate(supports):
            possible[position, support] = True
        places = self.ends[:, None] + np.arange(1 - self.notes, 1)
        kept = np.flatnonzero(possible[places, self.symbols].all(axis=1))
        rows = np.column_stack([self.ends[kept], self.symbols[kept]])
        if len(supports) * size**self.notes >= 1 << 63:
            rows = np.unique(rows, axis=0)
        else:  # one number for each run, which is much faster
            code = rows[:, 0]
            for column in range(1, rows.shape[1]):
                code = code * size + rows[:, column]
            rows = rows[np.unique(code, return_index=True)[1]]
        return Runs(rows[:, 0], rows[:, 1:])


class Layer:
    """The states after t symbols, the shorter ones first.

    Parameters
    ----------
    context
        Shape (states, order): the last symbols drawn.
    fail
        Shape (states,): the next shorter state of the same layer, or -1.
    levels
        Bounds of the groups of equal length.
    edges, edge_bounds
        Shape (edges, 3): state, symbol, and the state of the next layer, or -2 if the symbol
        completes a forbidden run; the edges of state s begin at ``edge_bounds[s]``.
    entrances
        Shape (entered states, order + 1): symbols by which a context becomes one of the first
        states of this layer.
    """

    def __init__(
        self,
        context: Ints,
        fail: Ints,
        levels: tuple[int, ...],
        edges: Ints,
        edge_bounds: Ints,
        entrances: Ints,
    ) -> None:
        self.context, self.fail = context, fail
        self.levels, self.edges = levels, edges
        self.edge_bounds, self.entrances = edge_bounds, entrances

    def __len__(self) -> int:
        return len(self.fail)


def layers(runs: Runs, order: int, supports: Sequence[Ints], size: int) -> tuple[Layer | None, ...]:
    """Return the states after 0, 1 ... symbols, None where there are none.

    Symbols in the layers are counted among those that are possible at their position.

    Parameters
    ----------
    runs
        Runs of more than ``order + 1`` symbols, all of them possible.
    order
        How many symbols the chain looks back.
    supports
        The symbols that are possible at each position.
    size
        Of the alphabet.
    """
    local = np.zeros((len(supports) + 1, size), dtype=np.int64)
    for position, support in enumerate(supports):
        local[position, support] = np.arange(len(support))
    trie = _Trie(runs, order, size)
    when = np.concatenate(trie.times)
    by_time = np.argsort(when, kind="stable")
    bounds = np.searchsorted(when[by_time], np.arange(len(supports) + 2))
    place = np.empty(len(when), dtype=np.int64)
    place[by_time] = np.arange(len(when)) - bounds[when[by_time]]
    fail = np.where(trie.fail >= 0, place[np.maximum(trie.fail, 0)], NONE)
    target = np.where(trie.target >= 0, place[np.maximum(trie.target, 0)], DEAD)
    tail = np.concatenate([path[:, -order - 1 :] for path in trie.paths])
    tail = local[when[:, None] + np.arange(-order - 1, 0), tail]
    level = np.repeat(np.arange(len(trie.times)), [len(times) for times in trie.times])
    owner, symbol = np.divmod(trie.edge, size)
    edges = np.column_stack([place[owner], local[when[owner], symbol], target])
    edge_time = when[owner]
    found: list[Layer | None] = []
    for time in range(len(supports) + 1):
        states = by_time[bounds[time] : bounds[time + 1]]
        own = edges[edge_time == time]
        own = own[np.argsort(own[:, 0], kind="stable")]
        layer = Layer(
            context=tail[states, 1:],
            fail=fail[states],
            levels=tuple(np.searchsorted(level[states], np.arange(len(trie.times) + 1)).tolist()),
            edges=own,
            edge_bounds=np.searchsorted(own[:, 0], np.arange(len(states) + 1)),
            entrances=tail[states[level[states] == 0]],
        )
        found.append(layer if len(states) else None)
    return tuple(found)


def states_ahead(
    here: Layer, tables: tuple[Floats, Floats], entrance: Ints | None, beyond: Floats
) -> tuple[Floats, Ints]:
    """Return mass and next state of each symbol in each state of a layer.

    Parameters
    ----------
    tables
        Chain times weights, and the mass of each symbol after each context.
    beyond
        The mass ahead of each state of the next layer.
    """
    context = tuple(here.context.T)
    shape = (len(here), tables[0].shape[-1])
    chain = np.broadcast_to(tables[0][context], shape)
    rows = np.broadcast_to(tables[1][context], shape).copy()
    goto = np.full(shape, NONE, dtype=np.int64)
    if entrance is not None:
        goto[:] = entrance[context]
    reached = np.append(beyond, 0.0)  # the last for runs that are completed
    for start, stop in pairwise(here.levels):
        # A state does what the next shorter one does, unless it goes on along its own runs.
        longer = np.arange(start, stop)[here.fail[start:stop] >= 0]
        rows[longer], goto[longer] = rows[here.fail[longer]], goto[here.fail[longer]]
        state, symbol, target = here.edges[here.edge_bounds[start] : here.edge_bounds[stop]].T
        dead = target == DEAD
        further = chain[state, symbol] * reached[np.where(dead, -1, target)]
        rows[state, symbol] = np.where(rows[state, symbol] > 0, further, 0.0)
        goto[state, symbol] = np.where(dead, NONE, target)
    return rows, goto


class _Trie:
    """All tries, level by level: level l holds the states of order + 1 + l symbols."""

    def __init__(self, runs: Runs, order: int, size: int) -> None:
        self._size, self._order = size, order
        starts = runs.ends - runs.notes + 1
        shortest = order + 1
        code = starts
        for column in range(shortest):
            code = code * size + runs.symbols[:, column]
        self._codes, first, inverse = np.unique(code, return_index=True, return_inverse=True)
        self.paths = [runs.symbols[first, :shortest]]
        self.times = [starts[first] + shortest]
        offset = 0
        edges, targets, parents = [], [], []
        for depth in range(shortest, runs.notes):
            key = (inverse + offset) * size + runs.symbols[:, depth]
            keys, first, inverse = np.unique(key, return_index=True, return_inverse=True)
            offset += len(self.times[-1])
            edges.append(keys)
            if depth == runs.notes - 1:
                targets.append(np.full(len(keys), DEAD, dtype=np.int64))
                break
            targets.append(np.arange(len(keys)) + offset)
            parents.append(keys)
            self.paths.append(runs.symbols[first, : depth + 1])
            self.times.append(starts[first] + depth + 1)
        self.edge, self.target = np.concatenate(edges), np.concatenate(targets)
        self.fail = np.full(sum(len(times) for times in self.times), NONE, dtype=np.int64)
        offset = len(self.times[0])
        for level, keys in enumerate(parents, 1):
            parent, symbol = np.divmod(keys, size)
            found = self._next(self.fail[parent], symbol, level)
            self.fail[offset : offset + len(keys)] = found
            offset += len(keys)

    def _next(self, state: Ints, symbol: Ints, level: int) -> Ints:
        """Return the states that the shorter states reach, or how the context enters one."""
        found = np.full(len(state), NONE, dtype=np.int64)
        open_, state = np.arange(len(state)), state.copy()
        while True:
            open_ = open_[state[open_] >= 0]
            if not len(open_):
                break
            key = state[open_] * self._size + symbol[open_]
            place = np.minimum(np.searchsorted(self.edge, key), len(self.edge) - 1)
            hit = self.edge[place] == key
            found[open_[hit]] = self.target[place[hit]]
            state[open_[hit]] = NONE
            state[open_[~hit]] = self.fail[state[open_[~hit]]]
        tail = self.paths[level][:, -(self._order + 1) :]
        code = self.times[level] - self._order - 1
        for column in range(self._order + 1):
            code = code * self._size + tail[:, column]
        place = np.minimum(np.searchsorted(self._codes, code), len(self._codes) - 1)
        entered = (found == NONE) & (self._codes[place] == code)
        found[entered] = place[entered]
        return found
