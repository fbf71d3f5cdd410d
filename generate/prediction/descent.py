"""A smooth convex function -> its minimum, by limited-memory quasi-Newton steps (L-BFGS).

References
----------
Nocedal, J. (1980). Updating quasi-Newton matrices with limited storage. Mathematics of Computation
35(151).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mer.notes.arrays import Floats

_MEMORY = 10
_SUFFICIENT = 1e-4
_SHRINK = 0.5
_SMALLEST_STEP = 1e-6


def minimise(
    function: Callable[[Floats], tuple[float, Floats]],
    start: Floats,
    *,
    steps: int = 60,
    tolerance: float = 1e-5,
) -> Floats:
    """Return where the function is least, as far as `steps` steps lead.

    Parameters
    ----------
    function
        Point -> value and gradient.
    start
        Where to begin.
    steps
        At most this many steps.
    tolerance
        Stop when a step lowers the value by less than this share of it.

    Examples
    --------
    >>> centre = np.array([1.0, -2.0])
    >>> bowl = lambda x: (float(((x - centre) ** 2).sum()), 2 * (x - centre))
    >>> minimise(bowl, np.zeros(2)).round(3).tolist()
    [1.0, -2.0]
    """
    point = start.astype(np.float64)
    value, slope = function(point)
    moves: list[tuple[Floats, Floats, float]] = []
    for _ in range(steps):
        direction = _direction(slope, moves)
        downhill = float(slope @ direction)
        length = 1.0 if moves else 1.0 / max(float(np.abs(slope).sum()), 1.0)
        while True:
            ahead = point + length * direction
            new_value, new_slope = function(ahead)
            if new_value <= value + _SUFFICIENT * length * downhill:
                break
            length *= _SHRINK
            if length < _SMALLEST_STEP:
                return point
        move, turn = ahead - point, new_slope - slope
        curvature = float(move @ turn)
        if curvature > 1e-12:
            moves = [*moves[1 - _MEMORY :], (move, turn, curvature)]
        gained = value - new_value
        point, value, slope = ahead, new_value, new_slope
        if moves and gained < tolerance * abs(value):
            break
    return point


def _direction(slope: Floats, moves: list[tuple[Floats, Floats, float]]) -> Floats:
    """Return the quasi-Newton direction (Nocedal's two loops)."""
    direction = -slope
    shares = []
    for move, turn, curvature in reversed(moves):
        share = float(move @ direction) / curvature
        shares.append(share)
        direction = direction - share * turn
    if moves:
        move, turn, curvature = moves[-1]
        direction = direction * (curvature / float(turn @ turn))
    for (move, turn, curvature), share in zip(moves, reversed(shares), strict=True):
        direction = direction + (share - float(turn @ direction) / curvature) * move
    return direction
