"""What is known of a piece before chords are put under it -> `Outline`: its plan, its chords.

Chords that the user gives stand where they are given. What returns in the melody brings its chords
back: as the plan of the piece says, or else as the bars of the melody are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from generate.piece.given_chords import GivenChord
from generate.piece.self_similarity import EXACT, NEW, VARIED, BarNotes, Recurrence, recurrences
from mer.notes.key import Key
from mer.notes.melody import Melody

PHRASE_BARS = 4


class Outline(NamedTuple):
    """What is known of a piece.

    Parameters
    ----------
    plan
        What each bar takes from an earlier one; () to see it from the melody.
    lender
        The title of the tune that lent the plan; the empty string for none.
    given
        The user's chords, in order, on the time line of the melody.
    dance
        Such as ``"jig"``; the empty string if it is none.
    cadence
        A name in `generate.piece.cadences.CADENCES` that the last chords keep to; the empty string
        for none.
    """

    plan: tuple[Recurrence, ...] = ()
    lender: str = ""
    given: tuple[GivenChord, ...] = ()
    dance: str = ""
    cadence: str = ""


NO_OUTLINE = Outline()


def bars_alike(melody: Melody, key: Key) -> tuple[Recurrence, ...]:
    """Return which earlier bar each full bar of a melody takes after, and how.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 60, 62], onset=[0, 960, 1920, 2880], duration=[960] * 4)
    >>> [(found.kind, found.bar) for found in bars_alike(tune, Key(0))]
    [('new', -1), ('exact', 0)]
    """
    return recurrences(_bar_notes(melody), key, melody.bar_ticks)


def _bar_notes(melody: Melody) -> list[BarNotes]:
    bar, place = np.divmod(melody.onset - melody.downbeat, melody.bar_ticks)
    edges = np.searchsorted(bar, np.arange(melody.bars + 1))
    return [
        BarNotes(place[first:stop], melody.duration[first:stop], melody.pitch[first:stop])
        for first, stop in pairwise(edges.tolist())
    ]


def returns_in(plan: Sequence[Recurrence], melody: Melody, key: Key) -> tuple[Recurrence, ...]:
    """Return what each bar takes after: as the plan says, or else as it is heard.

    A bar that is another one again note for note takes after that, whatever the plan says.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 60, 62], onset=[0, 960, 1920, 2880], duration=[960] * 4)
    >>> [one.kind for one in returns_in([Recurrence("new"), Recurrence("rhythm", 0)], tune, Key(0))]
    ['new', 'exact']
    """
    if not plan:
        return bars_alike(melody, key)
    first: dict[tuple[tuple[int, ...], ...], int] = {}
    found = []
    for number, bar in enumerate(_bar_notes(melody)):
        said = plan[number] if number < len(plan) else Recurrence(NEW)
        notes = (bar.rhythm, tuple(bar.pitch.tolist()))
        earlier = first.setdefault(notes, number)
        again = earlier < number and said.kind != EXACT
        found.append(Recurrence(EXACT, earlier) if again else said)
    return tuple(found)


def origins(plan: Sequence[Recurrence]) -> list[int]:
    """Return for each bar the first bar that it is, or is a variation of.

    Examples
    --------
    >>> origins([Recurrence("new"), Recurrence("varied", 0), Recurrence("exact", 1)])
    [0, 0, 0]
    """
    found: list[int] = []
    for number, recurrence in enumerate(plan):
        again = recurrence.kind in (EXACT, VARIED) and 0 <= recurrence.bar < number
        found.append(found[recurrence.bar] if again else number)
    return found


def second_phrases(plan: Sequence[Recurrence], bars: int) -> list[bool]:
    """Return for each bar whether it belongs to a phrase that sets itself off from the first.

    Such are phrases of four bars that begin with no bar of the first. Where there are none, they
    are the second half.

    Examples
    --------
    >>> second_phrases([Recurrence("new")] * 8, 8).count(True)
    4
    >>> again = [Recurrence("new")] * 4 + [Recurrence("exact", bar) for bar in range(4)]
    >>> second_phrases(again, 8) == [False] * 4 + [True] * 4
    True
    """
    first = origins([*plan, *[Recurrence("new")] * (bars - len(plan))])[:bars]
    starts = range(0, bars, PHRASE_BARS)
    apart = {start: first[start] >= PHRASE_BARS for start in starts}
    if not any(apart.values()):
        apart = {start: start >= bars / 2 for start in starts}
    if bars <= PHRASE_BARS:
        return [2 * bar >= bars for bar in range(bars)]
    return [apart[bar // PHRASE_BARS * PHRASE_BARS] for bar in range(bars)]
