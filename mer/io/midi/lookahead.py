"""Bytes of a track -> the numbers in them, and how many of the next events make sense.

Where a byte may belong to an event or not, the reading after which more events make sense is right.
"""

from __future__ import annotations

END_OF_TRACK = 0x2F
# Data bytes after each kind of channel message, 0x80 to 0xe0, and after system messages.
DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_LOOKED_AHEAD = 8


class NoNumberError(Exception):
    """A number of variable length that never ends."""


def variable(body: bytes, place: int) -> tuple[int, int]:
    """Return a number of variable length, seven bits a byte, and the place after it."""
    value = 0
    for last in range(place, place + 8):
        value = value << 7 | body[last] & 0x7F
        if value >> 28:
            break
        if body[last] < 0x80:
            return value, last + 1
    raise NoNumberError


def better_without(body: bytes, place: int, status: int, *, inside: bool) -> bool:
    """Return whether what follows makes more sense if one byte, a real-time byte, is passed over.

    `inside`: the byte stands where an event should be, and a new time may or may not follow it.
    """
    if inside:
        return sensible(body, place + 1, status, at_event=True) > sensible(body, place + 1, status)
    return sensible(body, place + 1, status) > sensible(body, place, status)


def sensible(body: bytes, place: int, status: int, *, at_event: bool = False) -> int:
    """Return how many of the next events make sense, at most `_LOOKED_AHEAD`."""
    for count in range(_LOOKED_AHEAD):
        try:
            if place >= len(body):
                return _LOOKED_AHEAD
            if not at_event:
                delta, place = variable(body, place)
                if delta > 1 << 17:
                    return count
            at_event = False
            byte = body[place]
            if byte == 0xFF and body[place + 1] == END_OF_TRACK:
                return _LOOKED_AHEAD if body[place + 2] == 0 else count
            if byte >= 0xF0:
                place = after_system(body, place)
                continue
            if byte >= 0x80:
                status, place = byte, place + 1
            data = body[place : place + DATA_BYTES[status & 0xF0]] if status else b""
            if not data or len(data) < DATA_BYTES[status & 0xF0] or max(data) > 127:
                return count
            place += len(data)
        except (IndexError, NoNumberError):
            return count
    return _LOOKED_AHEAD


def after_system(body: bytes, place: int) -> int:
    """Return the place after a system message or meta event."""
    status = body[place]
    if status in (0xF0, 0xF7, 0xFF):
        length, start = variable(body, place + 1 + (status == 0xFF))
        if start + length > len(body):
            raise IndexError
        return start + length
    return place + 1 + SYSTEM_BYTES.get(status, 0)


def clean_data(body: bytes, place: int, status: int, count: int) -> bool:
    """Return whether data that go on after a real-time byte lead to events that make sense."""
    if any(byte > 127 for byte in body[place : place + count]):
        return False
    without = sensible(body, place + count, status)
    return without >= sensible(body, place + count - 1, status)
