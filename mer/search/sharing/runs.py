"""A melody and a corpus -> the runs of notes that both have, and the longest of them.

What a run is, and when it is the same, says `mer.search.sharing.prints`.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mer.notes.arrays import Flags, Ints, Keys, spans
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.sharing.prints import KINDS, Prints, blocks, longer, whole_runs

# Shorter runs are in nearly every tune; they are not looked for tune by tune.
LEAST_RUN = 4
# Nearly every melody shares runs of so many notes: the search for the longest begins here.
_USUAL_RUN = 6
_SEEDS = 1 << 16
_STARTS = 64
_SEED_MIX = tuple(np.uint32(n) for n in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D))


class Run(NamedTuple):
    """A run that is shared: notes, where it begins in the melody, and where in the corpus."""

    notes: int
    start: int = 0
    tune: int = -1
    note: int = 0


class RunsOfTunes(NamedTuple):
    """The longest run that each tune of a corpus shares with a melody.

    Parameters
    ----------
    notes
        Shape (tunes,): how many notes, 0 where there are fewer than `LEAST_RUN`.
    start, note
        Shape (tunes,): where it begins in the melody, and in the tune.
    """

    notes: Ints
    start: Ints
    note: Ints


class SharedRuns:
    """A corpus in which runs of melodies are looked for.

    A whole melody is compared through *seeds*, hashes of three successive intervals: only where the
    seeds of the corpus follow each other as they may in the melody are the hashes of runs rolled.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
    >>> known = SharedRuns(Columns.from_melodies([scale]))
    >>> known.longest(Melody(pitch=[69, 67, 69, 71], onset=[0, 2, 4, 6], duration=[2, 2, 2, 2]))
    Run(notes=3, start=1, tune=0, note=0)
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    @cached_property
    def prints(self) -> Prints:
        """The hashes of the whole corpus."""
        return Prints.of_columns(self.columns)

    @cached_property
    def _seeds(self) -> npt.NDArray[np.uint16]:
        return _seeds_of(self.columns.pitch)

    @cached_property
    def _by_seed(self) -> tuple[Ints, Ints]:
        """Return the notes of the corpus by their seeds, and where those of each seed begin."""
        many = np.bincount(self._seeds, minlength=_SEEDS)
        return np.argsort(self._seeds, kind="stable"), np.append(0, np.cumsum(many))

    def hold(self, pitch: Ints, onset: Ints, duration: Ints, *, rhythm: bool = True) -> Flags:
        """Return which of some runs on one rhythm a tune of the corpus shares, shape (runs,).

        Where in the corpus a run may be is told by that one of its seeds which is rarest there.

        Parameters
        ----------
        pitch
            Shape (runs, notes), of `LEAST_RUN` notes or more.
        onset, duration
            Shape (notes,).
        rhythm
            Whether their rhythm counts; else their intervals alone do.

        Examples
        --------
        >>> tune = Melody(pitch=[60, 62, 64, 65], onset=[0, 1, 2, 3], duration=[1, 1, 1, 1])
        >>> runs = np.array([[69, 71, 73, 74], [69, 71, 72, 74]])
        >>> known = SharedRuns(Columns.from_melodies([tune]))
        >>> known.hold(runs, 2 * tune.onset, tune.duration).tolist()
        [True, False]
        """
        run, end = self._with_intervals_of(pitch)
        own = whole_runs(pitch, onset, duration, rhythm=rhythm)[:, run]
        found = np.zeros(len(pitch), dtype=bool)
        for one in self._whole(end, pitch.shape[1], rhythm=rhythm):
            found[run[(own == one).any(axis=0)]] = True
        return found

    def _with_intervals_of(self, pitch: Ints) -> tuple[Ints, Ints]:
        """Return which of some runs the corpus may hold, as all seeds are alike, and where it ends.

        Parameters
        ----------
        pitch
            Shape (runs, notes), of `LEAST_RUN` notes or more.
        """
        count, notes = pitch.shape
        seeds = _seeds_of(pitch.ravel()).reshape(count, notes)[:, LEAST_RUN - 1 :].astype(np.int64)
        by_seed, bounds = self._by_seed
        rarest = (bounds[seeds + 1] - bounds[seeds]).argmin(axis=1)
        seed = seeds[np.arange(count), rarest]
        run, place = spans(bounds[seed], bounds[seed + 1])
        end = by_seed[place] + (notes - LEAST_RUN - rarest)[run]
        kept = (end >= notes - 1) & (end < len(self._seeds))
        for back in range(notes - LEAST_RUN + 1):
            run, end = run[kept], end[kept]
            kept = self._seeds[end - back] == seeds[run, -1 - back]
        run, end = run[kept], end[kept]
        whole = self._in_one_tune(end, notes)
        return run[whole], end[whole]

    def _whole(self, ends: Ints, notes: int, *, rhythm: bool = True) -> Keys:
        """Return the hashes of runs of the corpus by their last notes (see `whole_runs`)."""
        columns, places = self.columns, ends[:, None] + np.arange(1 - notes, 1)
        there = (columns.pitch[places], columns.onset[places], columns.duration[places])
        return whole_runs(*there, rhythm=rhythm)

    def longest(self, melody: Melody, aside: Ints | None = None) -> Run:
        """Return the longest run that a tune of the corpus shares.

        Parameters
        ----------
        aside
            Shape (notes,): the stretch that each note belongs to, -1 for none. Runs that lie wholly
            in one stretch are not looked for.
        """
        best = Run(1)
        # What holds for a run holds for its parts: go up from a usual length, or else down.
        for notes in range(max(2, min(_USUAL_RUN, len(melody))), len(melody) + 1):
            run = self._run_of(melody, aside, notes)
            if run is None:
                break
            best = run
        for notes in range(_USUAL_RUN - 1, 1, -1):
            run = self._run_of(melody, aside, notes) if best.notes == 1 else None
            best = run or best
        return best

    def of_tunes(self, own: Prints) -> RunsOfTunes:
        """Return the longest run that each tune shares with a melody, given by its prints.

        All runs of the corpus are looked up at once, and those that are shared drawn out by a note.
        """
        columns, prints = self.columns, self.prints
        empty = np.zeros(len(columns), dtype=np.int64)
        found = RunsOfTunes(empty, empty.copy(), empty.copy())
        tune, stop = columns.sequence, np.repeat(columns.bounds[1:], columns.lengths)
        for kind in KINDS:
            starts = prints.starts(kind, LEAST_RUN)
            values = prints.rolled(kind, LEAST_RUN)[starts]
            for notes in range(LEAST_RUN, len(own.first) + 1):
                shared, place = _places(values, own, notes)
                starts, values = starts[shared], values[shared]
                if not len(starts):
                    break
                # The first of a tune is written last, and stays.
                owner = tune[starts]
                better = np.flatnonzero(found.notes[owner] < notes)[::-1]
                which = owner[better]
                found.notes[which] = notes
                found.start[which] = place[better]
                found.note[which] = starts[better] - columns.bounds[which]
                room = starts + notes < stop[starts]
                starts = starts[room]
                values = longer(values[room], prints, kind, starts, notes + 1)
        return found

    def ends(self, melody: Melody, notes: int, aside: Ints | None = None) -> Ints:
        """Return the last notes of the shared runs of `notes` notes; `aside` as for `longest`."""
        (_, hashes), (own, own_ends) = self._alike(melody, self._like(melody), notes)
        shared = _among(own[0], hashes) | _among(own[1], hashes)
        return own_ends[shared & ~within(aside, own_ends, notes)]

    def _run_of(self, melody: Melody, aside: Ints | None, notes: int) -> Run | None:
        """Return the first shared run of `notes` notes, where it stands first; None if none is."""
        starts = np.arange(len(melody) - notes + 1)
        starts = starts[~within(aside, starts + notes - 1, notes)]
        if notes < LEAST_RUN or not len(starts):
            return self._short_run_of(melody, aside, notes) if len(starts) else None
        # A part at a time: where all notes are alike, each start is alike to all such places.
        parts = (starts[n : n + _STARTS] for n in range(0, len(starts), _STARTS))
        found = (self._run_from(melody, part, notes) for part in parts)
        return next((run for run in found if run is not None), None)

    def _run_from(self, melody: Melody, starts: Ints, notes: int) -> Run | None:
        """Return the first shared run of `notes` notes that begins at one of the starts."""
        places = starts[:, None] + np.arange(notes)
        run, end = self._with_intervals_of(melody.pitch[places])
        own = whole_runs(melody.pitch[places], melody.onset[places], melody.duration[places])
        by_duration, by_onset = (
            (own[:, run] == known).any(axis=0) for known in self._whole(end, notes)
        )
        shared = run[by_duration | by_onset]
        if not len(shared):
            return None
        here = run == shared.min()
        first = next(
            end[equal & here].min() for equal in (by_duration, by_onset) if (equal & here).any()
        )
        return self._run_at(int(starts[shared.min()]), int(first), notes)

    def _short_run_of(self, melody: Melody, aside: Ints | None, notes: int) -> Run | None:
        """Return the same for fewer notes than `LEAST_RUN`, which nearly all tunes hold."""
        (ends, hashes), (own, own_ends) = self._alike(melody, self._like(melody), notes)
        shared = _among(own[0], hashes) | _among(own[1], hashes)
        found = np.flatnonzero(shared & ~within(aside, own_ends, notes))
        if not len(found):
            return None
        here = np.flatnonzero(_among(hashes, np.array(own)[:, found[0]]))[0] % len(ends)
        return self._run_at(int(own_ends[found[0]]) - notes + 1, int(ends[here]), notes)

    def _run_at(self, start: int, end: int, notes: int) -> Run:
        """Return a run by where it begins in the melody, and its last note in the corpus."""
        tune = int(np.searchsorted(self.columns.bounds, end, side="right")) - 1
        return Run(notes, start, tune, int(end - notes + 1 - self.columns.bounds[tune]))

    def _like(self, melody: Melody) -> Flags:
        """Return, for each note of the corpus, whether its seed occurs in the melody."""
        table = np.zeros(_SEEDS, dtype=bool)
        table[_seeds_of(melody.pitch)[3:]] = True
        like: Flags = table[self._seeds]
        return like

    def _alike(
        self, melody: Melody, like: Flags, notes: int
    ) -> tuple[tuple[Ints, Keys], tuple[tuple[Keys, Keys], Ints]]:
        """Return ends and hashes of runs that may be the melody's, and the melody's own runs."""
        return self._known(like, notes), Prints.of_melody(melody).runs(notes)

    def _known(self, like: Flags, notes: int) -> tuple[Ints, Keys]:
        """Return ends and hashes of the runs of the corpus all of whose seeds are alike.

        The hashes come with those by duration first, those by onset after them.
        """
        alive = like[notes - 1 :].copy() if notes > 3 else np.ones_like(like[notes - 1 :])
        for back in range(1, notes - 3):
            alive &= like[notes - 1 - back : max(len(like) - back, notes - 1 - back)]
        ends = np.flatnonzero(alive) + notes - 1
        ends = ends[self._in_one_tune(ends, notes)]
        places = (ends[:, None] + np.arange(1 - notes, 1)).ravel()
        bounds = np.arange(len(ends) + 1) * notes
        columns = self.columns
        prints = Prints.of(
            columns.pitch[places], columns.onset[places], columns.duration[places], bounds
        )
        (by_duration, by_onset), _ = prints.runs(notes)
        return ends, np.concatenate([by_duration, by_onset])

    def _in_one_tune(self, ends: Ints, notes: int) -> Flags:
        """Return which runs of the corpus lie in one tune, by their last notes."""
        bounds = self.columns.bounds
        whole: Flags = ends - notes + 1 >= bounds[np.searchsorted(bounds, ends, side="right") - 1]
        return whole


def within(aside: Ints | None, ends: Ints, notes: int) -> Flags:
    """Return which runs of `notes` notes, by their last notes, lie wholly in one stretch.

    Parameters
    ----------
    aside
        Shape (notes,): the stretch that each note belongs to, -1 for none; None where none does.
    """
    if aside is None:
        return np.zeros(len(ends), dtype=bool)
    inside: Flags = aside[ends] >= 0
    inside &= aside[ends] == aside[ends - notes + 1]
    return inside


def _places(values: Keys, own: Prints, notes: int) -> tuple[Flags, Ints]:
    """Return which hashes are those of runs of a melody, and for these where the run begins."""
    (by_duration, by_onset), ends = own.runs(notes)
    hashes = np.concatenate([by_duration, by_onset])
    order = np.argsort(hashes, kind="stable")
    hashes = hashes[order]
    place = np.minimum(np.searchsorted(hashes, values), len(hashes) - 1)
    shared: Flags = hashes[place] == values
    begins = np.tile(ends, 2)[order] - notes + 1
    return shared, begins[place[shared]]


def _seeds_of(pitch: Ints) -> npt.NDArray[np.uint16]:
    """Return, at each note, a hash of the three intervals that lead to it; the first 3 are void."""
    seeds = np.zeros(len(pitch), dtype=np.uint16)
    for part in blocks(LEAST_RUN - 1, len(pitch)):
        notes = pitch[part.start - LEAST_RUN + 1 : part.stop]
        interval = np.subtract(notes[1:], notes[:-1], dtype=np.uint32, casting="unsafe")
        code = interval[2:] * _SEED_MIX[0]
        code += interval[1:-1] * _SEED_MIX[1]
        code += interval[:-2] * _SEED_MIX[2]
        code >>= np.uint32(16)
        seeds[part] = code
    return seeds


def _among(values: Keys, others: Keys) -> Flags:
    """Return which of the values are among the others."""
    if not len(others):
        return np.zeros(len(values), dtype=bool)
    ordered = np.sort(others)
    place = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: Flags = ordered[place] == values
    return found
