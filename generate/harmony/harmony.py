"""Melody -> the chords under it, by Viterbi, with a closed cadence.

A hidden Markov model (Rabiner 1989): the hidden states are 48 chord classes on the tonic, each
stretch of melody is what its chord sounds like, its notes weighing as much as they last and as
strong as their place in the bar is. Probabilities come from `generate.harmony.chord_model`. Of the
possible sequences the one is taken that has most chords right on average: Viterbi over the
probability of each chord given the whole melody. The single likeliest sequence has fewer right, and
on tunes that leave the key it may lock into another (``docs/experiments/harmony.md``). A close is
part of the model and not a repair: one more state, the closing tonic, can be entered from a
dominant only and never be left, and a closed melody must end in it. A cadence that is asked for
says instead which chords the last two may be (`generate.harmony.settling.cadence_states`).

A chord may change at every bar, and at the half of bars that have two or four beats. Bars that
return bring their chords back (`generate.harmony.settling`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from generate.harmony.chord_model import ChordModel, chord_model, diatonic
from generate.harmony.chords import MODEL, OPEN_FIFTH, STATES, Chord
from generate.harmony.hidden_chain import HiddenChain, log
from generate.harmony.outline import NO_OUTLINE, Outline, returns_in
from generate.harmony.progressions import fitting_progressions
from generate.harmony.settling import (
    Settled,
    Wanted,
    cadence_states,
    given_at,
    given_kind,
    settle,
)
from generate.harmony.slots import Slots, chord_slots, heard, phrase_ends
from mer.notes.arrays import Floats, Ints
from mer.notes.key import MODE_SCALES, Key, estimate_key
from mer.notes.melody import Melody

# Chorales change chord with nearly every beat, songs do not: a chord stays inside a bar with this
# probability. A choice of taste, not a count.
CALM = 0.8


# What a foreign third on the tonic counts beside other foreign tones: chorales in minor pause on a
# major tonic, and hardly have one elsewhere, so that a long tonic in the soprano speaks for it.
_THIRD_OF_TONIC = 8.0


class Weights(NamedTuple):
    """What counts for a chord: the melody as a factor, and nats for what a chord is.

    Foreign tones, outside the mode and not in the melody, count against it, each; that it is
    tonic, dominant or subdominant counts for it.
    """

    melody: float = 1.0
    foreign: float = 0.0
    primary: float = 0.0


COUNTED = Weights()
# Tunes ask for chords that have their strong notes, and do without Bach's chromatic ones.
FOR_TUNES = Weights(melody=1.6, foreign=1.2, primary=0.4)


def chord_evidence(
    melody: Melody,
    slots: Slots,
    model: ChordModel,
    tonic: int,
    *,
    weights: Weights = COUNTED,
) -> Floats:
    """Return how well each chord goes with each slot, shape (slots, 48): logarithms.

    It counts what sounds in the slot and, where a phrase ends, which chords end phrases.

    Parameters
    ----------
    weights
        How much the melody counts; by default as it was counted in the chorales.
    """
    sounding = heard(melody, slots, tonic)
    evidence = weights.melody * (sounding @ np.log(model.sound).T)
    evidence[phrase_ends(melody, slots)] += np.log(model.ending)
    evidence[:, _primary(model)] += weights.primary
    if weights.foreign:
        evidence -= weights.foreign * ((sounding == 0.0).astype(float) @ _foreign(model).T)
    return np.asarray(evidence)


def _primary(model: ChordModel) -> list[int]:
    """Return tonic, subdominant and dominants."""
    below = next(kind for kind in diatonic(model.mode) if kind.degree in (5, 6))
    return [model.tonic, STATES.index(below), *model.dominants]


def _foreign(model: ChordModel) -> Floats:
    """Return which tones of each chord are outside the mode, shape (48, 12); not of dominants."""
    table = np.zeros((len(STATES), 12))
    for state, kind in enumerate(STATES):
        if state not in model.dominants:
            table[state, [tone for tone in kind.tones if tone not in MODE_SCALES[model.mode]]] = 1.0
            if kind.degree == 0:
                table[state, 3:5] *= _THIRD_OF_TONIC
    return table


def harmonise(
    melody: Melody,
    *,
    key: Key | None = None,
    closed: bool | None = None,
    calm: float = CALM,
    outline: Outline = NO_OUTLINE,
    in_loops: bool = False,
) -> tuple[Chord, ...]:
    """Return the likeliest chords under a melody, one for each half bar or bar that has its own.

    Bars that return have their chords again, and chords that are given stand where they are given.

    Parameters
    ----------
    key
        By default the melody's own key, or else an estimate; see also `sounding_key`.
    closed
        Whether the last chord is the tonic and the one before it a dominant; by default if the last
        note belongs to the tonic chord, and no chord is given there. A cadence that the outline
        asks for goes before it.
    calm
        Least probability, 0 to 1, that a chord stays inside a bar.
    outline
        The plan of the piece, the chords that are given, and the cadence that is asked for.
    in_loops
        Whether stock progressions are preferred where they fit (`generate.harmony.progressions`).

    Raises
    ------
    InputError
        If the shipped counts cannot be read, or there is no such cadence.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 64, 65, 62, 60, 59, 60], duration=[480] * 5 + [480, 960],
    ...               onset=[0, 480, 960, 1440, 1920, 2400, 2880], meter=(4, 4), key=Key(0))
    >>> [chord.symbol for chord in harmonise(tune)]
    ['C', 'G7', 'C']
    """
    key = sounding_key(melody, key)
    model = chord_model(key.mode)
    slots = chord_slots(melody, [tick for one in outline.given for tick in one[:2]])
    given = given_at(slots, outline.given)
    close = int(np.searchsorted(slots.bar, slots.bar[-1]))
    asked = cadence_states(melody, slots, outline.cadence, key.mode)
    closing = min([max(close - 1, 0), *asked])
    if asked:
        closed = False
    elif closed is None:
        sounds = (int(melody.pitch[-1]) - key.tonic) % 12 in STATES[model.tonic].tones
        closed = sounds and not any(given[closing:])
    evidence = chord_evidence(melody, slots, model, key.tonic, weights=FOR_TUNES)
    plan = returns_in(outline.plan, melody, key)
    loops = np.full(len(slots), -1)
    if in_loops and not any(given):
        loops = fitting_progressions(slots, evidence, plan, key.mode)
        loops[closing:] = -1

    def chain(over: Floats) -> HiddenChain:
        return chord_chain(model, over, slots.opens_bar, closed=closed, calm=calm)

    wanted = Wanted(given, plan, loops, closing, model.tonic, asked)
    return _chords(key, slots, settle(slots, evidence, chain, wanted, key))


def _chords(key: Key, slots: Slots, settled: Settled) -> tuple[Chord, ...]:
    """Return one chord for each run of equal chords inside a bar."""
    found: list[Chord] = []
    for place, state in enumerate(settled.states.tolist()):
        one, kind = settled.given[place], STATES[state]
        if one is not None:
            kind = given_kind(one, key)
        name = None if one is None else one.name
        length, bar = int(slots.duration[place]), int(slots.bar[place])
        sure = 1.0 if one is not None else float(settled.certainty[place])
        if found and found[-1].bar == bar and (found[-1].kind, found[-1].given) == (kind, name):
            last = found[-1]
            sure = min(sure, last.probability)
            found[-1] = last._replace(duration=last.duration + length, probability=sure)
            continue
        chord = Chord(
            key=key,
            degree=kind.degree,
            quality=kind.quality,
            onset=int(slots.onset[place]),
            duration=length,
            bar=bar,
            probability=round(sure, 4),
            given=name,
            origin=settled.origin[place],
            of_bar=settled.of_bar[place],
        )
        found.append(chord)
    return tuple(found)


def drone(melody: Melody, *, key: Key | None = None) -> tuple[Chord, ...]:
    """Return the open fifth on the tonic in every bar, as pipes hold it.

    Examples
    --------
    >>> tune = Melody(pitch=[69, 71, 74], onset=[0, 480, 960], duration=[480] * 3, meter=(3, 4),
    ...               key=Key.parse("D"))
    >>> [(chord.symbol, chord.duration) for chord in drone(tune)]
    [('D5', 1440)]
    """
    key = sounding_key(melody, key)
    slots = chord_slots(melody)
    count = len(slots)
    held = Settled(
        np.zeros(count, dtype=np.int64),
        np.ones(count),
        [MODEL] * count,
        [0] * count,
        [None] * count,
    )
    return tuple(chord._replace(quality=OPEN_FIFTH) for chord in _chords(key, slots, held))


def sounding_key(melody: Melody, key: Key | None = None) -> Key:
    """Return the key that chords are chosen in.

    It is the given key, the melody's own, or an estimate. A tune in major whose seventh is always
    flat is taken as mixolydian, one in minor whose sixth is always raised as dorian, because
    signatures and estimates know major and minor only.

    Examples
    --------
    >>> flat_seventh = Melody(pitch=[67, 65, 67], onset=[0, 480, 960], duration=[480] * 3)
    >>> str(sounding_key(flat_seventh, Key.parse("G")))
    'G mixolydian'
    """
    found = key or melody.key or estimate_key(melody.pitch, melody.duration)
    steps = set(((melody.pitch - found.tonic) % 12).tolist())
    if found.mode == "major" and 10 in steps and 11 not in steps:
        return Key(found.tonic, "mixolydian")
    if found.mode == "minor" and 9 in steps and not steps & {8, 11}:
        return Key(found.tonic, "dorian")
    return found


def chord_chain(
    model: ChordModel,
    evidence: Floats,
    opens_bar: Ints,
    *,
    closed: bool,
    calm: float = 0.0,
) -> HiddenChain:
    """Return the chain of chords over evidence; if it is closed, its last state closes the tonic.

    Parameters
    ----------
    evidence
        Shape (slots, 48): logarithm of how likely each chord sounds like the slot.
    opens_bar
        Shape (slots,): whether a slot begins at a barline.
    closed
        Whether a state is added for the closing tonic, which only dominants lead to and in which
        the chain must end.
    calm
        Least probability that a chord stays inside a bar.
    """
    calmer = model._replace(hold=np.maximum(model.hold, [calm, 0.0]))
    moves = np.stack([calmer.transition(False), calmer.transition(True)])
    start, end = model.start, np.ones(len(STATES))
    if closed:
        tonic, leading = model.tonic, list(model.dominants)
        wide = np.zeros((2, len(STATES) + 1, len(STATES) + 1))
        wide[:, :-1, :-1] = moves
        wide[:, leading, -1] = moves[:, leading, tonic]
        wide[:, -1, -1] = calmer.hold
        moves = wide
        # A single slot is the close itself: there is no room for a dominant.
        start = np.append(start, start[tonic] if len(evidence) == 1 else 0.0)
        end = np.append(np.zeros(len(STATES)), 1.0)
        evidence = np.column_stack([evidence, evidence[:, tonic]])
    return HiddenChain(log(start), log(end), log(moves), opens_bar[1:], evidence)
