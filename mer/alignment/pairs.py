"""Pairs of corresponding notes -> those between them as well; pairs of steps -> pairs of notes."""

from __future__ import annotations

from itertools import pairwise

Pairs = tuple[tuple[int, int], ...]


def filled(pairs: Pairs) -> Pairs:
    """Return the pairs with those between them where both melodies have as many notes.

    Examples
    --------
    >>> filled(((0, 4), (2, 6), (4, 9)))
    ((0, 4), (1, 5), (2, 6), (4, 9))
    """
    found = list(pairs[:1])
    for (a, b), (c, d) in pairwise(pairs):
        if c - a == d - b:
            found += zip(range(a + 1, c), range(b + 1, d), strict=True)
        found.append((c, d))
    return tuple(found)


def notes_of_steps(steps: Pairs) -> Pairs:
    """Return the notes that answer each other, where steps do: their ends, and the first start.

    Parameters
    ----------
    steps
        (step of the query, from 0, which leads to its second note; note that the other step leads
        to).

    Examples
    --------
    >>> notes_of_steps(((0, 5), (2, 7)))
    ((0, 4), (1, 5), (2, 6), (3, 7))
    """
    notes = tuple((own + 1, other) for own, other in steps)
    before = ((notes[0][0] - 1, notes[0][1] - 1),) if notes and notes[0][1] else ()
    return filled((*before, *notes))
