"""Time signature -> the ticks of its bar and of its beat: the project's one idea of a beat.

Accents, beams, chords, metrical weight and thinned rhythms all count in the beats of `Meter`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from numbers import Integral
from typing import NamedTuple

from mer.errors import InputError

TICKS_PER_QUARTER = 480
TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER

_MOST_ABOVE = 64
_BELOW = (1, 2, 4, 8, 16, 32)
# Notes that may sound from within one compound beat into the next: of the phrases in such metres in
# the shipped corpus, 99% have fewer.
_MOST_ACROSS = 0.1
_NOTE_NAMES = {
    2 * TICKS_PER_WHOLE: "double whole",
    TICKS_PER_WHOLE: "whole",
    TICKS_PER_WHOLE // 2: "half",
    TICKS_PER_QUARTER: "quarter",
    TICKS_PER_QUARTER // 2: "eighth",
    TICKS_PER_QUARTER // 4: "sixteenth",
    TICKS_PER_QUARTER // 8: "thirty-second",
}
_NOTE_SIGNS = {TICKS_PER_QUARTER: "♩", TICKS_PER_QUARTER // 2: "♪"}


class Meter(NamedTuple):
    """A time signature, such as 6/8; equal to the pair ``(6, 8)``.

    A metre is compound if its numerator is divisible by 3 and greater than 3: 6/8, 9/8, 12/8, 6/4.
    A compound beat lasts three of the written unit, any other beat one. So 3/8 is simple: three
    beats of an eighth, which harmony and beams take together as one bar.

    Parameters
    ----------
    numerator, denominator
        The number above and the note value below. Any pair makes a `Meter`; `is_supported` says
        whether a `Melody` may have it.

    Examples
    --------
    >>> jig = Meter.parse("6/8")
    >>> jig.bar_ticks, jig.beat_ticks, jig.beats, jig.is_compound
    (1440, 720, 2, True)
    >>> str(jig), jig == (6, 8), Meter(3, 8).beats
    ('6/8', True, 3)
    """

    numerator: int
    denominator: int

    @classmethod
    def parse(cls, text: str) -> Meter:
        """Return the metre written as ``6/8``.

        Raises
        ------
        InputError
            If the text is not two whole numbers above 0 with a stroke between them.
        """
        found = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
        meter = cls(0, 0) if found is None else cls(int(found[1]), int(found[2]))
        if min(meter) < 1:
            raise InputError(f"{text[:40]!r} is no metre; write 6/8, say")
        return meter

    @classmethod
    def checked(cls, pair: object) -> Meter:
        """Return two whole numbers as a metre.

        Raises
        ------
        InputError
            If `pair` is anything but a tuple or list of two whole numbers.

        Examples
        --------
        >>> Meter.checked([6, 8])
        Meter(numerator=6, denominator=8)
        """
        if isinstance(pair, Meter):
            return pair
        whole = isinstance(pair, tuple | list) and all(isinstance(n, Integral) for n in pair)
        if not isinstance(pair, tuple | list) or not whole or len(pair) != 2:
            raise InputError(f"{pair!r} is no metre; 6/8 is (6, 8)")
        return cls(int(pair[0]), int(pair[1]))

    @classmethod
    def assumed(cls, meter: tuple[int, int] | None) -> Meter:
        """Return the metre to count in: 4/4 where it is unknown.

        Examples
        --------
        >>> str(Meter.assumed(None)), Meter.assumed((6, 8)).beats
        ('4/4', 2)
        """
        if isinstance(meter, Meter):
            return meter
        return cls(4, 4) if meter is None else cls(*meter)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    def check(self) -> None:
        """Raise if a melody may not have this metre.

        Raises
        ------
        InputError
            If it is so.
        """
        if not self.is_supported:
            raise InputError(f"metre {self} is not supported: 1 to 64 over 1, 2, 4 ... 32")

    @property
    def is_supported(self) -> bool:
        """Whether a melody may have this metre: 1 to 64 over 1, 2, 4, 8, 16 or 32."""
        return 1 <= self.numerator <= _MOST_ABOVE and self.denominator in _BELOW

    @property
    def is_compound(self) -> bool:
        """Whether a beat is three of the written unit: 6/8, 9/8, 12/8, 6/4, but not 3/8."""
        return self.numerator > 3 and self.numerator % 3 == 0

    @property
    def unit_ticks(self) -> int:
        """Length in ticks of the written unit: an eighth in 6/8."""
        return TICKS_PER_WHOLE // self.denominator

    @property
    def beat_ticks(self) -> int:
        """Length of a beat in ticks: a dotted quarter in 6/8, a quarter in 4/4."""
        return self.unit_ticks * (3 if self.is_compound else 1)

    @property
    def beats(self) -> int:
        """Number of beats in a bar: 2 in 6/8, 4 in 4/4."""
        return self.numerator // (3 if self.is_compound else 1)

    def quarters_a_minute(self, beats: float) -> float:
        """Return a tempo in beats a minute, as it is read and written, in quarters a minute.

        Examples
        --------
        >>> Meter(6, 8).quarters_a_minute(120), Meter(3, 4).quarters_a_minute(66.5)
        (180.0, 66.5)
        """
        # Two thirds of a tempo with two digits, written with six, come back as they were.
        return beats if self.beat_ticks == TICKS_PER_QUARTER else round(beats * self._quarters, 3)

    def beats_a_minute(self, quarters: float) -> float:
        """Return a tempo in quarters a minute, such as `Melody.tempo_bpm`, in beats a minute.

        Examples
        --------
        >>> Meter(6, 8).beats_a_minute(180), Meter(2, 2).beats_a_minute(180)
        (120.0, 90.0)
        """
        return quarters / self._quarters

    @property
    def beat_name(self) -> str:
        """What a tempo counts, in words: the note value of a beat.

        Examples
        --------
        >>> Meter(6, 8).beat_name, Meter(4, 4).beat_name, Meter(2, 2).beat_name
        ('dotted quarter', 'quarter', 'half')
        """
        return "dotted " * self.is_compound + _NOTE_NAMES[self._undotted_ticks]

    @property
    def beat_sign(self) -> str:
        """The same as a sign, where one is in common fonts, or else in words.

        Examples
        --------
        >>> Meter(6, 8).beat_sign, Meter(3, 8).beat_sign, Meter(6, 4).beat_sign
        ('♩.', '♪', 'dotted half')
        """
        sign = _NOTE_SIGNS.get(self._undotted_ticks)
        return self.beat_name if sign is None else sign + "." * self.is_compound

    @property
    def _quarters(self) -> float:
        """Length of a beat in quarters."""
        return self.beat_ticks / TICKS_PER_QUARTER

    @property
    def _undotted_ticks(self) -> int:
        """Length of the note that is a beat, or has to be dotted to be one."""
        return self.unit_ticks * (2 if self.is_compound else 1)

    @property
    def bar_ticks(self) -> int:
        """Length of a bar in ticks."""
        return self.numerator * TICKS_PER_WHOLE // self.denominator

    def suits(self, onset: Sequence[int]) -> bool:
        """Return whether a rhythm makes sense in this metre, wherever its first note stands.

        Notes that all begin on quarters are bars of whole quarters, in no compound metre. In a
        compound metre notes lie within a beat or fill whole ones; one in ten may do otherwise. Any
        other metre suits any other rhythm.

        Parameters
        ----------
        onset
            Ticks at which the notes begin, rising. When the last one ends is not asked.

        Examples
        --------
        >>> march, jig = [0, 480, 960, 1440], [0, 480, 720, 1200]
        >>> Meter(6, 8).suits(march), Meter(6, 8).suits(jig), Meter(3, 4).suits(march)
        (False, True, True)
        """
        begun = [tick - onset[0] for tick in onset]
        if not any(tick % TICKS_PER_QUARTER for tick in begun):
            return not self.is_compound and self.bar_ticks % TICKS_PER_QUARTER == 0
        if not self.is_compound:
            return True
        beat = self.beat_ticks
        across = (
            sum(_crosses(start + shift, end + shift, beat) for start, end in pairwise(begun))
            for shift in range(0, beat, self.unit_ticks)
        )
        return min(across) <= _MOST_ACROSS * (len(begun) - 1)


def _crosses(start: int, end: int, beat: int) -> bool:
    """Return whether a note sounds across a beat and does not fill whole beats."""
    return start // beat != (end - 1) // beat and bool(start % beat or end % beat)
