"""Ranks before and after a change -> SVG: a line for each phrase, from where it was to where it is.

The ranks stand on a logarithmic scale, because 1 and 10 are further apart to a reader than 1,001
and 1,010.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mer.notes.drawing import escape, svg

_WIDTH = 360.0
_LEFT, _RIGHT = 12.0, 330.0
_TOP, _ROW = 22.0, 34.0
LETTERS = 36  # of a name that fit beside its ranks


class Moved(NamedTuple):
    """A phrase and its ranks; None where it is not found."""

    title: str
    before: int | None
    after: int | None


def dumbbells(moves: Sequence[Moved], most: int, *, label: str) -> str:
    """Return the picture; `most` is the number of phrases that are ranked.

    Examples
    --------
    >>> dumbbells([Moved("A", 1, 40)], 1000, label="ranks").count("<circle")
    2
    """
    scale = (_RIGHT - _LEFT) / max(np.log10(max(most, 10)), 1.0)
    bottom = _TOP + _ROW * len(moves)
    parts = []
    for power in range(int(np.log10(max(most, 10))) + 1):
        x = _LEFT + scale * power
        parts.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="13" text-anchor="middle">{10**power:,}</text>')
    for row, move in enumerate(moves):
        parts.append(_dumbbell(move, _TOP + _ROW * row, scale))
    size = (_WIDTH, bottom + 4)
    return svg("".join(parts), kind="chart dumbbells", label=label, size=size)


def _dumbbell(move: Moved, top: float, scale: float) -> str:
    def at(rank: int | None) -> float:
        return _RIGHT + 14 if rank is None else _LEFT + scale * float(np.log10(rank))

    title = move.title if len(move.title) <= LETTERS else f"{move.title[:LETTERS]}…"
    was = "not found before" if move.before is None else f"was {move.before:,}"
    now = "no longer found" if move.after is None else f"now {move.after:,}"
    before, after, y = at(move.before), at(move.after), top + 24
    kind = "lost" if move.after is None or move.after > 10 else "kept"
    return (
        f'<g class="{kind}"><text class="name" x="{_LEFT - 4}" y="{top + 13}">{escape(title)}'
        f" · {was}, {now}</text>"
        f'<line class="way" x1="{before:.1f}" x2="{after:.1f}" y1="{y}" y2="{y}"/>'
        f'<circle class="was" cx="{before:.1f}" cy="{y}" r="4"/>'
        f'<circle class="is" cx="{after:.1f}" cy="{y}" r="5"/></g>'
    )
