"""Written notes of a bar -> their beams: the short notes of one beat hang together.

A rest, a quarter and any longer note end a beam. Where a note has more beams than both of its
neighbours, the beam that it does not share is a hook. A hook points to the note that makes up the
next larger value with it: back to the dotted eighth before a sixteenth, on to the dotted eighth
after one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from mer.notes.meter import TICKS_PER_QUARTER, Meter

Beams = tuple[str, ...]  # what each beam of a note does, the longest first, as MusicXML calls it

_SHARED = {(True, True): "continue", (False, True): "begin", (True, False): "end"}
_ON, _BACK = "forward hook", "backward hook"
_SIDES = {"begin": _ON, _ON: _ON, "end": _BACK, _BACK: _BACK}
_DOTTED_QUARTER = 3 * TICKS_PER_QUARTER // 2


class Stem(NamedTuple):
    """A note or rest as far as beams go.

    Parameters
    ----------
    position
        Ticks from the barline.
    flags
        Flags of the note alone: 1 of an eighth; 0 of a rest and of a note without a flag.
    ratio
        Notes of a tuplet, and plain ones in whose time they are played.
    """

    position: int
    flags: int
    ratio: tuple[int, int] = (1, 1)


def beam_ticks(meter: Meter) -> int:
    """Return how many ticks, counted from the barline, share a beam.

    That is a beat. Simple beats shorter than a quarter are taken together: in a whole bar if that
    is no longer than a dotted quarter, as in 3/8, and else in quarters.

    Examples
    --------
    >>> [beam_ticks(Meter.parse(text)) for text in ("4/4", "6/8", "6/4", "3/8", "5/8")]
    [480, 720, 1440, 720, 480]
    """
    if meter.is_compound or meter.beat_ticks >= TICKS_PER_QUARTER:
        return meter.beat_ticks
    return meter.bar_ticks if meter.bar_ticks <= _DOTTED_QUARTER else TICKS_PER_QUARTER


def beams(stems: Sequence[Stem], span: int) -> Iterator[Beams]:
    """Yield the beams of each note of a bar; () for a note alone.

    Parameters
    ----------
    span
        Ticks that share a beam (see `beam_ticks`).

    Examples
    --------
    A dotted eighth, a sixteenth and an eighth in 6/8:

    >>> list(beams([Stem(0, 1), Stem(360, 2), Stem(480, 1)], 720))
    [('begin',), ('continue', 'backward hook'), ('end',)]
    """
    for place, found in groupby(stems, lambda stem: stem.position // span if stem.flags else -1):
        group = list(found)
        if place < 0 or len(group) == 1:
            yield from [()] * len(group)
        else:
            yield from (_beams(group, number) for number in range(len(group)))


def _beams(group: Sequence[Stem], number: int) -> Beams:
    own = group[number]
    before = group[number - 1].flags if number else 0
    after = group[number + 1].flags if number + 1 < len(group) else 0
    words: list[str] = []
    for level in range(1, own.flags + 1):
        shared = _SHARED.get((before >= level, after >= level))
        words.append(shared or _hook(own, level, words[-1]))
    return tuple(words)


def _hook(stem: Stem, level: int, longer: str) -> str:
    """Return the hook of a level; it lies on the side of the next longer beam, if that has one."""
    if longer in _SIDES:
        return _SIDES[longer]
    notes, plain = stem.ratio
    pair = 2 * TICKS_PER_QUARTER * plain // (2**level * notes)
    return _ON if stem.position % pair == 0 else _BACK
