"""One token of a `**kern` spine -> notes, or a sign such as a metre or a key."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_FIFTHS = {"f": -1, "c": 0, "g": 1, "d": 2, "a": 3, "e": 4, "b": 5}
# Fifths by which the signature of a mode differs from that of the major key on the same tonic.
_MODES = {
    "ion": ("major", 0),
    "dor": ("dorian", -2),
    "phr": ("phrygian", -4),
    "lyd": ("lydian", 1),
    "mix": ("mixolydian", -1),
    "aeo": ("minor", -3),
    "loc": ("locrian", -5),
}
_VOICES = {"soprn": "Soprano", "cant": "Cantus", "vox": "Voice", "alto": "Alto", "tenor": "Tenor"}
_LENGTH = re.compile(r"(\d{1,6})(?:%(\d{1,6}))?(\.*)", re.ASCII)
_TREMOLO = re.compile(r"@{1,2}\d{1,3}@{1,2}", re.ASCII)
_PITCH = re.compile(r"([a-g]{1,8}|[A-G]{1,8})(#{1,3}|-{1,3}|n|)")


class KernNote(NamedTuple):
    """A note in a token: MIDI number, quarters, whether it is tied from and to, fermata."""

    pitch: int
    quarters: Fraction
    ties: tuple[bool, bool]
    fermata: bool


class KernEvent(NamedTuple):
    """What a token holds: notes (none for a rest), and how long it lasts in quarters."""

    notes: list[KernNote]
    quarters: Fraction
    is_grace: bool = False
    is_unmeasured: bool = False


def kern_notes(token: str) -> KernEvent | None:
    """Return the notes of a token, or None if it has neither a note nor a rest.

    Examples
    --------
    >>> event = kern_notes("4.cc# 4.ee")
    >>> [note.pitch for note in event.notes], event.quarters
    ([73, 76], Fraction(3, 2))
    """
    notes: list[KernNote] = []
    quarters: Fraction | None = None
    rests = grace = unmeasured = False
    # A tremolo is written beside the length of the note: @16@2c is a half note.
    for written in _TREMOLO.sub("", token).split(" "):
        # A rest may have a pitch too, which says how high it stands.
        found = None if "r" in written else _PITCH.search(written)
        length = _quarters(written)
        if "q" in written or "Q" in written:
            grace = grace or found is not None
            continue
        if found is None:
            rest = "r" in written
            rests = rests or rest
            quarters = length if quarters is None and rest else quarters
            continue
        if length is None:
            length = quarters
        if length is None:
            length, unmeasured = Fraction(1), True
        quarters = length if quarters is None else quarters
        ties = ("]" in written or "_" in written, "[" in written or "_" in written)
        notes.append(KernNote(_midi(found), length, ties, ";" in written))
    if notes or rests:
        heard = [note for note in notes if 0 <= note.pitch <= 127]
        return KernEvent(heard, quarters or Fraction(0), False, unmeasured)
    return KernEvent([], Fraction(0), True) if grace else None


def _quarters(written: str) -> Fraction | None:
    """Return the length: 4 a quarter, 8. a dotted eighth, 0 a breve, 3%2 two thirds of a whole."""
    found = _LENGTH.search(written)
    if found is None:
        return None
    number, over, dots = found.groups()
    if number.strip("0") == "":
        length = Fraction(4 * 2 ** min(len(number), 4))
    else:
        length = Fraction(4 * (int(over) if over else 1), int(number))
    return length * (2 - Fraction(1, 2 ** min(len(dots), 9)))


def _midi(found: re.Match[str]) -> int:
    letters, sign = found.groups()
    octave = 3 + len(letters) if letters.islower() else 4 - len(letters)
    return 12 * (octave + 1) + _STEPS[letters[0].lower()] + sign.count("#") - sign.count("-")


def kern_sign(token: str) -> tuple[str, Any] | None:
    """Return the kind of a tandem interpretation and its value; None if it is none of ours.

    A metre is a pair, a tempo quarters a minute, a key its fifths and mode.

    Examples
    --------
    >>> kern_sign("*M6/8"), kern_sign("*d:dor"), kern_sign("*k[b-]"), kern_sign("*MM120")
    (('metre', (6, 8)), ('key', (0, 'dorian')), ('key', (-1, '')), ('tempo', 120.0))
    >>> kern_sign("*clefG2") is None
    True
    """
    for kind, pattern, value in _SIGNS:
        found = pattern.match(token)
        if found is not None:
            read = value(found)
            return None if read is None else (kind, read)
    return None


def _meter(found: re.Match[str]) -> tuple[int, int] | None:
    above, below = sum(map(int, found[1].split("+"))), int(found[2])
    return (above, below) if above > 0 and below > 0 else None


def _tempo(found: re.Match[str]) -> float | None:
    return float(found[1]) or None


def _signature(found: re.Match[str]) -> tuple[int, str]:
    return found[1].count("#") - found[1].count("-"), ""


def _key(found: re.Match[str]) -> tuple[int, str]:
    letter, sign, mode = found.groups()
    fifths = _FIFTHS[letter.lower()] + 7 * (sign.count("#") - sign.count("-"))
    name, shift = _MODES.get(mode[:3].lower(), ("major", 0) if letter.isupper() else ("minor", -3))
    return fifths + shift, name


def _name(found: re.Match[str]) -> str | None:
    name = " ".join(found[1].split())
    return _VOICES.get(name, name) or None


_SIGNS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], Any]], ...] = (
    ("tempo", re.compile(r"\*MM\s*=?\s*(?:c(?:a|irca)?\.?\s*)?(\d{1,4}(?:\.\d{1,3})?)"), _tempo),
    ("metre", re.compile(r"\*M(\d{1,3}(?:\+\d{1,3})*)/(\d{1,4})(?!%)", re.ASCII), _meter),
    ("key", re.compile(r"\*k\[([^\]]{0,40})\]"), _signature),
    ("key", re.compile(r"\*([a-gA-G])([#-]{0,2}):\s*([A-Za-z]*)"), _key),
    ("name", re.compile(r"\*I\"(.+)"), _name),
    ("name", re.compile(r"\*I([a-z]+)(?![^\s])"), _name),
)
