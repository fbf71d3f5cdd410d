"""Wishes -> masks over (position, pitch), and the wishes that contradict each other.

A `Constraint` says which pitches of the alphabet each note may take. The message for a constraint
that cannot be met gives its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from generate.sampling.chain import Chain
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.names import pitch_name


class Asked(Protocol):
    """Anything that can be asked for and has a name."""

    @property
    def name(self) -> str:
        """Its name in messages."""
        ...


Named = TypeVar("Named", bound=Asked)


class Constraint(NamedTuple):
    """What each note may be.

    Parameters
    ----------
    name
        Name of the constraint in messages.
    allowed
        Shape (notes, alphabet).
    """

    name: str
    allowed: Flags

    def with_raised(self, alphabet: Ints, places: Sequence[int], raised: int) -> Constraint:
        """Return the constraint with the pitch class `raised` for the one below it at some places.

        Elsewhere it stays as it is.
        """
        allowed = self.allowed.copy()
        for place in places:
            allowed[place, alphabet % 12 == raised] = True
            allowed[place, alphabet % 12 == (raised - 1) % 12] = False
        return Constraint(self.name, allowed)


def within_range(alphabet: Ints, free: Flags, low: int, high: int) -> Constraint:
    """Return the constraint that free notes lie between `low` and `high`, both included.

    Parameters
    ----------
    alphabet
        Shape (pitches,): the pitches to choose from.
    free
        Shape (notes,): False for notes that are fixed otherwise.
    """
    inside = (alphabet >= low) & (alphabet <= high)
    name = f"the range {pitch_name(low)} to {pitch_name(high)}"
    return Constraint(name, np.where(free[:, None], inside, True))


def of_scale(alphabet: Ints, free: Flags, scale: Sequence[int], name: str) -> Constraint:
    """Return the constraint that free notes have one of the pitch classes of a scale."""
    inside = np.isin(alphabet % 12, list(scale))
    return Constraint(name, np.where(free[:, None], inside, True))


def fixed(alphabet: Ints, notes: int, pitches: Mapping[int, int], name: str) -> Constraint:
    """Return the constraint that the given notes have the given pitches."""
    allowed = np.ones((notes, len(alphabet)), dtype=bool)
    for note, pitch in pitches.items():
        allowed[note] = alphabet == pitch
    return Constraint(name, allowed)


def classes_at(
    alphabet: Ints, notes: int, places: Sequence[int], pitch_classes: Sequence[int], name: str
) -> Constraint:
    """Return the constraint that the notes at some places have one of the pitch classes."""
    allowed = np.ones((notes, len(alphabet)), dtype=bool)
    allowed[list(places)] = np.isin(alphabet % 12, list(pitch_classes))
    return Constraint(name, allowed)


def constrained(chain: Chain, weights: npt.ArrayLike, constraints: Sequence[Constraint]) -> Sampler:
    """Return the sampler of the chain under all constraints.

    Raises
    ------
    InputError
        If they cannot all be met; the message names a smallest set that cannot.
    """
    table = np.asarray(weights, dtype=np.float64)

    def possible(kept: Sequence[Constraint]) -> bool:
        try:
            Sampler(chain, masked(table, kept))
        except InputError:
            return False
        return True

    try:
        return Sampler(chain, masked(table, constraints))
    except InputError:
        raise InputError(clash(constraints, possible)) from None


def clash(parts: Sequence[Named], possible: Callable[[Sequence[Named]], bool]) -> str:
    """Return a sentence that names parts which cannot all be met, while any fewer of them can.

    One part after another is left out; those whose absence changes nothing stay out.
    """
    kept = list(parts)
    for part in parts:
        fewer = [other for other in kept if other is not part]
        if not possible(fewer):
            kept = fewer
    return f"impossible together: {' and '.join(part.name for part in kept)}"


def masked(weights: Floats, constraints: Sequence[Constraint]) -> Floats:
    """Return the weights, 0 for what a constraint does not allow."""
    for constraint in constraints:
        weights = np.where(constraint.allowed, weights, 0.0)
    return weights
