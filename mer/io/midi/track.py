"""Key strokes and signs, one at a time -> `Track`: the notes of one track of a file.

Keys are paired as they were struck: the first note-off ends the first of the notes that sound on
its key, so a key struck again before its note-off keeps both notes whole. A note lasts at most
until its key is struck again. Where note-offs are missing, a note-off ends what sounds, and a note
that is never ended lasts to the end of its track.
"""

from __future__ import annotations

from collections.abc import Iterable

from mer.io.midi.writing.written_notes import WrittenNote
from mer.io.reading import MAX_NOTES
from mer.notes.chord_names import ChordName
from mer.notes.key import Key

DRUMS = 9

Strokes = list[tuple[int, bool]]  # (tick, whether the key goes down) of one key


class Track:
    """What one track of a file holds; times in the file's own ticks.

    Parameters
    ----------
    spans
        Channel (0 to 15) -> (pitch, start, end) of each note; at most one more than `MAX_NOTES`.
    meters, keys, tempos
        (tick, sign) in order; a tempo is in microseconds a quarter.
    words
        Ticks of the syllables of lyrics or karaoke.
    chords
        (tick, chord name) of markers that name a chord.
    spoken
        The same of texts, which may be words that look like chords.
    written
        How the notes are written that the track plays, where it says so.
    programs
        Channel -> the General MIDI instrument (0 to 127) that it was given first.
    drums, empty, unended
        How many events were drums, how many notes had no length, how many were never ended.
    """

    def __init__(self, *, tempos: Iterable[tuple[int, int]] = ()) -> None:
        self.name, self.title = "", ""
        self.spans: dict[int, list[tuple[int, int, int]]] = {}
        self.meters: list[tuple[int, tuple[int, int]]] = []
        self.keys: list[tuple[int, Key]] = []
        self.tempos = list(tempos)
        self.words: list[int] = []
        self.chords: list[tuple[int, ChordName]] = []
        self.spoken: list[tuple[int, ChordName]] = []
        self.written: tuple[WrittenNote, ...] = ()
        self.programs: dict[int, int] = {}
        self.drums, self.empty, self.unended = 0, 0, 0
        self.held: dict[tuple[int, int], Strokes] = {}
        self.down: dict[tuple[int, int], int] = {}

    def strike(self, key: tuple[int, int], tick: int, struck: bool) -> None:
        """Take in that a key, a pair of channel and pitch, goes down or up.

        Examples
        --------
        >>> track = Track()
        >>> for tick, struck in [(0, True), (480, True), (540, False), (960, False)]:
        ...     track.strike((0, 60), tick, struck)
        >>> track.spans
        {0: [(60, 0, 480), (60, 480, 960)]}
        """
        if key[0] == DRUMS:
            self.drums += 1
            return
        strokes = self.held.get(key)
        if strokes is None:
            if struck:
                self.held[key], self.down[key] = [(tick, True)], 1
            return
        strokes.append((tick, struck))
        self.down[key] += 1 if struck else -1
        if not self.down[key]:
            for start, end in _in_order(self.held.pop(key), tick):
                self._add(key, start, end)

    def silence(self, channel: int, tick: int) -> None:
        """End all notes of a channel."""
        for key in [key for key in self.held if key[0] == channel]:
            while key in self.held:
                self.strike(key, tick, False)

    def finish(self, tick: int) -> None:
        """End what still sounds at the end of the track."""
        for key, strokes in self.held.items():
            last_is_down = strokes[-1][1]
            pairs = _in_order(strokes, tick) if last_is_down else _as_sounding(strokes, tick)
            self.unended += 1 if last_is_down else 0
            for start, end in pairs:
                self._add(key, start, end)
        self.held.clear()

    def _add(self, key: tuple[int, int], start: int, end: int) -> None:
        channel, pitch = key
        if end <= start:
            self.empty += 1
            return
        spans = self.spans.setdefault(channel, [])
        if len(spans) <= MAX_NOTES:
            spans.append((pitch, start, end))


def _in_order(strokes: Strokes, stop: int) -> list[tuple[int, int]]:
    """Return (start, end) of the notes where the first note-off ends the first note."""
    down = [tick for tick, struck in strokes if struck]
    up = [tick for tick, struck in strokes if not struck]
    up += [stop] * (len(down) - len(up))
    again = [*down[1:], max(stop, up[-1])]
    # The same key struck twice at once is one note.
    return [
        (start, min(end, following))
        for place, (start, end, following) in enumerate(zip(down, up, again, strict=True))
        if following > start or place == len(down) - 1
    ]


def _as_sounding(strokes: Strokes, stop: int) -> list[tuple[int, int]]:
    """Return (start, end) of the notes where a note-off ends the note that sounds."""
    pairs: list[tuple[int, int]] = []
    start = cut = -1
    for tick, struck in strokes:
        if struck:
            if 0 <= start < tick:
                pairs.append((start, tick))
                cut = tick
            start = tick
        elif start == cut == tick:
            cut = -1  # this note-off belongs to the note that the stroke has just cut
        elif start >= 0:
            pairs.append((start, tick))
            start = -1
    return pairs if start < 0 else [*pairs, (start, stop)]
