"""Melody -> varied melody: the classical operators, each stating what it preserves.

Every operator is a pure function that returns a `Variation`: the new melody, and for each of its
notes the note it was made from. `OPERATORS` lists them for the methods; a test holds each to
what it claims.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from generate.piece.composition import Fragment
from generate.piece.degrees import to_degrees, to_pitch
from mer.errors import InputError
from mer.notes.arrays import Flags, Ints
from mer.notes.key import Key
from mer.notes.melody import TICKS_PER_QUARTER, Melody

ORNAMENT = "ornament"


class Variation(NamedTuple):
    """A varied melody and its derivation.

    Parameters
    ----------
    melody
        The result.
    origin
        Shape (notes,): index of the note of the original that each note was made from.
    added
        Shape (notes,): True for ornaments, which stand beside the note that they cite.
    """

    melody: Melody
    origin: Ints
    added: Flags

    @classmethod
    def note_for_note(cls, melody: Melody, origin: Ints | None = None) -> Variation:
        """Return a variation without added notes, in the original order unless `origin` differs."""
        order = np.arange(len(melody)) if origin is None else origin
        return cls(melody, order, np.zeros(len(melody), dtype=bool))


def transpose_chromatic(melody: Melody, semitones: int) -> Variation:
    """Return the melody `semitones` higher: every interval is preserved, the key moves along."""
    return Variation.note_for_note(melody.transpose(semitones))


def transpose_diatonic(melody: Melody, key: Key, steps: int) -> Variation:
    """Return the melody `steps` scale steps higher: it stays in the key, intervals adapt.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1, 1, 1])
    >>> transpose_diatonic(tune, Key(0), 2).melody.pitch.tolist()
    [64, 65, 67]
    """
    degree, alteration = to_degrees(melody.pitch, key)
    pitch = to_pitch(degree + steps, key) + alteration
    return Variation.note_for_note(replace(melody, pitch=pitch))


def invert(melody: Melody, key: Key) -> Variation:
    """Return the melody mirrored in the scale about its first note: steps up become steps down.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 69, 72], onset=[0, 1, 2], duration=[1, 1, 1])
    >>> invert(tune, Key(0)).melody.pitch.tolist()
    [67, 65, 62]
    """
    degree, alteration = to_degrees(melody.pitch, key)
    pitch = to_pitch(2 * degree[0] - degree, key) - alteration + 2 * alteration[0]
    return Variation.note_for_note(replace(melody, pitch=pitch))


def retrograde(melody: Melody) -> Variation:
    """Return the melody read from the end: pitches and rhythm both turned round."""
    length = int(melody.end[-1])
    turned = replace(
        melody,
        pitch=melody.pitch[::-1],
        onset=(length - melody.end)[::-1],
        duration=melody.duration[::-1],
        downbeat=(length - melody.downbeat) % melody.bar_ticks,
        phrase_starts=(),
        beat_strength=None,
    )
    return Variation.note_for_note(turned, np.arange(len(melody))[::-1])


def reverse_pitches(melody: Melody) -> Variation:
    """Return the pitches in reverse order on the rhythm as it was."""
    turned = replace(melody, pitch=melody.pitch[::-1])
    return Variation.note_for_note(turned, np.arange(len(melody))[::-1])


def augment(melody: Melody, factor: int = 2) -> Variation:
    """Return the melody `factor` times as slow."""
    slow = replace(
        melody,
        onset=melody.onset * factor,
        duration=melody.duration * factor,
        downbeat=melody.downbeat * factor % melody.bar_ticks,
    )
    return Variation.note_for_note(slow)


def diminish(melody: Melody, factor: int = 2) -> Variation:
    """Return the melody `factor` times as fast.

    Raises
    ------
    InputError
        If a note would no longer begin or last a whole number of ticks.
    """
    ticks = np.concatenate([melody.onset, melody.duration, [melody.downbeat]])
    if (ticks % factor).any():
        odd = int(ticks[np.flatnonzero(ticks % factor)[0]])
        raise InputError(f"cannot diminish by {factor}: {odd} ticks is not a multiple of {factor}")
    fast = replace(
        melody,
        onset=melody.onset // factor,
        duration=melody.duration // factor,
        downbeat=melody.downbeat // factor % melody.bar_ticks,
    )
    return Variation.note_for_note(fast)


def ornament(
    melody: Melody,
    key: Key,
    rng: np.random.Generator,
    *,
    share: float = 0.6,
    shortest: int = TICKS_PER_QUARTER // 2,
) -> Variation:
    """Return the melody with passing notes in its thirds and neighbour notes in its repetitions.

    A note that is ornamented gives the second half of its time to the ornament.

    Parameters
    ----------
    share
        Probability of an ornament on each note that can have one.
    shortest
        Notes of fewer ticks than this are left alone.
    """
    degree, _ = to_degrees(melody.pitch, key)
    motion = np.diff(degree, append=degree[-1] + 99)
    room = (melody.duration >= shortest) & (melody.duration % 2 == 0)
    chosen = room & np.isin(motion, (-2, 0, 2)) & (rng.random(len(melody)) < share)
    # A third is filled with the note between; a repeated note gets its upper neighbour.
    extra = to_pitch(degree + np.where(motion == 0, 1, np.sign(motion)), key)
    copies = np.where(chosen, 2, 1)
    origin = np.repeat(np.arange(len(melody)), copies)
    first = np.concatenate([[0], np.cumsum(copies)[:-1]])
    added = np.ones(len(origin), dtype=bool)
    added[first] = False
    duration = np.where(chosen, melody.duration // 2, melody.duration)[origin]
    onset = melody.onset[origin] + np.where(added, duration, 0)
    varied = replace(
        melody,
        pitch=np.where(added, extra[origin], melody.pitch[origin]),
        onset=onset,
        duration=duration,
        phrase_starts=tuple(int(first[start]) for start in melody.phrase_starts),
        beat_strength=None,
    )
    return Variation(varied, origin, added)


def thin(melody: Melody) -> Variation:
    """Return the melody with the notes off the beat left out; those before them last longer."""
    keep = melody.bar_position % melody.beat_ticks == 0
    keep[[0, -1]] = True
    origin = np.flatnonzero(keep)
    # A kept note takes over the time of the notes dropped after it, up to where the last one ended.
    last = np.append(origin[1:], len(melody)) - 1
    thinned = replace(
        melody,
        pitch=melody.pitch[origin],
        onset=melody.onset[origin],
        duration=melody.end[last] - melody.onset[origin],
        phrase_starts=(),
        beat_strength=None,
    )
    return Variation.note_for_note(thinned, origin)


def swap_rhythm(melody: Melody, other: Melody) -> Variation:
    """Return the pitches of `melody` on the rhythm (and metre) of `other`.

    Where the two differ in length, pitches are repeated or left out evenly; the first and the last
    stay.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1, 1, 1])
    >>> rhythm = Melody(pitch=[1, 1], onset=[0, 480], duration=[480, 960])
    >>> swap_rhythm(tune, rhythm).melody.pitch.tolist()
    [60, 64]
    """
    spread = np.linspace(0, len(melody) - 1, len(other)) if len(other) > 1 else np.zeros(1)
    origin = np.rint(spread).astype(np.int64)
    swapped = replace(
        other, pitch=melody.pitch[origin], key=melody.key, title=melody.title, beat_strength=None
    )
    return Variation.note_for_note(swapped, origin)


def change_mode(melody: Melody, key: Key, mode: str) -> Variation:
    """Return the same scale degrees in another mode on the same tonic.

    Raises
    ------
    InputError
        If the mode is unknown.
    """
    target = Key(key.tonic, mode)
    degree, alteration = to_degrees(melody.pitch, key)
    pitch = to_pitch(degree, target) + alteration
    return Variation.note_for_note(replace(melody, pitch=pitch, key=target))


class Subject(NamedTuple):
    """What an operator of the table works on: a melody, its key, chance, and a second melody."""

    melody: Melody
    key: Key
    rng: np.random.Generator
    other: Melody


class Operator(NamedTuple):
    """A named operator and what it preserves.

    Parameters
    ----------
    apply
        From a subject to its variation; amounts that are free are drawn from the subject's rng.
    preserves
        Names from `PRESERVABLE`, for melodies whose notes lie in the key.
    """

    apply: Callable[[Subject], Variation]
    preserves: frozenset[str]


# What can be preserved, and what is meant by it.
PRESERVABLE: dict[str, str] = {
    "intervals": "every interval in semitones",
    "contour": "the direction of every interval",
    "mirrored contour": "the direction of every interval, turned round",
    "rhythm": "every onset and duration",
    "proportions": "every duration divided by the first",
    "scale": "notes of the key stay in the key",
    "pitches": "how often each pitch occurs",
    "length": "the number of ticks from the first onset to the end",
    "count": "the number of notes",
    "outline": "every original pitch at its original onset",
    "selection": "the notes that remain keep pitch and onset",
    "ends": "the first and the last pitch",
    "degrees": "every scale degree",
}

_OTHER_MODE = {"major": "minor", "minor": "major", "dorian": "major", "mixolydian": "minor"}
_STEPS = (-3, -2, -1, 1, 2, 3)

_SLOWED_OR_HASTENED = frozenset(
    {"intervals", "contour", "degrees", "pitches", "proportions", "scale", "count", "ends"}
)

# Name -> operator. Everything that is preserved is declared: a test breaks what is not.
OPERATORS: dict[str, Operator] = {
    "transposition": Operator(
        lambda s: transpose_chromatic(s.melody, int(s.rng.choice(_STEPS))),
        frozenset({"intervals", "contour", "rhythm", "proportions", "length", "count"}),
    ),
    "diatonic transposition": Operator(
        lambda s: transpose_diatonic(s.melody, s.key, int(s.rng.choice(_STEPS))),
        frozenset({"contour", "rhythm", "proportions", "scale", "length", "count"}),
    ),
    "inversion": Operator(
        lambda s: invert(s.melody, s.key),
        frozenset({"mirrored contour", "rhythm", "proportions", "scale", "length", "count"}),
    ),
    "retrograde": Operator(
        lambda s: retrograde(s.melody), frozenset({"pitches", "scale", "length", "count"})
    ),
    "reversed pitches": Operator(
        lambda s: reverse_pitches(s.melody),
        frozenset({"pitches", "rhythm", "proportions", "scale", "length", "count"}),
    ),
    "augmentation": Operator(
        lambda s: augment(s.melody),
        _SLOWED_OR_HASTENED,
    ),
    "diminution": Operator(
        lambda s: diminish(s.melody),
        _SLOWED_OR_HASTENED,
    ),
    ORNAMENT: Operator(
        lambda s: ornament(s.melody, s.key, s.rng),
        frozenset({"outline", "scale", "length", "ends"}),
    ),
    "thinning": Operator(
        lambda s: thin(s.melody), frozenset({"selection", "scale", "length", "ends"})
    ),
    "rhythm swap": Operator(lambda s: swap_rhythm(s.melody, s.other), frozenset({"scale", "ends"})),
    "mode change": Operator(
        lambda s: change_mode(s.melody, s.key, _OTHER_MODE.get(s.key.mode, "major")),
        frozenset({"degrees", "contour", "rhythm", "proportions", "length", "count"}),
    ),
}


def varied(fragment: Fragment, name: str, variation: Variation) -> Fragment:
    """Return the fragment that `variation` made of `fragment`, every note cited.

    An ornament cites the note that it stands beside, and says so.
    """
    origin = variation.origin.tolist()
    moves = (variation.melody.pitch - fragment.melody.pitch[variation.origin]).tolist()
    sources = []
    for note, added, move in zip(origin, variation.added.tolist(), moves, strict=True):
        names_itself = added or name != ORNAMENT
        source = fragment.sources[note]
        sources.append(source.then(name, move) if names_itself else source)
    return Fragment(variation.melody, tuple(sources))
