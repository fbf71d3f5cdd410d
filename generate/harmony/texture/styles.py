"""Metre, pace and dance of a melody -> `Style`: patterns, instruments, chords and swing."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mer.io.sheet.sheet import FLUTE
from mer.notes.melody import Melody
from mer.notes.meter import Meter

_PIANO, _ELECTRIC_PIANO, _ORGAN, _ACCORDION, _GUITAR, _STEEL_GUITAR = 0, 4, 19, 21, 24, 25
_PLUCKED_BASS, _FINGERED_BASS, _CELLO = 32, 33, 42
_BAGPIPE, _SHANAI = 109, 111
AUTO, DRONE, NONE = "auto", "drone", "none"

# Notes in a beat of a beat's usual length: what is denser is danced, what is sparser is sung.
_DANCED, _SUNG = 1.7, 1.2
# What a dance has of them at least, whatever the titles of its sources say.
_FEWEST = MappingProxyType({"jig": 1.8, "reel": 1.4, "hornpipe": 1.4})
_SYNCOPATED = 0.18  # share of notes that begin off the beat and sound over it
_FEWEST_BEATS_A_MINUTE = 90.0  # of a waltz; what is slower is a ballad


class Style(NamedTuple):
    """How a melody is accompanied.

    Parameters
    ----------
    first, second
        The patterns of the first phrases, and of those that set themselves off from them (see
        `generate.harmony.texture.patterns`).
    ending
        The pattern of the last chord.
    chords, bass
        General MIDI programs.
    loudness, low
        Velocity of the chords, and of the bass.
    calm
        Least probability that a chord stays inside a bar.
    sevenths, suspensions, loops
        Whether chords have sevenths, closes are suspended, stock progressions are preferred.
    swing
        Where the second half of a beat begins, 1/2 for even halves.
    short
        The share of its length for which an inner stroke of the chords sounds.
    """

    first: str
    second: str
    ending: str = "block"
    chords: int = _PIANO
    bass: int = _PLUCKED_BASS
    loudness: int = 48
    low: int = 58
    calm: float = 0.8
    sevenths: bool = False
    suspensions: bool = False
    loops: bool = False
    swing: float = 0.5
    short: float = 1.0


STYLES: MappingProxyType[str, Style] = MappingProxyType(
    {
        "jig": Style(
            first="lilt",
            second="strum",
            ending="twice",
            chords=_GUITAR,
            calm=0.9,
            short=0.75,
        ),
        "reel": Style(
            first="boom",
            second="drive",
            ending="twice",
            chords=_STEEL_GUITAR,
            calm=0.9,
            short=0.75,
        ),
        "hornpipe": Style(
            first="boom",
            second="drive",
            ending="twice",
            chords=_ACCORDION,
            loudness=42,
            calm=0.85,
            swing=0.6,
            short=0.7,
        ),
        "march": Style(
            first="boom",
            second="pulse",
            ending="twice",
            chords=_ACCORDION,
            loudness=42,
            calm=0.8,
            short=0.7,
        ),
        "waltz": Style(
            first="waltz", second="broken", chords=_ACCORDION, loudness=42, calm=0.9, short=0.85
        ),
        "hymn": Style(
            first="block",
            second="walking",
            chords=_ORGAN,
            bass=_CELLO,
            loudness=30,
            low=44,
            calm=0.5,
            suspensions=True,
        ),
        "ballad": Style(
            first="arpeggio",
            second="pulse",
            calm=0.85,
            loudness=46,
            sevenths=True,
            suspensions=True,
        ),
        "pop": Style(
            first="pulse",
            second="syncopated",
            chords=_ELECTRIC_PIANO,
            bass=_FINGERED_BASS,
            loudness=36,
            low=46,
            calm=0.9,
            sevenths=True,
            suspensions=True,
            loops=True,
            short=0.9,
        ),
    }
)
CHOICES = (AUTO, *STYLES, DRONE, NONE)
# Dances that have no style of their own.
_ALIKE = MappingProxyType(
    {
        "slip jig": "jig",
        "slide": "jig",
        "polka": "march",
        "strathspey": "hornpipe",
        "highland": "hornpipe",
        "minuet": "waltz",
    }
)


def fitting_style(melody: Melody, *, program: int = FLUTE, dance: str = "") -> str:
    """Return the style that suits a melody.

    Drones for bagpipes; for a dance, its own; else what metre and pace suggest: bars of three are
    waltzes, dense compound metres jigs, dense even ones reels, sparse ones hymns, syncopated ones
    pop, and the rest ballads.

    Parameters
    ----------
    program
        The General MIDI instrument of the melody.
    dance
        Such as ``"jig"``; the empty string if it is none.

    Examples
    --------
    >>> import numpy as np
    >>> eighths = Melody(pitch=[60] * 16, onset=np.arange(16) * 240, duration=[240] * 16)
    >>> fitting_style(eighths), fitting_style(eighths, dance="hornpipe")
    ('reel', 'hornpipe')
    """
    if program in (_BAGPIPE, _SHANAI):
        return DRONE
    counted = Meter.assumed(melody.meter)
    dance = _ALIKE.get(dance, dance)
    notes = len(melody) * counted.beat_ticks / max(int(melody.end[-1] - melody.onset[0]), 1)
    if dance in STYLES and notes >= _FEWEST.get(dance, 0.0):
        return dance
    if counted.is_compound:
        return "jig" if notes >= _FEWEST["jig"] else "ballad"
    if counted.beats == 3:
        slow = (melody.tempo_bpm or 120.0) * 480 / counted.beat_ticks < _FEWEST_BEATS_A_MINUTE
        return "ballad" if slow else "waltz"
    if counted.beats % 2:
        return "ballad"
    if _syncopation(melody) >= _SYNCOPATED:
        return "pop"
    return "reel" if notes >= _DANCED else "hymn" if notes <= _SUNG else "ballad"


def _syncopation(melody: Melody) -> float:
    """Return the share of notes that begin off the beat and sound over the next one."""
    beat = melody.beat_ticks
    place = (melody.onset - melody.downbeat) % beat
    return float(np.mean((place > 0) & (place + melody.duration > beat)))
