"""Meta events of a MIDI file -> names, metres, keys, tempos and words on a `Track`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

from mer.errors import InputError
from mer.io.midi.track import Track
from mer.io.midi.writing.written_notes import OWN, noted
from mer.notes.chord_names import chord_name
from mer.notes.key import Key

_MAJOR_OF_FIFTHS = tuple(Key(fifths * 7 % 12) for fifths in range(-7, 8))


def _text(track: Track, tick: int, text: bytes) -> None:
    """Take in a key as the writer here notes a mode that is neither major nor minor, or karaoke."""
    found = re.fullmatch(rb"key: ([A-G][#b]? [a-z]+)", text)
    if found:
        with contextlib.suppress(InputError):  # somebody else's text that only looks like ours
            track.keys.insert(0, (tick, Key.parse(found[1].decode("ascii"))))
    elif text.startswith(b"@T"):
        track.title = track.title or clean(text[2:])
    elif not text.startswith(b"@"):
        track.words.append(tick)
        name = chord_name(clean(text))
        if name is not None:
            track.spoken.append((tick, name))


def _marker(track: Track, tick: int, text: bytes) -> None:
    name = chord_name(clean(text))
    if name is not None:
        track.chords.append((tick, name))


def _own(track: Track, tick: int, content: bytes) -> None:
    track.written = track.written or noted(content)


def _lyric(track: Track, tick: int, text: bytes) -> None:
    track.words.append(tick)


def _name(track: Track, tick: int, text: bytes) -> None:
    track.name = track.name or clean(text)


def _tempo(track: Track, tick: int, value: bytes) -> None:
    if len(value) == 3:
        track.tempos.append((tick, int.from_bytes(value, "big")))


def _meter(track: Track, tick: int, value: bytes) -> None:
    if len(value) >= 2:
        track.meters.append((tick, (value[0], 2 ** min(value[1], 16))))


def _key_signature(track: Track, tick: int, value: bytes) -> None:
    """Take in a key signature; one that makes no sense is no key."""
    fifths = int.from_bytes(value[:1], "big", signed=True)
    if len(value) == 2 and -7 <= fifths <= 7 and value[1] in (0, 1):
        major = _MAJOR_OF_FIFTHS[fifths + 7]
        relative = Key((major.tonic + 9) % 12, "minor")
        track.keys.append((tick, relative if value[1] else major))


# Number of a meta event -> what takes it in; all others are passed over.
SIGNS: dict[int, Callable[[Track, int, bytes], None]] = {
    0x01: _text,
    0x03: _name,
    0x05: _lyric,
    0x06: _marker,
    0x07: _marker,
    OWN: _own,
    0x51: _tempo,
    0x58: _meter,
    0x59: _key_signature,
}


def clean(text: bytes) -> str:
    """Return a name, which is UTF-8 or else latin-1, as one line without control characters.

    Examples
    --------
    >>> clean(" L'été ".encode("latin-1"))
    "L'été"
    """
    try:
        name = text.decode("utf-8")
    except UnicodeDecodeError:
        name = text.decode("latin-1")
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:80]
