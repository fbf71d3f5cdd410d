"""Command line -> what it asks for: the options, and the settings that they stand for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mer import __version__
from mer.errors import InputError
from mer.terminal import Parser

if TYPE_CHECKING:
    from generate.plan.frame import Settings


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="python -m generate",
        description="Find the phrases nearest to a motif and grow new music from them.",
    )
    parser.add_argument("--version", action="version", version=f"mer {__version__}")
    _add_files(parser.add_argument_group("files"))
    _add_music(parser.add_argument_group("music"))
    return parser


def _add_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--seed",
        required=True,
        metavar="FILE",
        help="the motif: MIDI, MusicXML, ABC, kern or a recording",
    )
    group.add_argument(
        "--to", metavar="FILE", help="second motif, for --method morph (default: a neighbour)"
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
    group.add_argument("--report", metavar="FILE", help="write the source of every note as JSON")
    group.add_argument(
        "--corpus", metavar="NAME", help="a corpus by name or folder (default: the shipped one)"
    )
    group.add_argument(
        "--track", metavar="N", help="track or part of the seed to take, by number or name"
    )
    group.add_argument("--soundfont", metavar="FILE", help="soundfont for --wav")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")


def _add_music(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--method",
        default="markov",
        metavar="NAME",
        help="markov, stitch, vary or morph (default: %(default)s)",
    )
    group.add_argument("--bars", type=int, default=8, help="length in bars (default: %(default)s)")
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
        "--instrument", metavar="NAME", help="instrument by name or General MIDI 0-127"
    )
    group.add_argument(
        "--chords",
        nargs="?",
        const="auto",
        default="none",
        metavar="PATTERN",
        help="accompany: auto, block, arpeggio, waltz, drone or none (default: none)",
    )
    _add_constraints(group)
    group.add_argument("--tempo", type=float, metavar="BPM", help="quarter notes a minute")
    group.add_argument(
        "--rng-seed", type=int, default=0, metavar="N", help="the same number, the same music"
    )
    group.add_argument("--no-motif", action="store_true", help="do not open with the motif")
    group.add_argument("--no-tonic-end", action="store_true", help="end on any note")


def _add_constraints(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--form",
        metavar="PLAN",
        help="where the motif returns, such as \"A A' B A''\": a prime varies it, a comma ends "
        "a section openly, a full stop on the tonic (default: by length)",
    )
    group.add_argument(
        "--surprise",
        metavar="LEVEL",
        help="calm, balanced, adventurous, or the mean bits per new note, such as 2.5",
    )
    group.add_argument(
        "--scale",
        metavar="NAME",
        help="key, pentatonic, chromatic or notes such as 'C D E G A' (default: the key's, or "
        "the motif's if it has five notes)",
    )
    group.add_argument(
        "--cadence", metavar="NAME", help="how to end: authentic, plagal or half (default: tonic)"
    )
    group.add_argument("--first", metavar="NOTE", help="first note of the piece, such as G4")
    group.add_argument("--last", metavar="NOTE", help="last note of the piece, such as C5")
    group.add_argument(
        "--keep-rhythm",
        action="store_true",
        help="give new notes the rhythm of the motif, or of the bars that they replace",
    )
    group.add_argument(
        "--refine",
        action="store_true",
        help="draw 200 pieces and choose by the predictive model, which takes some seconds",
    )
    group.add_argument(
        "--keep-bars",
        metavar="LIST",
        help="the seed is a whole piece: keep these bars, such as 1-2,7-8, and fill the rest anew",
    )


# Options that only the chain can honour, by the name of the setting.
_CHAIN_ONLY = {
    "surprise": "--surprise",
    "scale": "--scale",
    "cadence": "--cadence",
    "first": "--first",
    "last": "--last",
    "keep_rhythm": "--keep-rhythm",
    "keep_bars": "--keep-bars",
    "refine": "--refine",
}


def settings_of(options: argparse.Namespace) -> Settings:
    """Return what the options ask for.

    Raises
    ------
    InputError
        If a value cannot be read, or the options do not go together.
    """
    from generate.compose import METHODS, Settings
    from mer.notes.key import Key

    if options.method not in METHODS:
        raise InputError(f"--method is {options.method!r}; choose one of {', '.join(METHODS)}")
    if options.method != "markov":
        for name, option in _CHAIN_ONLY.items():
            if getattr(options, name):
                raise InputError(f"{option} is for --method markov; it is {options.method}")
    if options.soundfont is not None and options.wav is None:
        raise InputError(f"--soundfont is {options.soundfont!r}, but no --wav is asked for")
    if options.rng_seed < 0:
        raise InputError(f"--rng-seed is {options.rng_seed}; at least 0 is needed")
    low, high = _note(options.low), _note(options.high)
    if low is not None and high is not None and low > high:
        raise InputError(f"--low {options.low} is above --high {options.high}")
    return Settings(
        method=options.method,
        bars=options.bars,
        k=options.k,
        key=None if options.key is None else Key.parse(options.key),
        low=low,
        high=high,
        max_copy=options.max_copy,
        tempo_bpm=options.tempo,
        end_on_tonic=not options.no_tonic_end,
        open_with_motif=not options.no_motif,
        form=options.form,
        scale=options.scale,
        first_note=_note(options.first),
        last_note=_note(options.last),
        cadence=options.cadence,
        surprise=_surprise(options.surprise),
        keep_rhythm=options.keep_rhythm,
    )


def _note(name: str | None) -> int | None:
    from generate.report.tables import note_number

    return None if name is None else note_number(name)


def _surprise(text: str | None) -> float | str | None:
    """Return a number of bits, or the name of a level."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text
