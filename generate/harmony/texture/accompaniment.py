"""Melody + chords + style -> the parts that accompany it: chords and bass, or drones.

Phrases that set themselves off from the first have the second pattern of the style, and the last
chord of a piece has its ending. Parts are softer than the melody, and stay below it where their
range allows.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from generate.harmony.chords import OPEN_FIFTH, Chord
from generate.harmony.outline import NO_OUTLINE, Outline, returns_in, second_phrases
from generate.harmony.texture.patterns import BASS, CHORD, FIFTH, PATTERNS, STEP, Pattern
from generate.harmony.texture.styles import (
    AUTO,
    CHOICES,
    DRONE,
    NONE,
    STYLES,
    Style,
    fitting_style,
)
from generate.harmony.texture.voicing import BASS_RANGE, ceilings, voiced
from mer.errors import InputError
from mer.io.sheet.sheet import Part
from mer.notes.arrays import Ints
from mer.notes.melody import Melody
from mer.notes.meter import TICKS_PER_WHOLE

_DRONE_VELOCITY = 36
_REED_ORGAN = 20
_DRONE_LOW = 36  # the lowest drone lies in the octave from here
_LONGEST_DRONE = 16 * TICKS_PER_WHOLE

Struck = tuple[int, tuple[int, int, int]]  # voice, (pitch, onset, duration)


def accompany(
    melody: Melody, chords: Sequence[Chord], style: str = AUTO, *, outline: Outline = NO_OUTLINE
) -> tuple[Part, ...]:
    """Return the parts that accompany a melody, on its time line.

    Parameters
    ----------
    chords
        See `generate.harmony.harmony.harmonise`; for drones `generate.harmony.harmony.drone`.
    style
        One of `generate.harmony.texture.styles.CHOICES`.
    outline
        Its plan says which phrases have the second pattern.

    Raises
    ------
    InputError
        If there is no such style.

    Examples
    --------
    >>> from generate.harmony.harmony import harmonise
    >>> tune = Melody(pitch=[72, 71, 72], onset=[0, 480, 960], duration=[480, 480, 1920])
    >>> [(part.name, len(part.notes)) for part in accompany(tune, harmonise(tune), "hymn")]
    [('Chords', 9), ('Bass', 3)]
    """
    if style not in CHOICES:
        raise InputError(f"unknown style {style!r}; choose one of {', '.join(CHOICES)}")
    if style == NONE or not chords:
        return ()
    if style == AUTO:
        style = fitting_style(melody, dance=outline.dance)
    if style == DRONE or (chords[0].quality == OPEN_FIFTH and chords[0].given is None):
        return (_drones(melody, chords),)
    own = STYLES[style]
    notes = _struck(melody, chords, _patterns(melody, chords, own, outline))
    voices = [_voice(melody, [note for what, note in notes if what == n]) for n in (2, 1, 0)]
    sounding = [voice for voice in voices if voice is not None]
    low = _voice(melody, [note for what, note in notes if what == BASS])
    assert low is not None
    chorded = Part(
        melody=sounding[0],
        others=tuple(sounding[1:]),
        name="Chords",
        program=own.chords,
        velocity=own.loudness,
    )
    return chorded, Part(melody=low, name="Bass", program=own.bass, velocity=own.low)


def _patterns(
    melody: Melody, chords: Sequence[Chord], style: Style, outline: Outline
) -> list[Pattern]:
    """Return the pattern of each chord."""
    plan = returns_in(outline.plan, melody, chords[0].key)
    second = second_phrases(plan, max(chord.bar for chord in chords))
    names = [
        style.second if chord.bar and second[chord.bar - 1] else style.first for chord in chords
    ]
    return [PATTERNS[name] for name in (*names[:-1], style.ending)]


def _struck(melody: Melody, chords: Sequence[Chord], patterns: Sequence[Pattern]) -> list[Struck]:
    """Return every note: its voice, BASS or 0 to 2, and its pitch, onset and duration."""
    bass, upper = voiced(melody, chords)
    after = [*bass[1:].tolist(), int(bass[-1])]
    notes = []
    for number, (chord, pattern) in enumerate(zip(chords, patterns, strict=True)):
        for what, start, length in pattern(chord.duration, melody.meter):
            place = (chord.onset + start, length)
            if what in (BASS, FIFTH, STEP):
                low = int(bass[number])
                if what == FIFTH:
                    low = _fifth(chord, low, int(upper[number, 0]))
                elif what == STEP:
                    low = _step(chord, low, after[number])
                notes.append((BASS, (low, *place)))
                continue
            for voice in (0, 1, 2) if what == CHORD else (what,):
                notes.append((voice, (int(upper[number, voice]), *place)))
    return notes


def _fifth(chord: Chord, bass: int, ceiling: int) -> int:
    """Return the fifth below or above a root in the bass; the bass itself if it is no root."""
    if bass % 12 != chord.root or (chord.root + 7) % 12 not in chord.pitch_classes:
        return bass
    low, high = BASS_RANGE
    found = [note for note in (bass - 5, bass + 7) if low <= note <= high and note < ceiling]
    return found[0] if found else bass


def _step(chord: Chord, bass: int, after: int) -> int:
    """Return a note of the key a step from the next bass, on the side of this one."""
    if abs(after - bass) <= 2:
        return bass
    side = -1 if after > bass else 1
    near = (after + side * distance for distance in (1, 2))
    return next((note for note in near if note % 12 in chord.key.scale), bass)


def _voice(melody: Melody, notes: Sequence[tuple[int, int, int]]) -> Melody | None:
    """Return notes as a melody in the frame of another one, or None if there are none."""
    if not notes:
        return None
    pitch, onset, duration = np.array(notes, dtype=np.int64).T
    return in_frame(melody, pitch, onset, duration)


def in_frame(melody: Melody, pitch: Ints, onset: Ints, duration: Ints) -> Melody:
    """Return notes as a melody with metre, key, tempo and downbeat of another one."""
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
    low = _DRONE_LOW + (chords[0].key.tonic - _DRONE_LOW) % 12
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
