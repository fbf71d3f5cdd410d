"""Name of an instrument -> its General MIDI program."""

from __future__ import annotations

from types import MappingProxyType

from mer.errors import InputError
from mer.io.sheet.sheet import FLUTE

INSTRUMENTS: MappingProxyType[str, int] = MappingProxyType(
    {
        "flute": FLUTE,
        "recorder": 74,
        "tin whistle": 78,
        "piano": 0,
        "violin": 40,
        "cello": 42,
        "harp": 46,
        "guitar": 24,
        "banjo": 105,
        "accordion": 21,
        "clarinet": 71,
        "oboe": 68,
        "trumpet": 56,
        "bagpipe": 109,
        "marimba": 12,
        "music box": 10,
        "choir": 52,
    }
)


def program_of(instrument: str) -> int:
    """Return the General MIDI program of an instrument, by its name or its number.

    Raises
    ------
    InputError
        If the name is unknown, or the number is above 127.

    Examples
    --------
    >>> program_of("Flute"), program_of("73")
    (73, 73)
    """
    if instrument.isascii() and instrument.isdecimal() and len(instrument) < 10:
        if int(instrument) > 127:
            raise InputError(f"instrument is {instrument}; 0 to 127 is supported")
        return int(instrument)
    if instrument.lower() not in INSTRUMENTS:
        known = ", ".join(INSTRUMENTS)
        raise InputError(f"unknown instrument {instrument!r}; known: {known}, or 0 to 127")
    return INSTRUMENTS[instrument.lower()]
