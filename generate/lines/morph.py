"""Brief with a target -> composition: the motif, phrases that lead away from it, the target.

Each section is a phrase that lies between the two motifs (see `waypoints`); `mer.search.likeness`
measures how similar it is to each. Dynamic programming chooses the sections so that likeness to the
motif falls and likeness to the target rises, evenly and at every step. Joins cost what they cost in
`stitch`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from generate.lines.assembly import assemble, joined
from generate.lines.joins import JoinPrices
from generate.lines.repair import finished
from generate.lines.route import Choice, Route, route_of
from generate.lines.stitch import quoted
from generate.piece.composition import Composition, Fragment
from generate.plan.brief import Brief, Writer
from mer.notes.arrays import Floats
from mer.notes.names import counted

_CHANCE = 0.3
_EVENNESS = 12.0  # per squared distance of a likeness from the straight line between the ends
_ATTEMPTS = 5
_UNSEEN, _HIDDEN = 0.5, 100.0
_REPLACEMENTS, _COPIED = 20, 6.0
_SHORT = (
    "the piece is too short for a morph: a length of {} leaves no room between the motif and the "
    "target"
)


def morphing(brief: Brief) -> Writer:
    """Return the writer of pieces that begin with the motif and turn into the target.

    The writer raises an `InputError` if a copy bound cannot be kept.
    """
    prices, bound = JoinPrices.of(brief), brief.settings.copy_bound
    found = route_of(brief, prices)
    if found is None:
        return _too_short(brief, prices)
    route = found

    def write(rng: np.random.Generator) -> Composition:
        pieces = []
        for _ in range(_ATTEMPTS):
            pieces.append(finished(brief, _chosen(brief, route, bound, rng), "morph", bound, rng))
            if _is_steady(route, pieces[-1]):
                return pieces[-1]
        return pieces[0]

    return write


def _too_short(brief: Brief, prices: JoinPrices) -> Writer:
    """Return a writer that stitches phrases instead and remarks that a morph has no room."""
    phrases = quoted(brief)
    remark = _SHORT.format(counted(brief.frame.bars, "bar"))
    brief = replace(brief, remarks=(*brief.remarks, remark))

    def write(rng: np.random.Generator) -> Composition:
        line = assemble(brief.frame, phrases, prices, rng)
        return finished(brief, line, "morph", brief.settings.copy_bound, rng)

    return write


def _is_steady(route: Route, piece: Composition) -> bool:
    """Return whether sections are ever less like the motif and ever more like the target."""
    starts = [*piece.melody.phrase_starts, len(piece)]
    table = route.measure([piece.melody.cut(a, b) for a, b in pairwise(starts)])
    return bool((np.diff(table, axis=0) * (-1, 1) > 0).all())


def _chosen(brief: Brief, route: Route, bound: int, rng: np.random.Generator) -> Fragment:
    """Return the cheapest line in which no run is longer than the bound, if one is soon found."""
    scale = _CHANCE * (0.5 + rng.exponential())
    own = {}
    for bars, choice in route.choices.items():
        own[bars] = choice.cost + rng.gumbel(scale=scale, size=len(choice.cost))
        # Where few routes are steady, takes differ only if each one sees only some of them.
        own[bars] += _HIDDEN * (rng.random(len(choice.cost)) < _UNSEEN * rng.random())
    line = _line(route, path := _path(route, own))
    for _ in range(_REPLACEMENTS):
        ends = brief.originality.copied_ends(line.melody, line.sources, bound + 1)
        if not len(ends):
            break
        # Moving notes would change the likeness: another phrase is better than a loosened one.
        for at in _sections(line, route, int(ends[0]), bound):
            own[route.steps[at]][path[at]] += _COPIED
        line = _line(route, path := _path(route, own))
    return line


def _line(route: Route, path: Sequence[int]) -> Fragment:
    """Return the opening, the chosen sections and the target as one line."""
    chosen = zip(route.steps, path, strict=True)
    sections = [*(route.choices[bars].fragments[number] for bars, number in chosen), route.goal]
    return joined(route.frame, list(zip(route.starts, sections, strict=True)))


def _sections(line: Fragment, route: Route, end: int, bound: int) -> list[int]:
    """Return the waypoints that hold notes of the run that ends at note `end`."""
    notes = np.arange(end - bound, end + 1)
    section = np.searchsorted(line.melody.phrase_starts, notes, side="right") - 1
    section = section - (route.frame.opening is not None)
    return [at for at in np.unique(section).tolist() if 0 <= at < len(route.steps)]


def _path(route: Route, own: Mapping[int, Floats]) -> list[int]:
    """Return the number of the choice for each waypoint that makes the cheapest path."""
    steps, total = route.steps, len(route.steps) + 1
    first = route.choices[steps[0]]
    costs = route.entry + own[steps[0]] + _EVENNESS * _off(route, first, 1 / total)
    back = []
    for step, (before, here) in enumerate(pairwise(steps), 2):
        table = costs[:, None] + route.moves[before, here]
        back.append(np.argmin(table, axis=0))
        costs = table.min(axis=0) + own[here]
        costs += _EVENNESS * _off(route, route.choices[here], step / total)
    costs = costs + route.exit
    path = [int(np.argmin(costs))]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def _off(route: Route, choice: Choice, share: float) -> Floats:
    """Return how far, squared, each choice is from the likeness wanted at a point of the route."""
    wanted = (1 - share) * route.ends[0] + share * route.ends[1]
    off: Floats = ((choice.likeness - wanted) ** 2).sum(axis=1)
    return off
