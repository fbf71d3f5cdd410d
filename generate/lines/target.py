"""Second motif + brief -> where a morph leads to: that motif in the key, metre and range.

Without a second motif, the retrieved phrase least like the first takes its place and is cited as a
phrase.
"""

from __future__ import annotations

from dataclasses import replace

from generate.lines.assembly import transposed_into
from generate.lines.rebarring import rebarred
from generate.lines.stitch import bar_rhythms
from generate.piece.composition import TARGET, Fragment, Source
from generate.piece.degrees import settle
from generate.piece.operators import change_mode, varied
from generate.plan.brief import Brief
from generate.plan.frame import SHORTEST_MOTIF, Frame, usable_motif
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.notes.meter import Meter
from mer.notes.names import pitch_name
from mer.search.keys import with_key


def with_destination(brief: Brief) -> Brief:
    """Return the brief with the target as it will be stated, and a frame with room for it.

    Raises
    ------
    InputError
        If the target is too short, or does not fit the range in any octave.
    """
    if brief.target is None:
        found, remarks = _from_neighbours(brief)
    else:
        motif, _ = usable_motif(brief.target)
        remarks = ()
        if len(motif) < len(brief.target):
            remarks = (
                f"the target has {len(brief.target)} notes; the morph leads to the first "
                f"{len(motif)} of them",
            )
        motif, said = with_key(motif, brief.index, name="target")
        remarks += said
        found = _in_key(motif, brief.frame)
    if found.melody.meter != brief.frame.meter:
        barred = rebarred(found, brief.frame, bar_rhythms(brief))
        if barred is None:
            raise InputError(
                f"the target cannot be rewritten from {_named(found.melody.meter)} "
                f"in {_named(brief.frame.meter)}: one of its bars has too many notes"
            )
        remarks += (f"the target is rewritten in {_named(brief.frame.meter)}, bar for bar",)
        found = barred
    found = found.with_pitch(settle(found.melody.pitch, brief.frame.scale), "snap")
    frame = _widened(brief, found)
    placed = transposed_into(frame, found)
    if placed is None:
        low, high = int(found.melody.pitch.min()), int(found.melody.pitch.max())
        raise InputError(
            f"the target spans {high - low} semitones and does not fit the range "
            f"{pitch_name(frame.low)} to {pitch_name(frame.high)} in any octave; widen the range"
        )
    remarks = brief.remarks + remarks
    return replace(brief, frame=frame, destination=placed, remarks=remarks)


def _in_key(motif: Melody, frame: Frame) -> Fragment:
    """Return the target on the tonic and in the mode of the piece."""
    key = motif.key or frame.key
    if motif.meter is None:
        motif = replace(motif, meter=frame.meter, downbeat=0)
    given = Fragment(motif, tuple(Source(TARGET, note, 0) for note in range(len(motif))))
    if key.mode != frame.key.mode:
        given = varied(given, "mode change", change_mode(given.melody, key, frame.key.mode))
    return given.transpose((frame.key.tonic - key.tonic + 6) % 12 - 6)


def _from_neighbours(brief: Brief) -> tuple[Fragment, tuple[str, ...]]:
    """Return the retrieved phrase, in this metre if any is, least like the motif, and its title."""
    found = [(match, lender) for lender in brief.neighbours for match in lender.matches]
    found.sort(key=lambda pair: pair[0].similarity)
    found.sort(key=lambda pair: pair[0].phrase.melody.meter != brief.frame.meter)
    for match, lender in found:
        phrase = match.phrase
        fragment = lender.fragment(phrase.start, phrase.stop)
        if fragment is not None and len(fragment) >= SHORTEST_MOTIF:
            title = phrase.title or phrase.tune_id
            return fragment, (f"the motif turns into a phrase of {title}",)
    raise InputError("a morph needs a target, and no neighbour was found to serve as one")


def _widened(brief: Brief, target: Fragment) -> Frame:
    """Return the frame, its range widened to hold the target where the range is not asked for."""
    frame, settings = brief.frame, brief.settings
    low, high = int(target.melody.pitch.min()), int(target.melody.pitch.max())
    middle = (frame.low + frame.high) / 2
    octave = 12 * round((middle - (low + high) / 2) / 12)
    return frame._replace(
        low=min(frame.low, max(low + octave, 0)) if settings.low is None else frame.low,
        high=max(frame.high, min(high + octave, 127)) if settings.high is None else frame.high,
    )


def _named(meter: tuple[int, int] | None) -> str:
    return "no metre" if meter is None else str(Meter(*meter))
