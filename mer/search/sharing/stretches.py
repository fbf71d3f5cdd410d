"""A melody and an index -> the tunes that share a stretch with it, and where, note against note.

A stretch may be changed: notes may differ, be left out or put in. So the melody is searched for in
windows; the tunes that the windows find, each at the transpositions at which they find it, are
aligned with all of the melody, and the best stretch of both is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mer.alignment.pairs import Pairs
from mer.corpus.corpus import Tune
from mer.corpus.filters import Filter
from mer.io.passage import bar_numbers
from mer.io.reading import Reading
from mer.notes.arrays import Flags
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.stack.comparison import note_for_note
from mer.search.stack.pool import Pool
from mer.search.stack.query import MIN_QUERY_NOTES, Query

WINDOW_NOTES, HOP_NOTES = 24, 8
_MATCHES = 12  # of each window, or as many as are asked for
_ALIGNED = 60  # tunes, each at one transposition, or _EACH for each that is asked for
_EACH = 4
_SAME_LENGTH = 0.02  # by which a time may differ from another and be the same


@dataclass(frozen=True, eq=False)
class Stretch:
    """What a melody and a tune share, note against note.

    Parameters
    ----------
    melody
        What was looked at.
    tune
        The tune.
    transposition
        Semitones to add to the melody to bring it to the tune.
    pairs
        Corresponding notes: (note of the melody, note of the tune), both counted from 0.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> mine = Melody(pitch=[60, 62, 64, 60], **beat)
    >>> tune = Tune("t", "A Tune", "mine", Melody(pitch=[67, 69, 71, 74], **beat))
    >>> Stretch(mine, tune, 7, ((0, 0), (1, 1), (2, 2), (3, 3))).same
    {'pitch': 3, 'rhythm': 4, 'contour': 3}
    """

    melody: Melody
    tune: Tune
    transposition: int
    pairs: Pairs

    def __len__(self) -> int:
        return len(self.pairs)

    @cached_property
    def same(self) -> dict[str, int]:
        """Aspect -> how many of the corresponding notes are the same in it.

        In pitch, the same note, transposed. In rhythm and contour, the same time and direction from
        the corresponding note before; the first note counts. A melody without rhythm has none.
        """
        mine, theirs = np.array(self.pairs, dtype=np.int64).reshape(-1, 2).T
        ours, others = self.melody.pitch[mine], self.tune.melody.pitch[theirs]
        times, their_times = (
            np.diff(self.melody.onset[mine]),
            np.diff(self.tune.melody.onset[theirs]),
        )
        # How much slower the tune is written.
        pace = float(np.median(their_times / np.maximum(times, 1))) if len(times) else 1.0
        found: dict[str, Flags] = {
            "rhythm": np.abs(times * pace - their_times) <= _SAME_LENGTH * their_times,
            "contour": np.sign(np.diff(ours)) == np.sign(np.diff(others)),
        }
        if not self.melody.rhythm_known:
            del found["rhythm"]
        steps = {name: int(flags.sum()) + (len(mine) > 0) for name, flags in found.items()}
        return {"pitch": int((ours + self.transposition == others).sum()), **steps}

    @property
    def worth(self) -> int:
        """How many more notes are the same in pitch than are not: what stretches are ranked by."""
        if not self.pairs:
            return 0
        (first, their_first), (last, their_last) = self.pairs[0], self.pairs[-1]
        whole = 1 + max(last - first, their_last - their_first)
        return 2 * self.same["pitch"] - whole

    @property
    def bars(self) -> tuple[int, int]:
        """The bars of the tune in which the first and the last corresponding note begin."""
        return span(self.tune.melody, self.pairs[0][1], self.pairs[-1][1])


def stretches(
    melody: Melody, index: PhraseIndex, k: int = 5, *, where: Filter | None = None
) -> list[Stretch]:
    """Return the best stretch of each of the `k` tunes that share most, best first.

    Fewer are returned where no more share anything: three notes have to be the same, and more than
    differ.

    Parameters
    ----------
    melody
        At least three notes.
    index
        Of phrases or of whole melodies.
    where
        What to look in; by default everywhere.

    Raises
    ------
    InputError
        As for `PhraseIndex.search`.
    """
    votes: defaultdict[tuple[str, int], float] = defaultdict(float)
    for window in windows(melody):
        best: dict[tuple[str, int], float] = {}
        for match in index.search(window, max(_MATCHES, k), where=where):
            place = (match.phrase.tune_id, match.transposition)
            best[place] = max(best.get(place, 0.0), match.similarity)
        for place, similarity in best.items():
            votes[place] += similarity
    corpus = index.corpus
    places = sorted(votes, key=lambda place: (-votes[place], place))[: max(_ALIGNED, _EACH * k)]
    if not places:
        return []
    numbers = corpus.found([tune_id for tune_id, _ in places])
    shifts = np.array([shift for _, shift in places], dtype=np.int64)
    pool = Pool(corpus.columns("melody").take(numbers))
    aligned = note_for_note(pool, Query.of(melody), shifts)
    tunes = {number: corpus.tune(number) for number in np.unique(numbers).tolist()}
    found: dict[int, Stretch] = {}
    for number, shift, pairs in zip(numbers.tolist(), shifts.tolist(), aligned, strict=True):
        one = Stretch(melody, tunes[number], shift, pairs)
        shared = one.worth > 0 and one.same["pitch"] >= MIN_QUERY_NOTES
        if shared and (number not in found or one.worth > found[number].worth):
            found[number] = one
    ranked = sorted(found.values(), key=lambda one: (-one.worth, one.tune.tune_id))
    return ranked[:k]


def span(melody: Melody, first: int, last: int) -> tuple[int, int]:
    """Return the bars in which two notes begin, counted as in the score."""
    numbers = bar_numbers(Reading(melody))
    return int(numbers[first]), int(numbers[last])


def windows(melody: Melody) -> Iterator[Melody]:
    """Yield stretches of a melody that overlap and cover it."""
    last = max(len(melody) - WINDOW_NOTES, 0)
    starts = sorted({*range(0, last, HOP_NOTES), last})
    for start in starts:
        window = melody.cut(start, min(start + WINDOW_NOTES, len(melody)))
        if len(window) >= MIN_QUERY_NOTES:
            yield window
