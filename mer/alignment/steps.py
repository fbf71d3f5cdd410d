"""Columns -> profiles of the steps between notes, for alignments that hear nothing else.

A profile compares pitches after a transposition. Here the step to each note stands in the place of
its pitch, and nothing is transposed: so that one note more or less changes one step or two, and
none after them.
"""

from __future__ import annotations

import numpy as np

from mer.alignment.lattice import Scoring
from mer.alignment.profile import Profile
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.viewpoints import contour, inter_onset_interval

# Two steps are as unlike as they can be from here on: up and level; a note and one twice as long.
STEPS = Scoring(mode="inside", metre=0.0, pitch_band=1.0, shifts=0)
_FAR = 1000.0  # the step to a first note: like no other


def rhythm_steps(columns: Columns) -> Floats:
    """Return the octaves of time from one inter-onset interval to the next, shape (N,)."""
    length = np.log2(inter_onset_interval(columns))
    return np.diff(length, prepend=length[:1])


def contour_steps(columns: Columns) -> Floats:
    """Return -1, 0 or 1 for a step down, none, or up, shape (N,)."""
    return contour(columns).astype(np.float64)


STEPS_OF = {"rhythm": rhythm_steps, "contour": contour_steps}


def step_profile(columns: Columns, aspect: str, *, first: bool = True) -> Profile:
    """Return the profile of the steps of columns.

    Parameters
    ----------
    aspect
        A name in `STEPS_OF`.
    first
        Whether first notes are kept, which are like no other; else sequences have a note less, and
        must have two.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 67, 64], onset=[0, 480, 720], duration=[480, 240, 480])
    >>> columns = Columns.from_melodies([tune])
    >>> step_profile(columns, "rhythm", first=False).pitch.tolist()
    [-1.0, 1.0]
    >>> step_profile(columns, "contour", first=False).pitch.tolist()
    [1.0, -1.0]
    """
    steps = np.where(columns.is_first, _FAR, STEPS_OF[aspect](columns)).astype(np.float32)
    bounds = np.asarray(columns.bounds, dtype=np.int64)
    if not first:
        steps = steps[~columns.is_first]
        bounds = bounds - np.arange(len(bounds))
    nothing = np.zeros(len(steps), dtype=np.float32)
    histogram = np.ones((len(columns), 1), dtype=np.float32)
    return Profile(steps, nothing, nothing, nothing, bounds, histogram, 0)
