"""A counterpart beside its motif <-> the counterpart alone.

A counterpart is drawn after the motif that it goes with: what sounds before it, copies across the
join included, is known to every constraint. Only then is the motif left out, where it is not asked
for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generate.piece.composition import Composition
from generate.piece.self_similarity import NEW, Recurrence
from generate.plan.brief import Brief
from generate.plan.frame import Frame
from generate.plan.rhythm import numbered_bars
from mer.notes.melody import Melody

_FEWEST = 3


def restates(piece: Composition, frame: Frame) -> bool:
    """Return whether a bar of a counterpart, of three notes or more, is the motif's again."""
    if not frame.counterpart:
        return False
    bars = numbered_bars(piece.melody)
    pitch = piece.melody.pitch.tolist()
    number = ((piece.melody.onset - frame.pickup) // frame.bar_ticks).tolist()
    notes = {bar: tuple(p for p, n in zip(pitch, number, strict=True) if n == bar) for bar in bars}
    told = {bar: (one.onset, one.duration, notes[bar]) for bar, one in bars.items()}
    part = frame.bars // 2
    motif = [one for bar, one in told.items() if bar < part and len(one[2]) >= _FEWEST]
    return any(one in motif for bar, one in told.items() if bar >= part)


def without_motif(piece: Composition, brief: Brief) -> Composition:
    """Return the piece without the notes that the brief leaves out; as it is if there are none."""
    notes = brief.left_out
    if not notes:
        return piece
    part = brief.bars_written
    cut = piece.cut(notes, len(piece))
    return replace(
        piece,
        melody=cut.melody,
        sources=cut.sources,
        returns=(),
        plan=tuple(_within(recurrence, part) for recurrence in piece.plan[part:]),
    )


def _within(recurrence: Recurrence, part: int) -> Recurrence:
    """Return a recurrence counted from the first bar of the counterpart."""
    if recurrence.bar < part:
        return Recurrence(NEW)
    return recurrence._replace(bar=recurrence.bar - part)


def with_motif(piece: Composition, brief: Brief) -> Composition:
    """Return the piece with the notes that the brief leaves out before it."""
    opening = brief.frame.opening
    if not brief.left_out or opening is None:
        return piece
    frame, first, own = brief.frame, opening.melody, piece.melody
    begins = frame.pickup + brief.bars_written * frame.bar_ticks - own.downbeat
    melody = Melody(
        pitch=np.concatenate([first.pitch, own.pitch]),
        onset=np.concatenate([first.onset, own.onset + begins]),
        duration=np.concatenate([first.duration, own.duration]),
        meter=frame.meter,
        key=frame.key,
        tempo_bpm=own.tempo_bpm,
        downbeat=frame.pickup,
    )
    return replace(
        piece, melody=melody, sources=(*opening.sources, *piece.sources), returns=(), plan=()
    )
