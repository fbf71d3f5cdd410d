"""Wishes -> masks over (position, pitch), and the wishes that contradict each other.

A `Constraint` says which pitches of the alphabet each note may take. Its name is what the user is
told when it cannot be met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generate.degrees import in_scale
from generate.sampling import Chain, Sampler
from mer.errors import InputError
from mer.key import Key
from mer.melody import IntArray

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Constraint:
    """What each note may be.

    Parameters
    ----------
    name
        How the constraint is named to the user.
    allowed
        Shape (notes, alphabet).
    """

    name: str
    allowed: Mask


def within_range(alphabet: IntArray, free: Mask, low: int, high: int) -> Constraint:
    """Return the constraint that free notes lie between `low` and `high`, both included.

    Parameters
    ----------
    alphabet
        Shape (pitches,): the pitches to choose from.
    free
        Shape (notes,): False for notes that are fixed otherwise.
    """
    inside = (alphabet >= low) & (alphabet <= high)
    return Constraint(f"the range {low} to {high}", np.where(free[:, None], inside, True))


def within_key(alphabet: IntArray, free: Mask, key: Key) -> Constraint:
    """Return the constraint that free notes belong to the scale of `key`."""
    return Constraint(f"the key {key}", np.where(free[:, None], in_scale(alphabet, key), True))


def fixed(alphabet: IntArray, notes: int, pitches: Mapping[int, int], name: str) -> Constraint:
    """Return the constraint that the given notes have the given pitches."""
    allowed = np.ones((notes, len(alphabet)), dtype=bool)
    for note, pitch in pitches.items():
        allowed[note] = alphabet == pitch
    return Constraint(name, allowed)


def one_of(
    alphabet: IntArray, notes: int, note: int, pitch_classes: Sequence[int], name: str
) -> Constraint:
    """Return the constraint that one note has one of the pitch classes."""
    allowed = np.ones((notes, len(alphabet)), dtype=bool)
    allowed[note] = np.isin(alphabet % 12, list(pitch_classes))
    return Constraint(name, allowed)


def constrained(chain: Chain, weights: npt.ArrayLike, constraints: Sequence[Constraint]) -> Sampler:
    """Return the sampler of the chain under all constraints.

    Raises
    ------
    InputError
        If they cannot all be met; the message names a smallest set that cannot.
    """
    table = np.asarray(weights, dtype=np.float64)
    try:
        return Sampler(chain, masked(table, constraints))
    except InputError:
        clash = conflict(chain, table, constraints)
        raise InputError(f"impossible together: {' and '.join(clash)}") from None


def conflict(
    chain: Chain, weights: npt.NDArray[np.float64], constraints: Sequence[Constraint]
) -> tuple[str, ...]:
    """Return the names of constraints that cannot all be met, while any fewer of them can.

    One constraint after another is left out; those whose absence changes nothing stay out.
    """
    kept = list(constraints)
    for constraint in constraints:
        fewer = [other for other in kept if other is not constraint]
        try:
            Sampler(chain, masked(weights, fewer))
        except InputError:
            kept = fewer
    return tuple(constraint.name for constraint in kept)


def masked(
    weights: npt.NDArray[np.float64], constraints: Sequence[Constraint]
) -> npt.NDArray[np.float64]:
    """Return the weights, 0 for what a constraint does not allow."""
    for constraint in constraints:
        weights = np.where(constraint.allowed, weights, 0.0)
    return weights
