"""music21 part from ABC -> the same part, its barlines on one grid, its metre as in the text.

A printed tunebook often ends a strain with a full bar and begins the next with a pick-up, or leaves
a bar short before a repeat. Laid end to end, such bars push every later barline off the grid that
the first one set, and with it the place of each note in its bar. `align_bars` inserts the missing
time as silence, between strains where it can.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from mer.notes.meter import TICKS_PER_QUARTER, Meter

# More misfits than this share of the bars: the metre is wrong or free, and is left alone.
MOST_MISFITS = 0.25


def drop_invented_metres(part: Any, named: set[tuple[int, int]]) -> None:
    """Remove time signatures that the text does not name.

    music21 splits a bar that is too long, and gives the rest of it a time signature.
    """
    for sign in list(part.recurse().getElementsByClass("TimeSignature")):
        if (sign.numerator, sign.denominator) not in named:
            sign.activeSite.remove(sign)


def align_bars(part: Any, meter: tuple[int, int]) -> None:
    """Move bars so that each full one begins on the grid of the first.

    Parameters
    ----------
    part
        A music21 part; its measures are moved.
    meter
        The one time signature of the tune.
    """
    bar = Fraction(Meter(*meter).bar_ticks, TICKS_PER_QUARTER)
    measures = sorted(part.getElementsByClass("Measure"), key=lambda measure: measure.offset)
    if len(measures) < 2:
        return
    starts = [Fraction(measure.offset) for measure in measures]
    lengths = [after - before for before, after in pairwise(starts)]
    lengths.append(Fraction(measures[-1].duration.quarterLength))
    strain = [_begins_strain(measures, number) for number in range(len(measures))]
    silence = _silence(lengths, strain, bar)
    if not 0 < sum(gap > 0 for gap in silence) <= MOST_MISFITS * len(measures):
        return
    moved = Fraction(0)
    for measure, start, gap in zip(measures, starts, silence, strict=True):
        moved += gap
        part.setElementOffset(measure, start + moved)
    part.coreElementsChanged()


def _begins_strain(measures: list[Any], number: int) -> bool:
    """Return whether a repeat sign or double bar stands before this measure."""
    if number == 0:
        return True
    signs = (measures[number - 1].rightBarline, measures[number].leftBarline)
    return any(sign is not None and sign.type != "regular" for sign in signs)


def _silence(lengths: list[Fraction], strain: list[bool], bar: Fraction) -> list[Fraction]:
    """Return the silence to insert before each measure.

    Short measures in a row may make up whole bars (the end of a strain and the next pick-up). Where
    they do not, the silence goes before the one that begins a strain, or else after them all.

    Examples
    --------
    A full bar, a pick-up after a double bar, a full bar:

    >>> quarters = [Fraction(n) for n in (4, 1, 4)]
    >>> [int(gap) for gap in _silence(quarters, [True, True, False], Fraction(4))]
    [0, 3, 0]
    """
    silence = [Fraction(0)] * len(lengths)
    first = 0 if lengths[0] >= bar else 1  # a pick-up opens the grid, it does not fill it
    run: list[int] = []
    for number in range(first, len(lengths)):
        if lengths[number] % bar:
            run.append(number)
            continue
        missing = -sum((lengths[n] for n in run), Fraction(0)) % bar
        openings = [n for n in run if strain[n]]
        if missing and run:
            silence[openings[-1] if openings else number] += missing
        run = []
    return silence
