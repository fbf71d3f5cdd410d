"""Bytes of a MIDI file -> one `Track` each: spans of notes, and the signs beside them.

The events are read here and not by mido, for three measured reasons. mido takes 1.3 to 5 seconds to
find out that a file holds 100,000 notes; counting on the way takes a tenth of that. It forgets the
time before an event that it does not know, so that all that follows comes too early. And it refuses
a whole file for an odd key signature. The tests compare the two on files that both read.

A damaged file is read as far as players play it. What was mended is said, in `MidiFile.mended`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.midi.chunks import Header, header, is_chunk, next_track, unwrapped
from mer.io.midi.lookahead import (
    DATA_BYTES,
    END_OF_TRACK,
    NoNumberError,
    after_system,
    better_without,
    clean_data,
    variable,
)
from mer.io.midi.signs import SIGNS
from mer.io.midi.track import DRUMS, Track
from mer.notes.arrays import Floats, Ints
from mer.notes.meter import TICKS_PER_QUARTER
from mer.notes.names import counted

__all__ = ["DRUMS", "MAX_EVENTS", "MAX_TRACKS", "MidiFile", "Track", "midi_file"]

MAX_EVENTS = 1_000_000
MAX_TRACKS = 4_096
USUAL_TEMPO = 500_000  # microseconds a quarter where no tempo is given: 120 quarters a minute

_SILENCING = (120, 123)  # controllers: all sound off, all notes off


class MidiFile(NamedTuple):
    """The tracks of a MIDI file, its type (0, 1 or 2) and its ticks a quarter.

    In a `film` file `resolution` is the ticks a second. `mended` holds a clause for each damage.
    """

    kind: int
    resolution: float
    tracks: tuple[Track, ...]
    film: bool = False
    mended: tuple[str, ...] = ()

    def ticks(self, times: Ints) -> Ints:
        """Return times of the file, any shape, in ticks of 480 to the quarter, each rounded.

        Examples
        --------
        >>> MidiFile(1, 96, ()).ticks(np.array([96, 24])).tolist()
        [480, 120]
        >>> MidiFile(1, 1000.0, (), film=True).ticks(np.array([500])).tolist()
        [480]
        """
        if not self.film:
            whole = int(self.resolution)
            return (2 * times * TICKS_PER_QUARTER + whole) // (2 * whole)
        places, tempo = _tempo_map(self.tracks)
        exact = _along(times, places, TICKS_PER_QUARTER * 1e6 / self.resolution / tempo)
        return np.asarray(np.floor(exact + 0.5), dtype=np.int64)

    def seconds(self, ticks: Ints, tracks: Sequence[Track]) -> Floats:
        """Return when ticks of 480 to the quarter sound, in seconds from the beginning, any shape.

        Parameters
        ----------
        tracks
            Those whose tempos hold: all, or one alone in a file of type 2.

        Examples
        --------
        >>> slow = Track(tempos=[(96, 1_000_000)])
        >>> MidiFile(1, 96, (slow,)).seconds(np.array([480, 960]), (slow,)).tolist()
        [0.5, 1.5]
        """
        places, tempo = _tempo_map(tracks)
        return _along(ticks, self.ticks(places), tempo / 1e6 / TICKS_PER_QUARTER)


def _tempo_map(tracks: Sequence[Track]) -> tuple[Ints, Floats]:
    """Return where tempos begin, in the file's own time, and microseconds a quarter from there."""
    signs = {0: USUAL_TEMPO, **dict(sorted(t for track in tracks for t in track.tempos if t[1]))}
    changes = np.array(sorted(signs.items()), dtype=np.int64)
    return changes[:, 0], changes[:, 1].astype(np.float64)


def _along(times: Ints, places: Ints, slope: Floats) -> Floats:
    """Return how far a clock has come that runs at another speed from each place on."""
    reached = np.concatenate([[0.0], np.cumsum(np.diff(places) * slope[:-1])])
    part = np.searchsorted(places, times, side="right") - 1
    return np.asarray(reached[part] + (times - places[part]) * slope[part])


def midi_file(content: bytes) -> MidiFile:
    """Return what the bytes of a standard MIDI file say.

    Raises
    ------
    InputError
        If they are no MIDI file, hold no track or too many, or more than `MAX_EVENTS` events.

    References
    ----------
    MIDI Manufacturers Association (1996). Standard MIDI Files 1.0, RP-001.

    Examples
    --------
    >>> events = bytes.fromhex("00 90 3c 40 83 60 3c 00 00 ff 2f 00")
    >>> header = bytes.fromhex("4d546864 00000006 0000 0001 01e0 4d54726b 0000000c")
    >>> midi_file(header + events).tracks[0].spans
    {0: [(60, 0, 480)]}
    """
    content = unwrapped(content)
    head = header(content)
    damage = _Damage(list(head.mended))
    tracks: list[Track] = []
    budget = _Budget()
    place = head.place
    while place + 8 <= len(content):
        if content[place : place + 4] == b"MTrk":
            if len(tracks) == MAX_TRACKS:
                raise InputError(f"holds more than {MAX_TRACKS:,} tracks, the most that are read")
            damage.track = len(tracks) + 1
            place = _chunk(content, place, tracks, (budget, damage))
        elif is_chunk(content, place):  # other chunks are to be passed over
            place += 8 + int.from_bytes(content[place + 4 : place + 8], "big")
        else:
            place = next_track(content, place)
    return MidiFile(head.kind, head.resolution, tuple(tracks), head.film, damage.told(head, tracks))


class _Budget:
    """How many events may still come."""

    def __init__(self) -> None:
        self.events = MAX_EVENTS


class _Damage:
    """What was mended so far."""

    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        self.track = 0
        self.realtime, self.high, self.skipped = 0, 0, 0
        self.wrong: Counter[str] = Counter()

    def of_track(self, clause: str) -> None:
        """Note something wrong with the track that is being read; ten clauses are enough."""
        if len(self.clauses) < 10:
            self.clauses.append(f"track {self.track} {clause}")

    def told(self, head: Header, tracks: list[Track]) -> tuple[str, ...]:
        """Return the clauses, with one for each kind of damage that was counted."""
        clauses = self.clauses
        if len(tracks) != head.tracks:
            there = counted(len(tracks), "track is", "tracks are")
            clauses = [f"the header promises {head.tracks:,} and {there} there", *clauses]
        counts = {
            f"passed over {counted(self.realtime, 'real-time byte')} inside tracks": self.realtime,
            f"brought {counted(self.high, 'data byte')} above 127 into the range": self.high,
            f"passed over {counted(self.skipped, 'byte')} that mean nothing": self.skipped,
        }
        unended = sum(track.unended for track in tracks)
        counts[f"ended {counted(unended, 'note')} that the file never ends"] = unended
        silent = sum(not tempo for track in tracks for _, tempo in track.tempos)
        counts["passed over a tempo of 0"] = silent
        return (*clauses, *(clause for clause, count in counts.items() if count))


def _chunk(content: bytes, place: int, tracks: list[Track], state: tuple[_Budget, _Damage]) -> int:
    """Read the track whose chunk begins at a place; return the place after it."""
    damage = state[1]
    begin = place + 8
    stated = begin + int.from_bytes(content[place + 4 : begin], "big")
    trusted = is_chunk(content, stated)
    limit = stated if trusted else next_track(content, begin)
    track, used, ended = _track(content[begin:limit], *state)
    tracks.append(track)
    after = begin + used
    if not ended:
        if limit == len(content) and stated > limit:
            missing = counted(stated - limit, "byte of it is", "bytes of it are")
            damage.of_track(f"is cut short: {missing} missing")
        elif trusted:
            damage.of_track("has no end and may be cut short")
        else:
            damage.of_track("has a wrong length and no end")
        return limit
    if after == stated:
        return after
    if trusted and content[after : after + 4] != b"MTrk":
        if any(content[after:stated]):
            damage.of_track(f"goes on for {stated - after:,} bytes after its end; they were left")
        return stated
    damage.of_track(f"says that it has {stated - begin:,} bytes, and has {used:,}")
    return after


def _track(body: bytes, budget: _Budget, damage: _Damage) -> tuple[Track, int, bool]:
    """Return a track, how many bytes it takes, and whether it says where it ends."""
    track = Track()
    place = tick = status = 0
    ended = False
    try:
        while place < len(body) and not ended:
            if body[place] >= 0xF8 and better_without(body, place, status, inside=False):
                place, damage.realtime = place + 1, damage.realtime + 1
            delta, place = variable(body, place)
            tick += delta
            budget.events -= 1
            if budget.events < 0:
                raise InputError(f"holds more than {MAX_EVENTS:,} events, the most that are read")
            while 0xF8 <= body[place] < 0xFF and better_without(body, place, status, inside=True):
                place, damage.realtime = place + 1, damage.realtime + 1
            while body[place] < 0x80 and not status:
                place, damage.skipped = place + 1, damage.skipped + 1
            if body[place] >= 0xF0:
                place, ended = _beside(track, tick, body, place, damage)
                continue
            if body[place] >= 0x80:
                status, place = body[place], place + 1
            place = _channel_message(track, tick, (status, body, place), damage)
    except IndexError:
        place = len(body)
    except NoNumberError:
        damage.of_track(f"is damaged after {place:,} bytes; what follows was left")
        place, ended = len(body), True
    track.finish(tick)
    return track, place, ended


def _channel_message(
    track: Track, tick: int, message: tuple[int, bytes, int], damage: _Damage
) -> int:
    """Take in a note or pass over something else; return the place after it."""
    status, body, place = message
    kind, channel = status & 0xF0, status & 0x0F
    pitch, last = body[place], body[place + DATA_BYTES[kind] - 1]
    after = place + DATA_BYTES[kind]
    if pitch > 127 or last > 127:
        pitch, last, after = _odd_data(status, body, place, damage)
    if kind in (0x80, 0x90):
        track.strike((channel, pitch), tick, kind == 0x90 and last > 0)
    elif kind == 0xB0 and pitch in _SILENCING:
        track.silence(channel, tick)
    elif kind == 0xC0:
        track.programs.setdefault(channel, pitch)
    return after


def _odd_data(status: int, body: bytes, place: int, damage: _Damage) -> tuple[int, int, int]:
    """Return the data of a message with bytes above 127, and the place after it."""
    values: list[int] = []
    count = DATA_BYTES[status & 0xF0]
    while len(values) < count:
        byte = body[place]
        place += 1
        if byte <= 127:
            values.append(byte)
        elif 0xF8 <= byte < 0xFF and clean_data(body, place, status, count - len(values)):
            damage.realtime += 1
        else:
            damage.high += 1
            # A pitch has one bit too many; a strength has gone over the top.
            values.append(127 if values else byte & 0x7F)
    return values[0], values[-1], place


def _beside(track: Track, tick: int, body: bytes, place: int, damage: _Damage) -> tuple[int, bool]:
    """Take in a meta event or pass over a system message.

    Returns the place after it, and whether it ends the track.
    """
    status = body[place]
    if status == 0xFF:
        kind = body[place + 1]
        length, start = variable(body, place + 2)
        if start + length > len(body):
            raise IndexError
        if kind in SIGNS:
            SIGNS[kind](track, tick, body[start : start + length])
        return start + length, kind == END_OF_TRACK
    if status == 0xF0:
        try:
            return after_system(body, place), False
        except (IndexError, NoNumberError):  # written as it is sent, without a length
            end = body.find(b"\xf7", place)
            if end < 0 or any(byte > 127 for byte in body[place + 1 : end]):
                raise
            return end + 1, False
    after = after_system(body, place)
    if status >= 0xF8:
        damage.realtime += 1
    elif status != 0xF7:
        damage.skipped += after - place
    return after, False
