"""Two melodies -> the figures that both have: runs of intervals, and notes that skip others.

Runs of equal intervals, in the same rhythm or not, and the terms that a search counts: three or
four notes with others between them, each kept only if no run explains it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from mer.alignment.aspects import STEPPED, names_of
from mer.embeddings import FOUR_NOTE_REACH, TERMS, THREE_NOTE_REACH
from mer.embeddings.skipgrams import skip_patterns
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.notes.names import step_words
from mer.notes.viewpoints import VIEWPOINTS

Notes = tuple[int, ...]
Alike = Iterator[tuple[Notes, Notes]]

MOST_FIGURES = 20
# Of each melody, and of one kind: where there are more, runs already say it all.
_MOST_SKIPS, _MOST_ALIKE = 4000, 50
_LEAST_STEPS = 2  # a single interval in common means little, unless there is nothing else
_WORDS = 6  # steps of a long run that are put into words


class SharedFigure(NamedTuple):
    """Notes of the query and of a phrase that are alike in one view.

    Parameters
    ----------
    view
        The name of the view: what the notes have in common.
    query_notes, phrase_notes
        Which notes, counted from 0.
    words
        The figure in words.
    """

    view: str
    query_notes: Notes
    phrase_notes: Notes
    words: str

    def __str__(self) -> str:
        mine, theirs = _listed(self.query_notes), _listed(self.phrase_notes)
        return f"motif notes {mine} = phrase notes {theirs}: {self.words}"


def shared_figures(
    query: Melody, phrase: Melody, pairs: Iterable[tuple[int, int]] = (), *, aspect: str = ""
) -> tuple[SharedFigure, ...]:
    """Return what both melodies have, view by view: longest first, at most 20 of a view.

    Of figures of one length, those whose notes correspond in the alignment `pairs` come first.

    Parameters
    ----------
    aspect
        The only aspect that counts (a name in `mer.alignment.aspects.ASPECTS`), "" for all.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> mine = Melody(pitch=[60, 62, 64, 60], **beat)
    >>> theirs = Melody(pitch=[67, 69, 71, 74], **beat)
    >>> print(shared_figures(mine, theirs)[0])
    motif notes 1-3 = phrase notes 1-3: up a whole tone, up a whole tone, in the same rhythm
    """
    aligned = frozenset(pairs)
    found = []
    for view, finder in FINDERS_OF.get(aspect, FINDERS).items():
        alike = sorted(
            finder(query, phrase),
            key=lambda both: (
                -len(both[0]),
                -len(aligned.intersection(zip(*both, strict=True))),
                both,
            ),
        )
        found += [
            SharedFigure(view, mine, theirs, _words(view, query, mine))
            for mine, theirs in alike[:MOST_FIGURES]
        ]
    return tuple(found)


def _runs(query: Melody, phrase: Melody, viewpoints: tuple[str, ...]) -> Alike:
    """Yield the longest runs of notes whose steps are equal in all `viewpoints`."""
    same = np.ones((len(query) - 1, len(phrase) - 1), dtype=bool)
    for name in viewpoints:
        mine, theirs = (
            VIEWPOINTS[name](Columns.from_melodies([melody]))[1:] for melody in (query, phrase)
        )
        same &= mine[:, None] == theirs[None, :]
    before = np.zeros_like(same)
    before[1:, 1:] = same[:-1, :-1]
    length = np.zeros((same.shape[0] + 1, same.shape[1] + 1), dtype=np.int64)
    for row in range(len(same) - 1, -1, -1):
        length[row, :-1] = np.where(same[row], length[row + 1, 1:] + 1, 0)
    begin = same & ~before
    long = begin & (length[:-1, :-1] >= _LEAST_STEPS)
    for row, column in np.argwhere(long if long.any() else begin).tolist():
        notes = int(length[row, column]) + 1
        yield tuple(range(row, row + notes)), tuple(range(column, column + notes))


def _interval_runs(query: Melody, phrase: Melody) -> Alike:
    return _runs(query, phrase, ("interval",))


def _rhythm_runs(query: Melody, phrase: Melody) -> Alike:
    return _runs(query, phrase, ("interval", "ioi_ratio"))


def _skips(query: Melody, phrase: Melody, *, view: str) -> Alike:
    """Yield some notes of each that are alike, unless one run of intervals holds them all."""
    runs = enumerate(_interval_runs(query, phrase))
    run_of = {pair: number for number, run in runs for pair in zip(*run, strict=True)}
    there: defaultdict[int, list[Notes]] = defaultdict(list)
    for key, notes in _keyed_notes(phrase, view):
        there[key].append(notes)
    for key, mine in _keyed_notes(query, view):
        for theirs in there.get(key, [])[:_MOST_ALIKE]:
            runs_held = {run_of.get(pair, -1) for pair in zip(mine, theirs, strict=True)}
            if len(runs_held) > 1 or -1 in runs_held:
                yield mine, theirs


def _keyed_notes(melody: Melody, view: str) -> Iterator[tuple[int, Notes]]:
    # The view lists its terms by pattern of skips, then by first note.
    keys = np.concatenate([key for key, _ in TERMS[view](Columns.from_melodies([melody]))])
    notes = (
        (first, *(first + offset for offset in pattern))
        for pattern in skip_patterns(*_SKIPS[view])
        for first in range(len(melody) - pattern[-1])
    )
    found = zip(keys.tolist(), notes, strict=True)
    return iter(list(found)[:_MOST_SKIPS])


# Reach and number of notes.
_SKIPS = {"four-note": (FOUR_NOTE_REACH, 4), "three-note": (THREE_NOTE_REACH, 3)}
FINDERS: dict[str, Callable[[Melody, Melody], Alike]] = {
    "interval-rhythm": _rhythm_runs,
    "interval": _interval_runs,
    **{view: partial(_skips, view=view) for view in _SKIPS},
}
# Where nothing but one aspect counts.
FINDERS_OF: dict[str, dict[str, Callable[[Melody, Melody], Alike]]] = {
    "pitch": {"interval": _interval_runs},
    "rhythm": {"rhythm": partial(_runs, viewpoints=("ioi_ratio",))},
    "contour": {"contour": partial(_runs, viewpoints=("contour",))},
}
_ENDINGS = {
    "interval-rhythm": ", in the same rhythm",
    **dict.fromkeys(_SKIPS, ", in the same proportion of time"),
}


def _words(view: str, melody: Melody, notes: Notes) -> str:
    if view in STEPPED:
        steps = [names_of(melody, view)[note] for note in notes[1:]]
        words = steps[:_WORDS]
    else:
        steps = np.diff(melody.pitch[list(notes)]).tolist()
        words = [step_words(step) for step in steps[:_WORDS]]
    words += ["…"] * (len(steps) > _WORDS)
    return ", ".join(words) + _ENDINGS.get(view, "")


def _listed(notes: Notes) -> str:
    numbers = [note + 1 for note in notes]
    if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}-{numbers[-1]}"
    return ", ".join(map(str, numbers))
