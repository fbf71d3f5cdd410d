"""What a voice of ABC comes to -> sounds, barlines, endings and metres, in written order.

Lengths are exact fractions of a quarter. Times are not known yet: a broken rhythm or a removed
ending may still change what stands before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby


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


Event = Sonority | Barline | Ending | MeterSign | Turn


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
