"""A melody and an index -> what it shares with the tunes there, where, and how usual that is.

Three questions: which tunes share most (`Stretch`, notes may be changed), which runs of notes are
shared exactly, aspect by aspect, and how many human tunes share a run as long with each other.
Nobody can answer whether a melody is new: that nothing is found in a corpus is no proof.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.alignment.aspects import ASPECTS, aspects_of
from mer.corpus.corpus import Tune
from mer.corpus.filters import PLACES, Filter
from mer.errors import InputError
from mer.io.passage import bar_numbers
from mer.io.reading import Reading
from mer.notes.arrays import Ints
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.sharing.prints import Prints
from mer.search.sharing.runs import RunsOfTunes, SharedRuns
from mer.search.sharing.stretches import Stretch, span, stretches
from mer.search.sharing.usual import Share, Usual
from mer.search.stack.query import check_query

TUNES = 3  # that share most, unless more are asked for


@dataclass(frozen=True)
class SharedRun:
    """The longest run that a melody shares with a corpus in one aspect.

    Parameters
    ----------
    notes
        How many in a row.
    start
        The first of them in the melody, from 0.
    tune, note
        A tune that has it, and its first note there.
    tunes
        How many tunes have a run as long.
    transposition
        Semitones to add to the melody there; None where the aspect has no pitch.
    share
        How many tunes of the corpus share a run as long with tunes of other titles.
    """

    notes: int
    start: int
    tune: Tune
    note: int
    tunes: int
    transposition: int | None
    share: Share

    @property
    def bars(self) -> tuple[int, int]:
        """The bars of the tune in which the first and the last note of the run begin."""
        return span(self.tune.melody, self.note, self.note + self.notes - 1)


@dataclass(frozen=True, eq=False)
class Check:
    """What a melody shares with a corpus.

    Parameters
    ----------
    melody
        What was looked at.
    tunes
        How many tunes it was compared with.
    runs
        Aspect -> the longest shared run; None where none has four notes. Of a melody without rhythm
        only pitch and contour.
    stretches
        The tunes that share most, best first.
    bars
        Shape (notes,): the number of the bar in which each note of the melody begins.
    """

    melody: Melody
    tunes: int
    runs: dict[str, SharedRun | None]
    stretches: tuple[Stretch, ...]
    bars: Ints

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the bars of the melody in which two notes begin."""
        return int(self.bars[first]), int(self.bars[last])


def check(
    melody: Melody,
    index: PhraseIndex,
    *,
    k: int = TUNES,
    where: Filter | None = None,
    bars: Ints | None = None,
) -> Check:
    """Return what a melody shares with the tunes of a corpus, and how usual that is.

    Parameters
    ----------
    melody
        3 to 2,000 notes; runs are looked for from 4 on.
    index
        The corpus. Tunes with the notes of the melody are found as any others.
    k
        How many of the tunes that share most.
    where
        What to compare with; by default everything. What is usual is taken from the whole corpus.
        Tunes are compared whole, so that a filter with a place is refused.
    bars
        The number of the bar in which each note begins; by default counted from the first barline.

    Raises
    ------
    InputError
        If the melody is too short or too long, `k` is not positive, no collection or metre is as in
        `where`, or it has a place.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus
    >>> beat = {"onset": range(0, 2400, 480), "duration": [480] * 5}
    >>> tunes = [Tune("a", "Up", "mine", Melody(pitch=[60, 62, 64, 65, 67], **beat)),
    ...          Tune("b", "Down", "mine", Melody(pitch=[67, 65, 64, 62, 60], **beat))]
    >>> found = check(tunes[0].melody.transpose(3), PhraseIndex.build(Corpus.from_tunes(tunes)))
    >>> run = found.runs["pitch"]
    >>> run.notes, run.tune.title, run.transposition, run.share.value
    (5, 'Up', -3, 0.0)
    >>> found.stretches[0].tune.title, found.stretches[0].same["pitch"]
    ('Up', 5)
    """
    check_query(melody, k)
    if where is not None and where.place != PLACES[0]:
        raise InputError(
            f"tunes are compared whole, and the filter has the place {where.place!r}; leave it out"
        )
    corpus = index.corpus
    among = None if where is None else np.flatnonzero(where.tunes(corpus))
    return Check(
        melody,
        len(corpus) if among is None else len(among),
        longest_runs(melody, index, among),
        tuple(stretches(melody, index, k, where=where)),
        bar_numbers(Reading(melody)) if bars is None else bars,
    )


def longest_runs(
    melody: Melody, index: PhraseIndex, among: Ints | None = None
) -> dict[str, SharedRun | None]:
    """Return the longest run that a melody shares with a tune, aspect by aspect.

    Parameters
    ----------
    among
        The numbers of the tunes that are compared; None for all.
    """
    return {name: _longest(name, melody, index, among) for name in aspects_of(melody)}


def _longest(
    aspect: str, melody: Melody, index: PhraseIndex, among: Ints | None
) -> SharedRun | None:
    corpus = index.corpus
    own = Prints.of_columns(ASPECTS[aspect](Columns.from_melodies([melody])))
    found = _known(aspect, index).of_tunes(own)
    notes = found.notes if among is None else found.notes[among]
    if not notes.max(initial=0):
        return None
    longest, number = _first(found, among)
    tune, start, note = corpus.tune(number), int(found.start[number]), int(found.note[number])
    moved = int(tune.melody.pitch[note] - melody.pitch[start])
    return SharedRun(
        notes=longest,
        start=start,
        tune=tune,
        note=note,
        tunes=int((notes == longest).sum()),
        transposition=moved if aspect.startswith("pitch") else None,
        share=_usual(index).share(aspect, longest, len(melody)),
    )


def _first(found: RunsOfTunes, among: Ints | None) -> tuple[int, int]:
    """Return the length of the longest run, and the first tune that has one."""
    rows = np.arange(len(found.notes)) if among is None else among
    number = int(rows[np.argmax(found.notes[rows])])
    return int(found.notes[number]), number


def _known(aspect: str, index: PhraseIndex) -> SharedRuns:
    """Return the runs of a corpus in one aspect, made once and kept with it."""
    kept = index.corpus.attached
    name = f"shared runs in {aspect}"
    if name not in kept:
        kept[name] = SharedRuns(ASPECTS[aspect](index.corpus.columns("melody")))
    made = kept[name]
    assert isinstance(made, SharedRuns)
    return made


def _usual(index: PhraseIndex) -> Usual:
    kept = index.corpus.attached
    if "usual runs" not in kept:
        kept["usual runs"] = Usual.of(index.corpus)
    made = kept["usual runs"]
    assert isinstance(made, Usual)
    return made
