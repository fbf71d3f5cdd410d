"""`Plan` -> JSON, as it is printed, edited and given again.

The text is an object with these keys; all but `format_version` may be left out, and what a given
plan leaves out is taken from the plan that a neighbour lends.

- `format_version`: 1.
- `meter`: such as ``"6/8"``; the piece has to be in it.
- `form`: a letter for each section, such as ``"A A B A"``, all of one length; or with a length in
  bars, ``"A4 B2 A2"``. A letter that comes again brings back its bars; with a prime, ``"A'"``, its
  last bar has only the rhythm. In a plan whose bars say what they take, a letter stands for two
  bars and only says the same again.
- `lent_by`: the tune that lends the form, or null; believed where the form is that of the tune.
- `second_half`: whether the lender's second half is borrowed (`answer`, `b-part`).
- `draw`: how many plans were drawn before this one (`Plan.draw`).
- `bars`: how many there are, or one object for each, with
    - `takes`: ``"new"``, ``"exact"``, ``"moved"``, ``"varied"`` or ``"rhythm"``;
    - `of_bar`: the earlier bar that it takes after, from 1;
    - `steps`: scale steps, for ``"moved"``;
    - `head`, `tail`: quarters from the barline up to which, and from which on, a ``"varied"`` bar
      is the same; half a bar and the whole if they are left out;
    - `keeps_rhythm`: whether a varied bar has the rhythm of the one that it varies;
    - `rhythm`: lengths in quarters that fill the bar, ``"1 1/2 1/2 z1 1"``; z is a rest;
    - `rhythm_from`: which notes the lengths are taken from: objects with `tune_id` (empty for the
      motif), `phrase`, `notes` from 0, and `operator` where something was done to them; null for a
      length of its own;
    - `near`: MIDI numbers, one for each note: the register; `lift`: semitones from there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from generate.piece.places import Place
from generate.piece.planned import Bar, Plan, PlannedBar
from generate.piece.self_similarity import MOVED, NEW, VARIED, letters
from mer.notes.meter import TICKS_PER_QUARTER, Meter

FORMAT_VERSION = 1


def plan_text(plan: Plan, meter: Meter | tuple[int, int]) -> str:
    """Return a plan as JSON, a bar to a line (see above).

    Examples
    --------
    >>> from generate.piece.plan_reader import read_plan
    >>> from generate.piece.self_similarity import Recurrence
    >>> halves = Bar((0, 960), (960, 960), (None, None))
    >>> plan = Plan((PlannedBar(Recurrence(NEW), halves, False, (60, 62)),), "")
    >>> print(plan_text(plan, (4, 4)))
    {
     "format_version": 1,
     "meter": "4/4",
     "form": "A",
     "lent_by": null,
     "second_half": false,
     "draw": 0,
     "bars": [
      {"takes": "new", "rhythm": "2 2", "near": [60, 62]}
     ]
    }
    >>> read_plan(plan_text(plan, (4, 4))).over(plan) == plan
    True
    """
    values = plan_values(plan, meter)
    bars = ",\n".join(f"  {json.dumps(bar, ensure_ascii=False)}" for bar in values.pop("bars"))
    head = json.dumps(values, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{head},\n "bars": [\n{bars}\n ]\n}}'


def plan_values(plan: Plan, meter: Meter | tuple[int, int]) -> dict[str, Any]:
    """Return the same as plain values."""
    length = Meter(*meter).bar_ticks
    return {
        "format_version": FORMAT_VERSION,
        "meter": str(Meter(*meter)),
        "form": letters([bar.recurrence for bar in plan.bars]),
        "lent_by": plan.lender or None,
        "second_half": plan.second,
        "draw": plan.draw,
        "bars": [_bar_values(bar, length) for bar in plan.bars],
    }


def _bar_values(bar: PlannedBar, length: int) -> dict[str, Any]:
    one = bar.recurrence
    told: dict[str, Any] = {"takes": one.kind}
    if one.kind != NEW:
        told["of_bar"] = one.bar + 1
    if one.kind == MOVED:
        told["steps"] = one.steps
    if one.kind == VARIED:
        told |= {"head": _quarters(one.head), "tail": _quarters(one.tail)}
    if bar.keeps_rhythm != (one.kind == VARIED):
        told["keeps_rhythm"] = bar.keeps_rhythm
    told["rhythm"] = _lengths(bar.rhythm, length)
    if any(bar.rhythm.places):
        told["rhythm_from"] = _cited(bar.rhythm.places)
    told["near"] = list(bar.pitch)
    return told | ({"lift": bar.lift} if bar.lift else {})


def _quarters(ticks: int) -> str:
    return str(Fraction(ticks, TICKS_PER_QUARTER))


def _lengths(bar: Bar, length: int) -> str:
    words, at = [], 0
    for onset, duration in zip(bar.onset, bar.duration, strict=True):
        words += [f"z{_quarters(onset - at)}"] if onset > at else []
        words.append(_quarters(duration))
        at = onset + duration
    return " ".join([*words, *([f"z{_quarters(length - at)}"] if at < length else [])])


def _cited(places: Sequence[Place | None]) -> list[dict[str, Any] | None]:
    found: list[dict[str, Any] | None] = []
    for place, same in groupby(places, lambda one: None if one is None else one._replace(note=0)):
        if place is None:
            found += [None for _ in same]
            continue
        notes = [one.note for one in same if one is not None]
        told = {"tune_id": place.tune_id, "phrase": place.phrase, "notes": notes}
        found.append(told | ({"operator": place.operator} if place.operator else {}))
    return found
