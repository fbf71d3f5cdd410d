"""Where a duration is taken from: a note of a tune or of the motif."""

from __future__ import annotations

from typing import NamedTuple

# What the motif's own rules do to durations.
RHYTHM_OPERATORS = ("held", "cut", "turned", "exchanged", "split", "joined")


class Place(NamedTuple):
    """A note whose duration is taken.

    Parameters
    ----------
    tune_id, phrase
        The tune and the phrase in it (from 1); the empty string and 0 for the motif.
    note
        From 0, counted in the tune or the motif.
    operator
        What was done to its duration or its place in the bar, by the motif's own rules
        (`generate.plan.own_rhythm`), one of `RHYTHM_OPERATORS`; the empty string for nothing.
    """

    tune_id: str
    phrase: int
    note: int
    operator: str = ""
