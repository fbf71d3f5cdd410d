"""A MIDI file as it is + parts that were written for it -> one MIDI file that holds both.

The file's own tracks stay byte for byte, its tempo and its signs too: what is added is more tracks,
counted in its ticks, on channels that it does not use.
"""

from __future__ import annotations

import struct

from mer.errors import InputError
from mer.io.midi.chunks import header, next_track, unwrapped
from mer.io.midi.events import midi_file
from mer.io.midi.track import DRUMS
from mer.io.midi.writing.files import part_messages
from mer.io.midi.writing.writer import track_chunk
from mer.io.sheet.sheet import Sheet
from mer.notes.meter import TICKS_PER_QUARTER


def with_parts(content: bytes, sheet: Sheet, begin_tick: int) -> bytes:
    """Return a MIDI file with the parts of a sheet beside its own tracks.

    Parameters
    ----------
    content
        The bytes of the file.
    sheet
        What is added; its tempo and its signs are not: those of the file hold.
    begin_tick
        Where the sheet begins in the file, in ticks of 480 to the quarter.

    Raises
    ------
    InputError
        If the file is damaged, holds pieces one after another, counts time in film frames, or has
        no channels left.
    """
    content = unwrapped(content)
    head, file = header(content), midi_file(content)
    if head.film or head.kind > 1:
        raise InputError("this kind of MIDI file cannot take more tracks")
    if head.mended or file.mended:
        raise InputError("the MIDI file is damaged, and is left alone")
    used = {channel for track in file.tracks for channel in (*track.spans, *track.programs)}
    free = [channel for channel in range(16) if channel != DRUMS and channel not in used]
    if len(free) < len(sheet.parts):
        raise InputError(f"the MIDI file has {len(free)} channels left, and needs more")
    tracks = _own_tracks(content, head.place)
    scale = head.resolution / TICKS_PER_QUARTER

    # Alone, a piece waits for its first barline; here it has its place.
    def placed(tick: int) -> int:
        return max(round((tick + begin_tick) * scale), 0)

    tracks += [
        track_chunk(list(part_messages(part, channel, sheet, placed)))
        for part, channel in zip(sheet.parts, free, strict=False)
    ]
    start = struct.pack(">4sLHHH", b"MThd", 6, 1, len(tracks), int(head.resolution))
    return start + b"".join(tracks)


def _own_tracks(content: bytes, place: int) -> list[bytes]:
    tracks = []
    while (place := next_track(content, place)) < len(content):
        end = place + 8 + int.from_bytes(content[place + 4 : place + 8], "big")
        tracks.append(content[place:end])
        place = end
    return tracks
