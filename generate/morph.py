"""Brief with a target -> composition: the motif, phrases that lead away from it, the target.

Each section is a phrase that lies between the two motifs (see `waypoints`), and `mer` itself says
how like each motif it is. Dynamic programming chooses the sections: likeness to the motif is to
fall and likeness to the target to rise, evenly and at every step; joins are priced as in `stitch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from generate.assembly import assemble, joined
from generate.brief import Brief
from generate.composition import Composition, Fragment
from generate.frame import DEFAULT_COPY_BOUND
from generate.loosen import finished
from generate.passage import Passage
from generate.stitch import quoted

Floats = npt.NDArray[np.float64]

_CHANCE = 0.3
_EVENNESS = 12.0  # per square of what a likeness is off the straight line between the ends
_BACKWARD = 30.0  # a step after which a likeness has not moved the right way
_LEAST_STEP = 0.02
_REPLACEMENTS, _COPIED = 12, 20.0
_SHORT = (
    "the piece is too short for a morph: {} bars leave no room between the motif and the target"
)


def compose_morph(brief: Brief, rng: np.random.Generator) -> Composition:
    """Return a piece that begins with the motif and becomes the target.

    Raises
    ------
    InputError
        If a copy bound cannot be kept.
    """
    bound = brief.settings.max_copy or DEFAULT_COPY_BOUND
    way = brief.passage
    if way is None:
        line = assemble(brief.frame, quoted(brief), brief.joins, rng)
        brief = replace(brief, remarks=(*brief.remarks, _SHORT.format(brief.frame.bars)))
        return finished(brief, line, "morph", bound, rng)
    own = np.array([candidate.cost for candidate in way.candidates])
    own = own + rng.gumbel(scale=_CHANCE * (0.5 + rng.exponential()), size=len(own))
    line = _line(way, path := _path(brief, way, own))
    for _ in range(_REPLACEMENTS):
        ends = brief.originality.copied_ends(line.melody, line.sources, bound + 1)
        if not len(ends):
            break
        # Moving notes would change the likeness: another phrase is better than a loosened one.
        section = np.searchsorted(line.melody.phrase_starts, ends - bound // 2, side="right")
        drop = section - 1 - (way.frame.opening is not None)
        own[[path[at] for at in drop.tolist() if 0 <= at < len(path)]] += _COPIED
        line = _line(way, path := _path(brief, way, own))
    return finished(brief, line, "morph", bound, rng)


def _line(way: Passage, path: Sequence[int]) -> Fragment:
    """Return the opening, the chosen sections and the target as one line."""
    plan, frame = way.layout, way.frame
    starts = [plan.opened + plan.step * number for number in range(plan.steps + 1)]
    sections = [*(way.candidates[number].fragment for number in path), way.goal]
    parts = [
        (frame.pickup + start * frame.bar_ticks, part)
        for start, part in zip(starts, sections, strict=True)
    ]
    return joined(frame, parts)


def _path(brief: Brief, way: Passage, own: Floats) -> list[int]:
    """Return the numbers of the candidates on the path that is cheapest if each costs `own`."""
    fragments = [candidate.fragment for candidate in way.candidates]
    steps = way.layout.steps
    costs = _entry(brief, way, fragments) + own + _EVENNESS * _off(way, 1 / (steps + 1))
    joins = brief.joins.costs(fragments, fragments)
    joins += _backward(way.likeness, way.likeness)
    back = []
    for step in range(1, steps):
        table = costs[:, None] + joins
        before = np.argmin(table, axis=0)
        back.append(before)
        costs = table[before, np.arange(len(own))] + own
        costs += _EVENNESS * _off(way, (step + 1) / (steps + 1))
    costs = costs + brief.joins.costs(fragments, [way.goal])[:, 0]
    costs += _backward(way.likeness, way.ends[1:])[:, 0]
    path = [int(np.argmin(costs))]
    for before in reversed(back):
        path.append(int(before[path[-1]]))
    return path[::-1]


def _entry(brief: Brief, way: Passage, fragments: list[Fragment]) -> Floats:
    cost: Floats = _backward(way.ends[:1], way.likeness)[0]
    if way.frame.opening is not None:
        cost = cost + brief.joins.costs([way.frame.opening], fragments)[0]
    return cost


def _off(way: Passage, share: float) -> Floats:
    """Return how far, squared, each candidate is from the likeness wanted at a point."""
    wanted = (1 - share) * way.ends[0] + share * way.ends[1]
    off: Floats = ((way.likeness - wanted) ** 2).sum(axis=1)
    return off


def _backward(left: Floats, right: Floats) -> Floats:
    """Return what it costs that likeness does not fall (to the motif) or rise (to the target)."""
    fall = left[:, None, 0] - right[:, 0]
    rise = right[:, 1] - left[:, None, 1]
    cost: Floats = _BACKWARD * ((fall < _LEAST_STEP).astype(float) + (rise < _LEAST_STEP))
    return cost
