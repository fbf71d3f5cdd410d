"""A measure + a motif -> the phrases ranked, and which notes of the motif put one there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.compare.changes import without
from app.explore.atlas import SLOW, Atlas
from app.explore.measures import ALIGNMENT, DESCRIPTIONS, SEARCH
from mer.notes.arrays import Floats, Ints, largest
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.match import Match
from mer.search.stack.methods import rank

TOP = 10
MOST_NOTES = 64  # of a motif that is compared
_FOUND = 300  # ranks that the search is asked for
_EXTRA = 120  # phrases that join the sample where a slow representation is compared
_BLOCKS = 32  # notes are left out one by one, or in so many blocks
_FEWEST = 2  # notes that are left
_TELLING = 0.3  # of the largest effect, from which a note counts as a reason


@dataclass(frozen=True, eq=False)
class Field:
    """The phrases that are ranked, and the index that they are from.

    Parameters
    ----------
    index, atlas
        The phrases.
    numbers
        Shape (F,), rising: those that are ranked; None for all.
    """

    index: PhraseIndex
    atlas: Atlas
    numbers: Ints | None

    def __len__(self) -> int:
        return len(self.index) if self.numbers is None else len(self.numbers)

    def number(self, place: int) -> int:
        """Return the number of the phrase at a place of the field."""
        return place if self.numbers is None else int(self.numbers[place])

    def similarity(self, measure: str, melody: Melody) -> Floats:
        """Return how like the melody each phrase is, shape (F,), 0 to 1."""
        if measure in _OWN_WAYS:
            found = _OWN_WAYS[measure](self, melody)
            return found if self.numbers is None else found[self.numbers]
        return self.atlas.similarity(measure, melody, self.numbers)

    def top(self, similarity: Floats, count: int = TOP) -> list[int]:
        """Return the places of the best phrases; of those that repeat each other, the first."""
        most = min(len(similarity), 60 * count)
        order = largest(similarity, most)
        shape = self.index.shape if self.numbers is None else self.index.shape[self.numbers]
        first = np.sort(np.unique(shape[order], return_index=True)[1])
        return [int(place) for place in order[first][:count] if similarity[place] > 0]


def field_of(index: PhraseIndex, atlas: Atlas, measures: tuple[str, str], motif: Melody) -> Field:
    """Return the phrases in which two measures are compared: all, where both are quick.

    A slow representation ranks the sample of the map, joined by what the search finds for the
    motif: the same phrases for both measures.
    """
    if not SLOW.intersection(measures):
        return Field(index, atlas, None)
    found = [match.number for match in index.search(motif, _EXTRA)]
    return Field(index, atlas, np.union1d(atlas.sample, np.array(found, dtype=np.int64)))


def _by_search(field: Field, melody: Melody) -> Floats:
    found = np.zeros(len(field.index))
    for match in field.index.search(melody, _FOUND):
        found[match.number] = match.similarity
    return found


def _by_alignment(field: Field, melody: Melody) -> Floats:
    ranking = rank(field.index.pool, melody, "inside")
    found = np.zeros(len(field.index))
    found[ranking.numbers] = ranking.similarity
    return found


_OWN_WAYS: dict[str, Callable[[Field, Melody], Floats]] = {
    SEARCH: _by_search,
    ALIGNMENT: _by_alignment,
}


def rank_of(similarity: Floats, place: int) -> int | None:
    """Return the rank of a phrase: one more than the number of better ones; None if not found.

    Examples
    --------
    >>> values = np.array([0.9, 0.2, 0.5, 0.0])
    >>> [rank_of(values, place) for place in range(4)]
    [1, 3, 2, None]
    """
    if similarity[place] <= 0:
        return None
    return int((similarity > similarity[place]).sum()) + 1


def match_of(index: PhraseIndex, motif: Melody, number: int, similarity: float) -> Match:
    """Return a phrase as a match with the motif, its notes aligned."""
    return index.compared(motif, number)._replace(similarity=similarity, contributions={})


def telling_notes(
    field: Field, measure: str, motif: Melody, places: list[int]
) -> list[list[int]] | None:
    """Return for each of some phrases the notes without which the motif would be less like it.

    Notes are left out one after another (of a long motif, a few at a time), and those whose loss
    costs most are named. None for measures that are no representation.
    """
    if measure not in DESCRIPTIONS or not places:
        return None
    whole = field.similarity(measure, motif)[places]
    losses = np.zeros((len(motif), len(places)))
    for block in np.array_split(np.arange(len(motif)), min(_BLOCKS, len(motif))):
        if len(motif) - len(block) >= _FEWEST:
            left = field.similarity(measure, without(motif, block))[places]
            losses[block] = whole - left
    most = np.maximum(losses.max(axis=0), 1e-6)
    return [np.flatnonzero(column).tolist() for column in (losses >= _TELLING * most).T]
