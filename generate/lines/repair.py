"""Line + copy bound -> composition in which no copied run is longer than the bound.

Verbs that quote or vary phrases copy by nature. Where a bound is set, one note of every run that
is too long is moved by a scale step, and cites the operator that moved it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generate.lines.assembly import with_tempo
from generate.originality.originality import JointCheck
from generate.piece.composition import Composition, Fragment
from generate.piece.degrees import to_degrees, to_pitch
from generate.plan.brief import Brief
from generate.plan.frame import Frame
from mer.errors import InputError
from mer.notes.arrays import Ints
from mer.notes.names import pitch_name

OPERATOR = "loosening"
_STEPS = (1, -1, 2, -2, 3, -3, 4, -4)
_PATIENCE = 20  # moves in a row that leave no fewer copies than there were before
_WHIMS = (0.1, 1.5, 3.0)  # chance in the choice of moves: where the best ones lead nowhere, others


def finished(
    brief: Brief, line: Fragment, verb: str, bound: int | None, rng: np.random.Generator
) -> Composition:
    """Return the line as a composition, its copies cut to at most `bound` notes if that is set.

    Raises
    ------
    InputError
        If the bound cannot be kept.
    """
    check = brief.copy_checks(bound) if _copies(brief, line, bound) else None
    if check is not None and len(check.copied_ends(line.melody, line.sources)):
        line = loosen(line, brief.frame, check, rng)
    line = with_tempo(line, brief.tempo_bpm)
    return Composition(line.melody, line.sources, verb, brief.remarks)


def _copies(brief: Brief, line: Fragment, bound: int | None) -> bool:
    """Return whether a line may be copied too far; a look at it alone is quicker than a check."""
    if brief.settings.max_copy_pitch is not None:
        return True
    if bound is None:
        return False
    return bool(len(brief.originality.copied_ends(line.melody, line.sources, bound + 1)))


def loosen(line: Fragment, frame: Frame, check: JointCheck, rng: np.random.Generator) -> Fragment:
    """Return the line with notes moved until no run is copied that the check finds.

    The opening and the closing tonic stay, and so do other statements of the motif where possible.

    Raises
    ------
    InputError
        If no such line is found.
    """
    for whim in _WHIMS:
        found = _descended(line, frame, check, whim, rng)
        if found is not None:
            return found
    raise InputError(
        f"cannot keep to {check.name} notes by varying quoted phrases "
        f"in {frame.key} between {pitch_name(frame.low)} and {pitch_name(frame.high)}; "
        "raise it, or use continue"
    )


def _descended(
    line: Fragment, frame: Frame, check: JointCheck, whim: float, rng: np.random.Generator
) -> Fragment | None:
    """Return the line after moves that each help most, up to chance of size `whim`, or None."""
    fewest, idle = len(line) + 1, 0
    while idle < _PATIENCE:
        ends = check.copied_ends(line.melody, line.sources)
        if not len(ends):
            return line
        idle = 0 if len(ends) < fewest else idle + 1
        fewest = min(fewest, len(ends))
        end = int(ends[int(rng.integers(len(ends)))]) if idle else int(ends[0])
        moved = _moved(line, frame, check, (end, whim), rng)
        if moved is None:
            return None
        line = moved
    return None


def _moved(
    line: Fragment,
    frame: Frame,
    check: JointCheck,
    aim: tuple[int, float],
    rng: np.random.Generator,
) -> Fragment | None:
    """Return the line after the one small move in the run that ends at `end` that helps most."""
    end, whim = aim
    last = len(line) - 1 if frame.end_on_tonic else len(line)
    run = [n for n in range(end - check.notes + 1, end + 1) if n < last]
    notes = [n for n in run if not line.sources[n].is_statement]
    if not notes:  # two statements in a row, as in a tune that has the motif twice: the later bends
        opened = 0 if frame.opening is None else len(frame.opening)
        notes = [n for n in run if n >= opened]
    best: tuple[float, Fragment] | None = None
    degree, _ = to_degrees(line.melody.pitch, frame.key)
    weak = line.melody.bar_position % frame.beat_ticks != 0
    for note in notes:
        for step in _STEPS:
            pitch = int(to_pitch(degree[note : note + 1] + step, frame.key)[0])
            if not frame.low <= pitch <= frame.high or pitch == line.melody.pitch[note]:
                continue
            if pitch % 12 not in frame.scale:
                continue
            changed = np.array(line.melody.pitch)
            changed[note] = pitch
            if not _singable(changed, note):
                continue
            trial = _with_note(line, note, pitch)
            left = len(check.copied_ends(trial.melody, trial.sources))
            merit = left + 0.2 * abs(step) - 0.3 * bool(weak[note]) + whim * rng.random()
            if best is None or merit < best[0]:
                best = (merit, trial)
    return None if best is None else best[1]


def _singable(pitch: Ints, note: int) -> bool:
    near = np.diff(pitch[max(0, note - 1) : note + 2])
    return bool((np.abs(near) <= 12).all())


def _with_note(line: Fragment, note: int, pitch: int) -> Fragment:
    changed = np.array(line.melody.pitch)
    move = pitch - int(changed[note])
    changed[note] = pitch
    source = line.sources[note]
    if OPERATOR in source.operators:  # moved before: the operator is named once
        source = replace(source, transposition=source.transposition + move)
    else:
        source = source.then(OPERATOR, move)
    sources = (*line.sources[:note], source, *line.sources[note + 1 :])
    return Fragment(replace(line.melody, pitch=changed), sources)
