"""Brief of a morph -> its sections, and what each may be, with the likeness to both motifs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generate.assembly import Candidate
from generate.brief import Brief
from generate.composition import Fragment
from generate.frame import Frame, usable_motif
from generate.likeness import Likeness
from generate.stitch import bar_rhythms
from generate.waypoints import Ends, head, waypoints, whole_bars
from mer.melody import Melody

Floats = npt.NDArray[np.float64]

_WANTED_STEPS = 3.5
_ONE_BAR_PENALTY = 1.0


@dataclass(frozen=True)
class Layout:
    """Where the sections of a morph stand, in bars.

    Parameters
    ----------
    opened
        Bars of the opening.
    step, steps
        Bars of a waypoint, and how many waypoints there are.
    closing
        Bars of the target at the end.
    """

    opened: int
    step: int
    steps: int
    closing: int


@dataclass(frozen=True, eq=False)
class Passage:
    """What a morph chooses from.

    Parameters
    ----------
    frame
        The frame of the brief, its opening continued to a barline.
    layout
        Where the sections stand.
    goal
        The target as it closes the piece.
    candidates
        Possible waypoints.
    likeness
        Shape (candidates, 2): similarity of each to the motif and to the target.
    ends
        Shape (2, 2): the same of the motif and of the goal.
    """

    frame: Frame
    layout: Layout
    goal: Fragment
    candidates: tuple[Candidate, ...]
    likeness: Floats
    ends: Floats


def layout(bars: int, opened: int, closing: int, longest: int) -> Layout:
    """Return where the sections stand.

    What lies between opening and closing is divided into three or four waypoints if that can be,
    none of more than `longest` bars.

    Examples
    --------
    >>> layout(16, 4, 4, 4)
    Layout(opened=4, step=2, steps=4, closing=4)
    >>> layout(8, 2, 2, 2)
    Layout(opened=2, step=2, steps=2, closing=2)
    """
    way = bars - opened - closing
    steps = [step for step in range(1, longest + 1) if way % step == 0]

    def merit(step: int) -> tuple[float, int]:
        return (abs(way / step - _WANTED_STEPS) + _ONE_BAR_PENALTY * (step == 1), -step)

    step = min(steps, key=merit)
    return Layout(opened, step, way // step, closing)


def passage(brief: Brief) -> Passage | None:
    """Return what the morph of a brief chooses from; None if the piece is too short for one."""
    target = brief.destination
    if target is None:
        return None
    frame, opened = _opened(brief)
    motif = brief.theme
    if frame.bars - opened < 2:
        return None
    closing = _closing(target, frame, (frame.bars - opened) // 2)
    longest = min(whole_bars(motif.melody), whole_bars(target.melody))
    plan = layout(frame.bars, opened, closing, longest)
    goal = head(target, frame, plan.closing)
    ends = Ends(head(motif, frame, plan.step), head(target, frame, plan.step))
    found = waypoints(brief, ends, target.melody, plan.step, bar_rhythms(brief))
    # What counts is likeness to the target as it was given, whatever metre it had to go into.
    given = target.melody if brief.target is None else usable_motif(brief.target)[0]
    both = (motif.melody, given)
    melodies = [candidate.fragment.melody for candidate in found]
    known = Likeness([*melodies, _first(frame, motif), goal.melody], brief.index)
    table = np.column_stack([known.of(melody) for melody in both])
    return Passage(frame, plan, goal, tuple(found), table[:-2], table[-2:])


def _closing(target: Fragment, frame: Frame, most: int) -> int:
    """Return how many bars of the target close the piece: as many as end on its longest note."""
    longest = min(most, whole_bars(target.melody))

    def rest(bars: int) -> tuple[int, int]:
        stop = target.melody.downbeat + bars * frame.bar_ticks
        last = int(np.searchsorted(target.melody.onset, stop)) - 1
        return (int(min(target.melody.end[last], stop) - target.melody.onset[last]), bars)

    return max(range(-(-longest // 2), longest + 1), key=rest)


def _first(frame: Frame, motif: Fragment) -> Melody:
    return motif.melody if frame.opening is None else frame.opening.melody


def _opened(brief: Brief) -> tuple[Frame, int]:
    """Return the frame, its opening continued to a barline as the motif goes on, and its bars."""
    frame = brief.frame
    if frame.opening is None:
        return frame, 0
    opened = -(-(int(frame.opening.melody.end[-1]) - frame.pickup) // frame.bar_ticks)
    stop = frame.pickup + opened * frame.bar_ticks
    notes = int(np.searchsorted(brief.theme.melody.end, stop, side="right"))
    return replace(frame, opening=brief.theme.cut(0, notes)), opened
