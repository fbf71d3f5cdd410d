"""A melody and its chord symbols -> strains: what may be written once, between repeat signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mer.io.sheet.sheet import ChordSymbol
from mer.notes.melody import Melody

# What is shorter, or begins elsewhere, is a repeated phrase rather than a strain.
SHORTEST_BARS = 4


class Strain(NamedTuple):
    """A stretch of a piece, in ticks, and whether it is played twice."""

    start: int
    stop: int
    twice: bool


def strains(melody: Melody, symbols: Sequence[ChordSymbol] = ()) -> list[Strain]:
    """Return the strains of a piece: each as long as can be, of four bars at least.

    A strain is played twice if what follows it is the same, note for note and chord for chord. One
    that begins with a pick-up ends before the next one's.

    Parameters
    ----------
    symbols
        Chord symbols, in order of time; each holds until the next one.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 65] * 2, onset=range(0, 15360, 1920), duration=[1920] * 8)
    >>> strains(tune), strains(tune.cut(0, 7))
    ([Strain(start=0, stop=7680, twice=True)], [Strain(start=0, stop=13440, twice=False)])
    """
    bar = melody.bar_ticks
    bars = -(-int(melody.end[-1]) // bar)
    found: list[Strain] = []
    begun = now = 0
    while now < bars:
        longest = (bars - now) // 2
        sizes = range(longest, SHORTEST_BARS - 1, -1)
        size = next((n for n in sizes if _is_played_twice(melody, symbols, now, n)), 0)
        if size:
            if begun < now:
                found.append(Strain(begun * bar, now * bar, twice=False))
            found.append(Strain(now * bar, (now + size) * bar, twice=True))
            now += 2 * size
            begun = now
        else:
            now += SHORTEST_BARS
    return [*found, Strain(begun * bar, bars * bar, twice=False)] if begun < bars else found


def _is_played_twice(melody: Melody, symbols: Sequence[ChordSymbol], first: int, size: int) -> bool:
    """Return whether `size` bars from bar `first` on, counted from tick 0, come twice."""
    ticks = size * melody.bar_ticks
    start = first * melody.bar_ticks
    edges = (start, start + ticks, start + 2 * ticks)
    if any(((melody.onset < edge) & (melody.end > edge)).any() for edge in edges):
        return False
    halves = [_heard(melody, symbols, edge, edge + ticks) for edge in edges[:2]]
    return bool(halves[0][0]) and halves[0] == halves[1]


def _heard(
    melody: Melody, symbols: Sequence[ChordSymbol], start: int, stop: int
) -> tuple[list[tuple[int, ...]], list[tuple[int, str]]]:
    """Return the notes and chords of a stretch, counted from its beginning."""
    inside = (melody.onset >= start) & (melody.onset < stop)
    columns = (melody.pitch[inside], melody.onset[inside] - start, melody.duration[inside])
    notes = list(zip(*(column.tolist() for column in columns), strict=True))
    return notes, [(symbol.tick - start, symbol.name) for symbol in under(symbols, start, stop)]


def under(symbols: Sequence[ChordSymbol], start: int, stop: int) -> list[ChordSymbol]:
    """Return the chord symbols of a stretch, the one that holds at its beginning included.

    Examples
    --------
    >>> chords = [ChordSymbol(0, "C", 0, "major", ""), ChordSymbol(480, "G", 0, "major", "")]
    >>> [(chord.tick, chord.name) for chord in under(chords, 960, 1920)]
    [(960, 'G')]
    """
    before = [symbol for symbol in symbols if symbol.tick <= start]
    held = [before[-1]._replace(tick=start)] if before else []
    return held + [symbol for symbol in symbols if start < symbol.tick < stop]
