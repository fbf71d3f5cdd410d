"""Bytes of a file -> the header of a MIDI file, and where its chunks begin and end.

Counts and lengths that a file gives are promises: they hold where they lead to another chunk or to
the end of the file, and else the place is looked for.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from mer.errors import InputError

ASSUMED_RESOLUTION = 480
_FRAMES = {24: 24.0, 25: 25.0, 29: 30_000 / 1001, 30: 30.0}
_SEARCHED = 65_536


class Header(NamedTuple):
    """What the header of a MIDI file says.

    Parameters
    ----------
    kind
        0, 1 or 2.
    tracks
        How many tracks are promised.
    resolution
        Ticks a quarter, or ticks a second where the file counts time in film frames.
    film
        Whether it does.
    place
        Where the first chunk after the header begins.
    mended
        What was wrong, one clause each.
    """

    kind: int
    tracks: int
    resolution: float
    film: bool
    place: int
    mended: tuple[str, ...]


def unwrapped(content: bytes) -> bytes:
    r"""Return the MIDI file inside the bytes, which may be in a RIFF file or come late.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> unwrapped(b"RIFF\x16\0\0\0RMIDdata\x0e\0\0\0MThd..........??")
    b'MThd..........'
    """
    begin = content.find(b"MThd", 0, _SEARCHED)
    if begin < 0:
        raise InputError("is not a MIDI file (it does not begin with 'MThd')")
    if content[:4] == b"RIFF" and content[begin - 8 : begin - 4] == b"data":
        size = int.from_bytes(content[begin - 4 : begin], "little")
        after = content[begin + size + size % 2 :][:4]
        if size >= 14 and begin + size <= len(content) and (len(after) < 4 or after.isalnum()):
            return content[begin : begin + size]
    return content[begin:]


def header(content: bytes) -> Header:
    """Return the header at the beginning of a MIDI file.

    Raises
    ------
    InputError
        If it is cut short.

    Examples
    --------
    >>> header(bytes.fromhex("4d546864 00000006 0001 0002 01e0")).resolution
    480
    """
    if len(content) < 14:
        raise InputError("is cut short: the MIDI header needs 14 bytes")
    length, kind, count, division = struct.unpack_from(">LHHH", content, 4)
    mended: list[str] = []
    place = 8 + length
    if length < 6 or not is_chunk(content, place):
        found = next_track(content, 14)
        if found < len(content) and found != place:
            mended.append(f"the header says that it has {length:,} bytes, and has {found - 8:,}")
        place = found
    if kind > 2:
        mended.append(f"the header says type {kind}, which there is not; read as type 1")
        kind = 1
    resolution, film = float(division), division >= 0x8000
    if film:
        frames = 256 - (division >> 8)
        resolution = _FRAMES.get(frames, float(frames)) * (division & 0xFF)
        if frames not in _FRAMES:
            mended.append(f"the header counts {frames} frames a second")
    if resolution == 0:
        mended.append(f"the header has 0 ticks a quarter; {ASSUMED_RESOLUTION} were assumed")
        resolution, film = float(ASSUMED_RESOLUTION), False
    whole = resolution if film else int(resolution)
    return Header(kind, count, whole, film, place, tuple(mended))


def is_chunk(content: bytes, place: int) -> bool:
    r"""Return whether a chunk, or the end of the file, is at a place.

    Examples
    --------
    >>> is_chunk(b"XFIH\0\0\0\1?", 0), is_chunk(b"XFIH\0\0\0\2?", 0), is_chunk(b"", 0)
    (True, False, True)
    """
    if place == len(content):
        return True
    name = content[place : place + 4]
    if len(name) < 4 or place + 8 > len(content):
        return name == b"MTrk"[: len(name)] and bool(name)
    size = int.from_bytes(content[place + 4 : place + 8], "big")
    if name == b"MTrk":
        return True
    return all(0x20 <= c < 0x7F for c in name) and place + 8 + size <= len(content)


def next_track(content: bytes, place: int) -> int:
    r"""Return where the next track begins from a place on, or the length of the file.

    The four letters may stand among the events of a track by chance. They begin a track if an end
    of track stands before them, or if the length after them fits into the file.

    Examples
    --------
    >>> next_track(b"....MTrk\0\0\0\1?", 0)
    4
    """
    while (place := content.find(b"MTrk", place)) >= 0:
        size = int.from_bytes(content[place + 4 : place + 8], "big")
        if place + 8 + size <= len(content) or content[max(place - 3, 0) : place] == b"\xff\x2f\0":
            return place
        place += 4
    return len(content)
