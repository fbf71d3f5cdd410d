"""What a voice of ABC comes to -> sounds, barlines, endings and metres, in written order.

Lengths are exact fractions of a quarter. Times are not known yet: a broken rhythm or a removed
ending may still change what stands before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from mer.notes.chord_names import ChordName


@dataclass(slots=True)
class Sonority:
    """A note, chord or rest.

    Parameters
    ----------
    pitches
        MIDI number to length in quarters; empty for a rest. A unison counts once.
    length
        Quarters until the next sound.
    tied
        Pitches tied to the next sound.
    line, section
        Which line of music and which section (between repeat signs or double bars) it stands in.
    """

    pitches: dict[int, Fraction]
    length: Fraction
    tied: set[int] = field(default_factory=set)
    line: int = 0
    section: int = 0

    def scale(self, factor: Fraction) -> None:
        """Make the sound longer or shorter."""
        self.length *= factor
        self.pitches = {pitch: length * factor for pitch, length in self.pitches.items()}


@dataclass(frozen=True, slots=True)
class BrokenPair:
    """Two sounds of unequal length that a broken rhythm has changed.

    Parameters
    ----------
    before, after
        The sounds, changed.
    factors
        By how much each was changed; above 0.
    others
        What else the sign may mean, likely readings first.
    """

    before: Sonority
    after: Sonority
    factors: tuple[Fraction, Fraction]
    others: tuple[tuple[Fraction, Fraction], ...]

    def turned(self, factors: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        """Return by how much each sound must be changed to have other factors."""
        return factors[0] / self.factors[0], factors[1] / self.factors[1]


def refit(pairs: Sequence[BrokenPair], excess: Fraction) -> bool:
    """Take the reading of a broken rhythm with which a bar is full; return whether there is one.

    Parameters
    ----------
    pairs
        The pairs of the bar that may mean several things; one of them is changed.
    excess
        Quarters by which the bar is too long.

    Examples
    --------
    >>> long, short = (Sonority({60: n}, n) for n in (Fraction(3, 2), Fraction(1, 2)))
    >>> as_written = (Fraction(1), Fraction(1))
    >>> pair = BrokenPair(long, short, (Fraction(3, 2), Fraction(1)), (as_written,))
    >>> refit([pair], Fraction(1, 2))
    True
    >>> long.length, short.length
    (Fraction(1, 1), Fraction(1, 2))
    """
    for pair in pairs:
        for factors in pair.others:
            first, second = pair.turned(factors)
            gained = (first - 1) * pair.before.length + (second - 1) * pair.after.length
            if gained == -excess:
                pair.before.scale(first)
                pair.after.scale(second)
                return True
    return False


@dataclass(frozen=True, slots=True)
class Barline:
    """A barline as written, such as ``":|"``."""

    text: str

    @property
    def divides(self) -> bool:
        """Whether it is a repeat sign or a double bar, which ends a section."""
        return self.text.lstrip(".") != "|"


@dataclass(frozen=True, slots=True)
class Ending:
    """The sign of a first, second ... ending, such as ``"[1"``."""

    text: str


@dataclass(frozen=True, slots=True)
class MeterSign:
    """A metre that holds from here on, or None for a free one."""

    meter: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Another key or unit from here on: what stands around it cannot be taken out."""


@dataclass(frozen=True, slots=True)
class ChordSign:
    """A chord name above the music, such as ``"Am"``."""

    name: ChordName


Event = Sonority | Barline | Ending | MeterSign | Turn | ChordSign


def total(events: list[Event]) -> Fraction:
    """Return how long events last, in quarters."""
    return sum((event.length for event in events if isinstance(event, Sonority)), Fraction(0))


def is_sounding(events: list[Event]) -> bool:
    """Return whether any note is among events."""
    return any(isinstance(event, Sonority) and event.pitches for event in events)


def without_first_endings(events: list[Event]) -> list[Event]:
    """Return the events with the second ending alone wherever a first one stands before it."""
    kept = list(events)
    place = 0
    while place < len(kept):
        event = kept[place]
        stop = _second_ending(kept, place) if event == Ending("[1") else None
        if stop is not None:
            del kept[place : stop + 1]
        place += 1
    return kept


def _second_ending(events: list[Event], place: int) -> int | None:
    """Return the place of the second ending of the first one at `place`, if it can be taken out."""
    repeated = False
    for later in range(place + 1, len(events)):
        event = events[later]
        if isinstance(event, Ending):
            return later if event == Ending("[2") and repeated else None
        if isinstance(event, MeterSign | Turn) or (repeated and isinstance(event, Sonority)):
            return None
        repeated = repeated or (isinstance(event, Barline) and ":" in event.text)
    return None


def stretches(events: list[Event], unit: str) -> Iterator[int]:
    """Yield the place of the first sound of each line or section that holds a note.

    Parameters
    ----------
    unit
        ``"line"`` or ``"section"``.
    """
    sounds = [(n, event) for n, event in enumerate(events) if isinstance(event, Sonority)]
    for _, group in groupby(sounds, key=lambda pair: getattr(pair[1], unit)):
        held = list(group)
        if any(sound.pitches for _, sound in held):
            yield held[0][0]
