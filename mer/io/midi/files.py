"""MIDI file <-> `Melody`; the bytes are read in `mer.io.midi.events`, written in `.writer`.

Reading: times of any resolution are rounded to 480 ticks a quarter one by one, onsets and ends, so
that errors never add up. Each channel of each track is a voice; drums (channel 10) are left out; of
several voices one is chosen (`mer.io.voices`). A note struck again while it sounds ends there; one
that is never ended ends with its track. The first key and the first tempo count, and of several
metres the one that lasts longest: its first barline says where the pick-up ends. In a type 2 file
the tracks are separate pieces: one of them is taken, with its own metre, key and tempo.

Writing: type 1, 480 ticks a quarter; a first track holds title, metre, key and tempo. A pick-up is
written as a part-filled first bar. MIDI knows major and minor only, so any other mode is added as a
text event, ``key: E dorian``, which the reader here understands.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mer.errors import InputError
from mer.io.midi.events import DRUMS, MidiFile, Track, midi_file
from mer.io.midi.writer import Message, meta, midi_bytes, switches
from mer.io.reading import (
    Notation,
    Reading,
    longest_meter,
    read_bytes,
    reading_of,
    write_bytes,
)
from mer.io.voices import Voice, choose_voice
from mer.notes.arrays import Ints
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter

MAX_BYTES = 10_000_000
VELOCITY = 80


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


def read_midi(path: str | Path, *, track: int | str | None = None) -> Reading:
    """Return the melody in a MIDI file, and remarks on what was chosen or left out.

    Parameters
    ----------
    path
        A standard MIDI file of type 0, 1 or 2.
    track
        Number (from 1, among those that hold notes) or name of the track or channel to take.

    Raises
    ------
    InputError
        If it is no MIDI file, is damaged, too long or holds no notes with a length.

    Examples
    --------
    >>> import tempfile
    >>> tune = Melody(pitch=[67, 72], onset=[0, 160], duration=[160, 320], title="Up")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_midi(tune, f"{folder}/up.mid")
    ...     read_midi(f"{folder}/up.mid").melody == tune
    True
    """
    path = Path(path)
    content = read_bytes(path, MAX_BYTES)
    try:
        return _reading(midi_file(content), track)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _reading(file: MidiFile, wanted: int | str | None) -> Reading:
    tracks = file.tracks
    held = [(t, channel, spans) for t in tracks for channel, spans in t.spans.items()]
    if not held:
        raise InputError(_nothing(tracks))
    voices = [
        _voice(_voice_name(tracks, t, channel), spans, file.resolution)
        for t, channel, spans in held
    ]
    kind = "channel" if len({id(t) for t, _, _ in held}) == 1 < len(held) else "track"
    chosen, remark = choose_voice(voices, track=wanted, kind=kind)
    source = held[chosen][0]
    remarks = [remark] if remark else []
    if file.kind == 2:
        remarks.append("the tracks of this MIDI file (type 2) are separate pieces; one was taken")
    if source.empty:
        remarks.append(f"left out {source.empty} note{'s' * (source.empty > 1)} without length")
    told = [source] if file.kind == 2 else tracks
    notation = _notation(told, _title(tracks, source, len(held)), held[chosen][2], file)
    reading = reading_of(voices[chosen], notation)
    return Reading(reading.melody, (*remarks, *reading.remarks))


def _nothing(tracks: Sequence[Track]) -> str:
    if any(track.empty for track in tracks):
        return "holds no notes that last: every note has zero length"
    if any(track.drums for track in tracks):
        return "holds only drums (channel 10); a melody is needed"
    return "holds no notes"


def _voice(name: str, spans: Sequence[tuple[int, int, int]], resolution: int) -> Voice:
    columns = np.array(spans, dtype=np.int64)
    ticks = (2 * columns[:, 1:] * TICKS_PER_QUARTER + resolution) // (2 * resolution)
    onset = ticks[:, 0]
    # A note shorter than half a tick would vanish.
    return Voice(name, columns[:, 0], onset, np.maximum(ticks[:, 1] - onset, 1))


def _voice_name(tracks: Sequence[Track], track: Track, channel: int) -> str:
    number = next(i for i, other in enumerate(tracks, 1) if other is track)
    if len(track.spans) > 1:
        return f"{track.name} channel {channel + 1}".strip()
    return track.name or f"track {number}"


def _title(tracks: Sequence[Track], source: Track, voices: int) -> str:
    """Return the first track's name if it is a title: the track has no notes or is the only one."""
    first = tracks[0]
    return first.name if not first.spans or voices == 1 else ""


def _notation(
    tracks: Sequence[Track],
    title: str,
    spans: Sequence[tuple[int, int, int]],
    file: MidiFile,
) -> Notation:
    remarks = []
    meters = sorted((m for t in tracks for m in t.meters), key=lambda sign: sign[0])
    meter, since, changes = longest_meter(meters, max(end for _, _, end in spans))
    if meter and changes:
        remarks.append(f"kept one metre, {Meter(*meter)}, the one that lasts longest")
    keys = sorted((k for t in tracks for k in t.keys), key=lambda sign: sign[0])
    tempos = sorted((t for track in tracks for t in track.tempos), key=lambda sign: sign[0])
    tempo = round(60e6 / tempos[0][1], 2) if tempos and tempos[0][1] else None
    if tempo and len({value for _, value in tempos}) > 1:
        remarks.append(f"kept the first tempo, {tempo:g} quarters a minute")
    return Notation(
        meter=meter,
        key=keys[0][1] if keys else None,
        tempo_bpm=tempo,
        barline=round(since * TICKS_PER_QUARTER / file.resolution),
        title=title,
        remarks=tuple(remarks),
    )


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
