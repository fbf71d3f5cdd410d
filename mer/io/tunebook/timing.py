"""Events of a voice -> its bars -> notes in ticks: bars laid end to end, ties merged.

A printed tunebook often ends a strain with a full bar and begins the next with a pick-up, or leaves
a bar short before a repeat. Laid end to end, such bars push every later barline off the grid that
the first one set, and with it the place of each note in its bar. `silences` says how much time is
missing before each bar, between strains where it can be put there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from mer.io.reading import longest_meter
from mer.io.tunebook.events import Barline, Event, MeterSign, Sonority
from mer.io.voices import Voice
from mer.notes.meter import TICKS_PER_QUARTER, Meter

# More misfits than this share of the bars: the metre is wrong or free, and is left alone.
MOST_MISFITS = 0.25


@dataclass(frozen=True)
class TimedVoice:
    """A voice with its times in ticks.

    Parameters
    ----------
    voice
        The notes, ties merged; they may overlap.
    starts
        Place of each event to its tick.
    meter, barline, changes
        The metre that lasts longest, a barline where it holds, and how many others there are.
    """

    voice: Voice
    starts: dict[int, int]
    meter: tuple[int, int] | None
    barline: int
    changes: int


def timed(events: Sequence[Event], name: str, *, align_bars: bool = False) -> TimedVoice:
    """Return a voice with its times.

    Parameters
    ----------
    align_bars
        Whether silence may be put between bars that are not full, where the voice has one metre.

    Examples
    --------
    >>> half = Sonority({67: Fraction(2)}, Fraction(2), tied={67})
    >>> whole = Sonority({67: Fraction(4)}, Fraction(4))
    >>> found = timed([MeterSign((4, 4)), half, Barline("|"), whole], "Flute")
    >>> found.voice.duration.tolist(), found.barline
    ([2880], 960)
    """
    held = measures(events)
    named = {event.meter for event in events if isinstance(event, MeterSign)} - {None}
    gaps = [Fraction(0)] * len(held)
    if align_bars and len(named) == 1 and len(held) > 1:
        gaps = silences(held, next(meter for meter in named if meter is not None))
    begun: dict[int, Fraction] = {}
    bars = []
    now = Fraction(0)
    for measure, gap in zip(held, gaps, strict=True):
        now += gap
        bars.append(_ticks(now))
        for place in measure.events:
            event = events[place]
            begun[place] = now
            now += event.length if isinstance(event, Sonority) else 0
    signs = [
        (_ticks(begun[place]), event.meter)
        for place, event in enumerate(events)
        if isinstance(event, MeterSign) and event.meter is not None
    ]
    meter, since, changes = longest_meter(signs, _ticks(now))
    drawn = bars if any(isinstance(event, Barline) for event in events) else []
    spans = np.array(_spans(events, begun), dtype=np.int64).reshape(-1, 3)
    spans = spans[spans[:, 2] > spans[:, 1]]
    return TimedVoice(
        voice=Voice(name, spans[:, 0], spans[:, 1], spans[:, 2] - spans[:, 1], chordal=True),
        starts={place: _ticks(start) for place, start in begun.items()},
        meter=meter,
        barline=_barline([bar for bar in drawn if bar >= since], meter, since),
        changes=changes,
    )


def _ticks(quarters: Fraction) -> int:
    whole, rest = divmod(quarters.numerator * TICKS_PER_QUARTER, quarters.denominator)
    return round(quarters * TICKS_PER_QUARTER) if rest else whole


def _spans(events: Sequence[Event], begun: dict[int, Fraction]) -> list[tuple[int, int, int]]:
    """Return (pitch, start, end) of every note in ticks, tied notes as one."""
    spans: list[tuple[int, Fraction, Fraction]] = []
    tied: dict[int, int] = {}  # pitch -> place of the note that waits for the rest of it
    for place, event in enumerate(events):
        if not isinstance(event, Sonority):
            continue
        start = begun[place]
        for pitch, length in event.pitches.items():
            before = tied.pop(pitch, None)
            if before is not None and spans[before][2] == start:
                spans[before] = (pitch, spans[before][1], start + length)
            else:
                before = len(spans)
                spans.append((pitch, start, start + length))
            if pitch in event.tied:
                tied[pitch] = before
    return [(pitch, _ticks(start), _ticks(end)) for pitch, start, end in spans]


def _barline(bars: list[int], meter: tuple[int, int] | None, since: int) -> int:
    """Return the tick of the first barline that does not begin a pick-up."""
    if not bars:
        return since
    full = Meter.assumed(meter).bar_ticks
    return bars[1] if len(bars) > 1 and bars[1] - bars[0] < full else bars[0]


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
