"""Two maps of the same phrases -> the phrases that moved most, and the notes that are the reason.

A phrase has moved as far as it lies from where it would be if the old map had only been turned,
mirrored, moved and magnified to lie on the new one as well as it can (the Procrustes problem; Gower
and Dijksterhuis 2004). A note is a reason as far as the phrase would have moved less without it: it
is left out, and the rest is placed on both maps (occlusion; Zeiler and Fergus 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.explore.atlas import Atlas
from mer.notes.arrays import Floats
from mer.notes.melody import Melody

MOVED = 6
MOST_REASONS = 3
_TELLING = 0.1  # of the way: what less is due to is no reason
_MOST_NOTES = 40
Way = tuple[str, str]


@dataclass(frozen=True)
class Fit:
    """What carries the places of one map to those of another.

    Parameters
    ----------
    turn
        Shape (2, 2): turns, mirrors and magnifies.
    start, end
        Shape (2,): the middle of the old map, and that of the new one.
    """

    turn: Floats
    start: Floats
    end: Floats

    @classmethod
    def of(cls, before: Floats, after: Floats) -> Fit:
        """Return what carries the first places to the second, with the least squared distance.

        Parameters
        ----------
        before, after
            Shape (P, 2): the places of the same phrases.
        """
        start, end = before.mean(axis=0), after.mean(axis=0)
        old, now = before - start, after - end
        left, sizes, right = np.linalg.svd(old.T @ now)
        size = float((old**2).sum())
        return cls(left @ right * (sizes.sum() / size if size > 0 else 0.0), start, end)

    def strayed(self, before: Floats, after: Floats) -> Floats:
        """Return how far each phrase lies from where it was carried to, shape (P,).

        Examples
        --------
        A map that is only turned by a quarter has no phrase that strayed; then the last one does.

        >>> before = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
        >>> after = np.array([[0.0, 0.0], [0.0, 2.0], [-1.0, 0.0]])
        >>> fit = Fit.of(before, after)
        >>> fit.strayed(before, after + [[0.0, 0.0], [0.0, 0.0], [0.0, 3.0]]).round(6)
        array([0., 0., 3.])
        """
        carried = (before - self.start) @ self.turn + self.end
        return np.asarray(np.hypot(*(after - carried).T), dtype=np.float64)


@dataclass(frozen=True)
class Move:
    """A phrase that moved.

    Parameters
    ----------
    place
        Its place among the phrases of the map.
    melody
        Its notes.
    reasons
        The notes without which it would have moved less, most telling first.
    share
        How much less it would have moved without the first of them: 1 is not at all; 0 if no
        single note is the reason.
    """

    place: int
    melody: Melody
    reasons: tuple[int, ...]
    share: float


def moves(atlas: Atlas, before: Way, after: Way) -> list[Move]:
    """Return the phrases that moved most from one map to another, with the notes that are why.

    They are found once for all visitors.

    Parameters
    ----------
    before, after
        The representation and the layout of each map.
    """
    known: dict[tuple[Way, Way], list[Move]] = atlas.kept("moves", "", dict)
    way = before, after
    if way not in known:
        known[way] = _found(atlas, before, after)
    return known[way]


def _found(atlas: Atlas, before: Way, after: Way) -> list[Move]:
    old, now = atlas.chart(*before).places, atlas.chart(*after).places
    fit = Fit.of(old, now)
    far = fit.strayed(old, now)
    most = np.argsort(-far, kind="stable")[:MOVED].tolist()
    melodies = [atlas.columns.melody(int(atlas.sample[place])) for place in most]
    shorter = [without(melody, note) for melody in melodies for note in _notes(melody)]
    left = fit.strayed(*(atlas.places(name, shorter, layout) for name, layout in (before, after)))
    bounds = np.cumsum([len(_notes(melody)) for melody in melodies])
    return [
        _move(place, melody, 1.0 - one / far[place] if far[place] > 0 else np.zeros(len(one)))
        for place, melody, one in zip(most, melodies, np.split(left, bounds[:-1]), strict=True)
    ]


def without(melody: Melody, note: int) -> Melody:
    """Return a melody with one note left out; the others sound when they did.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> without(tune, 1).pitch.tolist(), without(tune, 1).onset.tolist()
    ([60, 64], [0, 960])
    """
    keep = np.arange(len(melody)) != note
    return replace(
        melody,
        pitch=melody.pitch[keep],
        onset=melody.onset[keep],
        duration=melody.duration[keep],
        phrase_starts=(),
    )


def _notes(melody: Melody) -> range:
    """Return the notes that are left out in turn; of a phrase of two nothing would be left."""
    return range(min(len(melody), _MOST_NOTES) if len(melody) > 2 else 0)


def _move(place: int, melody: Melody, saved: Floats) -> Move:
    order = np.argsort(-saved, kind="stable")[:MOST_REASONS]
    reasons = tuple(int(note) for note in order if saved[note] >= _TELLING)
    return Move(place, melody, reasons, float(saved[reasons[0]]) if reasons else 0.0)
