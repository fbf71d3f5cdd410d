"""Phrases of a line + a plan -> the line with its phrases coming again where the plan says so.

A line is laid out phrase by phrase, each on its barlines. Where most bars of a phrase take after
those of an earlier one in the plan, the earlier one stands there again, if the leaps at its ends
are no wider than an octave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generate.lines.assembly import line_of
from generate.piece.composition import Composition, Fragment
from generate.piece.planned import Plan
from generate.piece.self_similarity import EXACT, NEW, VARIED, Recurrence
from generate.plan.frame import Frame
from generate.plan.layout import LEAST_NEW
from mer.notes.melody import Melody

_LARGEST_LEAP = 12
_LEAST_ALIKE = 0.5

Part = tuple[int, Fragment]


def with_returns(frame: Frame, parts: Sequence[Part], plan: Plan) -> list[Part]:
    """Return the phrases after the opening, some of them in the place of others by the plan.

    The last one, which closes the piece, stays, and so many notes stay new as in other verbs.

    Parameters
    ----------
    parts
        Where each phrase begins, in ticks, and the phrase.
    """
    found = list(parts)
    opening = [] if frame.opening is None else [(0, frame.opening)]
    for number in range(len(found) - 1):
        before = [*opening, *found[:number]]
        lines = _lines(frame, [*before, *found[number:]])
        at = len(before)
        for earlier in range(at - 1):
            if not _takes_after(plan, lines, at, earlier):
                continue
            start, phrase = before[earlier]
            moved = start + (lines[at] - lines[earlier]) * frame.bar_ticks
            part = _fitted(frame, (moved, phrase), before[-1], found[number + 1])
            trial = [*found[:number], part, *found[number + 1 :]] if part else found
            if part and _share_new(frame, trial) >= LEAST_NEW:
                found = trial
                break
    return found


def _lines(frame: Frame, parts: Sequence[Part]) -> list[int]:
    """Return the bar in which each phrase begins, and the number of bars."""
    starts = np.array([start for start, _ in parts])
    return [*line_of(starts, frame).tolist(), frame.bars]


def _takes_after(plan: Plan, lines: Sequence[int], at: int, earlier: int) -> bool:
    """Return whether a phrase is as long as an earlier one and comes again for it in the plan."""
    first, stop, there = lines[at], lines[at + 1], max(lines[earlier], 0)
    if stop - first != lines[earlier + 1] - there:
        return False
    kinds = [plan.bars[bar].recurrence for bar in range(first, stop)]
    alike = [
        one.kind in (EXACT, VARIED) and one.bar == there + place for place, one in enumerate(kinds)
    ]
    return sum(alike) >= _LEAST_ALIKE * len(alike) > 0


def _fitted(frame: Frame, part: Part, before: Part, after: Part) -> Part | None:
    """Return a phrase between two others, without a pick-up that has no room; None if it is odd."""
    start, phrase = part
    free = before[0] + int(before[1].melody.end[-1])
    first = int(np.searchsorted(phrase.melody.onset + start, free))
    if start < 0 or first >= len(phrase):
        return None
    if first:
        start += int(phrase.melody.onset[first])
        phrase = phrase.cut(first, len(phrase))
        if (start - frame.pickup) % frame.bar_ticks:
            return None
    silence = (
        start + int(phrase.melody.onset[0]) - free,
        after[0] - start - int(phrase.melody.end[-1]),
    )
    if min(silence) < 0 or 2 * max(silence) >= frame.bar_ticks:
        return None
    leaps = (
        int(phrase.melody.pitch[0]) - int(before[1].melody.pitch[-1]),
        int(after[1].melody.pitch[0]) - int(phrase.melody.pitch[-1]),
    )
    return (start, phrase) if max(map(abs, leaps)) <= _LARGEST_LEAP else None


def _share_new(frame: Frame, parts: Sequence[Part]) -> float:
    own = [source.is_statement for _, phrase in parts for source in phrase.sources]
    return 1.0 if frame.opening is None else 1.0 - sum(own) / len(own)


def with_plan(piece: Composition, plan: Plan, frame: Frame) -> Composition:
    """Return the piece with what of the plan was carried out: bars that are heard again."""
    heard = _heard(piece.melody, frame)
    kinds: list[Recurrence] = []
    for bar, planned in enumerate(plan.bars):
        one = planned.recurrence
        again = one.kind in (EXACT, VARIED) and heard[bar] and heard[bar] == heard[one.bar]
        kinds.append(Recurrence(EXACT, one.bar) if again else Recurrence(NEW))
    if all(one.kind == NEW for one in kinds):
        return piece
    return replace(piece, plan=tuple(kinds), lender=plan.lender)


def _heard(melody: Melody, frame: Frame) -> list[list[tuple[int, int, int]]]:
    """Return the notes that begin in each bar: onset from the barline, duration, pitch."""
    number = (melody.onset - frame.pickup) // frame.bar_ticks
    rows = np.stack([melody.bar_position, melody.duration, melody.pitch], axis=1)
    return [[(a, b, c) for a, b, c in rows[number == bar].tolist()] for bar in range(frame.bars)]
