"""Root, quality, time -> `Chord`: its tones, its symbol, its roman numeral.

A chord's root is a pitch class. Numerals count from the major scale on the tonic, whatever the
mode, so that they mean one thing: the subtonic chord is bVII in minor and in mixolydian. Capitals
are chords with a major third.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from mer.notes.chord_names import KINDS, ChordName
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER

# Semitones above the root of what melodies are harmonised with. The order is that of the states.
_HARMONISED = ("major", "minor", "diminished", "dominant")
QUALITIES: MappingProxyType[str, tuple[int, ...]] = MappingProxyType(
    {name: KINDS[name].tones for name in _HARMONISED}
)
# An open fifth, for drones: not a state, because no melody decides it.
OPEN_FIFTH = "power"
# Where a chord comes from: the user, the plan that brings it back, a stock of progressions, or the
# chord model under the melody.
USER, PLAN, PROGRESSION, MODEL = "user", "plan", "progression", "model"
_NUMERALS = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
# Steps along the line of fifths from the tonic to the root that a numeral names.
_FIFTHS = (0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5)
_LETTERS = "FCGDAEB"


class ChordClass(NamedTuple):
    """A chord without key and time: semitones from the tonic to its root, and its quality."""

    degree: int
    quality: str

    @property
    def tones(self) -> tuple[int, ...]:
        """Semitones from the tonic to each tone, 0 to 11, from the root upwards."""
        return tuple((self.degree + tone) % 12 for tone in KINDS[self.quality].tones)

    @property
    def triad(self) -> ChordClass:
        """The chord of `QUALITIES` that is nearest: sevenths and more are left out."""
        if self.quality in QUALITIES:
            return self
        tones = KINDS[self.quality].tones
        shape = "diminished" if 6 in tones and 3 in tones else "minor" if 3 in tones else "major"
        dominant = 4 in tones and 10 in tones
        return ChordClass(self.degree, "dominant" if dominant else shape)

    @property
    def roman(self) -> str:
        """Roman numeral, counted from the major scale.

        Examples
        --------
        >>> ChordClass(9, "minor").roman, ChordClass(10, "major").roman
        ('vi', 'bVII')
        """
        numeral, tones = _NUMERALS[self.degree], KINDS[self.quality].tones
        mark = KINDS[self.quality].suffixes[0]
        if 3 in tones:
            numeral = numeral.replace("I", "i").replace("V", "v")
            mark = mark.removeprefix("m") if not mark.startswith("maj") else mark
        return numeral + mark.replace("dim", "°")


# State number quality * 12 + degree.
STATES: tuple[ChordClass, ...] = tuple(
    ChordClass(degree, quality) for quality in QUALITIES for degree in range(12)
)


class Chord(NamedTuple):
    """A chord in its key, and when it sounds.

    Parameters
    ----------
    degree, quality
        Semitones from the tonic of `key` to the root, and a name in `mer.notes.chord_names.KINDS`.
    onset, duration
        Ticks, on the time line of the melody.
    bar
        Number of the bar in which it begins, from 1; a pick-up is bar 0.
    probability
        Probability of this chord here, given the whole melody; 1 for one that is given.
    given
        The chord as the user names it, with its bass; None for one that was chosen.
    origin
        Where it comes from: ``"user"``, ``"plan"``, ``"progression"`` or ``"model"``.
    of_bar
        The bar whose chord it brings back; 0 for none.

    Examples
    --------
    >>> chord = Chord(key=Key.parse("G"), degree=7, quality="dominant", onset=0, duration=1920)
    >>> chord.symbol, chord.roman, chord.pitch_classes
    ('D7', 'V7', (2, 6, 9, 0))
    """

    key: Key
    degree: int
    quality: str
    onset: int
    duration: int
    bar: int = 1
    probability: float = 1.0
    given: ChordName | None = None
    origin: str = MODEL
    of_bar: int = 0

    @property
    def kind(self) -> ChordClass:
        """The chord without key and time."""
        return ChordClass(self.degree, self.quality)

    @property
    def end(self) -> int:
        """Tick at which the chord stops."""
        return self.onset + self.duration

    @property
    def root(self) -> int:
        """Pitch class of the root."""
        return (self.key.tonic + self.degree) % 12

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The pitch class of each tone, from the root upwards."""
        return tuple((self.key.tonic + tone) % 12 for tone in self.kind.tones)

    @property
    def root_spelling(self) -> tuple[str, int]:
        """Letter of the root and its alteration: 1 for a sharp, -1 for a flat."""
        tonic = self.key.sharps - Key(0, self.key.mode).sharps
        fifths = tonic + _FIFTHS[self.degree]
        # Nobody reads double sharps and flats with pleasure.
        fifths += -12 if fifths > 12 else 12 if fifths < -8 else 0
        alter, place = divmod(fifths + 1, 7)
        return _LETTERS[place], alter

    @property
    def suffix(self) -> str:
        """What stands after the root in its symbol, such as ``"m"`` or ``"7"``."""
        return KINDS[self.quality].suffixes[0]

    @property
    def symbol(self) -> str:
        """Name as it stands above a lead sheet, such as ``"F#m"`` or ``"Bb7"``."""
        return self.name.text

    @property
    def name(self) -> ChordName:
        """The chord as the user names it, or else as it is spelled in the key."""
        return self.given or ChordName(*self.root_spelling, self.quality)

    @property
    def bass(self) -> int:
        """Pitch class that the bass takes: the root, unless the user asks for another."""
        return self.root if self.given is None else self.given.bass

    @property
    def roman(self) -> str:
        """Roman numeral, counted from the major scale on the tonic."""
        return self.kind.roman

    @property
    def onset_quarter(self) -> float:
        """Onset in quarter notes."""
        return self.onset / TICKS_PER_QUARTER

    @property
    def duration_quarter(self) -> float:
        """Duration in quarter notes."""
        return self.duration / TICKS_PER_QUARTER
