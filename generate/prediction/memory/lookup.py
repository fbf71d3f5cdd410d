"""The memories of all experts, asked about a few notes at once: what `Predictor.before` needs.

`generate.prediction.memory.memories` goes through the levels of one expert after another, and at
each looks only at the notes whose context it still knows: that is quick for thousands of notes.
While a piece is drawn, some dozen notes are asked about at a time, and the same steps for fifteen
experts and nine levels cost more than the numbers in them. So here all long-term counts lie in one
table, and all levels are looked up before they are blended. What comes out is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from generate.prediction.counts import Counts, level_keys
from generate.prediction.memory.memories import LONG, SHORT, Evidence, LongTerm, earlier_pairs
from generate.prediction.notes import Notes
from generate.prediction.views import LONGEST, View
from mer.notes.arrays import Ints, Keys, Singles, spans

# Bits of a key that say which viewpoint and level it belongs to.
_TABLES = 10
_LEVELS = LONGEST + 1


class Lookup(NamedTuple):
    """The long-term counts of several viewpoints in one table.

    Parameters
    ----------
    names
        The viewpoints.
    keys
        Shape (contexts,): rising; number of viewpoint and level, then the context.
    bounds
        Shape (contexts + 1,): context c owns the entries ``bounds[c]`` to ``bounds[c + 1]``.
    symbols, counts
        Shape (entries,): which symbols followed, and how often.
    dropped
        Bits of a key that no table looks at.
    """

    names: tuple[str, ...]
    keys: Keys
    bounds: Ints
    symbols: Ints
    counts: Singles
    dropped: np.uint64

    @classmethod
    def of(cls, memory: Mapping[str, LongTerm]) -> Lookup:
        """Return the table of the memories of some viewpoints, by their names."""
        levels = [
            (number * _LEVELS + level, counts)
            for number, known in enumerate(memory.values())
            for level, counts in enumerate(known.levels)
        ]
        dropped = max([np.uint64(_TABLES), *(counts.dropped for _, counts in levels)])
        keys = [
            (counts.keys >> (dropped - counts.dropped)) | _table(number)
            for number, counts in levels
        ]
        sizes = [np.diff(counts.bounds) for _, counts in levels]
        return cls(
            tuple(memory),
            np.concatenate(keys),
            np.append(0, np.cumsum(np.concatenate(sizes))),
            np.concatenate([counts.symbols for _, counts in levels]),
            np.concatenate([counts.counts for _, counts in levels]),
            dropped,
        )

    def memories(self) -> dict[str, LongTerm]:
        """Return the memory of each viewpoint by itself: the reverse of `of`."""
        number = np.arange(len(self.names) * _LEVELS + 1)
        ends = np.searchsorted(self.keys >> np.uint64(64 - _TABLES), number).tolist()
        levels = []
        for table, (start, stop) in enumerate(pairwise(ends)):
            bounds = self.bounds[start : stop + 1].astype(np.int64)
            entries = slice(bounds[0], bounds[-1])
            levels.append(
                Counts(
                    self.keys[start:stop] ^ _table(table),
                    bounds - bounds[0],
                    self.symbols[entries].astype(np.int64),
                    self.counts[entries].astype(np.float32),
                    self.dropped,
                )
            )
        return {
            name: LongTerm([one for one in levels[first : first + _LEVELS] if len(one.keys)])
            for name, first in zip(self.names, range(0, len(levels), _LEVELS), strict=True)
        }

    def consult(self, views: Mapping[str, View]) -> dict[str, Evidence]:
        """Return what the long-term memories say of the notes of some views, by viewpoint.

        Parameters
        ----------
        views
            One for each viewpoint: the notes that are asked about, and no others.
        """
        seen = [views[name] for name in self.names]
        # Contexts of shape (levels, viewpoints, notes); a level that is none knows nothing.
        chain = np.zeros((len(seen), len(seen[0].chain), LONGEST), dtype=np.int64)
        for padded, view in zip(chain, seen, strict=True):
            padded[:, : view.chain.shape[1]] = view.chain
        context = np.stack(level_keys(chain.reshape(-1, LONGEST))).reshape(-1, *chain.shape[:2])
        table = np.arange(len(seen)) * _LEVELS + np.arange(_LEVELS)[:, None]
        asked = (context >> self.dropped) | _table(table)[:, :, None]
        at = np.minimum(np.searchsorted(self.keys, asked), len(self.keys) - 1)
        level, expert, note = np.nonzero(self.keys[at] == asked)
        # Many notes have the same context: each is worked out once.
        once, which = np.unique(at[level, expert, note], return_inverse=True)
        share, spared, total = self._shares(once, max(view.size for view in seen))

        options = np.stack([view.options for view in seen])
        cells = options[expert, note]
        cells += (which * share.shape[1])[:, None]
        shape = int(level[-1]) + 1, *context.shape[1:]  # deeper levels know nothing
        many = np.zeros(shape, np.float32)
        many[level, expert, note] = total[which]
        known = _Known(level, expert, note, share.ravel().take(cells), spared[which])
        said = _blended(known, many, [view.size for view in seen])
        return dict(zip(self.names, said, strict=True))

    def _shares(self, contexts: Ints, size: int) -> tuple[Singles, Singles, Singles]:
        """Return what some contexts leave to each symbol, and to the level below; their totals."""
        start, stop = (self.bounds[at].astype(np.int64) for at in (contexts, contexts + 1))
        owner, entry = spans(start, stop)
        first = np.cumsum(stop - start) - (stop - start)
        counted = self.counts[entry].astype(np.float32)
        total = np.add.reduceat(counted, first)
        share = np.maximum(counted - np.float32(LONG.discount), 0)
        share /= (total + np.float32(LONG.extra))[owner]
        rows = np.zeros((len(contexts), size), dtype=np.float32)
        rows[owner, self.symbols[entry]] = share
        return rows, 1 - np.add.reduceat(share, first), total


def so_far(
    views: Sequence[View], fading: Sequence[float | None], notes: Notes, asked: Ints
) -> list[Evidence]:
    """Return what the piece so far says of some notes, by several viewpoints.

    Parameters
    ----------
    views
        The notes of whole melodies, the options those of the notes that are asked about.
    fading
        Notes after which an event counts 1/e, or None if it is never forgotten; one for each view.
    asked
        Shape (n,): numbers of these notes.
    """
    place, earlier = earlier_pairs(notes, asked)
    note = asked[place]
    # How many links agree, nearest first: the deepest level that counts the pair.
    deepest = [
        np.logical_and.accumulate(view.chain[note] == view.chain[earlier], axis=1).sum(axis=1)
        for view in views
    ]
    # Deeper levels know nothing.
    levels = 1 + max(int(agree.max(initial=0)) for agree in deepest)
    many = np.zeros((levels, len(views), len(asked)), dtype=np.float32)
    parts = []
    for number, (view, forgets) in enumerate(zip(views, fading, strict=True)):
        weight = None if forgets is None else np.exp((earlier - note) / forgets)
        cells = (deepest[number] * len(asked) + place) * view.size + view.symbols[earlier]
        length = levels * len(asked) * view.size
        counted = np.bincount(cells, weights=weight, minlength=length).astype(np.float32)
        counts: Singles = counted.reshape(levels, len(asked), view.size)
        for level in range(levels - 1, 0, -1):
            counts[level - 1] += counts[level]
        many[:, number] = counts.sum(axis=2)
        parts.append(_kept(counts, many[:, number], number, view.options))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    known = _Known(*(column[order] for column in columns))
    return _blended(known, many, [view.size for view in views])


class _Known(NamedTuple):
    """What is known after the contexts of some notes, rising by level.

    Parameters
    ----------
    level, expert, note
        Shape (rows,): the level of the context, and the viewpoint and note whose it is.
    share
        Shape (rows, A): the share of each candidate by the counts of that level.
    left
        Shape (rows,): what is left to the level below.
    """

    level: Ints
    expert: Ints
    note: Ints
    share: Singles
    left: Singles


def _kept(counts: Singles, total: Singles, expert: int, options: Ints) -> _Known:
    """Return what the counts of all levels keep, shape (levels, notes, symbols)."""
    level, note = np.nonzero(total > 0)
    seen = counts[level, note]
    weight = total[level, note] + np.float32(SHORT.extra)
    share = np.maximum(seen - np.float32(SHORT.discount), 0) / weight[:, None]
    cells = options[note] + (np.arange(len(level)) * counts.shape[2])[:, None]
    kept = share.ravel().take(cells)
    return _Known(level, np.full(len(level), expert), note, kept, 1 - share.sum(axis=1))


def _blended(known: _Known, many: Singles, sizes: Sequence[int]) -> list[Evidence]:
    """Return the evidence of each viewpoint.

    Parameters
    ----------
    many
        Shape (levels, viewpoints, notes): how many notes followed; 0 where nothing is known.
    sizes
        How many symbols each viewpoint has.
    """
    notes = many.shape[2]
    even = np.array([1 / size for size in sizes], dtype=np.float32)
    blend = np.repeat(even, notes)[:, None].repeat(known.share.shape[1], axis=1)
    rows = known.expert * notes + known.note
    bounds = np.searchsorted(known.level, np.arange(len(many) + 1)).tolist()
    for start, stop in pairwise(bounds):
        # Where all is known, rows are in their order.
        here = slice(None) if stop - start == len(blend) else rows[start:stop]
        blend[here] = blend[here] * known.left[start:stop, None] + known.share[start:stop]
    level = np.maximum((many > 0).sum(axis=0) - 1, 0)
    seen = np.take_along_axis(many, level[None], axis=0)[0]
    return Evidence.stacked(blend.reshape(len(sizes), notes, -1), level, seen)


def _table(number: Ints | int) -> Keys:
    """Return the bits of a key that say which table it belongs to."""
    return np.asarray(number, dtype=np.uint64) << np.uint64(64 - _TABLES)
