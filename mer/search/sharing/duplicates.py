"""A corpus -> the tunes that are in it twice or nearly so, in groups, with the reason.

Tunes of the same notes are told by their shapes. The others are found by the runs of eight notes
that they have in common with few, and compared note for note at the transposition that most of
these runs have. Tunes that are near to one tune stand in one group, though they may be less near to
each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mer.alignment.aspects import pitch_alone
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.columns import Columns
from mer.notes.names import counted, transposition_words
from mer.search.segments.segment import shapes_of
from mer.search.sharing.prints import Prints
from mer.search.sharing.stretches import Stretch
from mer.search.stack.comparison import note_for_note
from mer.search.stack.pool import Pool
from mer.search.stack.query import Query
from mer.search.stack.vectors import Shown, unseen

LEAST = 0.8
_RUN = 8
# A run that more tunes have says little of any two of them.
_MOST_TUNES = 40
# Runs that two tunes must share before they are compared, in a hundred notes of the shorter one.
_SHARED_IN_100 = 10.0
# A tune with so many times the notes of another is not a variant of it, but holds it.
_LONGER = 1.5


@dataclass(frozen=True)
class Duplicate:
    """A tune that is nearly another one.

    Parameters
    ----------
    tune, of
        Numbers in the corpus: the tune, and the one that it is a duplicate of.
    kind
        ``"same notes"``, ``"same pitches"`` (in another rhythm), ``"variant"`` or ``"part"`` (all
        of one is in the other, which is longer).
    same, notes
        How many notes are the same, of how many of the shorter one.
    transposition
        Semitones from the other to this one.
    """

    tune: int
    of: int
    kind: str
    same: int
    notes: int
    transposition: int

    def turned(self) -> Duplicate:
        """Return the same of the other tune."""
        return replace(self, tune=self.of, of=self.tune, transposition=-self.transposition)

    def reason(self) -> str:
        """Return why the two are together.

        Examples
        --------
        >>> Duplicate(1, 0, "variant", 30, 32, -2).reason()
        'a variant: 30 of 32 notes the same, 2 semitones lower'
        """
        where = transposition_words(self.transposition)
        said = {
            "same notes": "the same notes",
            "same pitches": "the same pitches in another rhythm",
            "variant": f"a variant: {self.same} of {counted(self.notes, 'note')} the same",
            "part": f"one is a part of the other: {self.same} of {counted(self.notes, 'note')} "
            "the same",
        }
        return f"{said[self.kind]}, {where}"


def duplicates(
    corpus: Corpus, *, least: float = LEAST, shown: Shown | None = None
) -> list[tuple[Duplicate, ...]]:
    """Return groups of tunes that are nearly the same, largest first.

    The first tune of a group is the `of` of its first member; each other one is a `tune` once.

    Parameters
    ----------
    least
        Share of the notes of the shorter tune that must be the same, transposed, .5 to 1.
    shown
        What the steps go through, with how many there are and what they do: a progress bar, say.

    Raises
    ------
    InputError
        If `least` is not between .5 and 1.

    Examples
    --------
    >>> from mer.corpus.corpus import Tune
    >>> from mer.notes.melody import Melody
    >>> beat = {"onset": range(0, 4800, 480), "duration": [480] * 10}
    >>> tune = Melody(pitch=[60, 62, 64, 65, 67, 65, 64, 62, 60, 67], **beat)
    >>> other = Melody(pitch=[67, 60, 67, 60, 67, 60, 67, 60, 67, 61], **beat)
    >>> melodies = {"a": tune, "b": other, "c": tune.transpose(2)}
    >>> corpus = Corpus.from_tunes(Tune(name, "", "", one) for name, one in melodies.items())
    >>> [[(one.tune, one.of, one.reason()) for one in group] for group in duplicates(corpus)]
    [[(2, 0, 'the same notes, 2 semitones higher')]]
    """
    if not 0.5 <= least <= 1.0:
        raise InputError(f"least is {least}; a share of .5 to 1 is supported")
    columns = corpus.columns("melody")
    first, found = _same_shapes(columns, "same notes", np.arange(len(corpus)))
    even = pitch_alone(columns.take(first))
    second, pitches = _same_shapes(even, "same pitches", first)
    found += pitches
    pairs = list(_near(columns.take(second)))
    steps = (shown or unseen)(iter(pairs), len(pairs), "comparing")
    found += [
        one
        for own, others, shifts in steps
        for one in _compared(corpus, int(second[own]), second[others], shifts, least)
    ]
    return _grouped(found)


def _same_shapes(columns: Columns, kind: str, numbers: Ints) -> tuple[Ints, list[Duplicate]]:
    """Return the first of each shape, and the others as its duplicates."""
    shape = shapes_of(columns)
    _, first, which = np.unique(shape, return_index=True, return_inverse=True)
    start, notes = columns.pitch[columns.bounds[:-1]].astype(np.int64), columns.lengths
    found = [
        Duplicate(
            int(numbers[row]),
            int(numbers[of]),
            kind,
            int(notes[row]),
            int(notes[row]),
            int(start[row] - start[of]),
        )
        for row, of in enumerate(first[which].tolist())
        if row != of
    ]
    return numbers[np.sort(first)], found


def _near(columns: Columns) -> Iterator[tuple[int, Ints, Ints]]:
    """Yield each tune with later ones that may be near it, and their transpositions."""
    prints = Prints.of_columns(pitch_alone(columns))
    starts = prints.starts(0, _RUN)
    values = prints.rolled(0, _RUN)[starts]
    tune, pitch = columns.sequence[starts], columns.pitch[starts].astype(np.int64)
    order = np.lexsort((tune, values))
    values, tune, pitch = values[order], tune[order], pitch[order]
    # One of each run in each tune.
    once = np.ones(len(values), dtype=bool)
    once[1:] = (values[1:] != values[:-1]) | (tune[1:] != tune[:-1])
    values, tune, pitch = values[once], tune[once], pitch[once]
    begins = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else tune[:0]
    sizes = np.diff(np.append(begins, len(values)))
    pairs = []
    for size in np.unique(sizes[(sizes > 1) & (sizes <= _MOST_TUNES)]).tolist():
        rows = begins[sizes == size][:, None] + np.arange(size)
        for one, other in zip(*np.triu_indices(size, 1), strict=True):
            a, b = rows[:, one], rows[:, other]
            pairs.append(np.column_stack([tune[a], tune[b], pitch[b] - pitch[a]]))
    if not pairs:
        return
    both, count = np.unique(np.concatenate(pairs), axis=0, return_counts=True)
    shorter = np.minimum(columns.lengths[both[:, 0]], columns.lengths[both[:, 1]])
    both = both[count * 100.0 >= _SHARED_IN_100 * shorter]
    for part in np.split(both, np.flatnonzero(np.diff(both[:, 0])) + 1):
        if len(part):
            yield int(part[0, 0]), part[:, 1], part[:, 2]


def _compared(
    corpus: Corpus, own: int, others: Ints, shifts: Ints, least: float
) -> Iterator[Duplicate]:
    """Yield those of some tunes that are near enough to one."""
    melody = corpus.tune(own).melody
    pool = Pool(corpus.columns("melody").take(others))
    aligned = note_for_note(pool, Query.of(melody), shifts)
    for other, shift, pairs in zip(others.tolist(), shifts.tolist(), aligned, strict=True):
        tune = corpus.tune(other)
        lengths = sorted((len(melody), len(tune.melody)))
        same = Stretch(melody, tune, shift, pairs).same["pitch"]
        if same >= least * lengths[0]:
            kind = "part" if lengths[1] >= _LONGER * lengths[0] else "variant"
            yield Duplicate(other, own, kind, same, lengths[0], shift)


def _grouped(found: list[Duplicate]) -> list[tuple[Duplicate, ...]]:
    """Return the duplicates in groups of tunes that hang together, each tune but the first once."""
    # Nearest first, so that each tune stands beside the one that it is most like.
    order = sorted(found, key=lambda one: (-one.same / one.notes, one.of, one.tune))
    root: dict[int, int] = {}

    def top(tune: int) -> int:
        while root.setdefault(tune, tune) != tune:
            tune = root[tune]
        return tune

    beside: dict[int, list[Duplicate]] = {}
    for one in order:
        ends = top(one.tune), top(one.of)
        if ends[0] != ends[1]:
            root[max(ends)] = min(ends)
            beside.setdefault(one.of, []).append(one)
            beside.setdefault(one.tune, []).append(one.turned())
    firsts = [tune for tune in root if top(tune) == tune]
    groups = [tuple(_from(first, beside)) for first in sorted(firsts)]
    return sorted(groups, key=lambda group: -len(group))


def _from(tune: int, beside: dict[int, list[Duplicate]]) -> Iterator[Duplicate]:
    """Yield the duplicates of a tune, then those of each of these, and so on."""
    waiting, seen = deque([tune]), {tune}
    while waiting:
        for one in sorted(beside[waiting.popleft()], key=lambda one: one.tune):
            if one.tune not in seen:
                seen.add(one.tune)
                waiting.append(one.tune)
                yield one
