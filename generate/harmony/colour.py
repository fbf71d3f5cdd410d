"""Chords + style of a piece -> the same with sevenths and suspensions, where the melody allows.

A chord of the user's is left as it is, and so is the last one. A seventh is added where it is in
the key and does not rub against the melody, a semitone away; a dominant that closes a
phrase is suspended for its first half where the melody does not have its third.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from generate.harmony.chord_model import dominants
from generate.harmony.chords import Chord, ChordClass
from generate.harmony.outline import PHRASE_BARS
from mer.notes.chord_names import KINDS
from mer.notes.melody import TICKS_PER_QUARTER, Melody

_SEVENTHS = {
    ("minor", 10): "minor-seventh",
    ("major", 11): "major-seventh",
    ("major", 10): "dominant",
}
# A half in which the name of the chord can be read, and the suspension heard.
_SHORTEST = 3 * TICKS_PER_QUARTER // 2
_SUSPENDED = {"major": "suspended-fourth", "dominant": "suspended-fourth"}


def coloured(
    chords: Sequence[Chord], melody: Melody, *, sevenths: bool, suspensions: bool
) -> tuple[Chord, ...]:
    """Return chords with sevenths, suspensions, both or neither.

    Examples
    --------
    >>> from generate.harmony.harmony import harmonise
    >>> from mer.notes.key import Key
    >>> tune = Melody(pitch=[64, 67, 62, 60], onset=[0, 1920, 2880, 3840], key=Key(0),
    ...               duration=[1920, 960, 960, 1920], meter=(4, 4))
    >>> plain = harmonise(tune)
    >>> [chord.symbol for chord in coloured(plain, tune, sevenths=False, suspensions=True)]
    ['C', 'Gsus4', 'G', 'C']
    """
    found = [_with_seventh(chord, melody) for chord in chords[:-1]] if sevenths else chords[:-1]
    found = [*found, *chords[-1:]]
    if not suspensions:
        return tuple(found)
    result: list[Chord] = list(found[:1]) if len(found) > 1 else []
    for before, (chord, after) in zip(found, pairwise(found[1:]), strict=False):
        result += _suspended(before, chord, after, melody)
    return (*result, *found[-1:])


def _sounding(chord: Chord, melody: Melody, stop: int) -> set[int]:
    """Return the pitch classes of the melody from where a chord begins up to a tick."""
    inside = (melody.onset < stop) & (melody.end > chord.onset)
    return set((melody.pitch[inside] % 12).tolist())


def _with_seventh(chord: Chord, melody: Melody) -> Chord:
    if chord.given is not None:
        return chord
    for (quality, seventh), richer in _SEVENTHS.items():
        added = (chord.root + seventh) % 12
        if chord.quality != quality or added not in chord.key.scale:
            continue
        if richer == "dominant" and chord.kind.degree != 7:
            continue  # a seventh that asks for the next chord, where none follows
        heard = _sounding(chord, melody, chord.end)
        if not heard & {(added + 1) % 12, (added - 1) % 12}:
            return chord._replace(quality=richer)
    return chord


def _suspended(before: Chord, chord: Chord, after: Chord, melody: Melody) -> list[Chord]:
    """Return a dominant before a tonic as two chords, the first one suspended; or as it is.

    The fourth that is suspended has to be in the chord before.
    """
    half = chord.duration // 2
    leads = ChordClass(chord.degree, chord.kind.triad.quality) in dominants(chord.key.mode)
    ends = after.bar % PHRASE_BARS == 0 or after.bar == melody.bars
    closes = ends and after.degree == 0 and chord.degree == 7 and chord.quality in _SUSPENDED
    if not (leads and closes) or chord.given is not None or half < _SHORTEST:
        return [chord]
    middle = chord.onset + half
    third = (chord.root + 4) % 12
    fourth = KINDS[_SUSPENDED[chord.quality]].tones[1]
    held = (chord.root + fourth) % 12
    rubs = _sounding(chord, melody, middle) & {third, (held + 1) % 12, (held - 1) % 12}
    if rubs or held not in before.pitch_classes:
        return [chord]
    first = chord._replace(quality=_SUSPENDED[chord.quality], duration=half)
    return [first, chord._replace(onset=middle, duration=chord.duration - half)]
