"""A `Reading` and bars, or a metre, that are asked for -> the `Reading` of that passage.

Bars count from 1 as in the score; a pick-up is bar 0. A note belongs to the bar in which it begins:
one that sounds on into the first bar is left out, and one that sounds on after the last bar is cut
at its barline. Where the metre is unknown, bars are counted in 4/4.
"""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral

import numpy as np

from mer.errors import InputError
from mer.io.reading import Reading
from mer.io.sheet.strains import under
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.names import counted

_LAST_TICK = 2**62
Seconds = tuple[tuple[float, float], ...]


def bar_numbers(reading: Reading) -> Ints:
    """Return the number of the bar in which each note begins, shape (notes,).

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 74], onset=[0, 480, 2400], duration=[480] * 3, downbeat=480)
    >>> bar_numbers(Reading(tune)).tolist()
    [0, 1, 2]
    """
    bar, barline = reading.melody.bar_ticks, reading.barline_tick
    return (reading.begin_tick + reading.melody.onset - barline) // bar + barline // bar + 1


def bars_of(reading: Reading) -> range:
    """Return the numbers of the bars there are, from 0 if there is a pick-up, else from 1.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 74], onset=[0, 480, 2400], duration=[480] * 3, downbeat=480)
    >>> bars_of(Reading(tune))
    range(0, 3)
    """
    bar = reading.melody.bar_ticks
    end = reading.begin_tick + int(reading.melody.end[-1]) - 1
    last = (end - reading.barline_tick) // bar + reading.barline_tick // bar + 1
    return range(0 if reading.barline_tick % bar else 1, last + 1)


def start_of_bar(reading: Reading, number: int) -> int:
    """Return the tick of the melody at which a bar begins; below 0 where it begins with a rest.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 74], onset=[0, 480, 2400], duration=[480] * 3, downbeat=480)
    >>> [start_of_bar(Reading(tune), bar) for bar in (0, 1, 2)]
    [-1440, 480, 2400]
    """
    bar, barline = reading.melody.bar_ticks, reading.barline_tick
    return barline + (number - barline // bar - 1) * bar - reading.begin_tick


def in_meter(reading: Reading, meter: Meter | tuple[int, int] | str) -> Reading:
    """Return the same notes in another metre, whatever the file says; a barline stays where it is.

    Parameters
    ----------
    meter
        Such as ``"3/4"`` or (3, 4).

    Raises
    ------
    InputError
        If it is no metre that a melody may have.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72], onset=[0, 480], duration=[480] * 2, meter=(4, 4))
    >>> found = in_meter(Reading(tune), "3/4")
    >>> str(found.melody.meter), found.remarks
    ('3/4', ('read in 3/4 as asked, not in 4/4',))
    """
    wanted = Meter.parse(meter) if isinstance(meter, str) else Meter.checked(meter)
    wanted.check()
    melody, said = reading.melody, reading.melody.meter
    if said == wanted:
        return reading
    barline = reading.barline_tick
    melody = replace(
        melody, meter=wanted, downbeat=(barline - reading.begin_tick) % wanted.bar_ticks
    )
    remark = f"read in {wanted} as asked"
    remark += f", not in {Meter(*said)}" if said is not None else ""
    return reading._replace(
        melody=melody, barline=barline, remarks=(*reading.remarks, remark), pace_known=True
    )


def passage(reading: Reading, from_bar: int | None = None, to_bar: int | None = None) -> Reading:
    """Return the notes that begin in some bars, both ends included, and remarks.

    Parameters
    ----------
    from_bar, to_bar
        Numbers of bars; None for the first or the last.

    Raises
    ------
    InputError
        If a bar is not there or the bars hold no note; the message says which bars there are.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 1440, 3360], duration=[480, 960, 480])
    >>> found = passage(Reading(tune), 1, 1)
    >>> found.melody.duration.tolist(), found.remarks
    ([480, 480], ('took bars 1 to 1 of 2; the last note is cut at the barline',))
    """
    if from_bar is None and to_bar is None:
        return reading
    melody, bars = reading.melody, bars_of(reading)
    first = bars[0] if from_bar is None else _there("from", from_bar, bars)
    last = bars[-1] if to_bar is None else _there("to", to_bar, bars)
    if first > last:
        raise InputError(
            f"bars {first} to {last} are asked for; the first must not follow the last"
        )
    numbers = bar_numbers(reading)
    start, stop = np.searchsorted(numbers, [first, last + 1]).tolist()
    if start == stop:
        raise InputError(
            f"bars {first} to {last} hold no note; the melody begins in bar {numbers[0]}"
        )
    said = [f"took bars {first} to {last} of {bars[-1]}"]
    barline = reading.barline_tick
    if start and melody.end[start - 1] > start_of_bar(reading, first):
        said.append(f"a note that sounds on into bar {first} is left out")
    end = start_of_bar(reading, last + 1)
    if melody.end[stop - 1] > end:
        said.append("the last note is cut at the barline")
        melody = _ended(melody, stop - 1, end)
    return reading._replace(
        melody=melody.cut(start, stop),
        begin_tick=reading.begin_tick + int(melody.onset[start]),
        performed_sec=_from_the_first(reading.performed_sec[start:stop]),
        # Those that follow stay: what goes on with the passage goes on over them.
        chords=tuple(
            chord._replace(tick=chord.tick - int(melody.onset[start]))
            for chord in under(reading.chords, int(melody.onset[start]), _LAST_TICK)
        ),
        barline=barline,
        remarks=(*reading.remarks, "; ".join(said)),
    )


def _ended(melody: Melody, note: int, end: int) -> Melody:
    """Return the melody with one note that stops at a tick."""
    duration = melody.duration.copy()
    duration[note] = end - melody.onset[note]
    return replace(melody, duration=duration)


def _from_the_first(performed: Seconds) -> Seconds:
    return tuple((begin - performed[0][0], end - performed[0][0]) for begin, end in performed)


def _there(name: str, bar: int, bars: range) -> int:
    if isinstance(bar, bool) or not isinstance(bar, Integral):
        raise InputError(f"{name} bar is {bar!r}; a whole number is needed")
    if bar not in bars:
        pickup = " and a pick-up (bar 0)" if bars[0] == 0 else ""
        raise InputError(f"there is no bar {bar}; the tune has {counted(bars[-1], 'bar')}{pickup}")
    return int(bar)
