"""Columns -> profile: what an alignment compares, per note, and which transpositions to try."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mer.notes.arrays import Ints, Singles
from mer.notes.columns import Columns
from mer.notes.hashing import extend_key, placed_keys
from mer.notes.metrical_weight import metrical_weight
from mer.notes.viewpoints import inter_onset_interval, phrase_position

_HIGHEST = 127
_MAX_SHIFT = 30
# In so many multiplications OpenBLAS calls no other threads, which would wait for more to do, and
# keep a core busy, for longer than a search takes.
_ALONE = 1 << 18


class Profile(NamedTuple):
    """What the alignment compares, per note: shape (N,) each, with sequence boundaries.

    ``histogram`` has shape (S, P): the share of time on each of P pitches, from `lowest` on, scaled
    to length 1.
    """

    pitch: Singles
    weight: Singles
    position: Singles
    length: Singles
    bounds: Ints
    histogram: Singles
    lowest: int

    def take(self, sequence: int) -> Profile:
        """Return the profile of one sequence."""
        begin, end = int(self.bounds[sequence]), int(self.bounds[sequence + 1])
        return Profile(
            pitch=self.pitch[begin:end],
            weight=self.weight[begin:end],
            position=self.position[begin:end],
            length=self.length[begin:end],
            bounds=np.array([0, end - begin]),
            histogram=self.histogram[sequence : sequence + 1],
            lowest=self.lowest,
        )

    def take_all(self, sequences: Ints) -> Profile:
        """Return the profile of some sequences, in the order given."""
        lengths = self.bounds[sequences + 1] - self.bounds[sequences]
        bounds = np.concatenate([[0], np.cumsum(lengths)])
        at = np.arange(bounds[-1]) + np.repeat(self.bounds[sequences] - bounds[:-1], lengths)
        return self._replace(
            pitch=self.pitch[at],
            weight=self.weight[at],
            position=self.position[at],
            length=self.length[at],
            bounds=bounds,
            histogram=self.histogram[sequences],
        )

    def followed_by(self, others: Profile) -> Profile:
        """Return the profile of these sequences and then others, of the same pitches."""
        return Profile(
            pitch=np.concatenate([self.pitch, others.pitch]),
            weight=np.concatenate([self.weight, others.weight]),
            position=np.concatenate([self.position, others.position]),
            length=np.concatenate([self.length, others.length]),
            bounds=np.append(self.bounds, others.bounds[1:] + self.bounds[-1]),
            histogram=np.concatenate([self.histogram, others.histogram]),
            lowest=self.lowest,
        )

    def alike(self, also: Ints) -> tuple[Ints, Ints]:
        """Return one of all sequences that are the same, and which of these each sequence is.

        The same are those that are so note for note, in all but their place in the phrase, and in
        the numbers given.

        Parameters
        ----------
        also
            Shape (S, numbers).

        Returns
        -------
        first
            Shape (different,): sequences of which no two are the same.
        which
            Shape (S,): the place in `first` of the one that is the same.

        Examples
        --------
        >>> from mer.notes.melody import Melody
        >>> def steps(*pitch):
        ...     return Melody(pitch=pitch, onset=[0, 480, 960], duration=[480] * 3)
        >>> rise, fall = steps(60, 62, 64), steps(64, 62, 60)
        >>> profile = Profile.of(Columns.from_melodies([rise, fall, rise]))
        >>> first, which = profile.alike(np.zeros((3, 0), dtype=np.int64))
        >>> sorted(first.tolist()), first[which].tolist()
        ([0, 1], [0, 1, 0])
        """
        weight, length = (
            np.ascontiguousarray(one).view(np.uint32) for one in (self.weight, self.length)
        )
        key = extend_key(weight.astype(np.uint64) << np.uint64(32) | length, self.pitch)
        begin, lengths = self.bounds[:-1], np.diff(self.bounds)
        place = np.arange(len(key)) - np.repeat(begin, lengths)
        whole = np.add.reduceat(placed_keys(key, place), begin)
        for column in also.T:
            whole = extend_key(whole, column)
        order = np.argsort(whole, kind="stable")
        new = np.append(True, np.diff(whole[order]) != 0)[: len(order)]
        which = np.empty(len(order), dtype=np.int64)
        which[order] = np.cumsum(new) - 1
        return order[new], which

    def side_by_side(self, sequences: Ints) -> Profile:
        """Return the profiles of sequences of as many notes, shape (notes, sequences) each."""
        notes = int(self.bounds[sequences[0] + 1] - self.bounds[sequences[0]])
        at = self.bounds[sequences] + np.arange(notes)[:, None]
        return self._replace(
            pitch=self.pitch[at],
            weight=self.weight[at],
            position=self.position[at],
            length=self.length[at],
            histogram=self.histogram[sequences],
        )

    def in_shorter_notes(self, halvings: Ints) -> Profile:
        """Return the profile with the notes of each sequence halved so often, shape (S,)."""
        times = np.repeat(halvings, np.diff(self.bounds))
        return self._replace(length=self.length - times.astype(np.float32))

    @classmethod
    def of(
        cls,
        columns: Columns,
        *,
        metre: bool = True,
        position: bool = True,
        to_last_onset: bool = False,
    ) -> Profile:
        """Return the profile of every sequence of `columns`.

        Parameters
        ----------
        metre
            Whether metrical weights are wanted; else all are 0, which saves time where no scoring
            asks for them.
        position
            The same of the places in phrases.
        to_last_onset
            Whether a phrase ends where its last note begins (see
            `mer.notes.viewpoints.phrase_position`).
        """
        lowest = int(columns.pitch.min(initial=_HIGHEST))
        width = int(columns.pitch.max(initial=lowest)) - lowest + 1
        cell = columns.sequence * width + (columns.pitch.astype(np.int64) - lowest)
        flat = np.bincount(cell, columns.duration, minlength=width * len(columns))
        histogram = flat.astype(np.float32).reshape(len(columns), width)
        histogram /= np.linalg.norm(histogram, axis=1, keepdims=True)
        place, none = None, np.zeros(len(columns.pitch), dtype=np.float32)
        if position:
            place = phrase_position(columns, to_last_onset=to_last_onset).astype(np.float32)
        return cls(
            pitch=columns.pitch.astype(np.float32),
            weight=metrical_weight(columns) if metre else none,
            position=none if place is None else place,
            length=np.log2(inter_onset_interval(columns)).astype(np.float32),
            bounds=columns.bounds,
            histogram=histogram,
            lowest=lowest,
        )


def best_shifts(query: Profile, pool: Profile, candidates: Ints, count: int) -> Ints:
    """Return the `count` transpositions of the query that fit each candidate best.

    Shape (candidates, count), semitones, best first. Two sequences fit where their
    duration-weighted pitch histograms overlap most.
    """
    if count == 0:
        return np.zeros((len(candidates), 1), dtype=np.int64)
    shifts = np.arange(-_MAX_SHIFT, _MAX_SHIFT + 1)
    own = query.histogram[0]
    # Row p, column s: how much of the query sounds at pitch p when it is moved by shift s.
    place = np.arange(pool.histogram.shape[1])[:, None] + pool.lowest - query.lowest - shifts
    moved = np.where((place >= 0) & (place < len(own)), own[np.clip(place, 0, len(own) - 1)], 0)
    overlap = np.empty((len(candidates), len(shifts)), dtype=np.float32)
    rows_at_once = max(1, _ALONE // moved.size)
    for start in range(0, len(candidates), rows_at_once):
        part = slice(start, start + rows_at_once)
        np.matmul(pool.histogram[candidates[part]], moved, out=overlap[part])
    best = np.empty((len(overlap), min(count, len(shifts))), dtype=np.int64)
    rows = np.arange(len(overlap))
    for rank in range(best.shape[1]):  # a few times the largest is quicker than an order of all
        best[:, rank] = overlap.argmax(axis=1)
        overlap[rows, best[:, rank]] = -1.0
    return np.asarray(shifts[best], dtype=np.int64)


def doublings(query: Profile, pool: Profile, most: int) -> Ints:
    """Return how often the query's notes are doubled to be about as long as those of each sequence.

    Shape (sequences,), -`most` to `most`, negative for halved. What is compared is the middle
    length of a sequence's notes, from each to the next.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> def steps(beat):
    ...     return Melody(pitch=[60, 62, 64], onset=[0, beat, 2 * beat], duration=[beat] * 3)
    >>> query = Profile.of(Columns.from_melodies([steps(480)]))
    >>> pool = Profile.of(Columns.from_melodies([steps(240), steps(480), steps(700), steps(960)]))
    >>> doublings(query, pool, 2).tolist()
    [-1, 0, 1, 1]
    """
    counts = np.diff(pool.bounds)
    apart = np.rint(pool.length - np.sort(query.length)[len(query.length) // 2])
    # The order of the notes is that of their doublings, of which there are few: so it is enough to
    # count how many notes have each.
    times = np.clip(apart, -most, most).astype(np.int64) + most
    kinds = 2 * most + 1
    cell = np.repeat(np.arange(len(counts)) * kinds, counts) + times
    many = np.bincount(cell, minlength=len(counts) * kinds).reshape(-1, kinds)
    below = np.cumsum(many, axis=1) <= (counts // 2)[:, None]
    return np.asarray(below.sum(axis=1) - most, dtype=np.int64)
