"""Events of a voice -> its bars, and the silence that keeps every barline on one grid.

A printed tunebook often ends a strain with a full bar and begins the next with a pick-up, or leaves
a bar short before a repeat. Laid end to end, such bars push every later barline off the grid that
the first one set, and with it the place of each note in its bar. `silences` says how much time is
missing before each bar, between strains where it can be put there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mer.io.tunebook.events import Barline, Event, Sonority
from mer.notes.meter import TICKS_PER_QUARTER, Meter

# More misfits than this share of the bars: the metre is wrong or free, and is left alone.
MOST_MISFITS = 0.25


@dataclass
class Measure:
    """What stands between two barlines.

    Parameters
    ----------
    opens
        Whether a repeat sign or double bar, or nothing at all, stands before it.
    events
        Places of its events.
    length
        In quarters.
    """

    opens: bool
    events: list[int] = field(default_factory=list)
    length: Fraction = Fraction(0)


def measures(events: Sequence[Event]) -> list[Measure]:
    """Return the bars of a voice; barlines with nothing between them count as one.

    Examples
    --------
    >>> quarter = Sonority({60: Fraction(1)}, Fraction(1))
    >>> held = measures([Barline("|:"), quarter, Barline("|"), quarter, quarter, Barline("||")])
    >>> [(measure.opens, int(measure.length)) for measure in held]
    [(True, 1), (False, 2)]
    """
    found = [Measure(opens=True)]
    filled = False
    for place, event in enumerate(events):
        if isinstance(event, Barline):
            if filled:
                found.append(Measure(opens=False))
                filled = False
            found[-1].opens = found[-1].opens or event.divides
        elif isinstance(event, Sonority):
            filled = True
            found[-1].length += event.length
        found[-1].events.append(place)
    if not filled and len(found) > 1:
        found[-2].events += found.pop().events
    return found


def silences(held: Sequence[Measure], meter: tuple[int, int]) -> list[Fraction]:
    """Return the silence in quarters before each bar, all 0 where too many bars do not fit.

    Parameters
    ----------
    meter
        The one metre of the tune.
    """
    bar = Fraction(Meter(*meter).bar_ticks, TICKS_PER_QUARTER)
    lengths = [measure.length for measure in held]
    found = _silence(lengths, [measure.opens for measure in held], bar)
    misfits = sum(gap > 0 for gap in found)
    return found if misfits <= MOST_MISFITS * len(held) else [Fraction(0)] * len(held)


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
