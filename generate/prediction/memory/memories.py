"""Views -> `Evidence`: what an expert expects, from the training melodies or the piece so far.

Long-term memory: the training melodies. A training melody is itself predicted as if it had been
left out: its own counts are subtracted, which equals counting again without it. Short-term memory:
the notes of the same melody that came before, the recent ones counting more if the memory fades.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from generate.prediction.counts import Blend, Counts, Smoothing
from generate.prediction.notes import Notes
from generate.prediction.views import View
from mer.notes.arrays import Ints, Keys, Singles
from mer.notes.hashing import extend_key

LONG = Smoothing(discount=0.6, extra=0.3)
SHORT = Smoothing(discount=0.4, extra=0.1)
# Notes after which a fading memory has lost all but 1/e of what it counted.
FADING = {"short": None, "recent": 15.0}
# The piece so far means this many notes at most: work grows with their square.
LONGEST_MEMORY = 400
# Bounds of the classes of "how often was this context seen".
_OFTEN = np.array([1.5, 2.5, 4.5, 8.5, 16.5, 64.5])
CLASSES = len(_OFTEN) + 1
_SMALLEST = 1e-30


class Evidence(NamedTuple):
    """What one expert says before each of N notes about A candidates.

    Parameters
    ----------
    log_probability
        Shape (N, A): natural logarithm, less its mean over the candidates. (Candidates can share a
        symbol, so only the mixture of the experts is a distribution.)
    level
        Shape (N,): the deepest level whose context was known.
    often
        Shape (N,): class of how many notes had followed that context, 0 to `CLASSES` - 1.
    """

    log_probability: Singles
    level: Ints
    often: Ints

    @classmethod
    def of(cls, blend: Blend, view: View) -> Evidence:
        """Return the evidence of a blend over the symbols of a view."""
        cells = np.take_along_axis(blend.probability, view.options, axis=1)
        return cls.stacked(cells[None], blend.level[None], blend.seen[None])[0]

    @classmethod
    def stacked(cls, probability: Singles, level: Ints, seen: Singles) -> list[Evidence]:
        """Return the evidence of several experts.

        Parameters
        ----------
        probability
            Shape (experts, N, A).
        level, seen
            Shape (experts, N): the deepest level whose context was known, and how many notes had
            followed it.
        """
        logs = np.log(np.maximum(probability, _SMALLEST))
        logs -= logs.mean(axis=2, keepdims=True)
        return [cls(*said) for said in zip(logs, level, np.digitize(seen, _OFTEN), strict=True)]

    def take(self, notes: Ints) -> Evidence:
        """Return the evidence on some notes only."""
        return Evidence(self.log_probability[notes], self.level[notes], self.often[notes])


class LongTerm(NamedTuple):
    """Counts of each level over the training melodies."""

    levels: list[Counts]

    @classmethod
    def of(cls, view: View) -> LongTerm:
        """Return the counts of the notes of a view."""
        return cls([Counts.of(keys, view.symbols) for keys in view.keys])

    def consult(
        self, view: View, *, melody: Ints | None = None, banned: Assigned | None = None
    ) -> Evidence:
        """Return what these counts say of other melodies.

        Parameters
        ----------
        view
            The notes of the others.
        melody, banned
            Number of the melody of each note, shape (N,), and notes that were counted here and are
            not to be used for the melody that they are assigned to.
        """
        blend, left = Blend(len(view.symbols), view.size, LONG), np.arange(len(view.symbols))
        for level, (counts, keys) in enumerate(zip(self.levels, view.keys, strict=True)):
            if not len(left):
                break
            rows = counts.rows(keys[left], view.size)
            if banned is not None and melody is not None:
                rows -= banned.rows(level, extend_key(keys[left], melody[left]), view.size)
            left = blend.refine(level, left, rows)
        return Evidence.of(blend, view)

    def consult_without_own(self, view: View, melody: Ints, asked: Ints) -> Evidence:
        """Return what these counts say of the training melodies, each left out in its turn.

        Parameters
        ----------
        view
            The view that was counted.
        melody
            Shape (N,): number of the melody of each note.
        asked
            Which notes to speak about.
        """
        blend, left = Blend(len(asked), view.size, LONG), np.arange(len(asked))
        for level, (counts, keys) in enumerate(zip(self.levels, view.keys, strict=True)):
            owned = extend_key(keys, melody)
            rows = counts.rows(keys[asked[left]], view.size)
            rows -= Counts.of(owned, view.symbols).rows(owned[asked[left]], view.size)
            left = blend.refine(level, left, rows)
        return Evidence.of(blend, view.take(asked))


class Assigned(NamedTuple):
    """Counts of notes that were assigned to melodies to be predicted: each melody has its own.

    So one object holds the neighbours of many queries; the notes of a melody's neighbours say
    nothing of the other melodies.
    """

    levels: list[Counts]

    @classmethod
    def of(cls, view: View, notes: Ints, owner: Ints, asked: list[Keys]) -> Assigned:
        """Return the counts of some notes of a view.

        Parameters
        ----------
        view
            The view that the notes belong to.
        notes, owner
            Shape (n,): each note, and the number of the melody it is assigned to.
        asked
            For each level, the keys (see `owned_keys`) that will be asked for; others are dropped,
            with all that is below them.
        """
        levels = []
        for keys, wanted in zip(view.keys, asked, strict=True):
            owned = extend_key(keys[notes], owner)
            kept = np.isin(owned, wanted)
            notes, owner = notes[kept], owner[kept]
            levels.append(Counts.of(owned[kept], view.symbols[notes]))
        return cls(levels)

    def rows(self, level: int, keys: Keys, size: int) -> Singles:
        """Return the counts after each of the owned keys of a level, shape (keys, size)."""
        return self.levels[level].rows(keys, size)

    def consult(self, view: View, melody: Ints) -> Evidence:
        """Return what the notes assigned to each melody say of it."""
        blend, left = Blend(len(view.symbols), view.size, LONG), np.arange(len(view.symbols))
        for level, keys in enumerate(owned_keys(view, melody)):
            left = blend.refine(level, left, self.rows(level, keys[left], view.size))
        return Evidence.of(blend, view)


def owned_keys(view: View, melody: Ints) -> list[Keys]:
    """Return, for each level, the keys of the contexts of each melody by itself."""
    return [extend_key(keys, melody) for keys in view.keys]


def short_term(
    view: View, notes: Notes, *, fading: float | None = None, asked: Ints | None = None
) -> Evidence:
    """Return what the piece so far says of each note.

    Parameters
    ----------
    view, notes
        The notes of whole melodies.
    fading
        Notes after which an event counts 1/e, or None if it is never forgotten.
    asked
        Numbers of the notes to speak about, those of the options of the view; None for all.
    """
    if asked is None:
        asked = np.arange(len(notes))
    blend = Blend(len(asked), view.size, SHORT)
    for level, (at, counts) in enumerate(_matches(view, notes, fading, asked)):
        blend.refine(level, at, counts)
    return Evidence.of(blend, view)


def _matches(
    view: View, notes: Notes, fading: float | None, asked: Ints
) -> Iterable[tuple[Ints, Singles]]:
    """Yield, level by level, the places in `asked` whose context came before, and what followed."""
    place, earlier = earlier_pairs(notes, asked)
    for level in range(view.levels):
        if level:
            link = view.chain[:, level - 1]
            same = link[asked[place]] == link[earlier]
            place, earlier = place[same], earlier[same]
        if not len(place):
            return
        new = np.append(True, place[1:] != place[:-1])[: len(place)]
        row = np.cumsum(new) - 1
        weight = None if fading is None else np.exp((earlier - asked[place]) / fading)
        many = int(new.sum())
        cells = row * view.size + view.symbols[earlier]
        counts = np.bincount(cells, weights=weight, minlength=many * view.size)
        yield place[new], counts.reshape(many, view.size).astype(np.float32)


def earlier_pairs(notes: Notes, asked: Ints) -> tuple[Ints, Ints]:
    """Return each note asked about, by its place there, with each earlier note of its melody.

    Examples
    --------
    >>> from mer.notes.melody import Melody
    >>> tune = Melody(pitch=[60, 62, 59], onset=[0, 480, 960], duration=[480] * 3)
    >>> [side.tolist() for side in earlier_pairs(Notes.of([tune, tune]), np.array([2, 4]))]
    [[0, 0, 1], [0, 1, 3]]
    """
    many = np.minimum(notes.place[asked], LONGEST_MEMORY)
    place = np.repeat(np.arange(len(asked)), many)
    start = np.cumsum(many) - many
    return place, np.arange(len(place)) - np.repeat(start - asked + many, many)
