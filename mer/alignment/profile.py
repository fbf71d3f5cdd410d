"""Columns -> profile: what an alignment compares, per note, and which transpositions to try."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mer.notes.arrays import Ints, Singles
from mer.notes.columns import Columns
from mer.notes.metrical_weight import metrical_weight
from mer.notes.viewpoints import inter_onset_interval, phrase_position

_PITCHES = 128
_MAX_SHIFT = 30


@dataclass(frozen=True, eq=False)
class Profile:
    """What the alignment compares, per note: shape (N,) each, with sequence boundaries."""

    pitch: Singles
    weight: Singles
    position: Singles
    length: Singles
    bounds: Ints
    histogram: Singles

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
        )

    def side_by_side(self, sequences: Ints) -> Profile:
        """Return the profiles of sequences of as many notes, shape (notes, sequences) each."""
        notes = int(self.bounds[sequences[0] + 1] - self.bounds[sequences[0]])
        at = self.bounds[sequences] + np.arange(notes)[:, None]
        return replace(
            self,
            pitch=self.pitch[at],
            weight=self.weight[at],
            position=self.position[at],
            length=self.length[at],
            histogram=self.histogram[sequences],
        )

    @classmethod
    def of(cls, columns: Columns, *, metre: bool = True, to_last_onset: bool = False) -> Profile:
        """Return the profile of every sequence of `columns`.

        ``histogram`` has shape (S, 128): the share of time on each pitch, scaled to length 1.

        Parameters
        ----------
        metre
            Whether metrical weights are wanted; else all are 0, which saves time where no scoring
            asks for them.
        to_last_onset
            Whether a phrase ends where its last note begins (see
            `mer.notes.viewpoints.phrase_position`).
        """
        cell = columns.sequence * _PITCHES + columns.pitch.astype(np.int64)
        flat = np.bincount(cell, columns.duration, minlength=_PITCHES * len(columns))
        histogram = flat.astype(np.float32).reshape(len(columns), _PITCHES)
        histogram = histogram / np.linalg.norm(histogram, axis=1, keepdims=True)
        return cls(
            pitch=columns.pitch.astype(np.float32),
            weight=metrical_weight(columns) if metre else np.zeros(len(columns.pitch), np.float32),
            position=phrase_position(columns, to_last_onset=to_last_onset).astype(np.float32),
            length=np.log2(inter_onset_interval(columns)).astype(np.float32),
            bounds=columns.bounds,
            histogram=histogram,
        )


def best_shifts(query: Profile, histograms: Singles, count: int) -> Ints:
    """Return the `count` transpositions of the query that fit each candidate best.

    Shape (candidates, count), semitones, best first. Two sequences fit where their
    duration-weighted pitch histograms overlap most.
    """
    if count == 0:
        return np.zeros((len(histograms), 1), dtype=np.int64)
    shifts = np.arange(-_MAX_SHIFT, _MAX_SHIFT + 1)
    own = query.histogram[0]
    padded = np.pad(own, _MAX_SHIFT)
    moved = np.stack([padded[_MAX_SHIFT - s : _MAX_SHIFT - s + _PITCHES] for s in shifts])
    overlap = histograms @ moved.T
    best = np.argsort(-overlap, axis=1, kind="stable")[:, :count]
    return np.asarray(shifts[best], dtype=np.int64)
