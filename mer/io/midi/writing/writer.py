"""Notes, each with its own velocity -> the bytes of a MIDI file.

Both the files that users get and the performances that a synthesiser plays are written here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from mer.notes.arrays import Ints
from mer.notes.meter import TICKS_PER_QUARTER

Message = tuple[int, bytes]  # the tick, from the beginning of the track, and the bytes

_END_OF_TRACK = 0x2F


class Switch(NamedTuple):
    """A note that begins or, with velocity 0, one that ends."""

    time: int
    velocity: int
    pitch: int
    channel: int

    @property
    def message(self) -> Message:
        """The switch as MIDI says it, at its time."""
        status = (0x90 if self.velocity else 0x80) | self.channel
        return self.time, bytes((status, self.pitch, self.velocity))


def switches(notes: Ints) -> list[Switch]:
    """Return when notes begin and end, in order of time; at one time, ends come first.

    Parameters
    ----------
    notes
        Shape (notes, 5): pitch, start and end in any one unit, velocity (1 to 127), channel.

    Examples
    --------
    >>> import numpy as np
    >>> [switch[:3] for switch in switches(np.array([[60, 0, 8, 90, 0], [62, 8, 16, 80, 0]]))]
    [(0, 90, 60), (8, 0, 60), (8, 80, 62), (16, 0, 62)]
    """
    rows = notes.tolist()
    begun = [Switch(start, velocity, pitch, channel) for pitch, start, _, velocity, channel in rows]
    ended = [Switch(end, 0, pitch, channel) for pitch, _, end, _, channel in rows]
    return sorted(begun + ended)


def midi_bytes(
    tracks: Sequence[Sequence[Message]], *, resolution: int = TICKS_PER_QUARTER, tail: int = 0
) -> bytes:
    """Return the bytes of a MIDI file, of type 0 if it has one track, else of type 1.

    Parameters
    ----------
    tracks
        The messages of each track, in order of time.
    resolution
        Ticks in a quarter.
    tail
        Ticks from the last message of a track to its end.

    Examples
    --------
    >>> midi_bytes([[(0, bytes((0x90, 60, 80))), (480, bytes((0x80, 60, 0)))]])[-13:].hex(" ")
    '00 90 3c 50 83 60 80 3c 00 00 ff 2f 00'
    """
    header = struct.pack(">4sLHHH", b"MThd", 6, int(len(tracks) > 1), len(tracks), resolution)
    return header + b"".join(track_chunk(track, tail) for track in tracks)


def track_chunk(messages: Sequence[Message], tail: int = 0) -> bytes:
    """Return a track of a MIDI file, with its head.

    Parameters
    ----------
    messages
        In order of time.
    tail
        Ticks from the last message to the end of the track.

    Examples
    --------
    >>> track_chunk([(0, bytes((0xC0, 5)))]).hex(" ")
    '4d 54 72 6b 00 00 00 07 00 c0 05 00 ff 2f 00'
    """
    now, body = 0, []
    for tick, message in messages:
        body.append(variable_number(tick - now) + message)
        now = tick
    body.append(variable_number(tail) + meta(_END_OF_TRACK, b""))
    content = b"".join(body)
    return struct.pack(">4sL", b"MTrk", len(content)) + content


def meta(kind: int, content: bytes) -> bytes:
    """Return a meta event, such as a name or a time signature.

    Examples
    --------
    >>> meta(0x03, b"Air").hex(" ")
    'ff 03 03 41 69 72'
    """
    return bytes((0xFF, kind)) + variable_number(len(content)) + content


def variable_number(number: int) -> bytes:
    """Return a number of variable length, seven bits a byte, the highest first.

    Raises
    ------
    ValueError
        If it is less than 0: what comes later in a track cannot lie before what came earlier.
    """
    if number < 0:
        raise ValueError(f"{number} is no time between two events")
    sevens = [number & 0x7F]
    while number := number >> 7:
        sevens.append(number & 0x7F | 0x80)
    return bytes(reversed(sevens))
