"""Neighbours -> `Plan` of a piece: which bars return, and how; the rhythm of those that do not.

A plan is borrowed from one of the neighbours' tunes, drawn by similarity and by how near its bars
come to the motif in notes per bar. The motif stands in the place of that tune's first bars: what
takes after them there takes after the motif here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from generate.plan.frame import Frame
from generate.plan.material import Neighbour
from generate.plan.rhythm import DENSITY_SPREAD, SHORTEST_QUOTED, Bar, drawn, numbered_bars
from generate.plan.self_similarity import (
    EXACT,
    NEW,
    RHYTHM,
    VARIED,
    BarNotes,
    Likeness,
    likenesses,
)
from mer.notes.key import estimate_key
from mer.notes.melody import Melody


@dataclass(frozen=True)
class PlannedBar:
    """One bar of a plan.

    Parameters
    ----------
    likeness
        What it takes from an earlier bar.
    rhythm
        Its rhythm in the tune that lends the plan.
    keeps_rhythm
        Whether a variation has the rhythm of the bar that it varies.
    pitch
        The pitches there, in the key and register of the piece, one for each note of the rhythm.
    """

    likeness: Likeness
    rhythm: Bar
    keeps_rhythm: bool
    pitch: tuple[int, ...]

    def pitch_at(self, position: int) -> int:
        """Return the pitch that sounds there, or sounded last, so many ticks after the barline."""
        return self.pitch[max(bisect_right(self.rhythm.onset, position) - 1, 0)]


@dataclass(frozen=True)
class Plan:
    """What is decided of the bars of a piece before its notes.

    Parameters
    ----------
    bars
        One for each bar of the piece.
    lender
        The tune that it is borrowed from.
    """

    bars: tuple[PlannedBar, ...]
    lender: str

    def loosened(self, loose: int) -> Plan:
        """Return the plan with returns that leave more to new notes.

        Parameters
        ----------
        loose
            1 to vary what returned exactly, 2 to keep the rhythm alone, 3 for nothing at all.
        """
        return replace(self, bars=tuple(_loosened(bar, loose) for bar in self.bars))


def _loosened(bar: PlannedBar, loose: int) -> PlannedBar:
    likeness = bar.likeness
    if likeness.kind == NEW or not loose:
        return bar
    if loose == 1 and likeness.kind == EXACT:
        half = max(bar.rhythm.onset[len(bar.rhythm.onset) // 2], 1)
        end = bar.rhythm.onset[-1] + bar.rhythm.duration[-1]
        varied = Likeness(VARIED, likeness.bar, head=half, tail=end)
        return replace(bar, likeness=varied, keeps_rhythm=True)
    if loose == 1:
        return bar
    return replace(bar, likeness=Likeness(RHYTHM, likeness.bar) if loose == 2 else Likeness(NEW))


def lent_plan(neighbour: Neighbour, frame: Frame, shortest: int) -> Plan | None:
    """Return the plan of the first bars of a tune, or None if it has none for such a piece.

    Parameters
    ----------
    shortest
        Ticks of the shortest note that the piece may have.
    """
    melody = neighbour.tune.melody
    if melody.meter != frame.meter:
        return None
    numbered = numbered_bars(melody, neighbour)
    if not all(bar in numbered for bar in range(frame.bars)):
        return None
    rhythm = [numbered[bar] for bar in range(frame.bars)]
    if min(min(bar.duration) for bar in rhythm) < shortest:
        return None
    notes = [_notes(bar, neighbour) for bar in rhythm]
    key = melody.key or estimate_key(melody.pitch, melody.duration)
    found = likenesses(notes, key.transpose(neighbour.shift), frame.bar_ticks)
    return Plan(
        tuple(
            PlannedBar(
                likeness,
                bar,
                likeness.bar >= 0 and own.rhythm == notes[likeness.bar].rhythm,
                tuple(own.pitch.tolist()),
            )
            for likeness, bar, own in zip(found, rhythm, notes, strict=True)
        ),
        neighbour.tune.tune_id,
    )


def _notes(bar: Bar, neighbour: Neighbour) -> BarNotes:
    places = [place.note for place in bar.places if place is not None]
    return BarNotes(np.array(bar.onset), np.array(bar.duration), neighbour.pitch[places])


def plans_of(
    frame: Frame, theme: Melody, neighbours: Sequence[Neighbour]
) -> tuple[list[Plan], list[float]]:
    """Return the plans that the neighbours lend, and the weight of each."""
    shortest = min(SHORTEST_QUOTED, int(theme.duration.min()))
    density = len(theme) * frame.bar_ticks / max(int(theme.end[-1]), 1)
    plans, weights = [], []
    for neighbour in neighbours:
        plan = lent_plan(neighbour, frame, shortest)
        if plan is not None:
            own = float(np.mean([len(bar.rhythm.onset) for bar in plan.bars]))
            plans.append(plan)
            weights.append(neighbour.weight * np.exp(-abs(own - density) / DENSITY_SPREAD))
    return plans, weights


def draw_plan(
    plans: Sequence[Plan], weights: Sequence[float], rng: np.random.Generator
) -> Plan | None:
    """Return one of the plans, drawn by their weights; None if there is none."""
    return plans[drawn(weights, rng)] if plans else None
