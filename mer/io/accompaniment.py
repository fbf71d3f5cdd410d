"""A melody and the voices beside it -> the chords that sound: a name for each half bar or bar.

For songs whose file names no chords. Of each stretch, half a bar where the metre has an even number
of beats and else a bar, the sounding pitch classes are counted by how long they sound; a chord fits
by the share of its tones in that, more if its root lies in the bass, less for each of its tones
that is not there. The melody counts half as much as the other voices, since more of its notes
belong to no chord, and its notes are the bass only if they are the lowest in most stretches. The
best row of chords is found by the Viterbi algorithm, in which a chord that changes costs a little:
so a passing note in the bass makes no new chord.

A single line tells no chords. Where two pitch classes sound together in the other voices in fewer
than half of the stretches, as over a bass alone or under a tune alone, nothing is named.

The kinds that are named are few: major, minor, diminished and the three common sevenths.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from mer.io.reading import Reading, symbols_from
from mer.io.voices import ROLL_TICKS, Voice
from mer.notes.arrays import Flags, Floats, Ints, distinct
from mer.notes.chord_names import KINDS, ChordName
from mer.notes.key import Key
from mer.notes.meter import Meter
from mer.notes.names import FLAT_NAMES, SHARP_NAMES

# Kind -> what it costs to be named: a plain chord goes before a seventh that fits a little better.
_KINDS = {
    "major": 0.0,
    "minor": 0.0,
    "dominant": 0.06,
    "minor-seventh": 0.08,
    "major-seventh": 0.08,
    "diminished": 0.12,
}
_IN_THE_BASS = 0.3
_MISSING = 0.12  # for each tone of the chord that is not there
_CHANGE = 0.15
_NO_PITCH = 1_000
_FEWEST = 0.5  # share of the stretches in which two pitch classes must sound together
_OF_MELODY = 0.5  # what a tick of the melody counts beside one of the other voices


def with_heard_chords(reading: Reading, voices: Sequence[Voice], chosen: int) -> Reading:
    """Return a reading with the chords that the voices sound, where the file names none.

    There must be more than one line beside the melody.

    Parameters
    ----------
    reading
        As it was made of `voices[chosen]`, its `begin_tick` that of the file.
    voices
        All voices of the file, in ticks of 480 to the quarter.

    Examples
    --------
    >>> from mer.io.reading import Notation, reading_of
    >>> tune = Voice("tune", np.array([76, 77]), np.array([0, 1920]), np.array([1920] * 2))
    >>> under = Voice("", np.array([48, 52, 55, 53, 57, 60]), np.repeat([0, 1920], 3),
    ...               np.array([1920] * 6))
    >>> reading = reading_of(tune, Notation(meter=(4, 4)))
    >>> [(one.tick, one.name) for one in with_heard_chords(reading, [tune, under], 0).chords]
    [(0, 'C'), (1920, 'F')]
    """
    others = [voice for number, voice in enumerate(voices) if number != chosen]
    if reading.chords or not others:
        return reading
    meter = Meter.assumed(reading.melody.meter)
    step = meter.bar_ticks // 2 if meter.beats % 2 == 0 else meter.bar_ticks
    notes = np.concatenate([_columns(voice) for voice in others])
    first = (reading.begin_tick - reading.barline_tick) // step * step + reading.barline_tick
    stop = int(notes[:, 2].max())
    edges = np.arange(first, stop + step, step)
    if len(edges) < 2 or _together(notes, edges).mean() < _FEWEST:
        return reading
    weight, bass = _profiles(_columns(voices[chosen]), notes, edges)
    names = _named(weight, bass, reading.melody.key)
    found = [
        (int(edges[place]), name)
        for place, name in enumerate(names)
        if place == 0 or name != names[place - 1]
    ]
    return reading._replace(chords=symbols_from(found, reading.begin_tick), chords_are_heard=True)


def _columns(voice: Voice) -> Ints:
    return np.stack([voice.pitch, voice.onset, voice.onset + voice.duration], axis=1)


def _together(notes: Ints, edges: Ints) -> Flags:
    """Return in which stretches two pitch classes sound together, shape (stretches,).

    What overlaps by no more than a sixteenth of a quarter is one line, played legato.

    Parameters
    ----------
    notes
        Shape (notes, 3): pitch, start and end.
    edges
        Shape (stretches + 1,): where the stretches begin and end.
    """
    start, end = notes[:, 1], notes[:, 2] - ROLL_TICKS
    ticks = distinct(np.concatenate([start, end, edges]))
    change = np.zeros((len(ticks), 12), dtype=np.int64)
    heard = end > start
    for tick, sign in ((start, 1), (end, -1)):
        np.add.at(change, (np.searchsorted(ticks, tick[heard]), notes[heard, 0] % 12), sign)
    several = (np.cumsum(change, axis=0) > 0).sum(axis=1) > 1
    place = np.searchsorted(edges, ticks[several], side="right") - 1
    found = np.zeros(len(edges) - 1, dtype=bool)
    found[place[(place >= 0) & (place < len(found))]] = True
    return found


def _profiles(own: Ints, others: Ints, edges: Ints) -> tuple[Floats, Ints]:
    """Return how long each pitch class sounds in each stretch, as shares; the bass, -1 for none.

    A stretch in which the other voices are silent has no bass.

    Parameters
    ----------
    own, others
        Shape (notes, 3): pitch, start and end of the notes of the melody and of the others.
    edges
        Shape (stretches + 1,): where the stretches begin and end.
    """
    held, low = _held(others, edges)
    sung, lowest = _held(own, edges)
    both = (low < _NO_PITCH) & (lowest < _NO_PITCH)
    if both.any() and (lowest < low)[both].mean() > 0.5:
        low = np.where(both, np.minimum(low, lowest), low)
    held = held + _OF_MELODY * sung
    weight: Floats = held / np.maximum(held.sum(axis=1, keepdims=True), 1.0)
    return weight, np.where(low == _NO_PITCH, -1, low % 12)


def _held(notes: Ints, edges: Ints) -> tuple[Floats, Ints]:
    """Return how many ticks each pitch class sounds in each stretch, and the lowest pitch there.

    Parameters
    ----------
    notes
        Shape (notes, 3): pitch, start and end.
    edges
        Shape (stretches + 1,): where the stretches begin and end.
    """
    places = len(edges) - 1
    # Each note once for each stretch in which it sounds.
    inside = notes[(notes[:, 2] > edges[0]) & (notes[:, 1] < edges[-1])]
    first = np.maximum(np.searchsorted(edges, inside[:, 1], side="right") - 1, 0)
    last = np.minimum(np.searchsorted(edges, inside[:, 2], side="left"), places)
    times = last - first
    pitch, begin, end = np.repeat(inside, times, axis=0).T
    place = np.repeat(first, times) + np.arange(len(pitch))
    place -= np.repeat(np.cumsum(times) - times, times)
    length = np.minimum(end, edges[place + 1]) - np.maximum(begin, edges[place])
    held = np.bincount(place * 12 + pitch % 12, weights=length, minlength=places * 12)
    lowest = np.full(places, _NO_PITCH)
    np.minimum.at(lowest, place, pitch)
    return held.reshape(places, 12).astype(np.float64), lowest


def _named(weight: Floats, bass: Ints, key: Key | None) -> list[ChordName]:
    """Return the best row of chords, one a stretch; what is silent takes the chord before it."""
    chords = list(product(range(12), _KINDS))
    tones = np.zeros((len(chords), 12), dtype=bool)
    for number, (root, kind) in enumerate(chords):
        tones[number, [(root + tone) % 12 for tone in KINDS[kind].tones]] = True
    fit = weight @ tones.T
    fit += _IN_THE_BASS * (bass[:, None] == np.array([root for root, _ in chords]))
    fit -= _MISSING * ((weight == 0).astype(np.float64) @ tones.T.astype(np.float64))
    fit -= np.array([_KINDS[kind] for _, kind in chords])
    fit[bass < 0] = 0.0
    best, came = fit[0], []
    for row in fit[1:]:
        change = best.max() - _CHANGE
        stays = best >= change
        came.append(np.where(stays, np.arange(len(chords)), int(best.argmax())))
        best = np.maximum(best, change) + row
    path = [int(best.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    letters = SHARP_NAMES if key is not None and key.sharps > 0 else FLAT_NAMES
    return [_spelled(letters[chords[one][0]], chords[one][1]) for one in reversed(path)]


def _spelled(root: str, kind: str) -> ChordName:
    return ChordName(root[0], {"": 0, "#": 1, "b": -1}[root[1:]], kind)
