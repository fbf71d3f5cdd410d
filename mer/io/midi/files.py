"""`Melody` -> MIDI file; the bytes are written in `mer.io.midi.writer`.

Type 1, 480 ticks a quarter; a first track holds title, metre, key and tempo. A pick-up is written
as a part-filled first bar. MIDI knows major and minor only, so any other mode is added as a text
event, ``key: E dorian``, which the reader understands.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.midi.track import DRUMS
from mer.io.midi.writer import Message, meta, midi_bytes, switches
from mer.io.reading import write_bytes
from mer.notes.arrays import Ints
from mer.notes.melody import Melody

VELOCITY = 80
FLUTE = 73  # the General MIDI program of what plays a melody unless something else is asked for


@dataclass(frozen=True, kw_only=True)
class Part:
    """A melody to be written as one track, on the time line shared by all parts.

    Parameters
    ----------
    melody
        The part, or its first voice.
    name
        Name of the track.
    program
        General MIDI instrument, 0 to 127.
    others
        Further voices of the same part, such as the lower tones of chords.
    velocity
        How loud, 1 to 127.
    """

    melody: Melody
    name: str = ""
    program: int = 0
    others: tuple[Melody, ...] = ()
    velocity: int = VELOCITY

    @property
    def notes(self) -> Ints:
        """Pitch, onset and end of the notes of all voices, shape (notes, 3), in order of time."""
        voices = (self.melody, *self.others)
        columns = [np.stack([voice.pitch, voice.onset, voice.end], axis=1) for voice in voices]
        notes = np.concatenate(columns)
        return np.asarray(notes[np.lexsort((notes[:, 0], notes[:, 1]))])


def save_midi(
    melody: Melody, path: str | Path, *, program: int = 0, tempo_bpm: float | None = None
) -> None:
    """Write a melody as a MIDI file, whole or not at all; the same melody gives the same bytes.

    Parameters
    ----------
    program
        General MIDI instrument, 0 to 127.
    tempo_bpm
        Quarter notes a minute, instead of the melody's own tempo.

    Raises
    ------
    InputError
        If an option is out of range or the file cannot be written.
    """
    part = Part(melody=melody, name=melody.title, program=program)
    save_parts([part], path, title=melody.title, tempo_bpm=tempo_bpm)


def save_parts(
    parts: Sequence[Part], path: str | Path, *, title: str = "", tempo_bpm: float | None = None
) -> None:
    """Write several melodies as the tracks of one MIDI file.

    Parameters
    ----------
    parts
        At most 15. The first one's metre, key, tempo and pick-up hold for all.
    title
        Name of the piece.
    tempo_bpm
        Quarter notes a minute, instead of the first part's tempo.

    Raises
    ------
    InputError
        If there are no or too many parts, an option is out of range or the file cannot be written.
    """
    path = Path(path)
    if not 1 <= len(parts) <= 15:
        raise InputError(f"{path}: {len(parts)} parts; 1 to 15 fit into a MIDI file")
    leader = parts[0].melody
    tempo = tempo_bpm if tempo_bpm is not None else leader.tempo_bpm
    if tempo is not None and not 4.0 <= tempo <= 1000.0:
        raise InputError(f"{path}: tempo {tempo:g} is outside 4 to 1000 quarters a minute")
    silence = -leader.downbeat % leader.bar_ticks
    channels = [channel for channel in range(16) if channel != DRUMS]
    tracks = [list(_conductor(leader, title, tempo))]
    for part, channel in zip(parts, channels, strict=False):
        if not 0 <= part.program <= 127:
            raise InputError(f"{path}: instrument {part.program} is outside 0 to 127")
        if not 1 <= part.velocity <= 127:
            raise InputError(f"{path}: velocity {part.velocity} is outside 1 to 127")
        tracks.append(list(_messages(part, channel, silence)))
    write_bytes(path, midi_bytes(tracks))


def _conductor(melody: Melody, title: str, tempo_bpm: float | None) -> Iterator[Message]:
    """Yield the messages of the track that holds what is true of all parts."""
    if title:
        yield 0, meta(0x03, title.encode("utf-8", "replace"))
    if melody.meter is not None:
        numerator, denominator = melody.meter
        yield 0, meta(0x58, bytes((numerator, denominator.bit_length() - 1, 24, 8)))
    if melody.key is not None:
        minor = melody.key.mode == "minor"
        yield 0, meta(0x59, struct.pack("bb", melody.key.sharps, minor))
        if melody.key.mode not in ("major", "minor"):
            yield 0, meta(0x01, f"key: {melody.key}".encode("ascii"))
    if tempo_bpm is not None:
        yield 0, meta(0x51, round(60e6 / tempo_bpm).to_bytes(3, "big"))


def _messages(part: Part, channel: int, silence: int) -> Iterator[Message]:
    """Yield the messages of the track of one part."""
    if part.name:
        yield 0, meta(0x03, part.name.encode("utf-8", "replace"))
    yield 0, bytes((0xC0 | channel, part.program))
    pitch, start, end = part.notes.T
    velocity, number = np.full_like(pitch, part.velocity), np.full_like(pitch, channel)
    notes = np.stack([pitch, start + silence, end + silence, velocity, number], axis=1)
    yield from (switch.message for switch in switches(notes))
