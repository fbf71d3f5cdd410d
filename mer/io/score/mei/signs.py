"""Attributes of MEI elements -> what they mean: lengths, accidentals, key and time signatures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

from mer.notes.names import letter_semitones

_LONG = {
    **{"maxima": 32, "long": 16, "longa": 16, "breve": 8, "brevis": 8, "semibrevis": 4},
    **{"minima": 2, "semiminima": 1},
}
_SHORT = {"fusa": Fraction(1, 2), "semifusa": Fraction(1, 4)}
MENSURAL = frozenset(
    ("maxima", "longa", "brevis", "semibrevis", "minima", "semiminima", "fusa", "semifusa")
)
_ALTERED = {"s": 1, "f": -1, "ss": 2, "x": 2, "ff": -2, "xs": 3, "ts": 3, "tf": -3, "n": 0}
_ALTERED |= {"nf": -1, "ns": 1}
_SHARPS = "fcgdaeb"


def quarters(element: ET.Element, usual: str = "") -> Fraction | None:
    """Return how many quarters a note or rest is written with; None where nothing says it.

    Parameters
    ----------
    usual
        The value that the staff gives to what has none.

    Examples
    --------
    >>> str(quarters(ET.fromstring("<note dur='8' dots='1'/>")))
    '3/4'
    """
    written = element.get("dur", usual)
    if written in _LONG or written in _SHORT:
        length = Fraction(_LONG.get(written, _SHORT.get(written, Fraction(1))))
    elif re.fullmatch(r"\d{1,4}", written) and int(written):
        length = Fraction(4, int(written))
    else:
        return None
    dots = element.get("dots", "")
    count = int(dots) if dots in ("1", "2", "3", "4") else len(element.findall("dot"))
    return length * (2 - Fraction(1, 2 ** min(count, 4)))


def accidental(element: ET.Element) -> int | None:
    """Return by how many semitones a note is altered; None where nothing is written.

    Examples
    --------
    >>> accidental(ET.fromstring("<note><accid accid='f'/></note>"))
    -1
    """
    for source in (element, *element.findall("accid")):
        for name in ("accid.ges", "accid"):
            if (written := source.get(name)) in _ALTERED:
                return _ALTERED[str(written)]
    return None


def pitch(name: str | None, octave: str | None) -> int | None:
    """Return the MIDI number of a note as written, without its accidental; None if there is none.

    Examples
    --------
    >>> pitch("a", "4"), pitch(None, "4")
    (69, None)
    """
    if name is None or octave is None or name not in set("abcdefg"):
        return None
    if not re.fullmatch(r"\d", octave):
        return None
    return 12 * (int(octave) + 1) + letter_semitones(name.upper())


def fifths(written: str | None) -> int | None:
    """Return sharps less flats of a signature such as ``2f``; None where it says none.

    Examples
    --------
    >>> fifths("2f"), fifths("0"), fifths("mixed")
    (-2, 0, None)
    """
    found = re.fullmatch(r"([0-7])([sf]?)", written or "")
    if found is None:
        return None
    return int(found[1]) * (-1 if found[2] == "f" else 1)


def altered_letters(count: int) -> dict[str, int]:
    """Return what a signature of so many sharps (or flats, below 0) does to letters.

    Examples
    --------
    >>> altered_letters(-2)
    {'b': -1, 'e': -1}
    """
    letters = _SHARPS if count > 0 else _SHARPS[::-1]
    return dict.fromkeys(letters[: abs(count)], 1 if count > 0 else -1)


def signed_meter(count: str | None, unit: str | None, sym: str | None) -> tuple[int, int] | None:
    """Return a time signature as a pair, from its numbers or else its sign.

    Examples
    --------
    >>> signed_meter("2+3", "8", None), signed_meter(None, None, "cut")
    ((5, 8), (2, 2))
    """
    if count and unit and re.fullmatch(r"\d{1,2}(\+\d{1,2})*", count):
        beats = sum(map(int, count.split("+")))
        if re.fullmatch(r"\d{1,3}", unit) and int(unit) and beats:
            return beats, int(unit)
    return {"common": (4, 4), "cut": (2, 2)}.get(sym or "")


def number(written: str | None) -> float | None:
    """Return a number as it is written; None where there is none, or one past all use.

    Examples
    --------
    >>> number("90"), number("fast"), number("1e9")
    (90.0, None, None)
    """
    try:
        found = float(written or "")
    except ValueError:
        return None
    return found if abs(found) < 1e6 else None
