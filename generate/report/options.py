"""Options of the command line: files, and what the music is like."""

from __future__ import annotations

import argparse

from generate.report.arranging import add_arrangement_options
from mer.terminal import add_motif_options


def add_file_options(group: argparse._ArgumentGroup) -> None:
    """Add the options that say what is read and what is written."""
    group.add_argument(
        "--seed",
        required=True,
        metavar="FILE",
        help="the motif: MIDI, MusicXML, MEI, ABC, kern, chant, an incipit or a recording",
    )
    group.add_argument(
        "--to", metavar="FILE", help="second motif, with morph (default: a neighbour)"
    )
    group.add_argument("--out", metavar="FILE", help="MIDI to write (default: SEED-generated.mid)")
    group.add_argument(
        "--wav", nargs="?", const="", metavar="FILE", help="also write sound (default: OUT.wav)"
    )
    group.add_argument(
        "--musicxml",
        nargs="?",
        const="",
        metavar="FILE",
        help="also write a score (default: OUT.musicxml)",
    )
    group.add_argument(
        "--abc",
        nargs="?",
        const="",
        metavar="FILE",
        help="also write the melody and its chord symbols as ABC (default: OUT.abc)",
    )
    group.add_argument("--report", metavar="FILE", help="write the source of every note as JSON")
    group.add_argument(
        "--plan-picture",
        metavar="FILE",
        help="draw the plan of the piece as SVG: what each bar takes, its chords, how phrases end, "
        "who lent what",
    )
    group.add_argument(
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, or addresses of PostgreSQL servers (default: the shipped "
        "one)",
    )
    add_motif_options(group)
    group.add_argument("--soundfont", metavar="FILE", help="soundfont for --wav")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")


def add_music_options(group: argparse._ArgumentGroup) -> None:
    """Add the options that say what the music is like."""
    group.add_argument(
        "--bars",
        type=int,
        help="length in bars (default: the motif whole and as much again, 8 at least); not with "
        "answer and b-part, which are as long as the motif asks",
    )
    group.add_argument("--k", type=int, default=12, help="neighbours to use (default: %(default)s)")
    group.add_argument("--count", type=int, default=1, help="how many takes (default: 1)")
    group.add_argument("--key", help="target key, such as 'D' or 'E dorian' (default: the motif's)")
    group.add_argument("--low", metavar="NOTE", help="lowest note, such as C4 or 60")
    group.add_argument("--high", metavar="NOTE", help="highest note, such as C6 or 84")
    group.add_argument(
        "--max-copy",
        type=int,
        metavar="N",
        help="longest run of notes shared with any tune (default: 8; stitch: no bound)",
    )
    group.add_argument(
        "--max-copy-pitch",
        type=int,
        metavar="N",
        help="longest run of notes shared with any tune whatever its rhythm, 6 or more (default: "
        "no bound)",
    )
    add_arrangement_options(group)
    _add_constraints(group)
    group.add_argument(
        "--tempo",
        type=float,
        metavar="BPM",
        help="beats a minute: quarters in 4/4, dotted quarters in 6/8, 9/8 and 12/8",
    )
    group.add_argument(
        "--rng-seed",
        type=int,
        default=0,
        metavar="N",
        help="the number that chance starts from: the same number gives the same music",
    )
    opening = group.add_mutually_exclusive_group()
    opening.add_argument(
        "--with-motif",
        action="store_true",
        default=None,
        help="begin with the motif: all verbs but answer do",
    )
    opening.add_argument(
        "--no-motif",
        action="store_false",
        dest="with_motif",
        default=None,
        help="leave the motif out; with b-part: write the B part alone",
    )
    group.add_argument(
        "--no-tonic-end",
        action="store_true",
        help="end on any note (default: on the tonic, unless --last or --cadence says otherwise)",
    )


def _add_constraints(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--form",
        metavar="PLAN",
        help="with continue: where the motif returns, such as \"A A' B A''\": a prime varies it, a "
        "comma ends a section openly, a full stop on the tonic (default: a plan borrowed from a "
        "neighbour)",
    )
    group.add_argument(
        "--plan",
        metavar="FILE",
        help="with continue, answer and b-part: the plan of the piece as JSON, or as much of it as "
        "is to be given: what each bar takes from an earlier one, its rhythm, its register; the "
        "bars of the motif come first and count; a report stands for the plan of its first piece",
    )
    group.add_argument(
        "--print-plan",
        action="store_true",
        help="print the plan of the piece as JSON, which --plan takes, in place of the table; the "
        "piece is written all the same",
    )
    group.add_argument(
        "--surprise",
        metavar="LEVEL",
        help="calm, balanced, adventurous, or the mean bits per new note, such as 2.5",
    )
    group.add_argument(
        "--scale",
        metavar="NAME",
        help="of new notes: key, pentatonic, chromatic or notes such as 'C D E G A' (default: the "
        "key's, or the motif's if it has five notes and so have most of the tunes found)",
    )
    group.add_argument(
        "--cadence",
        metavar="NAME",
        help="how the last two notes and the chords under them end: authentic (2, 5 or 7 of the "
        "scale to 1, over V or V7 and I), plagal (4 or 6 to 1, over IV and I) or half (1, 3, 4 or "
        "6 to 2, 5 or 7, over V); in minor i, iv and V; chords that are given stay (default: on "
        "the tonic)",
    )
    group.add_argument("--first", metavar="NOTE", help="first note of the piece, such as G4")
    group.add_argument("--last", metavar="NOTE", help="last note of the piece, such as C5")
    group.add_argument(
        "--keep-rhythm",
        action="store_true",
        help="give new notes the rhythm of the motif, or of the bars that they replace",
    )
    group.add_argument(
        "--model",
        metavar="NAME",
        help="what chooses the pitches: mixture, the predictive model with the chain of the "
        "neighbours, or chain, the latter alone, which is quicker (mixture)",
    )
    group.add_argument(
        "--keep-bars",
        metavar="LIST",
        help="with continue: the seed is a whole piece; keep these bars, such as 1-2,7-8, and fill "
        "the rest anew",
    )
