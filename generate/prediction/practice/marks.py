"""What somebody wrote or sang, and the phrase -> which notes are right.

The most notes that can be right are, in order, at the transposition at which most are: whoever
sings chooses the key, and a note that is left out does not make the next ones wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.alignment.pairs import Pairs
from mer.notes.arrays import Ints
from mer.notes.melody import Melody

_FARTHEST = 24  # semitones between the answer and the phrase


@dataclass(frozen=True)
class Marks:
    """What is right about an answer.

    Parameters
    ----------
    transposition
        Semitones from the phrase to the answer.
    pairs
        (note of the answer, note of the phrase) of the notes that are right, from 0.
    in_time
        How many of these are as long as they should be, at the tempo of the answer; the last note
        of the phrase may be of any length.
    notes
        How many notes the phrase has.
    added
        How many notes of the answer answer none.
    """

    transposition: int
    pairs: Pairs
    in_time: int
    notes: int
    added: int

    @property
    def all_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.notes == len(self.pairs) == self.in_time and not self.added


def marks(answer: Melody, phrase: Melody) -> Marks:
    """Return which notes of an answer are right.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> phrase = Melody(pitch=[60, 62, 64, 60], **beat)
    >>> found = marks(Melody(pitch=[65, 67, 70, 65], **beat), phrase)
    >>> found.transposition, found.pairs, found.in_time
    (5, ((0, 0), (1, 1), (3, 3)), 3)
    """
    shifts = sorted(range(-_FARTHEST, _FARTHEST + 1), key=abs)
    found = [_longest(answer.pitch - shift, phrase.pitch) for shift in shifts]
    best = max(range(len(shifts)), key=lambda place: len(found[place]))
    pairs = found[best]
    return Marks(
        shifts[best],
        pairs,
        _in_time(answer, phrase, pairs),
        len(phrase),
        len(answer) - len(pairs),
    )


def _longest(one: Ints, other: Ints) -> Pairs:
    """Return the pairs of the longest sequence that both have (Wagner and Fischer 1974)."""
    length = np.zeros((len(one) + 1, len(other) + 1), dtype=np.int64)
    for a in range(len(one) - 1, -1, -1):
        for b in range(len(other) - 1, -1, -1):
            both = length[a + 1, b + 1] + 1 if one[a] == other[b] else 0
            length[a, b] = max(both, length[a + 1, b], length[a, b + 1])
    pairs, a, b = [], 0, 0
    while length[a, b]:
        if one[a] == other[b] and length[a, b] == length[a + 1, b + 1] + 1:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        elif length[a + 1, b] == length[a, b]:
            a += 1
        else:
            b += 1
    return tuple(pairs)


def _in_time(answer: Melody, phrase: Melody, pairs: Pairs) -> int:
    """Return how many notes have the right length, if the answer is as fast as fits best."""
    if not pairs:
        return 0
    last = len(phrase) - 1
    held = [(int(answer.duration[a]), int(phrase.duration[b])) for a, b in pairs if b != last]
    free = sum(b == last for _, b in pairs)
    paces = {mine / theirs for mine, theirs in held}
    fits = [sum(abs(mine - pace * theirs) <= 1 for mine, theirs in held) for pace in paces]
    return max(fits, default=0) + free
