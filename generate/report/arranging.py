"""Options of the command line -> how pieces are accompanied; pieces and brief -> arrangements."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mer.errors import InputError

if TYPE_CHECKING:
    from generate.harmony.arrangement import Arrangement
    from generate.piece.composition import Composition
    from generate.plan.brief import Brief
    from mer.io.reading import Reading
    from mer.notes.melody import Melody


def add_arrangement_options(group: argparse._ArgumentGroup) -> None:
    """Add the options that say how pieces are accompanied and played."""
    group.add_argument(
        "--instrument", metavar="NAME", help="instrument by name or General MIDI 0-127"
    )
    group.add_argument(
        "--accompany",
        default="auto",
        metavar="STYLE",
        help="how to accompany: auto, jig, reel, hornpipe, march, waltz, hymn, ballad, pop, drone, "
        "or none for the melody alone (default: %(default)s)",
    )
    group.add_argument(
        "--chords",
        metavar="LIST",
        help="the chords of the piece, such as 'Am F C G', one a bar and again and again, or bar "
        "by bar: 'Am F | C G7'; none has them chosen (default: those of the seed's file, named or "
        "heard in its tracks, which continue, answer and vary go on over, and chosen ones); "
        "new notes on strong places belong to them with continue, answer, b-part and --keep-bars",
    )
    group.add_argument(
        "--second-voice",
        action="store_true",
        help="a second voice under the melody, in thirds and sixths",
    )
    group.add_argument(
        "--canon",
        action="store_true",
        help="a second voice that follows the melody a bar or two later, consonant on every beat",
    )
    group.add_argument(
        "--ornaments", action="store_true", help="play the melody with cuts and rolls"
    )


def check_arrangement_options(options: argparse.Namespace) -> None:
    """Raise an error if the options ask for what there is not.

    Raises
    ------
    InputError
        If there is no such style, or chords are given to one that has none.
    """
    from generate.harmony.arrangement import check_style
    from generate.harmony.texture.styles import DRONE
    from generate.piece.given_chords import NO_CHORDS

    check_style(options.accompany, name="--accompany")
    if options.accompany == DRONE and options.chords not in (None, NO_CHORDS):
        raise InputError("a drone has no chords; leave out --chords, or choose another --accompany")


def arranged_pieces(
    options: argparse.Namespace,
    brief: Brief,
    pieces: Sequence[Composition],
    melodies: Sequence[Melody],
    program: int,
) -> list[Arrangement]:
    """Return the pieces as the options want them accompanied.

    Parameters
    ----------
    melodies
        Those of the pieces, with their titles.
    program
        General MIDI instrument of the melodies, 0 to 127.
    """
    from generate.harmony.arrangement import Extras, arrange
    from generate.report.outlines import outline_of

    extras = Extras(options.second_voice, options.ornaments, options.canon)
    return [
        arrange(
            melody,
            options.accompany,
            program=program,
            outline=outline_of(piece, brief),
            extras=extras,
        )
        for melody, piece in zip(melodies, pieces, strict=True)
    ]


def said_of_chords(reading: Reading, brief: Brief) -> tuple[str, ...]:
    """Return a remark where a piece keeps to chords that the file does not name."""
    if not (reading.chords_are_heard and brief.given) or brief.settings.chords is not None:
        return ()
    return ("the chords are heard in the tracks; --chords none has others chosen",)
