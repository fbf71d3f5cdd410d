"""Melody -> how hard it is to sing back or to write down, counted in easy notes.

A note that goes by step to where it is expected counts as one. A leap counts more the wider it is,
a surprising note more the more bits it has, and a wide range counts once. So a part of a melody is
never harder than all of it, and steps are never harder than leaps in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generate.prediction.melody_model import MelodyModel
from mer.notes.arrays import Floats
from mer.notes.melody import Melody
from mer.notes.names import counted

STEP, FIFTH = 2, 7  # semitones that cost nothing: from note to note, and in all
EXPECTED_BITS = 2.5  # what a note of a phrase has on average
# Where a level ends, in easy notes: about fifths of the phrases of 4 to 24 notes that are shipped.
LEVEL_ENDS = (11.0, 14.0, 17.0, 22.0)
LEVELS = len(LEVEL_ENDS) + 1
_A_SEMITONE = 1 / 3  # what it adds, in notes
_A_BIT = 1 / 4


@dataclass(frozen=True)
class Difficulty:
    """How hard a melody is, in easy notes.

    Parameters
    ----------
    notes
        How many it has.
    leaps, reach, surprise
        What is added for leaps, for a range of more than a fifth, and for what is not expected.

    Examples
    --------
    >>> Difficulty(8, 1.0, 0.0, 3.0).value, Difficulty(8, 1.0, 0.0, 3.0).level
    (12.0, 2)
    """

    notes: int
    leaps: float
    reach: float
    surprise: float

    @property
    def value(self) -> float:
        """All of it."""
        return self.notes + self.leaps + self.reach + self.surprise

    @property
    def level(self) -> int:
        """1 (easy) to 5."""
        return 1 + int(np.searchsorted(LEVEL_ENDS, self.value, side="left"))

    def __str__(self) -> str:
        """Return it in words.

        Examples
        --------
        >>> print(Difficulty(8, 3.2, 0.0, 0.4))
        8 notes, as hard as 12 easy ones: 3 for leaps
        """
        added = {"leaps": self.leaps, "range": self.reach, "surprises": self.surprise}
        told = [f"{round(more)} for {what}" for what, more in added.items() if round(more)]
        why = f": {', '.join(told)}" if told else ""
        return f"{counted(self.notes, 'note')}, as hard as {round(self.value)} easy ones{why}"


def difficulty(melody: Melody, bits: Floats | None = None) -> Difficulty:
    """Return how hard a melody is.

    Parameters
    ----------
    bits
        How surprising each note is, shape (notes,); by default nothing is. The first note does not
        count: it is given, or chosen by who sings.

    Examples
    --------
    >>> beat = {"onset": range(0, 2400, 480), "duration": [480] * 5}
    >>> scale = Melody(pitch=[60, 62, 64, 65, 67], **beat)
    >>> chord = Melody(pitch=[60, 64, 67, 72, 60], **beat)
    >>> difficulty(scale).value, round(difficulty(chord).value, 2)
    (5.0, 12.0)
    """
    leaps = np.maximum(np.abs(melody.interval) - STEP, 0).sum()
    reach = max(int(melody.pitch.max() - melody.pitch.min()) - FIFTH, 0)
    above = 0.0 if bits is None else float(np.maximum(bits[1:] - EXPECTED_BITS, 0.0).sum())
    return Difficulty(len(melody), float(leaps) * _A_SEMITONE, reach * _A_SEMITONE, above * _A_BIT)


def difficulties(melodies: Sequence[Melody], model: MelodyModel | None) -> list[Difficulty]:
    """Return how hard each melody is; with a model, what it does not expect is hard.

    Raises
    ------
    InputError
        If the model does not know a value of a melody.
    """
    if model is None:
        return [difficulty(one) for one in melodies]
    bits = model.information_contents(melodies)
    return [difficulty(one, more) for one, more in zip(melodies, bits, strict=True)]
