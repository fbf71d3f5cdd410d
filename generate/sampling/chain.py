"""Tables of probabilities -> a `Chain`: the next symbol after the last few."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from mer.errors import InputError
from mer.notes.arrays import Floats, Ints

_MOST_TABLES = 48


class Chain:
    """Probabilities of the next symbol.

    Parameters
    ----------
    tables
        ``tables[n]`` has n + 1 axes of the alphabet's size: the last n symbols, then the next one.
        The last table serves from position ``order`` on. Rows may sum to less than 1 where an
        event has no probability at all.
    """

    def __init__(self, tables: tuple[Floats, ...]) -> None:
        self.tables = tables
        size = tables[0].shape[0]
        for order, table in enumerate(tables):
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

    def among(self, possible: Sequence[Ints]) -> Floats:
        """Return the table that has an axis for each of some positions, for their symbols alone.

        The last few are kept: most positions of a piece allow the same.
        """
        place = tuple(symbols.tobytes() for symbols in possible)
        table = self._among.get(place)
        if table is None:
            if len(self._among) >= _MOST_TABLES:
                self._among.clear()
            table = self.tables[len(possible) - 1][np.ix_(*possible)]
            self._among[place] = table
        return table

    @cached_property
    def _among(self) -> dict[tuple[bytes, ...], Floats]:
        return {}


def supports(weights: Floats) -> list[Ints]:
    """Return the symbols that are possible at each position."""
    return [np.flatnonzero(row) for row in weights]
