"""The user's chords, typed or in a file -> `GivenChord`s on the time line of a piece."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from mer.io.sheet.sheet import ChordSymbol
from mer.notes.chord_names import ChordName, chord_bars, chord_name

NO_CHORDS = "none"  # asked for where a file's chords are not wanted
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


def named_chords(text: str | None, symbols: Sequence[ChordSymbol]) -> tuple[ChordName, ...]:
    """Return the chords of a progression that is asked for, or else those of the music.

    Raises
    ------
    InputError
        If something in the progression is no chord.

    Examples
    --------
    >>> [one.text for one in named_chords("Am F | C", ())]
    ['Am', 'F', 'C']
    """
    if text == NO_CHORDS:
        return ()
    if text is not None:
        return tuple(name for bar in chord_bars(text) for name in bar)
    if not symbols:
        return ()
    return tuple(one.name for one in lasting_chords(symbols, symbols[-1].tick + 1))


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


def going_on(
    known: Sequence[GivenChord], begin: int, bar_ticks: int, stop: int
) -> tuple[GivenChord, ...]:
    """Return the chords of a song up to a tick: those that are known, and these again and again.

    Parameters
    ----------
    known
        The chords of the song, in order. The last one goes on to the next barline, and the first
        after `begin` comes before its time, so that no part of a bar is without one.
    begin
        Tick of the barline from which they come again.

    Examples
    --------
    >>> known = repeated_progression("Am F", 480, 1920, 2)
    >>> [(one.onset, one.name.text) for one in going_on(known, 480, 1920, 9000)]
    [(480, 'Am'), (2400, 'F'), (4320, 'Am'), (6240, 'F'), (8160, 'Am')]
    """
    length = -(-(known[-1].end - begin) // bar_ticks) * bar_ticks
    before = [one._replace(end=min(one.end, begin)) for one in known if one.onset < begin]
    again = [one._replace(onset=max(one.onset, begin)) for one in known if one.end > begin]
    again[-1] = again[-1]._replace(end=begin + length)
    again[0] = again[0]._replace(onset=begin)
    turns = range(-(-(stop - begin) // length))
    found = [*before, *(one.later(turn * length) for turn in turns for one in again)]
    return tuple(one._replace(end=min(one.end, stop)) for one in found if one.onset < stop)


def progression_text(
    known: Sequence[GivenChord], begin: int, bar_ticks: int, *, most_parts: int = 16
) -> str:
    """Return chords as text that `repeated_progression` takes, without what only comes again.

    Parameters
    ----------
    begin
        Tick of a barline: what is before it is left out.
    most_parts
        Equal parts of a bar that are told apart, at most; what changes between them is left out.

    Examples
    --------
    >>> progression_text(repeated_progression("Am F C G", 0, 1920, 8), 0, 1920)
    'Am F C G'
    >>> progression_text(repeated_progression("Am F | C", 0, 1920, 2), 0, 1920)
    'Am F | C'
    """
    if not known or known[-1].end <= begin:
        return ""
    starts = range(begin, known[-1].end, bar_ticks)
    bars = [_bar_text(known, start, bar_ticks, most_parts) for start in starts]
    size = next(n for n in range(1, len(bars) + 1) if bars == (bars[:n] * len(bars))[: len(bars)])
    once = bars[:size]
    if all(" " not in bar for bar in once):
        return " ".join(once)
    return " | ".join(once * 2 if size == 1 else once)


def later(text: str, bars: int) -> str:
    """Return a progression as it goes on after so many bars.

    Examples
    --------
    >>> later("Am F C G", 5), later("Am F | C", 1)
    ('F C G Am', 'C | Am F')
    """
    names_of = chord_bars(text)
    place = bars % len(names_of)
    told = [" ".join(one.text for one in bar) for bar in (*names_of[place:], *names_of[:place])]
    if all(" " not in bar for bar in told):
        return " ".join(told)
    return " | ".join(told * 2 if len(told) == 1 else told)


def _bar_text(known: Sequence[GivenChord], start: int, bar_ticks: int, most_parts: int) -> str:
    """Return the chords of one bar, in as few equal parts as they need."""
    for parts in (parts for parts in (1, 2, 3, 4, 6, 8, 12, 16) if parts <= most_parts):
        edges = [start + bar_ticks * part // parts for part in range(parts)]
        begun = [one.onset for one in known if start < one.onset < start + bar_ticks]
        if set(begun) <= set(edges):
            break
    return " ".join(_at(known, edge).name.text for edge in edges)


def _at(known: Sequence[GivenChord], tick: int) -> GivenChord:
    """Return the chord that holds at a tick; before the first one that is the first."""
    held = [one for one in known if one.onset <= tick]
    return held[-1] if held else known[0]


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
