"""The user's chords, typed or in a file -> `GivenChord`s on the time line of a piece."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from mer.io.sheet.sheet import ChordSymbol
from mer.notes.chord_names import ChordName, chord_bars, chord_name

_PLAIN = (
    ("C", 0), ("D", -1), ("D", 0), ("E", -1), ("E", 0), ("F", 0),
    ("F", 1), ("G", 0), ("A", -1), ("A", 0), ("B", -1), ("B", 0),
)  # fmt: skip


class GivenChord(NamedTuple):
    """A chord of the user's, and from which tick to which it sounds."""

    onset: int
    end: int
    name: ChordName

    def later(self, ticks: int) -> GivenChord:
        """Return the chord so many ticks later."""
        return self._replace(onset=self.onset + ticks, end=self.end + ticks)


def repeated_progression(
    text: str, downbeat: int, bar_ticks: int, bars: int
) -> tuple[GivenChord, ...]:
    """Return a progression from a first barline on, again and again for so many bars.

    Parameters
    ----------
    text
        Such as ``"Am F C G"`` (see `mer.notes.chord_names.chord_bars`).
    downbeat
        Tick of the first barline.

    Raises
    ------
    InputError
        If something in it is no chord.

    Examples
    --------
    >>> found = repeated_progression("C Am | F", 0, 1920, 2)
    >>> [(one.onset, one.end, one.name.text) for one in found]
    [(0, 960, 'C'), (960, 1920, 'Am'), (1920, 3840, 'F')]
    """
    names_of = chord_bars(text)
    found = []
    for number in range(bars):
        names = names_of[number % len(names_of)]
        start = downbeat + number * bar_ticks
        edges = [start + bar_ticks * place // len(names) for place in range(len(names) + 1)]
        found += [
            GivenChord(onset, end, name)
            for name, onset, end in zip(names, edges, edges[1:], strict=False)
        ]
    return tuple(found)


def lasting_chords(
    symbols: Sequence[ChordSymbol], stop: int, *, shift: int = 0
) -> tuple[GivenChord, ...]:
    """Return chord symbols as chords that last until the next one, the last up to a tick.

    Parameters
    ----------
    shift
        Semitones by which they are moved.

    Examples
    --------
    >>> symbols = [ChordSymbol(0, "G", 0, "major", ""), ChordSymbol(960, "D", 0, "dominant", "7")]
    >>> [(one.end, one.name.text) for one in lasting_chords(symbols, 1920, shift=-7)]
    [(960, 'C'), (1920, 'G7')]
    """
    named = [(symbol.tick, chord_name(symbol.name)) for symbol in symbols if symbol.tick < stop]
    return tuple(
        GivenChord(tick, end, moved_name(name, shift))
        for (tick, name), (end, _) in pairwise([*named, (stop, None)])
        if name is not None and end > tick
    )


def moved_name(name: ChordName, semitones: int) -> ChordName:
    """Return a chord name so many semitones higher, spelled with few signs; as it is for none.

    Examples
    --------
    >>> moved_name(chord_name("Am7/G"), 1).text
    'Bbm7/Ab'
    """
    if semitones % 12 == 0:
        return name
    letter, alter = _PLAIN[(name.root + semitones) % 12]
    if not name.bass_letter:
        return name._replace(letter=letter, alter=alter)
    return ChordName(letter, alter, name.kind, *_PLAIN[(name.bass + semitones) % 12])
