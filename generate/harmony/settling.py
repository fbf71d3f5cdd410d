"""Slots + outline + chain of chords -> which chord each slot has, and where it comes from.

Chords that are given are certain: the chain goes through them. A cadence that is asked for leaves
the last slots one chord or a few. Then the slots of bars that return are taken together: the chord
that all of them want most, by the sum of its probabilities, stands in each. A bar that returns
varied leans to the chord that it had. What is left is chosen anew around these. The close is left
out of it, since a piece may end as no section did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from generate.harmony.chords import MODEL, PLAN, PROGRESSION, STATES, USER, ChordClass
from generate.harmony.hidden_chain import HiddenChain
from generate.harmony.slots import Slots
from generate.piece.cadences import cadence_named, chords_of
from generate.piece.given_chords import GivenChord
from generate.piece.self_similarity import EXACT, VARIED, Recurrence
from mer.notes.arrays import Floats, Ints
from mer.notes.key import Key
from mer.notes.melody import Melody

_LEANING = 2.0  # nats by which a bar that returns varied leans to its chord
_NEVER = -1e6
_STATE = {kind: number for number, kind in enumerate(STATES)}
MakeChain = Callable[[Floats], HiddenChain]


class Settled(NamedTuple):
    """Which chord each slot has.

    Parameters
    ----------
    states
        Shape (slots,): numbers in `generate.harmony.chords.STATES`.
    certainty
        Shape (slots,): probability of each, given the whole melody.
    origin, of_bar
        Where each comes from, and the bar whose chord it brings back, 0 for none.
    given
        The user's chord in each slot; None where there is none.
    """

    states: Ints
    certainty: Floats
    origin: list[str]
    of_bar: list[int]
    given: list[GivenChord | None]


class Wanted(NamedTuple):
    """What is asked of the chords beside the melody.

    Parameters
    ----------
    given
        The user's chord in each slot; None where there is none.
    plan
        What each bar takes from an earlier one.
    progressions
        A state for each slot that a stock progression has there; -1 for none.
    closing
        The first slot of the close, in which nothing returns.
    tonic
        The state of the chord that closes a piece.
    asked
        Slot -> the states that a cadence leaves to it.
    """

    given: Sequence[GivenChord | None]
    plan: Sequence[Recurrence]
    progressions: Ints
    closing: int
    tonic: int
    asked: Mapping[int, Ints]


def given_at(slots: Slots, given: Sequence[GivenChord]) -> list[GivenChord | None]:
    """Return the chord that is given in each slot; None where there is none."""
    return [
        next((one for one in given if one.onset <= onset < one.end), None)
        for onset in slots.onset.tolist()
    ]


def given_state(one: GivenChord, key: Key) -> int:
    """Return the state that is nearest to a given chord."""
    return _STATE[given_kind(one, key).triad]


def given_kind(one: GivenChord, key: Key) -> ChordClass:
    """Return a given chord without its key."""
    return ChordClass((one.name.root - key.tonic) % 12, one.name.kind)


def cadence_states(melody: Melody, slots: Slots, name: str, mode: str) -> dict[int, Ints]:
    """Return the states that a cadence leaves to the last slots, by slot; none without a cadence.

    The last chord is that of the slots from the last note's on; the one before has the slot before.

    Parameters
    ----------
    name
        A name in `generate.piece.cadences.CADENCES`; the empty string for no cadence.

    Raises
    ------
    InputError
        If there is no such cadence.

    Examples
    --------
    >>> from generate.harmony.slots import chord_slots
    >>> tune = Melody(pitch=[64, 65, 60], onset=[0, 960, 1920], duration=[960, 960, 1920],
    ...               meter=(4, 4))
    >>> asked = cadence_states(tune, chord_slots(tune), "plagal", "major")
    >>> {slot: [STATES[state].roman for state in states] for slot, states in asked.items()}
    {2: ['I'], 3: ['I'], 1: ['IV']}
    """
    if not name:
        return {}
    cadence = cadence_named(name)
    final = _states_of(cadence.final, mode)
    last = max(int(np.searchsorted(slots.onset, melody.onset[-1], side="right")) - 1, 0)
    found = dict.fromkeys(range(last, len(slots)), final)
    if last > 0:
        root = STATES[int(final[0])].degree
        others = [number for number, kind in enumerate(STATES) if kind.degree != root]
        before = _states_of(cadence.before, mode)
        found[last - 1] = before if len(before) else np.array(others)
    return found


def _states_of(function: str, mode: str) -> Ints:
    known = [_STATE[ChordClass(*chord)] for chord in chords_of(function, mode)]
    return np.array(known, dtype=np.int64)


def settle(slots: Slots, evidence: Floats, make: MakeChain, wanted: Wanted, key: Key) -> Settled:
    """Return the chord of each slot.

    Parameters
    ----------
    evidence
        Shape (slots, 48): how well each chord goes with each slot, in logarithms.
    make
        Returns the chain over such evidence.
    """
    evidence, given = evidence.copy(), list(wanted.given)
    count = len(slots)
    origin, of_bar = [MODEL] * count, [0] * count
    for place, one in enumerate(given):
        if one is not None:
            _fix(evidence, place, given_state(one, key))
            origin[place] = USER
        elif wanted.progressions[place] >= 0:
            _fix(evidence, place, int(wanted.progressions[place]))
            origin[place] = PROGRESSION
        elif place in wanted.asked:
            _fix(evidence, place, wanted.asked[place])
    ties = _ties(slots, wanted)
    if ties:
        free = make(evidence).posterior()[:, : len(STATES)]
        _together(evidence, ties, free, wanted, origin)
        for place, earlier, kind in ties:
            if origin[place] == MODEL and kind == EXACT:
                origin[place], of_bar[place] = PLAN, int(slots.bar[earlier])
                given[place] = given[earlier]
    chain = make(evidence)
    states, certainty = chain.surest_path(), chain.posterior()
    if certainty.shape[1] > len(STATES):  # the closing tonic is the tonic
        certainty[:, wanted.tonic] += certainty[:, -1]
        states[states == len(STATES)] = wanted.tonic
    for place, earlier, kind in ties:
        if origin[place] == MODEL and kind == VARIED and states[place] == states[earlier]:
            origin[place], of_bar[place] = PLAN, int(slots.bar[earlier])
    sure = certainty[np.arange(count), states]
    return Settled(states, sure, origin, of_bar, given)


def _fix(evidence: Floats, place: int, states: int | Ints) -> None:
    """Leave a slot one state or several; in place."""
    kept = evidence[place, states]
    evidence[place] = _NEVER
    evidence[place, states] = kept


def _ties(slots: Slots, wanted: Wanted) -> list[tuple[int, int, str]]:
    """Return (slot, the slot that it takes after, how) for what returns before the close."""
    at = {
        (bar, onset): place
        for place, (bar, onset) in enumerate(zip(slots.bar.tolist(), slots.within(), strict=True))
    }
    found = []
    for place, (bar, onset) in enumerate(zip(slots.bar.tolist(), slots.within(), strict=True)):
        if place >= wanted.closing or not 1 <= bar <= len(wanted.plan):
            continue
        recurrence = wanted.plan[bar - 1]
        earlier = at.get((recurrence.bar + 1, onset))
        if recurrence.kind in (EXACT, VARIED) and earlier is not None and earlier < place:
            stop = onset + int(slots.duration[place])
            same = stop <= recurrence.head or onset >= recurrence.tail
            exact = recurrence.kind == EXACT or same
            found.append((place, earlier, EXACT if exact else VARIED))
    return found


def _together(
    evidence: Floats,
    ties: Sequence[tuple[int, int, str]],
    free: Floats,
    wanted: Wanted,
    origin: Sequence[str],
) -> None:
    """Give slots that return the chord that all of them want most; in place."""
    first: dict[int, int] = {}
    for place, earlier, kind in ties:
        if kind == EXACT:
            first[place] = first.get(earlier, earlier)
    groups: dict[int, list[int]] = {}
    for place, root in first.items():
        groups.setdefault(root, [root]).append(place)
    chosen = {}
    for root, places in groups.items():
        decided = [place for place in places if origin[place] in (USER, PROGRESSION)]
        total = free[decided[:1] or places].sum(axis=0)
        chosen[root] = int(total.argmax())
        for place in places:
            if origin[place] == MODEL:
                _fix(evidence, place, chosen[root])
    for place, earlier, kind in ties:
        if kind == VARIED and origin[place] == MODEL:
            state = chosen.get(first.get(earlier, earlier), int(free[earlier].argmax()))
            evidence[place, state] += _LEANING
