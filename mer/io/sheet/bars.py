"""Notes of a part -> its bars: notes and rests as they are written, cut at barlines, tied, beamed.

A length that no note sign has is split into tied notes; what is still left keeps its exact length
without a sign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mer.errors import InputError
from mer.io.sheet.beams import Beams, Stem, beam_ticks, beams
from mer.io.sheet.sheet import Part
from mer.io.sheet.signs import Sign, signed_lengths, signs
from mer.notes.meter import TICKS_PER_QUARTER, Meter

_PLAIN = (1, 1)


@dataclass(frozen=True)
class Notated:
    """A note, chord or rest with one sign, within one bar.

    Parameters
    ----------
    tick, length
        Where it begins in its part, and how long it lasts.
    pitches
        Rising; () for a rest.
    stops, starts
        Whether it is tied to the one before, and to the one after.
    """

    tick: int
    length: int
    pitches: tuple[int, ...] = ()
    stops: bool = False
    starts: bool = False

    @property
    def sign(self) -> Sign | None:
        """The sign of its length, or None if no sign has it."""
        return signs().get(self.length)

    @property
    def ratio(self) -> tuple[int, int]:
        """Notes of its tuplet, and plain ones in whose time they are played."""
        return _PLAIN if self.sign is None else self.sign.ratio


def bars_of(part: Part, stop: int, *, cuts: Collection[int] = ()) -> list[list[Notated]]:
    """Return what stands in each bar; a pick-up is a bar of its own, and a full bar follows it.

    Parameters
    ----------
    stop
        The tick up to which there are bars; the last one is filled with rests.
    cuts
        Ticks at which notes and rests are cut too.

    Raises
    ------
    InputError
        If voices of the part overlap.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62], onset=[0, 1440], duration=[1440, 960])
    >>> [[one.length for one in bar] for bar in bars_of(Part(melody=tune), 2400)]
    [[1440, 480], [480, 1440]]
    """
    melody = part.melody
    bars: list[list[Notated]] = [[]]
    now, barline = 0, melody.downbeat or melody.bar_ticks
    # Rest to the end of the last bar; after a pick-up one full bar at least.
    missing = max(stop, melody.downbeat + 1) - melody.downbeat
    close = melody.downbeat + -(-missing // melody.bar_ticks) * melody.bar_ticks
    silence: tuple[int, ...] = ()
    for pitches, start, end in (*_struck(part), (silence, close, close)):
        for sound, until in ((silence, start), (pitches, end)):
            begun = now
            while now < until:
                if now == barline:
                    bars.append([])
                    barline += melody.bar_ticks
                next_cut = min((cut for cut in cuts if cut > now), default=until)
                for length in signed_lengths(min(until, barline, next_cut) - now):
                    tied = bool(sound)
                    stops, starts = tied and now > begun, tied and now + length < until
                    bars[-1].append(Notated(now, length, sound, stops, starts))
                    now += length
    return bars


def _struck(part: Part) -> list[tuple[tuple[int, ...], int, int]]:
    """Return (pitches, onset, end) of the notes of a part, those that sound together as one."""
    found: list[tuple[tuple[int, ...], int, int]] = []
    for pitch, start, end in part.notes.tolist():
        if found and found[-1][1:] == (start, end):
            found[-1] = ((*found[-1][0], pitch), start, end)
        elif found and found[-1][2] > start:
            raise InputError(f"voices of the part {part.name!r} overlap at tick {start}")
        else:
            found.append(((pitch,), start, end))
    return found


def beamed(bar: Sequence[Notated], position: int, meter: tuple[int, int] | None) -> list[Beams]:
    """Return the beams of what stands in a bar.

    Parameters
    ----------
    position
        Ticks from the barline before to the first note: more than 0 in a pick-up.
    """
    stems = []
    for one in bar:
        sign = one.sign if one.pitches else None
        stems.append(Stem(position, sign.flags, sign.ratio) if sign else Stem(position, 0))
        position += one.length
    return list(beams(stems, beam_ticks(Meter.assumed(meter))))


def tuplets(bar: Sequence[Notated]) -> Iterator[tuple[int, int]]:
    """Yield the tuplets of a bar as (first, after the last): whole eighths, or up to plain notes.

    Examples
    --------
    >>> list(tuplets([Notated(0, 480), *(Notated(480 + 160 * n, 160) for n in range(6))]))
    [(1, 4), (4, 7)]
    """
    first, inside = 0, 0  # ticks since the tuplet began
    for place, (one, after) in enumerate(pairwise([*bar, Notated(0, 0)])):
        if one.ratio == _PLAIN:
            continue
        first = first if inside else place
        inside += one.length
        if inside % (TICKS_PER_QUARTER // 2) == 0 or after.ratio != one.ratio:
            yield first, place + 1
            inside = 0
