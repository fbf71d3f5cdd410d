"""How long a chord lasts, and the metre -> what of it is struck when.

A stroke is the bass, the fifth in the bass, a step in the bass towards the next chord, the upper
voices together, or one of them. Every pattern fills its chord exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType

from mer.notes.meter import TICKS_PER_QUARTER, Meter

# What a stroke sounds; 0, 1 and 2 are the upper voices, low to high.
BASS, CHORD, FIFTH, STEP = -1, -2, -3, -4
Stroke = tuple[int, int, int]  # what, start and length, in ticks from the beginning of the chord
Pattern = Callable[[int, tuple[int, int] | None], Iterator[Stroke]]
_LEAST_PULSE = TICKS_PER_QUARTER // 4


def block(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the chord and its bass, held."""
    yield BASS, 0, length
    yield CHORD, 0, length


def walking(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the chord held, and a bass that steps towards the next one on the last beat."""
    beat = Meter.assumed(meter).beat_ticks
    yield CHORD, 0, length
    if length < 2 * beat:
        yield BASS, 0, length
        return
    yield BASS, 0, length - beat
    yield STEP, length - beat, beat


def waltz(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, then the chord on every other beat; inside one compound beat, on its thirds.

    Examples
    --------
    >>> list(waltz(1440, (3, 4)))
    [(-1, 0, 480), (-2, 480, 480), (-2, 960, 480)]
    """
    counted = Meter.assumed(meter)
    pulse = counted.beat_ticks
    if length <= pulse:
        pulse = length // 3 if counted.is_compound else length // 2
    yield BASS, 0, pulse
    for start in range(pulse, length, pulse):
        yield CHORD, start, min(pulse, length - start)


def arpeggio(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, held, and the upper voices one after another, up and down."""
    yield BASS, 0, length
    for number, (start, lasts) in enumerate(_pulses(length, _half_beat(meter))):
        yield (0, 1, 2, 1)[number % 4], start, lasts


def broken(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, held, and on every beat the lowest upper voice, then the chord."""
    yield BASS, 0, length
    for number, (start, lasts) in enumerate(_pulses(length, _half_beat(meter))):
        yield (0 if number % 2 == 0 else CHORD), start, lasts


def boom(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield bass and chord in turn, the bass on the root and then on the fifth.

    Examples
    --------
    >>> list(boom(1920, (4, 4)))
    [(-1, 0, 480), (-2, 480, 480), (-3, 960, 480), (-2, 1440, 480)]
    """
    beat = Meter.assumed(meter).beat_ticks
    yield from _in_turn(length, beat if beat < length else length // 2)


def drive(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield bass and chord in turn, twice as fast."""
    yield from _in_turn(length, _half_beat(meter))


def lilt(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield on every beat the bass for two thirds of it, and the chord; by halves where it has two.

    Examples
    --------
    >>> list(lilt(1440, (6, 8)))
    [(-1, 0, 480), (-2, 480, 240), (-3, 720, 480), (-2, 1200, 240)]
    """
    counted = Meter.assumed(meter)
    for number, (start, lasts) in enumerate(_pulses(length, counted.beat_ticks)):
        low = lasts * 2 // 3 if counted.is_compound else lasts // 2
        yield (FIFTH if number % 2 else BASS), start, low
        yield CHORD, start + low, lasts - low


def strum(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield on every beat the bass, and the chord on what is left of its thirds or halves."""
    counted = Meter.assumed(meter)
    parts = 3 if counted.is_compound else 2
    for number, (start, lasts) in enumerate(_pulses(length, counted.beat_ticks)):
        low = max(lasts // parts, 1)
        yield (FIFTH if number % 2 else BASS), start, low
        for begun, long in _pulses(lasts - low, low):
            yield CHORD, start + low + begun, long


def pulse(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, held, and the chord on every beat."""
    yield BASS, 0, length
    for start, lasts in _pulses(length, Meter.assumed(meter).beat_ticks):
        yield CHORD, start, lasts


def syncopated(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield bass and chord in groups of three, three and two half beats.

    Examples
    --------
    >>> [stroke for stroke in syncopated(1920, (4, 4)) if stroke[0] == CHORD]
    [(-2, 0, 720), (-2, 720, 720), (-2, 1440, 480)]
    """
    half, start, number = _half_beat(meter), 0, 0
    while start < length:
        lasts = min((3, 3, 2)[number % 3] * half, length - start)
        yield (FIFTH if number % 3 == 2 else BASS), start, lasts
        yield CHORD, start, lasts
        start, number = start + lasts, number + 1


def twice(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield bass and chord for a beat, and again for what is left: how a dance ends."""
    beat = Meter.assumed(meter).beat_ticks
    for start, lasts in ((0, beat), (beat, length - beat)) if length > beat else ((0, length),):
        yield BASS, start, lasts
        yield CHORD, start, lasts


def _half_beat(meter: tuple[int, int] | None) -> int:
    """Return the ticks of half a beat, an eighth at most; of a third of a compound one."""
    counted = Meter.assumed(meter)
    if counted.is_compound:
        return counted.unit_ticks
    return max(counted.beat_ticks // 2, min(counted.beat_ticks, TICKS_PER_QUARTER // 2))


def _pulses(length: int, ticks: int) -> Iterator[tuple[int, int]]:
    """Yield start and length of pulses that fill a chord, the last one shorter if need be."""
    for start in range(0, length, max(ticks, 1)):
        yield start, min(ticks, length - start)


def _in_turn(length: int, ticks: int) -> Iterator[Stroke]:
    if length < 2 * _LEAST_PULSE:
        yield from block(length, None)
        return
    ticks = ticks if ticks < length else length // 2
    for number, (start, lasts) in enumerate(_pulses(length, ticks)):
        yield (BASS, CHORD, FIFTH, CHORD)[number % 4], start, lasts


PATTERNS: MappingProxyType[str, Pattern] = MappingProxyType(
    {
        "block": block,
        "walking": walking,
        "waltz": waltz,
        "arpeggio": arpeggio,
        "broken": broken,
        "boom": boom,
        "drive": drive,
        "lilt": lilt,
        "strum": strum,
        "pulse": pulse,
        "syncopated": syncopated,
        "twice": twice,
    }
)
