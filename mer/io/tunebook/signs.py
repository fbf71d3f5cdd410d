"""What a sign of ABC music means for pitch and length: exact fractions and semitones.

An accidental holds for its letter in all octaves until the barline: the default of ABC 2.1
(``propagate-accidentals pitch``) and the rule of abc2midi. One in a grace note holds for the grace
note alone. There abc2midi differs, but in every tune of music21 where it matters the music asks for
this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from mer.io.tunebook.fields import LETTER_CLASS
from mer.io.tunebook.tokens import SpelledNote
from mer.notes.meter import Meter

PROPAGATIONS = ("not", "octave", "pitch")
_MIDDLE_C = 60
_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}


@lru_cache(maxsize=1024)
def length_of(text: str) -> Fraction | None:
    """Return a written length as a multiple of the unit, or None if it is 0 or has a 0 below.

    Examples
    --------
    >>> [str(length_of(text)) for text in ("", "2", "/", "//", "3/2", "/4", "0")]
    ['1', '2', '1/2', '1/4', '3/2', '1/4', 'None']
    """
    top, slashes, bottom = re.fullmatch(r"(\d*)(/*)(\d*)", text).groups()  # type: ignore[union-attr]
    above, below = int(top or 1), int(bottom or (2 if slashes else 1))
    below *= 2 ** (len(slashes[:12]) - 1) if slashes else 1
    return Fraction(above, below) if above and below else None


def broken_factors(sign: str) -> tuple[Fraction, Fraction]:
    """Return by how much a broken rhythm lengthens the notes before and after it.

    Examples
    --------
    >>> [str(factor) for factor in (*broken_factors(">"), *broken_factors("<<"))]
    ['3/2', '1/2', '1/4', '7/4']
    """
    short = Fraction(1, 2 ** min(len(sign), 6))
    return (2 - short, short) if sign[0] == ">" else (short, 2 - short)


def tuplet_of(text: str, meter: tuple[int, int] | None) -> tuple[Fraction, int] | None:
    """Return the factor of a tuplet and how many notes it holds, or None if it makes no sense.

    Examples
    --------
    >>> [tuplet_of(text, (4, 4)) for text in ("(3", "(3:2:4")]
    [(Fraction(2, 3), 3), (Fraction(2, 3), 4)]
    >>> tuplet_of("(5", (6, 8))
    (Fraction(3, 5), 5)
    """
    notes, times, count = [*text[1:].split(":"), "", ""][:3]
    number = int(notes)
    within = (
        int(times)
        if times
        else _TUPLET_TIMES.get(number, 3 if Meter.assumed(meter).is_compound else 2)
    )
    holds = int(count) if count else number
    return (Fraction(within, number), holds) if within and holds else None


def microtone(note: SpelledNote) -> Fraction:
    """Return by how many semitones a note is altered, exactly: ``^/`` is half a semitone.

    Examples
    --------
    >>> [str(microtone(SpelledNote(*sign, "C", 0, ""))) for sign in (("^", "3/2"), ("__", ""))]
    ['3/2', '-2']
    """
    steps = note.signs.count("^") - note.signs.count("_")
    if not note.part:
        return Fraction(max(-2, min(2, steps)))
    top, bottom = note.part.split("/")
    return steps * Fraction(int(top or 1), int(bottom or 2) or 2)


def nearest_semitone(alteration: Fraction) -> int:
    """Return an alteration as whole semitones; a quarter tone falls to the note without a sign.

    Examples
    --------
    >>> [nearest_semitone(Fraction(n, 4)) for n in (2, 3, -2, -5, 6)]
    [0, 1, 0, -1, 1]
    """
    whole = -((Fraction(1, 2) - abs(alteration)) // 1)
    return int(whole) * (1 if alteration > 0 else -1)


@dataclass
class Accidentals:
    """The accidentals in force, and those that a tie carries over the barline to one note.

    Parameters
    ----------
    signature
        Letter to semitones.
    propagation
        How far an accidental reaches: one of `PROPAGATIONS`.
    shift
        Semitones by which all notes are moved (clef, octave, transposition).
    """

    signature: Mapping[str, int] = field(default_factory=dict)
    propagation: str = "pitch"
    shift: int = 0
    _in_bar: dict[tuple[str, int], int] = field(default_factory=dict)
    _tied: dict[tuple[str, int], int] = field(default_factory=dict)

    def barline(self) -> None:
        """Let go of the accidentals of the bar."""
        self._in_bar.clear()

    def pitch(self, note: SpelledNote) -> int:
        """Return the MIDI number of a note, which may lie outside 0 to 127.

        Examples
        --------
        >>> accidentals = Accidentals({"F": 1})
        >>> [accidentals.pitch(SpelledNote(sign, "", "F", 0, "")) for sign in ("", "=", "")]
        [66, 65, 65]
        """
        reach = (note.letter, note.octave if self.propagation == "octave" else 0)
        place = (note.letter, note.octave)
        if note.signs:
            alteration = nearest_semitone(microtone(note))
            if self.propagation != "not":
                self._in_bar[reach] = alteration
        elif place in self._tied:
            alteration = self._tied[place]
        else:
            alteration = self._in_bar.get(reach, self.signature.get(note.letter, 0))
        natural = _MIDDLE_C + LETTER_CLASS[note.letter] + 12 * note.octave
        return natural + alteration + self.shift

    def carry(self, tied: Mapping[tuple[str, int], int]) -> None:
        """Set what the notes that are tied to the next carry over: (letter, octave) to MIDI."""
        self._tied = {
            (letter, octave): pitch - self.shift - _MIDDLE_C - LETTER_CLASS[letter] - 12 * octave
            for (letter, octave), pitch in tied.items()
        }
