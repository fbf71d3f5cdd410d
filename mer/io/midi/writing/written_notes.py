"""Notes as they are written, beside a track as it is played <-> one meta event of the track.

A performance ends notes early where the music breathes, swings, and adds ornaments. So that the
written rhythm is not lost, the track says of each note that it plays what is written: an event for
the program's own use (number 7F), which other programs pass over. Who edits the track makes it
false; then it is not believed, and the notes are read as they are played.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mer.io.midi.lookahead import NoNumberError, variable
from mer.io.midi.writing.writer import Message, meta, variable_number

OWN = 0x7F
_MARK = b"\x7dmer1"  # 7D: makers without a number


class WrittenNote(NamedTuple):
    """A played note, by its pitch, start and stop, and its onset and duration as written, in ticks.

    An ornament, which is not written, has the duration 0.
    """

    pitch: int
    start: int
    stop: int
    onset: int
    duration: int


def note_event(notes: Iterable[WrittenNote]) -> Message:
    """Return the event that says how notes are written.

    Examples
    --------
    >>> tick, event = note_event([WrittenNote(62, 500, 900, 480, 480)])
    >>> noted(event[3:])
    (WrittenNote(pitch=62, start=500, stop=900, onset=480, duration=480),)
    """
    content, before = bytearray(_MARK), 0
    for note in sorted(notes, key=lambda one: (one.start, one.pitch)):
        moved = note.onset - note.start
        shift = 2 * abs(moved) + (moved < 0)
        lasts = note.stop - note.start
        numbers = (note.pitch, note.start - before, lasts, shift, note.duration)
        content += b"".join(map(variable_number, numbers))
        before = note.start
    return 0, meta(OWN, bytes(content))


def noted(content: bytes) -> tuple[WrittenNote, ...]:
    """Return what such an event says; () if it is somebody else's or damaged."""
    if not content.startswith(_MARK):
        return ()
    numbers, place = [], len(_MARK)
    try:
        while place < len(content):
            number, place = variable(content, place)
            numbers.append(number)
    except (IndexError, NoNumberError):
        return ()
    found, now = [], 0
    for first in range(0, len(numbers) - 4, 5):
        pitch, later, lasts, moved, duration = numbers[first : first + 5]
        now += later
        onset = now + (moved // 2 if moved % 2 == 0 else -(moved // 2))
        found.append(WrittenNote(pitch, now, now + lasts, onset, duration))
    return tuple(found)


def as_written(
    spans: Sequence[tuple[int, int, int]], notes: Sequence[WrittenNote]
) -> list[tuple[int, int, int]] | None:
    """Return (pitch, start, end) of played notes as they are written, ornaments left out.

    None where the track does not play exactly these notes.

    Examples
    --------
    >>> as_written([(60, 0, 430)], [WrittenNote(60, 0, 430, 0, 480)])
    [(60, 0, 480)]
    >>> as_written([(60, 0, 960)], [WrittenNote(60, 0, 430, 0, 480)]) is None
    True
    """
    known = {(note.pitch, note.start, note.stop): note for note in notes}
    if len(known) != len(notes) or known.keys() != set(spans):
        return None
    found = [known[span] for span in spans]
    kept = [(one.pitch, one.onset, one.onset + one.duration) for one in found if one.duration]
    return kept if all(start >= 0 for _, start, _ in kept) and kept else None
