"""Bars before their notes -> `Plan`: what returns where, in which rhythm, and near which pitches.

A plan is a plain value: it is drawn from a neighbour (`generate.plan.plan`), or given
(`generate.piece.plan_reader`).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from generate.piece.places import Place
from generate.piece.self_similarity import EXACT, NEW, RHYTHM, VARIED, Recurrence


class Bar(NamedTuple):
    """The rhythm of one bar.

    Parameters
    ----------
    onset, duration
        Ticks; onsets count from the barline. The first is 0 in bars that tunes lend.
    places
        The note that each was taken from; None where the rhythm is even beats.
    """

    onset: tuple[int, ...]
    duration: tuple[int, ...]
    places: tuple[Place | None, ...]


class PlannedBar(NamedTuple):
    """One bar of a plan.

    Parameters
    ----------
    recurrence
        What it takes from an earlier bar.
    rhythm
        Its rhythm in the tune that lends the plan.
    keeps_rhythm
        Whether a variation has the rhythm of the bar that it varies.
    pitch
        The pitches there, in the key and register of the piece, one for each note of the rhythm;
        none where nothing but the rhythm is lent.
    lift
        Semitones from there to where the notes of the piece are to lie, about.
    """

    recurrence: Recurrence
    rhythm: Bar
    keeps_rhythm: bool
    pitch: tuple[int, ...]
    lift: int = 0

    def pitch_at(self, position: int) -> int | None:
        """Return the pitch that sounds there, or sounded last, so many ticks after the barline."""
        if not self.pitch:
            return None
        return self.pitch[max(bisect_right(self.rhythm.onset, position) - 1, 0)]


class Plan(NamedTuple):
    """What is decided of the bars of a piece before its notes.

    Parameters
    ----------
    bars
        One for each bar of the piece.
    lender
        The tune that it is borrowed from.
    second
        Whether it ends with the second half of that tune.
    draw
        How many plans were drawn before it, for which no notes were found. A seed gives the same
        piece again to a plan that says so.
    """

    bars: tuple[PlannedBar, ...]
    lender: str
    second: bool = False
    draw: int = 0

    def loosened(self, loose: int) -> Plan:
        """Return the plan with returns that leave more to new notes.

        Parameters
        ----------
        loose
            1 to vary what returned exactly, 2 to keep the rhythm alone, 3 for nothing at all.
        """
        return self._replace(bars=tuple(loosened(bar, loose) for bar in self.bars))


def loosened(bar: PlannedBar, loose: int) -> PlannedBar:
    """Return a bar with a return that leaves more to new notes (see `Plan.loosened`)."""
    recurrence = bar.recurrence
    if recurrence.kind == NEW or not loose:
        return bar
    if loose == 1 and recurrence.kind == EXACT:
        half = max(bar.rhythm.onset[len(bar.rhythm.onset) // 2], 1)
        end = bar.rhythm.onset[-1] + bar.rhythm.duration[-1]
        varied = Recurrence(VARIED, recurrence.bar, head=half, tail=end)
        return bar._replace(recurrence=varied, keeps_rhythm=True)
    if loose == 1:
        return bar
    return bar._replace(
        recurrence=Recurrence(RHYTHM, recurrence.bar) if loose == 2 else Recurrence(NEW)
    )
