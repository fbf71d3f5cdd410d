"""Melody + chords + pattern -> the parts that accompany it: chords and bass, or drones.

A pattern says what is struck when inside one chord: the bass, the upper voices together, or one of
them. Every pattern fills its chord exactly; the last chord of a piece is held, whatever the
pattern. Parts are softer than the melody, and stay below it where their range allows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from generate.harmony.chords import OPEN_FIFTH, Chord
from generate.harmony.voicing import ceilings, voiced
from mer.errors import InputError
from mer.io.sheet.sheet import FLUTE, Part
from mer.notes.arrays import Ints
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import TICKS_PER_WHOLE, Meter

BASS, CHORD = -1, -2  # what a stroke sounds; 0, 1 and 2 are the upper voices, low to high
Stroke = tuple[int, int, int]  # what, start and length, in ticks from the beginning of the chord

_BASS_VELOCITY, _DRONE_VELOCITY = 58, 36
_GUITAR, _PIANO, _ACCORDION, _REED_ORGAN, _PLUCKED_BASS = 24, 0, 21, 20, 32
_BAGPIPE, _SHANAI = 109, 111
_DRONE_LOW = 36  # the lowest drone lies in the octave from here
_LONGEST_DRONE = 16 * TICKS_PER_WHOLE


def block(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the chord and its bass, held."""
    yield BASS, 0, length
    yield CHORD, 0, length


def waltz(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, then the chord on every other beat; inside one compound beat, on its thirds.

    Examples
    --------
    >>> list(waltz(1440, (3, 4)))
    [(-1, 0, 480), (-2, 480, 480), (-2, 960, 480)]
    """
    counted = Meter.assumed(meter)
    pulse = counted.beat_ticks
    if length <= pulse:
        pulse = length // 3 if counted.is_compound else length // 2
    yield BASS, 0, pulse
    for start in range(pulse, length, pulse):
        yield CHORD, start, min(pulse, length - start)


def arpeggio(length: int, meter: tuple[int, int] | None) -> Iterator[Stroke]:
    """Yield the bass, held, and the upper voices one after another, up and down."""
    counted = Meter.assumed(meter)
    half = max(counted.beat_ticks // 2, min(counted.beat_ticks, TICKS_PER_QUARTER // 2))
    pulse = counted.unit_ticks if counted.is_compound else half
    yield BASS, 0, length
    for number, start in enumerate(range(0, length, pulse)):
        yield (0, 1, 2, 1)[number % 4], start, min(pulse, length - start)


Pattern = Callable[[int, tuple[int, int] | None], Iterator[Stroke]]
PATTERNS: MappingProxyType[str, Pattern] = MappingProxyType(
    {"block": block, "arpeggio": arpeggio, "waltz": waltz}
)
DRONE, AUTO, NONE = "drone", "auto", "none"
CHOICES = (AUTO, *PATTERNS, DRONE, NONE)
# Instrument and loudness of the chords: an accordion goes on sounding, a piano dies away.
_CHORD_SOUNDS = MappingProxyType(
    {"block": (_PIANO, 54), "arpeggio": (_GUITAR, 50), "waltz": (_ACCORDION, 44)}
)


def fitting_pattern(meter: tuple[int, int] | None, *, program: int = FLUTE) -> str:
    """Return the pattern that suits a metre and the instrument of the melody.

    Drones for bagpipes, waltz for bars of three beats, arpeggio for bars of two or four long beats,
    block for the rest.

    Examples
    --------
    >>> [fitting_pattern(meter) for meter in ((3, 4), (6, 8), (4, 4), (2, 4))]
    ['waltz', 'arpeggio', 'arpeggio', 'block']
    """
    if program in (_BAGPIPE, _SHANAI):
        return DRONE
    counted = Meter.assumed(meter)
    if counted.beats == 3:
        return "waltz"
    return "arpeggio" if counted.is_compound or counted.beats == 4 else "block"


def accompany(melody: Melody, chords: Sequence[Chord], pattern: str = AUTO) -> tuple[Part, ...]:
    """Return the parts that accompany a melody, on its time line.

    Parameters
    ----------
    chords
        See `generate.harmony.harmony.harmonise`; for drones `generate.harmony.harmony.drone`.
    pattern
        One of `CHOICES`.

    Raises
    ------
    InputError
        If the pattern is unknown.

    Examples
    --------
    >>> from generate.harmony.harmony import harmonise
    >>> tune = Melody(pitch=[72, 71, 72], onset=[0, 480, 960], duration=[480, 480, 1920])
    >>> [(part.name, len(part.notes)) for part in accompany(tune, harmonise(tune), "block")]
    [('Chords', 9), ('Bass', 3)]
    """
    if pattern not in CHOICES:
        raise InputError(f"unknown pattern {pattern!r}; choose one of {', '.join(CHOICES)}")
    if pattern == NONE or not chords:
        return ()
    if pattern == AUTO:
        pattern = fitting_pattern(melody.meter)
    if pattern == DRONE or chords[0].quality == OPEN_FIFTH:
        return (_drones(melody, chords),)
    bass, upper = voiced(melody, chords)
    notes = _struck(chords, (bass, upper), PATTERNS[pattern], melody.meter)
    voices = [_voice(melody, [note for what, note in notes if what == n]) for n in (2, 1, 0)]
    sounding = [voice for voice in voices if voice is not None]
    low = _voice(melody, [note for what, note in notes if what == BASS])
    assert low is not None
    program, velocity = _CHORD_SOUNDS[pattern]
    chorded = Part(
        melody=sounding[0],
        others=tuple(sounding[1:]),
        name="Chords",
        program=program,
        velocity=velocity,
    )
    return chorded, Part(melody=low, name="Bass", program=_PLUCKED_BASS, velocity=_BASS_VELOCITY)


def _struck(
    chords: Sequence[Chord],
    voices: tuple[Ints, Ints],
    pattern: Pattern,
    meter: tuple[int, int] | None,
) -> list[tuple[int, tuple[int, int, int]]]:
    """Return (voice, (pitch, onset, duration)) of every note."""
    bass, upper = voices
    notes = []
    for number, chord in enumerate(chords):
        strokes = block if number == len(chords) - 1 else pattern
        for what, start, length in strokes(chord.duration, meter):
            place = (chord.onset + start, length)
            if what == BASS:
                notes.append((BASS, (int(bass[number]), *place)))
                continue
            for voice in (0, 1, 2) if what == CHORD else (what,):
                notes.append((voice, (int(upper[number, voice]), *place)))
    return notes


def _voice(melody: Melody, notes: Sequence[tuple[int, int, int]]) -> Melody | None:
    """Return notes as a melody in the frame of another one, or None if there are none."""
    if not notes:
        return None
    pitch, onset, duration = np.array(notes, dtype=np.int64).T
    return Melody(
        pitch=pitch,
        onset=onset,
        duration=duration,
        meter=melody.meter,
        key=melody.key,
        tempo_bpm=melody.tempo_bpm,
        downbeat=melody.downbeat,
    )


def _drones(melody: Melody, chords: Sequence[Chord]) -> Part:
    """Return the tonic, the fifth above and the octave, held from the first bar to the last."""
    low = _DRONE_LOW + (chords[0].root - _DRONE_LOW) % 12
    # Below the melody, as far down as the lowest string goes.
    while low + 12 > int(ceilings(melody, chords).min()) and low >= 12 + _DRONE_LOW // 2:
        low -= 12
    start, end = chords[0].onset, chords[-1].end
    marks = [*range(start, end, _LONGEST_DRONE), end]
    spans = [(a, b - a) for a, b in itertools.pairwise(marks)]
    voices = [_voice(melody, [(low + step, *span) for span in spans]) for step in (12, 7, 0)]
    first, *others = [voice for voice in voices if voice is not None]
    return Part(
        melody=first,
        others=tuple(others),
        name="Drones",
        program=_REED_ORGAN,
        velocity=_DRONE_VELOCITY,
    )


def voices_of(part: Part) -> tuple[Melody, ...]:
    """Return every voice of a part, the first one first."""
    return (part.melody, *part.others)


def louder(part: Part, gain: float) -> Part:
    """Return a part `gain` times as loud, within what MIDI can say.

    Examples
    --------
    >>> louder(Part(melody=Melody(pitch=[60], onset=[0], duration=[480])), 0.5).velocity
    40
    """
    return replace(part, velocity=min(max(round(part.velocity * gain), 1), 127))
