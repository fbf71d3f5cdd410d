"""`Sheet` -> MIDI file; the bytes are written in `mer.io.midi.writing.writer`.

Type 1, 480 ticks a quarter; a first track holds title, credits, metre, key, tempo and, as markers,
chord symbols. A pick-up is written as a part-filled first bar. MIDI knows major and minor only, so
any other mode is added as a text event, ``key: E dorian``, which the reader understands. Notes
begin, end and are as loud as a synthesiser plays them (`mer.io.sheet.sheet.played_notes`); where
that is not as they are written, an event beside them says how they are
(`mer.io.midi.writing.written_notes`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.midi.track import DRUMS
from mer.io.midi.writing.writer import Message, meta, midi_bytes, switches
from mer.io.midi.writing.written_notes import WrittenNote, note_event
from mer.io.reading import write_bytes
from mer.io.sheet.sheet import Part, Sheet, played_notes

_TEXT, _NAME, _MARKER, _TEMPO, _METER, _KEY = 0x01, 0x03, 0x06, 0x51, 0x58, 0x59


def save_midi(sheet: Sheet, path: str | Path) -> None:
    """Write a sheet as a MIDI file, whole or not at all; the same sheet gives the same bytes.

    Raises
    ------
    InputError
        If the tempo is out of range or the file cannot be written.
    """
    tempo = sheet.tempo_bpm
    if tempo is not None and not 4.0 <= tempo <= 1000.0:
        raise InputError(f"{path}: tempo {tempo:g} is outside 4 to 1000 quarters a minute")
    channels = [channel for channel in range(16) if channel != DRUMS]
    tracks = [list(_conductor(sheet))]
    for part, channel in zip(sheet.parts, channels, strict=False):
        tracks.append(list(part_messages(part, channel, sheet)))
    write_bytes(Path(path), midi_bytes(tracks))


def _conductor(sheet: Sheet) -> Iterator[Message]:
    """Yield the messages of the track that holds what is true of all parts."""
    melody = sheet.leader
    if sheet.title:
        yield 0, _said(_NAME, sheet.title)
    yield from ((0, _said(_TEXT, line)) for line in sheet.credit_lines())
    if melody.meter is not None:
        numerator, denominator = melody.meter
        yield 0, meta(_METER, bytes((numerator, denominator.bit_length() - 1, 24, 8)))
    if melody.key is not None:
        minor = melody.key.mode == "minor"
        yield 0, meta(_KEY, struct.pack("bb", melody.key.sharps, minor))
        if melody.key.mode not in ("major", "minor"):
            yield 0, _said(_TEXT, f"key: {melody.key}")
    if sheet.tempo_bpm is not None:
        yield 0, meta(_TEMPO, round(60e6 / sheet.tempo_bpm).to_bytes(3, "big"))
    for symbol in sheet.symbols:
        yield symbol.tick + sheet.silence, _said(_MARKER, symbol.name)


def _said(kind: int, text: str) -> bytes:
    return meta(kind, text.encode("utf-8", "replace"))


def part_messages(
    part: Part, channel: int, sheet: Sheet, place: Callable[[int], int] | None = None
) -> Iterator[Message]:
    """Yield the messages of the track of one part, in order of time.

    Parameters
    ----------
    channel
        From 0.
    sheet
        Whose part it is.
    place
        Where a tick of the part lies in the file; None where it lies in a file of its own.
    """
    if part.name:
        yield 0, _said(_NAME, part.name)
    yield 0, bytes((0xC0 | channel, part.program))
    played = played_notes(part, sheet.leader)
    placed = place or (lambda tick: tick + sheet.silence)
    if part.played:
        yield note_event(_as_written(part, placed))
    notes = [
        (one.pitch, placed(one.onset), placed(one.end), one.velocity, channel) for one in played
    ]
    yield from (switch.message for switch in switches(np.array(notes, dtype=np.int64)))


def _as_written(part: Part, placed: Callable[[int], int]) -> Iterator[WrittenNote]:
    """Yield how each played note is written; an ornament is not."""
    written = part.notes.tolist()
    for one in part.played:
        start, stop = placed(one.onset), placed(one.end)
        if one.note < 0:
            yield WrittenNote(one.pitch, start, stop, start, 0)
            continue
        _, onset, end = written[one.note]
        yield WrittenNote(one.pitch, start, stop, placed(onset), placed(end) - placed(onset))
