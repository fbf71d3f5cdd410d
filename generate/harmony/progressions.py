"""Slots and their evidence -> stock progressions that go with a melody, a phrase at a time.

Songs often go round four chords. Of the rounds that the mode has, begun at any of their chords, the
one that goes best with a phrase is taken, and the same one for phrases that begin alike. Where a
chord of it goes badly with its bar, the bar is left to the chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from generate.harmony.chord_model import PARENTS
from generate.harmony.chords import STATES, ChordClass
from generate.harmony.outline import PHRASE_BARS, origins
from generate.harmony.slots import Slots
from generate.piece.self_similarity import Recurrence
from mer.notes.arrays import Floats, Ints

# Nats by which a bar may go better with another chord.
_TOLERANCE = 3.5
_STATE = {kind: number for number, kind in enumerate(STATES)}

Round = tuple[tuple[int, str], ...]
_MAJOR: tuple[Round, ...] = (
    ((0, "major"), (7, "major"), (9, "minor"), (5, "major")),
    ((0, "major"), (9, "minor"), (5, "major"), (7, "major")),
    ((0, "major"), (5, "major"), (9, "minor"), (7, "major")),
    ((0, "major"), (4, "minor"), (5, "major"), (7, "major")),
    ((0, "major"), (9, "minor"), (2, "minor"), (7, "dominant")),
    ((0, "major"), (5, "major"), (0, "major"), (7, "dominant")),
)
_MINOR: tuple[Round, ...] = (
    ((0, "minor"), (8, "major"), (3, "major"), (10, "major")),
    ((0, "minor"), (10, "major"), (8, "major"), (10, "major")),
    ((0, "minor"), (5, "minor"), (8, "major"), (7, "major")),
    ((0, "minor"), (3, "major"), (10, "major"), (5, "minor")),
)
_FLAT_SEVENTH: tuple[Round, ...] = (
    ((0, "major"), (10, "major"), (5, "major"), (0, "major")),
    ((0, "major"), (10, "major"), (5, "major"), (10, "major")),
)
_DORIAN: tuple[Round, ...] = (
    ((0, "minor"), (10, "major"), (0, "minor"), (5, "major")),
    ((0, "minor"), (5, "major"), (0, "minor"), (10, "major")),
    ((0, "minor"), (3, "major"), (10, "major"), (5, "major")),
)
ROUNDS: MappingProxyType[str, tuple[Round, ...]] = MappingProxyType(
    {"major": _MAJOR, "lydian": _MAJOR, "mixolydian": _FLAT_SEVENTH, "dorian": _DORIAN}
)


def rounds_in(mode: str) -> tuple[Round, ...]:
    """Return the rounds of a mode, begun at each of their chords.

    Examples
    --------
    >>> [ChordClass(*chord).roman for chord in rounds_in("mixolydian")[0]]
    ['I', 'bVII', 'IV', 'I']
    """
    usual = ROUNDS.get(mode) or (_MAJOR if PARENTS[mode] == "major" else _MINOR)
    begun = [one[place:] + one[:place] for one in usual for place in range(len(one))]
    return tuple(dict.fromkeys(begun))


def fitting_progressions(
    slots: Slots, evidence: Floats, plan: Sequence[Recurrence], mode: str
) -> Ints:
    """Return the state that a stock progression has in each slot, shape (slots,); -1 for none.

    Parameters
    ----------
    evidence
        Shape (slots, 48): how well each chord goes with each slot, in logarithms.
    plan
        What each bar takes from an earlier one: phrases that begin alike go round alike.
    """
    bars = int(slots.bar.max())
    # A bar's evidence is that of all of its slots.
    of_bar = np.zeros((bars + 1, evidence.shape[1]))
    np.add.at(of_bar, slots.bar, evidence)
    first = origins([*plan, *[Recurrence("new")] * (bars - len(plan))])
    groups: dict[int, list[int]] = {}
    for start in range(0, bars, PHRASE_BARS):
        groups.setdefault(first[start] // PHRASE_BARS, []).append(start)
    chosen = np.full(bars + 1, -1)
    rounds = np.array([[_STATE[ChordClass(*chord)] for chord in one] for one in rounds_in(mode)])
    for starts in groups.values():
        inside = np.array([s + n for s in starts for n in range(PHRASE_BARS) if s + n < bars])
        states = rounds[:, (inside - starts[0]) % PHRASE_BARS]
        total = np.take_along_axis(of_bar[inside + 1], states.T, axis=1).sum(axis=0)
        best = rounds[int(total.argmax())][(inside - starts[0]) % PHRASE_BARS]
        fits = of_bar[inside + 1, best] >= of_bar[inside + 1].max(axis=1) - _TOLERANCE
        chosen[inside + 1] = np.where(fits, best, -1)
    return np.asarray(chosen[slots.bar])
