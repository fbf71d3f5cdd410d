"""Brief of a morph -> its sections, the choices for each, and their likeness to both motifs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from generate.lines.assembly import Candidate, closed_on_tonic
from generate.lines.joins import JoinPrices
from generate.lines.stitch import bar_rhythms
from generate.lines.waypoints import Ends, head, phrases_between, waypoints, whole_bars
from generate.piece.composition import Fragment
from generate.plan.brief import Brief
from generate.plan.frame import Frame, usable_motif
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.search.likeness import Likeness

Measure = Callable[[Sequence[Melody]], Floats]

_BACKWARD = 30.0  # a step after which a likeness has not moved the right way
_LEAST_STEP = 0.004
_FALTERING, _CLEAR_STEP = 3.0, 0.03  # one by which it has moved too little to be heard
_COPIED = 6.0  # what it costs that a phrase holds a run longer than the copy bound


@dataclass(frozen=True, eq=False)
class Choice:
    """The choices for a waypoint of some number of bars.

    Parameters
    ----------
    fragments
        The music.
    cost
        Shape (choices,): cost of each, about 0 to 3.
    likeness
        Shape (choices, 2): similarity of each to the motif and to the target.
    """

    fragments: tuple[Fragment, ...]
    cost: Floats
    likeness: Floats


@dataclass(frozen=True, eq=False)
class Route:
    """What a morph chooses from.

    Parameters
    ----------
    frame
        The frame of the brief, its opening continued to a barline.
    opened
        Bars of the opening.
    steps
        Bars of each waypoint.
    choices
        Bars -> the choices for a waypoint of so many bars.
    goal
        The target as it closes the piece.
    ends
        Shape (2, 2): similarity of the opening and of the goal to the motif and to the target.
    prices
        Of the joins.
    measure
        From melodies to their similarity to the motif and to the target, shape (melodies, 2).
    """

    frame: Frame
    opened: int
    steps: tuple[int, ...]
    choices: dict[int, Choice]
    goal: Fragment
    ends: Floats
    prices: JoinPrices
    measure: Measure

    @property
    def starts(self) -> list[int]:
        """First tick of each waypoint, and of the goal."""
        bars = np.cumsum([self.opened, *self.steps])
        return [self.frame.pickup + bar * self.frame.bar_ticks for bar in bars.tolist()]

    @cached_property
    def entry(self) -> Floats:
        """Cost of following the opening by each choice for the first waypoint."""
        first = self.choices[self.steps[0]]
        cost: Floats = _backward(self.ends[:1], first.likeness)[0]
        if self.frame.opening is not None:
            cost = cost + self.prices.costs([self.frame.opening], first.fragments)[0]
        return cost

    @cached_property
    def exit(self) -> Floats:
        """Cost of following each choice for the last waypoint by the goal."""
        last = self.choices[self.steps[-1]]
        cost: Floats = self.prices.costs(last.fragments, [self.goal])[:, 0]
        return cost + _backward(last.likeness, self.ends[1:])[:, 0]

    @cached_property
    def moves(self) -> dict[tuple[int, int], Floats]:
        """Cost of following waypoints by waypoints, by the bars of both."""
        found = {}
        for pair in dict.fromkeys(pairwise(self.steps)):
            left, right = (self.choices[bars] for bars in pair)
            cost = self.prices.costs(left.fragments, right.fragments)
            found[pair] = cost + _backward(left.likeness, right.likeness)
        return found


def _backward(left: Floats, right: Floats) -> Floats:
    """Return the cost of likeness that fails to fall (to the motif) or to rise (to the target)."""
    fall = left[:, None, 0] - right[:, 0]
    rise = right[:, 1] - left[:, None, 1]
    least = np.minimum(fall, rise)
    cost: Floats = _BACKWARD * ((fall < _LEAST_STEP).astype(float) + (rise < _LEAST_STEP))
    return cost + _FALTERING * np.maximum(_CLEAR_STEP - least, 0.0) / _CLEAR_STEP


def step_bars(way: int, longest: int) -> tuple[int, ...]:
    """Return the bars of each waypoint: as many as phrases have, and none more than `longest`.

    Examples
    --------
    >>> step_bars(8, 4), step_bars(13, 4), step_bars(11, 2), step_bars(3, 2)
    ((2, 2, 2, 2), (4, 4, 4, 1), (2, 2, 2, 2, 2, 1), (2, 1))
    """
    least = {1: 1, 2: 2, 4: 10}  # of four bars three, or two of two bars serve better
    step = max(bars for bars, room in least.items() if bars <= longest and way >= room)
    steps = [step] * (way // step)
    left = way % step
    return (*steps, *([2] * (left // 2)), *([1] * (left % 2)))


def route_of(brief: Brief, prices: JoinPrices) -> Route | None:
    """Return the route of a brief's morph; None if the piece is too short for one."""
    target, motif = brief.destination, brief.theme
    if target is None:
        return None
    frame, opened = _opened(brief)
    if frame.bars - opened < 2:
        return None
    closing = _closing(target, frame, (frame.bars - opened) // 2)
    # A motif of one bar is stated twice: phrases of one bar are too short to tell apart.
    longest = max(2, min(whole_bars(motif.melody), whole_bars(target.melody)))
    steps = step_bars(frame.bars - opened - closing, longest)
    goal = closed_on_tonic(frame, _on_beat(head(target, frame, closing), frame))
    # What counts is likeness to the target as it was given, whatever metre it had to go into.
    given = target.melody if brief.target is None else usable_motif(brief.target)[0]
    own, _ = usable_motif(motif.melody)

    def measure(melodies: Sequence[Melody]) -> Floats:
        known = Likeness(melodies)
        return np.column_stack([known.of(melody) for melody in (own, given)])

    phrases = phrases_between(brief, target.melody, bar_rhythms(brief))
    choices = {}
    for bars in sorted(set(steps)):
        ends = Ends(head(motif, frame, bars), head(target, frame, bars))
        found = waypoints(brief, ends, phrases, bars)
        choices[bars] = _choice(brief, found, measure)
    opening = motif.melody if frame.opening is None else frame.opening.melody
    both = measure([opening, goal.melody])
    return Route(frame, opened, steps, choices, goal, both, prices, measure)


def _choice(brief: Brief, found: Sequence[Candidate], measure: Measure) -> Choice:
    fragments = tuple(candidate.fragment for candidate in found)
    check = brief.originality.check(brief.settings.copy_bound + 1)
    copied = [len(check.copied_ends(f.melody, f.sources)) > 0 for f in fragments]
    cost = np.array([candidate.cost for candidate in found]) + _COPIED * np.array(copied)
    return Choice(fragments, cost, measure([fragment.melody for fragment in fragments]))


def _closing(target: Fragment, frame: Frame, most: int) -> int:
    """Return how many bars of the target close the piece: all, or those that come best to rest."""
    melody = target.melody
    longest = min(most, whole_bars(melody))
    if longest == whole_bars(melody):
        return longest

    def rest(bars: int) -> tuple[bool, bool, int, int]:
        stop = melody.downbeat + bars * frame.bar_ticks
        last = int(np.searchsorted(melody.onset, stop)) - 1
        held = int(min(melody.end[last], stop) - melody.onset[last])
        home = int(melody.pitch[last]) % 12 == frame.key.tonic and held >= frame.beat_ticks
        return (bars % 2 == 0, home and frame.end_on_tonic, held, bars)

    return max(range(-(-longest // 2), longest + 1), key=rest)


def _on_beat(goal: Fragment, frame: Frame) -> Fragment:
    """Return the end of a piece with its last note on a beat: what follows that is left out."""
    melody = goal.melody
    on = np.flatnonzero(melody.bar_position % frame.beat_ticks == 0)
    if not len(on) or on[-1] == len(goal) - 1:
        return goal
    last = int(on[-1])
    return goal.cut(0, last + 1).with_last(int(melody.end[-1] - melody.onset[last]))


def _opened(brief: Brief) -> tuple[Frame, int]:
    """Return the frame, its opening continued to a barline as the motif goes on, and its bars."""
    frame = brief.frame
    if frame.opening is None:
        return frame, 0
    opened = -(-(int(frame.opening.melody.end[-1]) - frame.pickup) // frame.bar_ticks)
    stop = frame.pickup + opened * frame.bar_ticks
    notes = int(np.searchsorted(brief.theme.melody.end, stop, side="right"))
    return frame._replace(opening=brief.theme.cut(0, notes)), opened
