"""Music that is to be written: parts, chord symbols, credits -> `Sheet`, the value of all writers.

MIDI, MusicXML and ABC say different shares of a sheet: ABC holds the first part alone, under its
chord symbols.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mer.errors import InputError
from mer.io.sheet.phrasing import NO_PHRASING, Phrasing
from mer.notes.arrays import Ints
from mer.notes.chord_names import ChordName, musicxml_kind
from mer.notes.melody import Melody
from mer.notes.meter import TICKS_PER_QUARTER, Meter

VELOCITY = 80
FLUTE = 73  # the General MIDI program of what plays a melody unless something else is asked for
MOST_PARTS = 15  # the channels of MIDI, without the drums
# Of a note whose part has the velocity VELOCITY.
_BARLINE, _BEAT, _BETWEEN = 104, 94, 84


class PlayedNote(NamedTuple):
    """A note as it is played: when it is struck and released, how hard, and which note it is.

    `note` is the place of the written note in `Part.notes`; -1 for an ornament.
    """

    pitch: int
    onset: int
    end: int
    velocity: int
    note: int


class Part(NamedTuple):
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
    played
        The notes as they are played, in order of time; () to play them as they are written, with
        light accents.
    """

    melody: Melody
    name: str = ""
    program: int = 0
    others: tuple[Melody, ...] = ()
    velocity: int = VELOCITY
    played: tuple[PlayedNote, ...] = ()

    @property
    def notes(self) -> Ints:
        """Pitch, onset and end of the notes of all voices, shape (notes, 3), in order of time."""
        voices = (self.melody, *self.others)
        columns = [np.stack([voice.pitch, voice.onset, voice.end], axis=1) for voice in voices]
        notes = np.concatenate(columns)
        return np.asarray(notes[np.lexsort((notes[:, 0], notes[:, 1]))])


def played_notes(part: Part, leader: Melody) -> tuple[PlayedNote, ...]:
    """Return the notes of a part as they are played.

    MIDI files and synthesisers both take them from here.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62], onset=[0, 240], duration=[240] * 2)
    >>> [tuple(note) for note in played_notes(Part(melody=tune), tune)]
    [(60, 0, 240, 104, 0), (62, 240, 480, 84, 1)]
    """
    if part.played:
        return part.played
    rows = zip(part.notes.tolist(), velocities(part, leader).tolist(), strict=True)
    return tuple(
        PlayedNote(pitch, onset, end, velocity, number)
        for number, ((pitch, onset, end), velocity) in enumerate(rows)
    )


def velocities(part: Part, leader: Melody) -> Ints:
    """Return how hard each note of `Part.notes` is struck, 1 to 127, shape (notes,).

    Notes on barlines and beats are a little louder than the others, so that the metre can be heard.

    Parameters
    ----------
    leader
        The melody whose bars count for all parts.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 240, 480], duration=[240] * 3)
    >>> velocities(Part(melody=tune), tune).tolist()
    [104, 84, 94]
    """
    position = (part.notes[:, 1] - leader.downbeat) % leader.bar_ticks
    accents = np.where(position % leader.beat_ticks == 0, _BEAT, _BETWEEN)
    accents = np.where(position == 0, _BARLINE, accents).astype(np.int64)
    return np.asarray(np.clip(accents * part.velocity // VELOCITY, 1, 127))


class ChordSymbol(NamedTuple):
    """A chord symbol above the music: when, its root as letter and alteration, what it is."""

    tick: int
    letter: str
    alter: int
    kind: str  # as MusicXML calls it: major, minor, diminished, dominant, power ...
    text: str  # what stands after the root, such as m or 7
    bass_letter: str = ""  # of a bass that is not the root
    bass_alter: int = 0

    @classmethod
    def of(cls, tick: int, name: ChordName) -> ChordSymbol:
        """Return a chord name at a tick.

        Examples
        --------
        >>> from mer.notes.chord_names import chord_name
        >>> ChordSymbol.of(480, chord_name("Am7/G")).name
        'Am7/G'
        """
        kind = musicxml_kind(name.kind)
        return cls(
            tick, name.letter, name.alter, kind, name.suffix, name.bass_letter, name.bass_alter
        )

    @property
    def name(self) -> str:
        """The symbol as text.

        Examples
        --------
        >>> ChordSymbol(0, "B", -1, "dominant", "7").name
        'Bb7'
        """
        bass = f"/{self.bass_letter}{_sign(self.bass_alter)}" if self.bass_letter else ""
        return f"{self.letter}{_sign(self.alter)}{self.text}{bass}"


def _sign(alter: int) -> str:
    return "#" * alter if alter > 0 else "b" * -alter


class Credits(NamedTuple):
    """Who and what the music is owed to.

    Parameters
    ----------
    composer
        Who made it.
    sources
        What the notes were taken from, such as ``"The Kesh Jig (a collection)"``.
    rhythm
        Kind of dance, such as ``"jig"``.
    """

    composer: str = ""
    sources: tuple[str, ...] = ()
    rhythm: str = ""


NO_CREDITS = Credits()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Music to be written.

    Parameters
    ----------
    parts
        1 to 15. The first one's title, metre, key, tempo and pick-up hold for all.
    symbols
        Chord symbols above the first part, in order of time.
    credits
        Who and what it is owed to.
    tempo
        Quarter notes a minute, instead of the first part's own tempo.
    repeats
        Whether a strain that is followed by itself may be written once, between repeat signs, where
        the format has a reader who plays them.
    phrasing
        Slurs, dynamics and hairpins of the first part.

    Raises
    ------
    InputError
        If there are no or too many parts, or a number is out of range.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 69], onset=[0, 480], duration=[480, 480], title="Air")
    >>> sheet = Sheet.of(tune, tempo_bpm=90.0)
    >>> sheet.title, sheet.tempo_bpm, sheet.stop
    ('Air', 90.0, 960)
    """

    parts: tuple[Part, ...]
    symbols: tuple[ChordSymbol, ...] = ()
    credits: Credits = NO_CREDITS
    tempo: float | None = None
    repeats: bool = False
    phrasing: Phrasing = NO_PHRASING

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= MOST_PARTS:
            raise InputError(f"{len(self.parts)} parts; 1 to {MOST_PARTS} can be written")
        if self.tempo is not None and not 4.0 <= self.tempo <= 1000.0:
            raise InputError(f"tempo {self.tempo:g} is outside 4 to 1000 quarters a minute")
        for part in self.parts:
            if not 0 <= part.program <= 127:
                raise InputError(
                    f"instrument {part.program} is outside the General MIDI range 0 to 127"
                )
            if not 1 <= part.velocity <= 127:
                raise InputError(f"velocity {part.velocity} is outside 1 to 127")

    @classmethod
    def of(cls, melody: Melody, *, program: int = 0, tempo_bpm: float | None = None) -> Sheet:
        """Return a melody alone as a sheet.

        Parameters
        ----------
        program
            General MIDI instrument, 0 to 127.
        tempo_bpm
            Quarter notes a minute, instead of the melody's own tempo.
        """
        return cls(parts=(Part(melody=melody, name="Melody", program=program),), tempo=tempo_bpm)

    @property
    def leader(self) -> Melody:
        """The first part, whose signs hold for all."""
        return self.parts[0].melody

    @property
    def title(self) -> str:
        """Title on one line, or the empty string."""
        return printable(self.leader.title)

    @property
    def tempo_bpm(self) -> float | None:
        """Quarter notes a minute, or None if unknown."""
        return self.leader.tempo_bpm if self.tempo is None else self.tempo

    @property
    def stop(self) -> int:
        """The tick at which the last note of all parts ends."""
        return max(int(part.notes[:, 2].max()) for part in self.parts)

    @property
    def silence(self) -> int:
        """Ticks from a barline to the beginning of a pick-up; 0 without one."""
        return -self.leader.downbeat % self.leader.bar_ticks

    def credit_lines(self) -> Iterator[str]:
        """Yield the credits as lines, for formats that have no fields for them."""
        if self.credits.composer:
            yield f"composer: {printable(self.credits.composer)}"
        yield from (f"source: {printable(source)}" for source in self.credits.sources)


class Metronome(NamedTuple):
    """A tempo as musicians write it: a note value, in ticks, and how many of it fill a minute."""

    ticks: int
    per_minute: float


def metronome(tempo_bpm: float, meter: tuple[int, int] | None) -> Metronome:
    """Return a tempo in beats of the metre, such as dotted quarters in 6/8.

    Parameters
    ----------
    tempo_bpm
        Quarter notes a minute.

    Examples
    --------
    >>> metronome(120.0, (6, 8)), metronome(120.0, (4, 4))
    (Metronome(ticks=720, per_minute=80.0), Metronome(ticks=480, per_minute=120.0))
    """
    beat = Meter.assumed(meter).beat_ticks
    return Metronome(beat, tempo_bpm * TICKS_PER_QUARTER / beat)


def printable(text: str) -> str:
    r"""Return a text on one line, without what no file can hold.

    Examples
    --------
    >>> printable("One\ntwo\x01")
    'One two'
    """
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
