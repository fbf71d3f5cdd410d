"""Melody -> the chords under it, by Viterbi, with a closed cadence.

A hidden Markov model (Rabiner 1989): the hidden states are 48 chord classes on the tonic, each
stretch of melody is what its chord sounds like, its notes weighing as much as they last and as
strong as their place in the bar is. Probabilities come from `generate.harmony.chord_model`. Of the
possible sequences the one is taken that has most chords right on average: Viterbi over the
probability of each chord given the whole melody. The single likeliest sequence has fewer right, and
on tunes that leave the key it may lock into another (``docs/experiments/harmony.md``). A close is
part of the model and not a repair: one more state, the closing tonic, can be entered from a
dominant only and never be left, and a closed melody must end in it.

A chord may change at every bar, and at the half of bars that have two or four beats.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generate.harmony.chord_model import ChordModel, chord_model
from generate.harmony.chords import OPEN_FIFTH, STATES, Chord
from generate.harmony.hidden_chain import HiddenChain, log
from mer.notes.arrays import Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import Key, estimate_key
from mer.notes.melody import TICKS_PER_QUARTER, Melody
from mer.notes.meter import Meter
from mer.notes.metrical_weight import beat_strength

# Chorales change chord with nearly every beat, songs do not: a chord stays inside a bar with this
# probability. A choice of taste, not a count.
CALM = 0.8
_SHORTEST_SPLIT = 3 * TICKS_PER_QUARTER


@dataclass(frozen=True)
class Slots:
    """The stretches in which one chord sounds.

    Parameters
    ----------
    onset, duration
        Shape (slots,): ticks.
    bar
        Shape (slots,): number of the bar, from 1.
    opens_bar
        Shape (slots,): whether the slot begins at a barline.
    """

    onset: Ints
    duration: Ints
    bar: Ints
    opens_bar: Ints

    def __len__(self) -> int:
        return len(self.onset)


def chord_slots(melody: Melody) -> Slots:
    """Return where chords may change: at barlines, and at the half of long even bars.

    A pick-up has no chord. The last slot ends with the last bar.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 72, 71, 72], onset=[0, 480, 1440, 2400],
    ...               duration=[480, 960, 960, 480], meter=(4, 4), downbeat=480)
    >>> chord_slots(tune).onset.tolist()
    [480, 1440, 2400, 3360]
    """
    bar = melody.bar_ticks
    if melody.bars == 0:  # nothing but a pick-up
        whole = np.array([int(melody.end[-1])])
        return Slots(np.zeros(1, np.int64), whole, np.zeros(1, np.int64), np.ones(1, np.int64))
    parts = 2 if Meter.assumed(melody.meter).beats % 2 == 0 and bar >= _SHORTEST_SPLIT else 1
    length = bar // parts
    number = np.arange(melody.bars * parts)
    return Slots(
        onset=melody.downbeat + number * length,
        duration=np.full(len(number), length),
        bar=1 + number // parts,
        opens_bar=(number % parts == 0).astype(np.int64),
    )


def heard(melody: Melody, slots: Slots, tonic: int) -> Floats:
    """Return how much of each scale step sounds in each slot, shape (slots, 12), in beats.

    A note on the downbeat counts in full, on a weak place half as much at least.

    Parameters
    ----------
    tonic
        Pitch class from which semitones are counted.
    """
    strength = np.asarray(beat_strength(Columns.from_melodies([melody])), dtype=np.float64)
    stop = np.minimum(melody.end, (slots.onset + slots.duration)[:, None])
    overlap = np.maximum(stop - np.maximum(melody.onset, slots.onset[:, None]), 0)
    weight = overlap * (0.5 + 0.5 * strength) / melody.beat_ticks
    steps = np.eye(12)[(melody.pitch - tonic) % 12]
    return np.asarray(weight @ steps)


def phrase_ends(melody: Melody, slots: Slots) -> Ints:
    """Return the slots in which the last note of a phrase begins, without the last phrase's.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64, 60], onset=[0, 1440, 2880, 4320], duration=[1440] * 4,
    ...               meter=(3, 4), phrase_starts=(0, 2))
    >>> phrase_ends(tune, chord_slots(tune)).tolist()
    [1]
    """
    last = np.array(melody.phrase_starts[1:], dtype=np.int64) - 1
    places = np.searchsorted(slots.onset, melody.onset[last], side="right") - 1
    return np.unique(places[places >= 0])


def chord_evidence(melody: Melody, slots: Slots, model: ChordModel, tonic: int) -> Floats:
    """Return how well each chord goes with each slot, shape (slots, 48): logarithms.

    It counts what sounds in the slot and, where a phrase ends, which chords end phrases.
    """
    evidence = heard(melody, slots, tonic) @ np.log(model.sound).T
    evidence[phrase_ends(melody, slots)] += np.log(model.ending)
    return np.asarray(evidence)


def harmonise(
    melody: Melody, *, key: Key | None = None, closed: bool | None = None, calm: float = CALM
) -> tuple[Chord, ...]:
    """Return the likeliest chords under a melody, one for each half bar or bar that has its own.

    Parameters
    ----------
    key
        By default the melody's own key, or else an estimate; see also `sounding_key`.
    closed
        Whether the last chord is the tonic and the one before it a dominant; by default if the last
        note belongs to the tonic chord.
    calm
        Least probability, 0 to 1, that a chord stays inside a bar.

    Raises
    ------
    InputError
        If the shipped counts cannot be read.

    Examples
    --------
    >>> tune = Melody(pitch=[67, 64, 65, 62, 60, 59, 60], duration=[480] * 5 + [480, 960],
    ...               onset=[0, 480, 960, 1440, 1920, 2400, 2880], meter=(4, 4), key=Key(0))
    >>> [chord.symbol for chord in harmonise(tune)]
    ['C', 'G7', 'C']
    """
    key = sounding_key(melody, key)
    model = chord_model(key.mode)
    slots = chord_slots(melody)
    if closed is None:
        closed = (int(melody.pitch[-1]) - key.tonic) % 12 in STATES[model.tonic].tones
    evidence = chord_evidence(melody, slots, model, key.tonic)
    chain = chord_chain(model, evidence, slots.opens_bar, closed=closed, calm=calm)
    states, certainty = chain.surest_path(), chain.posterior()
    if closed:  # the closing tonic is the tonic
        states[states == len(STATES)] = model.tonic
        certainty[:, model.tonic] += certainty[:, -1]
    return _chords(key, slots, states, certainty)


def _chords(key: Key, slots: Slots, states: Ints, certainty: Floats) -> tuple[Chord, ...]:
    """Return one chord for each run of equal states inside a bar."""
    found: list[Chord] = []
    for place, state in enumerate(states.tolist()):
        kind, length = STATES[state], int(slots.duration[place])
        sure = float(certainty[place, state])
        bar = int(slots.bar[place])
        if found and found[-1].bar == bar and found[-1].kind == kind:
            last = found[-1]
            sure = min(sure, last.probability)
            found[-1] = replace(last, duration=last.duration + length, probability=sure)
            continue
        chord = Chord(
            key=key,
            degree=kind.degree,
            quality=kind.quality,
            onset=int(slots.onset[place]),
            duration=length,
            bar=bar,
            probability=round(sure, 4),
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
    states = np.zeros(len(slots), dtype=np.int64)
    held = _chords(key, slots, states, np.ones((len(slots), len(STATES))))
    return tuple(replace(chord, quality=OPEN_FIFTH) for chord in held)


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
    calmer = replace(model, hold=np.maximum(model.hold, [calm, 0.0]))
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
