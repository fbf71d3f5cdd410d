"""Bytes of a MIDI file -> mido -> one `Track` each: spans of notes and the signs beside them.

mido is fed through a counter, because it takes some microseconds for each byte of an event and
would otherwise spend a minute on a hostile file before anybody could count its notes.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import mido

from mer.errors import InputError
from mer.io.reading import MAX_NOTES
from mer.key import Key

# At 2 to 3 microseconds each, this many keep the refusal of a hostile file under 3 seconds.
MAX_EVENT_BYTES = 650_000
DRUMS = 9


@dataclass
class Track:
    """What one track of a file holds; times in the file's own ticks.

    Parameters
    ----------
    spans
        Channel (0 to 15) -> (pitch, start, end) of each note.
    meters, keys, tempos
        (tick, sign) in order; a tempo is in microseconds a quarter.
    drums, empty
        How many events were drums, how many notes had no length.
    """

    name: str = ""
    spans: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    meters: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    keys: list[tuple[int, Key]] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    drums: int = 0
    empty: int = 0


class _MeteredBytes(io.BytesIO):
    """Bytes that mido may read from in a limited number of calls, about one a byte."""

    calls = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.calls += 1
        if self.calls > MAX_EVENT_BYTES:
            raise InputError(
                f"more than {MAX_EVENT_BYTES:,} bytes of events; "
                f"at most {MAX_NOTES:,} notes are read from a file"
            )
        return super().read(size)


def parsed(content: bytes) -> mido.MidiFile:
    """Return the bytes as mido reads them.

    Raises
    ------
    InputError
        If they are no MIDI file, or one that is cut short, damaged, too long or in film time.
    """
    if content[:4] != b"MThd":
        raise InputError("is not a MIDI file (it does not begin with 'MThd')")
    if len(content) < 14:
        raise InputError("is cut short: the MIDI header needs 14 bytes")
    if content[12] & 0x80:
        raise InputError("counts time in film frames (SMPTE); only ticks per quarter are read")
    try:
        # In latin-1 no name fails to decode; `_text` then undoes it where it was UTF-8.
        file = mido.MidiFile(file=_MeteredBytes(content), charset="latin1")
    except InputError:
        raise
    except EOFError as error:
        raise InputError("is cut short: a MIDI track stops in the middle") from error
    except (
        mido.KeySignatureError,
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"is a damaged MIDI file ({reason})") from error
    if file.type not in (0, 1, 2):
        raise InputError(f"is a MIDI file of type {file.type}; types 0, 1 and 2 are read")
    if file.ticks_per_beat < 1:
        raise InputError(f"has {file.ticks_per_beat} ticks a quarter; at least 1 is needed")
    return file


def track_of(messages: Iterable[Any]) -> Track:
    """Return what the messages of one track say, notes by channel."""
    track = Track()
    sounding: dict[tuple[int, int], int] = {}
    tick = 0
    for message in messages:
        tick += message.time
        if message.type in ("note_on", "note_off"):
            struck = message.type == "note_on" and message.velocity > 0
            _strike(track, sounding, (message.channel, message.note), tick, struck)
        elif message.type in _META:
            _META[message.type](track, tick, message)
    for (channel, pitch), start in sounding.items():
        _add(track, channel, (pitch, start, tick))
    return track


def _strike(
    track: Track, sounding: dict[tuple[int, int], int], key: tuple[int, int], tick: int, on: bool
) -> None:
    """Begin or end a note; one that sounds already ends in either case."""
    channel, pitch = key
    if channel == DRUMS:
        track.drums += 1
        return
    start = sounding.pop(key, None)
    # The same note struck twice at once is one note, not one without length.
    if start is not None and not (on and start == tick):
        _add(track, channel, (pitch, start, tick))
    if on:
        sounding[key] = tick


def _add(track: Track, channel: int, span: tuple[int, int, int]) -> None:
    if span[2] > span[1]:
        track.spans.setdefault(channel, []).append(span)
    else:
        track.empty += 1


def _name(track: Track, tick: int, message: Any) -> None:
    track.name = track.name or _text(message.name)


def _meter(track: Track, tick: int, message: Any) -> None:
    track.meters.append((tick, (message.numerator, message.denominator)))


def _key_signature(track: Track, tick: int, message: Any) -> None:
    track.keys.append((tick, Key.parse(message.key)))


def _key_text(track: Track, tick: int, message: Any) -> None:
    found = re.fullmatch(r"key: ([A-G][#b]? [a-z]+)", message.text)
    if found:
        try:
            track.keys.insert(0, (tick, Key.parse(found[1])))
        except InputError:  # somebody else's text that only looks like ours
            return


def _tempo(track: Track, tick: int, message: Any) -> None:
    track.tempos.append((tick, message.tempo))


_META = {
    "track_name": _name,
    "time_signature": _meter,
    "key_signature": _key_signature,
    "text": _key_text,
    "set_tempo": _tempo,
}


def _text(latin: str) -> str:
    """Return a name that mido decoded as latin-1, in UTF-8 if it was that; one clean line."""
    with contextlib.suppress(UnicodeError):
        latin = latin.encode("latin1").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in latin).split())[:80]
