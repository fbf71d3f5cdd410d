"""Fragments + chain -> the cost of each join between two of them, in bits.

A join costs the information content, in bits, of the two notes after it under a chain that knows
the notes before it. So a step that the neighbours or the corpus often take from this degree is
cheap and an odd leap is expensive, and the scale degrees count, not only the size of the leap. A
change of register or of movement costs extra. So does what a chain of two notes cannot hear: a
pitch repeated too often, a fragment that goes on as in its tune, and one that returns.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from generate.piece.composition import Fragment
from generate.plan.brief import Brief
from generate.plan.habits import alphabet
from generate.sampling.chain import Chain
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody

# What a bit costs, in the unit of `assembly`: about what a phrase costs that is 0.15 less similar.
BIT = 0.15
_USUAL_BITS = 4.0  # of the two notes after a join in real tunes: fewer bits cost little
_LARGEST_LEAP, _BEYOND = 12, 1000.0  # a wider leap only where there is no other join
_REGISTER, _REGISTER_COST = 5.0, 0.12  # semitones between mean pitches that are free, and beyond
_MOVEMENT_COST = 0.3  # for each halving or doubling of the notes per beat
_REPETITION, _REPETITION_COST = 3, 1.5  # equal pitches across a join that are free, and beyond
_INSISTENT, _INSISTENT_COST = 6, 8.0
_CONTINUES, _COMES_AGAIN = 0.3, 1.5


@dataclass(frozen=True, eq=False)
class JoinPrices:
    """The costs of joining fragments.

    Parameters
    ----------
    symbols
        Shape (pitches,): the alphabet of the chain, rising.
    chain
        How pitches follow each other in the neighbours and the corpus.
    """

    symbols: Ints
    chain: Chain

    @classmethod
    def of(cls, brief: Brief) -> JoinPrices:
        """Return the prices in the key of a brief."""
        symbols = alphabet(brief.frame)
        return cls(symbols, brief.chain(symbols))

    def bits(self, left: Sequence[Fragment], right: Sequence[Fragment]) -> Floats:
        """Return the bits of the two notes after each join, shape (left, right)."""
        # Of a fragment of one note, the note itself stands for the one before or after it.
        before = np.array(
            [self._symbol(f.melody.pitch[[-2, -1] if len(f) > 1 else -1]) for f in left]
        )
        after = np.array([self._symbol(f.melody.pitch[:2]) for f in right])
        table = self.chain.tables[2]
        p = table[before[:, :1], before[:, 1:], after[:, 0]]
        q = table[before[:, 1:], after[:, 0], after[:, 1]]
        bits: Floats = -np.log2(np.maximum(p, 1e-6)) - np.log2(np.maximum(q, 1e-6))
        return bits

    def _symbol(self, pitch: Ints) -> Ints:
        """Return the nearest symbols of a pair of pitches; one pitch counts twice."""
        pair = np.resize(pitch, 2)
        nearest: Ints = np.abs(self.symbols[:, None] - pair).argmin(axis=0)
        return nearest

    def costs(self, left: Sequence[Fragment], right: Sequence[Fragment]) -> Floats:
        """Return the cost of each right fragment after each left one, shape (left, right)."""
        cost = BIT * np.maximum(self.bits(left, right) - _USUAL_BITS, 0.0)
        leap = np.abs(
            np.array([f.melody.pitch[0] for f in right])
            - np.array([f.melody.pitch[-1] for f in left])[:, None]
        )
        cost += _BEYOND * (leap > _LARGEST_LEAP)
        return cost + _continuity(left, right) + _repetition(left, right) + _kinship(left, right)


def _continuity(left: Sequence[Fragment], right: Sequence[Fragment]) -> Floats:
    """Return the cost of a change of register and of movement."""
    height = [np.array([float(f.melody.pitch.mean()) for f in side]) for side in (left, right)]
    apart = np.abs(height[1] - height[0][:, None]) - _REGISTER
    pace = [np.log2([_notes_per_tick(f.melody) for f in side]) for side in (left, right)]
    cost: Floats = _REGISTER_COST * np.maximum(apart, 0.0)
    cost += _MOVEMENT_COST * np.abs(pace[1] - pace[0][:, None])
    return cost


def _notes_per_tick(melody: Melody) -> float:
    return len(melody) / int(melody.end[-1])


def _repetition(left: Sequence[Fragment], right: Sequence[Fragment]) -> Floats:
    """Return the cost of repeating one pitch across a join."""
    ends = np.array([_repeats(f.melody.pitch[::-1]) for f in left])[:, None]
    begins = np.array([_repeats(f.melody.pitch) for f in right])
    same = np.array([f.melody.pitch[-1] for f in left])[:, None] == np.array(
        [f.melody.pitch[0] for f in right]
    )
    equal = np.where(same, ends + begins, 0)
    cost: Floats = _REPETITION_COST * np.maximum(equal - _REPETITION, 0)
    return cost + _INSISTENT_COST * (equal >= _INSISTENT)


def _repeats(pitch: Ints) -> int:
    """Return how often the first pitch is heard before another comes."""
    other = np.flatnonzero(pitch != pitch[0])
    return int(other[0]) if len(other) else len(pitch)


def _kinship(left: Sequence[Fragment], right: Sequence[Fragment]) -> Floats:
    """Return the cost of fragments that go on as in their tune, or return.

    Were it cheap to go on, whole tunes would be quoted.
    """
    tunes = _numbered(
        [[(f.sources[0].kind, f.sources[0].tune_id) for f in s] for s in (left, right)]
    )
    music = _numbered([[f.melody.pitch.tobytes() for f in s] for s in (left, right)])
    same = tunes[0][:, None] == tunes[1]
    begins = np.array([f.sources[0].note for f in right])
    ends = np.array([f.sources[-1].note for f in left])
    starts = np.array([f.sources[0].note for f in left])
    again = (music[0][:, None] == music[1]) | (same & (begins == starts[:, None]))
    cost = np.where(same & (begins == ends[:, None] + 1), _CONTINUES, 0.0)
    return cost + np.where(again, _COMES_AGAIN, 0.0)


def _numbered(sides: Sequence[Sequence[Hashable]]) -> list[Ints]:
    """Return a number for each value, equal for equal values."""
    numbers: dict[Hashable, int] = {}
    return [np.array([numbers.setdefault(v, len(numbers)) for v in side]) for side in sides]
