"""The sign of a note in MusicXML (eighth, dot, triplet) -> its length in quarters."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

_NAMES = ("maxima", "long", "breve", "whole", "half", "quarter", "eighth")
_NAMES += tuple(f"{2**power}{'nd' if power == 5 else 'th'}" for power in range(4, 11))
QUARTERS = {name: Fraction(32) / 2**place for place, name in enumerate(_NAMES)}


def number(text: str | None) -> Fraction | None:
    """Return a decimal number of at most nine digits before the point; None for any other text.

    Examples
    --------
    >>> number(" 0.5 "), number("c. 80")
    (Fraction(1, 2), None)
    """
    if text is not None and text.isdecimal() and text.isascii() and len(text) < 10:
        return Fraction(int(text))
    found = re.fullmatch(r"\s*([+-]?\d{1,9}(?:\.\d{0,9})?|[+-]?\.\d{1,9})\s*", text or "", re.ASCII)
    return Fraction(found[1]) if found else None


def dotted(length: Fraction, dots: int) -> Fraction:
    """Return a length with its dots.

    Examples
    --------
    >>> dotted(Fraction(1), 1), dotted(Fraction(1), 2)
    (Fraction(3, 2), Fraction(7, 4))
    """
    return length * (2 - Fraction(1, 2 ** min(dots, 9)))


def written_quarters(note: ET.Element) -> Fraction | None:
    """Return the length that type, dots and tuplet of a `<note>` show; None without a type.

    Examples
    --------
    >>> written_quarters(ET.fromstring("<note><type>eighth</type><dot/></note>"))
    Fraction(3, 4)
    """
    length = QUARTERS.get(note.findtext("type", "").strip())
    if length is None:
        return None
    length = dotted(length, len(note.findall("dot")))
    actual = number(note.findtext("time-modification/actual-notes"))
    normal = number(note.findtext("time-modification/normal-notes"))
    return length * normal / actual if actual and normal and min(actual, normal) > 0 else length
