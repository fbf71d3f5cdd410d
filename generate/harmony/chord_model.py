"""Counts from the chorales -> the probabilities of chords in one mode: start, change, hold, sound.

The counts (``data/harmony.npz``) are of 48 chord classes on the tonic, in major and in minor, beat
by beat. Every table is smoothed towards a simpler one: what a chord sounds like towards what all
chords of its quality sound like above their root, what follows it towards what is usual in the
mode.

The chorales hold next to nothing in the other modes. Their tables are therefore made, not counted:
those of major (lydian, mixolydian) or minor (the rest), each diatonic chord replaced by the chord
on the same step of the mode. Where the seventh step is a whole tone below the tonic, what the
dominant chords do is shared between the chord on the fifth step and the one on the seventh (bVII),
which closes most such tunes in practice; chords outside the mode and diminished ones are made rare.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from generate.harmony.chords import QUALITIES, STATES, ChordClass
from mer.corpus.shipped import data_folder
from mer.corpus.storage import load_arrays
from mer.errors import InputError
from mer.notes.arrays import Arrays, Floats
from mer.notes.key import MODE_SCALES

FILE, KIND, VERSION = "harmony.npz", "harmony", 1
COUNTED_MODES = ("major", "minor")
PARENTS: MappingProxyType[str, str] = MappingProxyType(
    {mode: "major" if scale[2] == 4 else "minor" for mode, scale in MODE_SCALES.items()}
)

_SOUND_PRIOR = 12.0  # beats of what its quality sounds like that every chord is given
_CHANGE_PRIOR = 8.0  # changes to what is usual that every chord is given
_ENDING_PRIOR = 5.0  # endings that are given out as all beats are
_RARE = 0.02  # of a chord outside the mode, and of a diminished one where tables are made
_OUTSIDE = 0.15  # of a melody note outside the mode, where tables are made
_SEVENTH_SHARE = 0.6  # of the dominants that goes to bVII
_STATE = {kind: number for number, kind in enumerate(STATES)}


class ChordModel(NamedTuple):
    """Probabilities in one mode.

    Parameters
    ----------
    mode
        A name in `mer.notes.key.MODE_SCALES`.
    start
        Shape (48,): of the first chord.
    change
        Shape (48, 48): of the next chord, given that it is another; the diagonal is 0.
    hold
        Shape (2,): that a chord stays inside a bar, and over a barline.
    sound
        Shape (48, 12): of a melody note, in semitones above the tonic.
    ending
        Shape (48,): how much more often (above 1) or less often each chord ends a phrase than it
        stands elsewhere.
    """

    mode: str
    start: Floats
    change: Floats
    hold: Floats
    sound: Floats
    ending: Floats

    @property
    def tonic(self) -> int:
        """State of the chord that closes a piece."""
        return _STATE[ChordClass(0, PARENTS[self.mode])]

    @property
    def dominants(self) -> tuple[int, ...]:
        """States that may come before the closing tonic."""
        return tuple(_STATE[kind] for kind in dominants(self.mode))

    def transition(self, barline: bool) -> Floats:
        """Return the probability of each state after each, shape (48, 48)."""
        hold = float(self.hold[int(barline)])
        return np.asarray((1.0 - hold) * self.change + hold * np.eye(len(STATES)))


def dominants(mode: str) -> tuple[ChordClass, ...]:
    """Return the chords that lead to the tonic at a close.

    Examples
    --------
    >>> [kind.roman for kind in dominants("minor")], [k.roman for k in dominants("mixolydian")]
    (['V', 'V7'], ['bVII', 'v'])
    """
    scale = MODE_SCALES[mode]
    if mode in COUNTED_MODES or scale[6] == 11:
        return ChordClass(7, "major"), ChordClass(7, "dominant")
    if scale[1] == 1:  # phrygian and locrian lean on the step above
        return ChordClass(1, "major"), ChordClass(10, "minor")
    return ChordClass(10, "major"), ChordClass(7, "minor")


def load_counts() -> tuple[Arrays, dict[str, Any]]:
    """Return the shipped counts, by name (see `chord_model`), and what they were counted in.

    Raises
    ------
    InputError
        If the file is missing or damaged.
    """
    return load_arrays(data_folder() / FILE, kind=KIND, version=VERSION)


def chord_model(mode: str, counts: Arrays | None = None) -> ChordModel:
    """Return the probabilities of chords in a mode.

    Parameters
    ----------
    mode
        A name in `mer.notes.key.MODE_SCALES`.
    counts
        ``start`` (2, 48), ``change`` (2, 48, 48), ``hold`` (2, 2, 2: mode, over a barline, held),
        ``sound`` (2, 48, 12, tenths of beats), ``beats`` and ``ending`` (2, 48: all, and those that
        end a phrase), each for major and minor; by default the shipped ones.

    Raises
    ------
    InputError
        If the mode is unknown or the shipped counts cannot be read.

    Examples
    --------
    >>> model = chord_model("major")
    >>> likeliest = model.change[model.dominants[1]].argmax()
    >>> STATES[likeliest].roman
    'I'
    """
    if mode not in MODE_SCALES:
        raise InputError(f"unknown mode {mode!r}; known: {', '.join(MODE_SCALES)}")
    found = {
        name: np.asarray(column, dtype=np.float64)
        for name, column in (load_counts()[0] if counts is None else counts).items()
    }
    found["sound"] /= 10.0
    number = COUNTED_MODES.index(PARENTS[mode])
    start, change = found["start"][number], found["change"][number]
    beats, ending = found["beats"][number], found["ending"][number]
    sound = _sound(found["sound"], number)
    if mode not in COUNTED_MODES:
        moves = _moves(mode)
        start, change = start @ moves, moves.T @ change @ moves
        beats, ending = beats @ moves, ending @ moves
        np.fill_diagonal(change, 0.0)
        sound = _modal_sound(found["sound"], mode)
    held = found["hold"][number]
    return ChordModel(
        mode=mode,
        start=_shares(start + 0.1),
        change=_change(change),
        hold=(held[:, 1] + 1.0) / (held.sum(axis=1) + 2.0),
        sound=sound,
        ending=_ending(beats, ending),
    )


def _shares(counts: Any) -> Floats:
    return np.asarray(counts / counts.sum(axis=-1, keepdims=True), dtype=np.float64)


def _change(counts: Floats) -> Floats:
    usual = _shares(counts.sum(axis=0) + 0.1)
    smoothed = counts + _CHANGE_PRIOR * usual
    np.fill_diagonal(smoothed, 0.0)
    return _shares(smoothed)


def _ending(beats: Floats, ending: Floats) -> Floats:
    usual = _shares(beats + 1.0)
    return np.asarray(_shares(ending + _ENDING_PRIOR * usual) / usual)


def _above_root(counts: Floats) -> Floats:
    """Return what each quality sounds like above its root, shape (qualities, 12)."""
    pooled = np.zeros((len(QUALITIES), 12))
    names = list(QUALITIES)
    for state, kind in enumerate(STATES):
        pooled[names.index(kind.quality)] += np.roll(counts[..., state, :].sum(0), -kind.degree)
    return _shares(pooled + 1.0)


def _by_quality(counts: Floats) -> Floats:
    """Return what each state sounds like if only its quality counts, shape (48, 12)."""
    shapes, names = _above_root(counts), list(QUALITIES)
    return np.stack([np.roll(shapes[names.index(k.quality)], k.degree) for k in STATES])


def _sound(counts: Floats, number: int) -> Floats:
    return _shares(counts[number] + _SOUND_PRIOR * _by_quality(counts))


def _modal_sound(counts: Floats, mode: str) -> Floats:
    inside = np.isin(np.arange(12), MODE_SCALES[mode])
    return _shares(_by_quality(counts) * np.where(inside, 1.0, _OUTSIDE))


def diatonic(mode: str) -> tuple[ChordClass, ...]:
    """Return the triads on the seven steps of a mode.

    Examples
    --------
    >>> [kind.roman for kind in diatonic("dorian")]
    ['i', 'ii', 'bIII', 'IV', 'v', 'vi°', 'bVII']
    """
    scale = MODE_SCALES[mode]
    by_shape = {shape: quality for quality, shape in QUALITIES.items()}
    found = []
    for step, degree in enumerate(scale):
        tones = tuple((scale[(step + skip) % 7] - degree) % 12 for skip in (0, 2, 4))
        found.append(ChordClass(degree, by_shape[tones]))
    return tuple(found)


def _moves(mode: str) -> Floats:
    """Return the share of each state of the parent mode that goes to each state of `mode`."""
    own, parents = diatonic(mode), diatonic(PARENTS[mode])
    moves = np.zeros((len(STATES), len(STATES)))
    flat_seventh = MODE_SCALES[mode][6] == 10
    for state, kind in enumerate(STATES):
        leading = kind.degree == 11 and kind.quality == "diminished"
        if flat_seventh and (kind.degree == 7 or leading):
            moves[state, _STATE[own[6]]] = _SEVENTH_SHARE
            moves[state, _STATE[own[4]]] = 1.0 - _SEVENTH_SHARE
        elif kind in parents:
            moves[state, _STATE[own[parents.index(kind)]]] = 1.0
        else:
            moves[state, state] = _RARE
    rare = [state for state, kind in enumerate(STATES) if kind.quality == "diminished"]
    moves[:, rare] *= _RARE
    return moves
