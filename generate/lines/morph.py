"""Brief with a target -> composition: the motif, phrases that lead away from it, the target.

Each section is a phrase that lies between the two motifs (see `waypoints`), and `mer` itself says
how like each motif it is. Dynamic programming chooses the sections: likeness to the motif is to
fall and likeness to the target to rise, evenly and at every step; joins are priced as in `stitch`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from generate.lines.assembly import assemble, joined
from generate.lines.repair import finished
from generate.lines.route import Choice, Passage
from generate.lines.stitch import quoted
from generate.piece.composition import Composition, Fragment
from generate.plan.brief import Brief
from generate.plan.frame import DEFAULT_COPY_BOUND
from mer.notes.arrays import Floats
from mer.notes.names import counted

_CHANCE = 0.3
_EVENNESS = 12.0  # per square of what a likeness is off the straight line between the ends
_ATTEMPTS = 5
_UNSEEN, _HIDDEN = 0.5, 100.0
_REPLACEMENTS, _COPIED = 20, 6.0
_SHORT = (
    "the piece is too short for a morph: a length of {} leaves no room between the motif and the "
    "target"
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
        remark = _SHORT.format(counted(brief.frame.bars, "bar"))
        brief = replace(brief, remarks=(*brief.remarks, remark))
        return finished(brief, line, "morph", bound, rng)
    pieces = []
    for _ in range(_ATTEMPTS):
        pieces.append(finished(brief, _chosen(brief, way, bound, rng), "morph", bound, rng))
        if _is_steady(way, pieces[-1]):
            return pieces[-1]
    return pieces[0]


def _is_steady(way: Passage, piece: Composition) -> bool:
    """Return whether sections are ever less like the motif and ever more like the target."""
    starts = [*piece.melody.phrase_starts, len(piece)]
    table = way.measure([piece.melody.cut(a, b) for a, b in pairwise(starts)])
    return bool((np.diff(table, axis=0) * (-1, 1) > 0).all())


def _chosen(brief: Brief, way: Passage, bound: int, rng: np.random.Generator) -> Fragment:
    """Return the cheapest line in which no run is longer than the bound, if one is soon found."""
    scale = _CHANCE * (0.5 + rng.exponential())
    own = {}
    for bars, choice in way.choices.items():
        own[bars] = choice.cost + rng.gumbel(scale=scale, size=len(choice.cost))
        # Where few ways are steady at all, takes differ only if not each sees all of them.
        own[bars] += _HIDDEN * (rng.random(len(choice.cost)) < _UNSEEN * rng.random())
    line = _line(way, path := _path(way, own))
    for _ in range(_REPLACEMENTS):
        ends = brief.originality.copied_ends(line.melody, line.sources, bound + 1)
        if not len(ends):
            break
        # Moving notes would change the likeness: another phrase is better than a loosened one.
        for at in _sections(line, way, int(ends[0]), bound):
            own[way.steps[at]][path[at]] += _COPIED
        line = _line(way, path := _path(way, own))
    return line


def _line(way: Passage, path: Sequence[int]) -> Fragment:
    """Return the opening, the chosen sections and the target as one line."""
    chosen = zip(way.steps, path, strict=True)
    sections = [*(way.choices[bars].fragments[number] for bars, number in chosen), way.goal]
    return joined(way.frame, list(zip(way.starts, sections, strict=True)))


def _sections(line: Fragment, way: Passage, end: int, bound: int) -> list[int]:
    """Return the waypoints that hold notes of the run that ends at note `end`."""
    notes = np.arange(end - bound, end + 1)
    section = np.searchsorted(line.melody.phrase_starts, notes, side="right") - 1
    section = section - (way.frame.opening is not None)
    return [at for at in np.unique(section).tolist() if 0 <= at < len(way.steps)]


def _path(way: Passage, own: Mapping[int, Floats]) -> list[int]:
    """Return the number of the choice for each waypoint that makes the cheapest path."""
    steps, total = way.steps, len(way.steps) + 1
    costs = way.entry + own[steps[0]] + _EVENNESS * _off(way, way.choices[steps[0]], 1 / total)
    back = []
    for step, (before, here) in enumerate(pairwise(steps), 2):
        table = costs[:, None] + way.moves[before, here]
        back.append(np.argmin(table, axis=0))
        costs = table.min(axis=0) + own[here]
        costs += _EVENNESS * _off(way, way.choices[here], step / total)
    costs = costs + way.exit
    path = [int(np.argmin(costs))]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _off(way: Passage, choice: Choice, share: float) -> Floats:
    """Return how far, squared, each choice is from the likeness wanted at a point of the way."""
    wanted = (1 - share) * way.ends[0] + share * way.ends[1]
    off: Floats = ((choice.likeness - wanted) ** 2).sum(axis=1)
    return off
