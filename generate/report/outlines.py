"""A piece and its brief -> `Outline`: what the chords under it follow."""

from __future__ import annotations

from generate.harmony.outline import Outline
from generate.piece.composition import Composition
from generate.plan.brief import Brief
from generate.report.credits import dance_of_piece
from generate.report.tables import lender_title


def outline_of(piece: Composition, brief: Brief) -> Outline:
    """Return the plan of a piece, the chords that are given for it, its dance and its cadence."""
    given = brief.given
    if brief.left_out and given:
        # The piece begins where the motif, which is left out, ends.
        frame = brief.frame
        first = frame.pickup + (frame.bars - brief.bars_written) * frame.bar_ticks
        moved = [one.later(piece.melody.downbeat - first) for one in given]
        given = tuple(one._replace(onset=max(one.onset, 0)) for one in moved if one.end > 0)
    return Outline(
        plan=piece.plan,
        lender=lender_title(brief.corpus, piece),
        given=given,
        dance=dance_of_piece(piece, brief),
        cadence=brief.settings.cadence or "",
    )
