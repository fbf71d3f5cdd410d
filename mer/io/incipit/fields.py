"""Text of an incipit -> its fields: clef, key signature, time signature and notes.

Three ways to write them are read: lines such as ``@data:4CDE``, a JSON object with the same names,
and one line in which clef, key and time stand in front of the notes, ``%G-2$xF@3/4 4CDE``.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from mer.errors import InputError

_LINE = re.compile(r"^@\s*([a-z]+)\s*:(.*)$", re.IGNORECASE)
# What stands in front of the notes in one line; within the notes, the same signs change it.
SIGN = re.compile(
    r"%(?P<clef>[A-Za-z][-+]\d)|\$(?P<key>[xbnA-G\[\]]*)|@(?P<time>[co\d][co\d./]*)(?=[\s%$]|$)"
)
_FIFTHS = {"x": 1, "b": -1}


class Fields(NamedTuple):
    """What an incipit says: as it is written, "" where it does not say it."""

    clef: str
    key: str
    time: str
    notes: str


def fields_of(text: str) -> tuple[Fields, list[str]]:
    r"""Return the fields of the first incipit in a text, and remarks.

    Raises
    ------
    InputError
        If there are no notes in it.

    Examples
    --------
    >>> fields_of("@clef:G-2\n@keysig:bB\n@timesig:3/4\n@data:'4CDE/\n")[0]
    Fields(clef='G-2', key='bB', time='3/4', notes="'4CDE/")
    >>> fields_of("%G-2$xF@3/4 '4CDE/")[0]
    Fields(clef='G-2', key='xF', time='3/4', notes="'4CDE/")
    """
    text = text.strip()
    if text.startswith("{") and '"' in text:
        return _named(_from_json(text)), []
    lines = [found.groups() for line in text.splitlines() if (found := _LINE.match(line.strip()))]
    if not lines:
        return _in_one_line(text), []
    told: dict[str, str] = {}
    more = 0
    for name, value in lines:
        name = name.lower()
        more += name == "data" and "data" in told
        if not more:
            told.setdefault(name, value.strip())
    remarks = [f"took the first incipit of {more + 1}"] if more else []
    return _named(told), remarks


def _from_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"is no JSON: {str(error)[:80]}") from error
    if not isinstance(found, dict):
        raise InputError("holds no JSON object with the names clef, keysig, timesig and data")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _named(told: dict[str, str]) -> Fields:
    key = told.get("keysig", told.get("key", ""))
    notes = told.get("data", "")
    if not notes.strip():
        raise InputError("has no notes; they stand after '@data:'")
    return Fields(told.get("clef", "").strip(), key.strip(), told.get("timesig", "").strip(), notes)


def _in_one_line(text: str) -> Fields:
    told = {"clef": "", "key": "", "time": ""}
    place = 0
    while found := SIGN.match(text, place):
        told |= {name: value for name, value in found.groupdict().items() if value is not None}
        place = found.end() + (len(text[found.end() :]) - len(text[found.end() :].lstrip()))
    notes = text[place:]
    if place == 0 or not notes.strip():
        raise InputError(
            "is no Plaine & Easie; it begins with '@clef:' and has '@data:', or with '%' and a clef"
        )
    return Fields(told["clef"], told["key"], told["time"].strip(), notes)


def signature(key: str) -> dict[str, int]:
    """Return semitones by letter of a key signature, such as ``bBE``; square brackets are ignored.

    Examples
    --------
    >>> signature("x[F]C")
    {'F': 1, 'C': 1}
    """
    altered: dict[str, int] = {}
    step = 0
    for sign in key:
        if sign in "xbn":
            step = _FIFTHS.get(sign, 0)
        elif sign in "ABCDEFG" and step:
            altered[sign] = step
    return altered


def metre(time: str) -> tuple[int, int] | None:
    """Return a time signature as a pair; None where it says no metre of bars.

    Examples
    --------
    >>> metre("3/4"), metre("c"), metre("c/"), metre("o")
    ((3, 4), (4, 4), (2, 2), None)
    """
    known = {"c": (4, 4), "c/": (2, 2)}
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})", time)
    if found and int(found[1]) and int(found[2]):
        return int(found[1]), int(found[2])
    return known.get(time)
