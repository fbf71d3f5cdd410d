"""Command line: ``python -m generate --seed motif.mid`` writes new music beside the motif.

``python -m generate answer --seed motif.mid`` names what is made of it; `continue` goes without.
`_run` goes from options to settings, a brief, pieces and files, in this order.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generate.plan.verbs import (
    KEPT,
    TAKEN_BY,
    USUAL_VERB,
    check_kept,
    check_taken,
    verb_named,
)
from generate.report.arranging import (
    add_arrangement_options,
    arranged_pieces,
    check_arrangement_options,
    said_of_chords,
)
from mer import __version__
from mer.errors import InputError
from mer.terminal import Parser, add_motif_options, motif_options, run

if TYPE_CHECKING:
    from generate.piece.composition import Composition
    from generate.plan.brief import Brief
    from generate.plan.settings import Settings
    from generate.report.outputs import Outputs
    from generate.report.writing import ReportFile
    from mer.io.reading import Reading
    from mer.notes.melody import Melody
    from mer.search.index import PhraseIndex

_MOST_TAKES = 100
_SLOWEST, _FASTEST = 20, 400  # beats a minute


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 if the input cannot be used."""
    # Intermixed, so that the verb may stand anywhere.
    options = build_parser().parse_intermixed_args(arguments)
    return run(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from generate.report.writing import Finished, titled, write_all
    from mer.io import read_melody
    from mer.search.index import PhraseIndex

    settings = settings_of(options)
    check_arrangement_options(options)
    program = _program(options.instrument)
    outputs, target = _outputs(options), _target(options)
    reading = read_melody(options.seed, **motif_options(options))
    index = PhraseIndex.load(options.corpus)
    motif = _motif(reading, index)
    brief, pieces = _composed(options, settings, replace(reading, melody=motif), target, index)
    melodies = titled(pieces, reading.melody.title or Path(options.seed).stem)
    arranged = arranged_pieces(options, brief, pieces, melodies, program)
    finished = [Finished(*one) for one in zip(pieces, arranged, outputs, strict=True)]
    heard = write_all(brief, finished, soundfont=options.soundfont, report=_report_file(options))
    if not options.quiet:
        from generate.report.tables import account

        own = [remark for piece in pieces for remark in piece.remarks]
        remarks = (*reading.remarks, *brief.remarks, *said_of_chords(reading, brief), *own, *heard)
        names = [", ".join(files.named().values()) for files in outputs]
        print(*account(brief, pieces, names, remarks, arranged), sep="\n")
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="python -m generate",
        description="Find the phrases nearest to a motif and grow new music from them.",
    )
    parser.add_argument(
        "verb",
        nargs="?",
        default=USUAL_VERB,
        metavar="VERB",
        # Not %(default)s: while options stand between, argparse hides the default of a positional.
        help="what to make of the motif: continue (it opens, new music follows), answer (only a "
        "reply of its length), b-part (it is kept as A, and a B part is written), vary, morph "
        f"(into another motif) or stitch (phrases of its neighbours) (default: {USUAL_VERB})",
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
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, or addresses of PostgreSQL servers (default: the shipped "
        "one)",
    )
    add_motif_options(group)
    group.add_argument("--soundfont", metavar="FILE", help="soundfont for --wav")
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")


def _add_music(group: argparse._ArgumentGroup) -> None:
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
    group.add_argument("--no-tonic-end", action="store_true", help="end on any note")


def _add_constraints(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--form",
        metavar="PLAN",
        help="with continue: where the motif returns, such as \"A A' B A''\": a prime varies it, a "
        "comma ends a section openly, a full stop on the tonic (default: a plan borrowed from a "
        "neighbour)",
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
        "key's, or the motif's if it has five notes)",
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


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings that the options ask for.

    Raises
    ------
    InputError
        If a value cannot be read, or two options contradict each other.
    """
    from generate.plan.settings import MODELS, Settings

    verb_named(options.verb)
    asked = [option for option in TAKEN_BY if _given(options, option) is not None]
    check_taken(options.verb, asked, sign="--")
    if options.keep_bars is not None:
        check_kept({name: _given(options, name) for name in KEPT}, sign="--")
    if options.model == "mixture" and options.surprise is not None:
        raise InputError("--surprise bends the chain alone, so it does not go with --model mixture")
    if options.soundfont is not None and options.wav is None:
        raise InputError(f"--soundfont is {options.soundfont!r}, which needs --wav")
    if options.rng_seed < 0:
        raise InputError(f"--rng-seed is {options.rng_seed}; it must be 0 or more")
    if options.tempo is not None and not _SLOWEST <= options.tempo <= _FASTEST:
        raise InputError(f"--tempo is {options.tempo:g}; {_SLOWEST} to {_FASTEST} is supported")
    low, high = _note(options.low), _note(options.high)
    if low is not None and high is not None and low > high:
        raise InputError(f"--low {options.low} is above --high {options.high}")
    return Settings(
        verb=options.verb,
        bars=options.bars,
        k=options.k,
        key=options.key,
        low=low,
        high=high,
        max_copy=options.max_copy,
        max_copy_pitch=options.max_copy_pitch,
        end_on_tonic=not options.no_tonic_end,
        open_with_motif=options.with_motif,
        form=options.form,
        scale=options.scale,
        first_note=_note(options.first),
        last_note=_note(options.last),
        cadence=options.cadence,
        surprise=_surprise(options.surprise),
        model=options.model or MODELS[0],
        keep_rhythm=options.keep_rhythm,
        chords=options.chords,
    )


def _given(options: argparse.Namespace, option: str) -> object:
    """Return what was given for an option; None where it was not."""
    value = getattr(options, option.replace("-", "_"))
    return None if value is False and option != "with-motif" else value


def _note(name: str | None) -> int | None:
    from mer.notes.names import note_number

    return None if name is None else note_number(name)


def _surprise(text: str | None) -> float | str | None:
    """Return a number of bits, or the name of a level."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _outputs(options: argparse.Namespace) -> list[Outputs]:
    """Return the files of each take; refuse one that cannot be written or is an input."""
    from generate.report.outputs import check_outputs, outputs_of

    if not 1 <= options.count <= _MOST_TAKES:
        raise InputError(f"--count is {options.count}; 1 to {_MOST_TAKES} is supported")
    seed = Path(options.seed)
    midi = seed.parent / f"{seed.stem}-generated.mid"
    if options.out is not None:
        midi = Path(options.out)
        if not midi.name:
            raise InputError(f"--out is {options.out!r}, which is not a file name")
    outputs = outputs_of(
        midi, options.count, wav=options.wav, musicxml=options.musicxml, abc=options.abc
    )
    kept = [seed] if options.to is None else [seed, Path(options.to)]
    report = _report_file(options)
    check_outputs(outputs, None if report is None else report.path, kept)
    return outputs


def _report_file(options: argparse.Namespace) -> ReportFile | None:
    from generate.report.writing import ReportFile

    if not options.report:
        return None
    return ReportFile(Path(options.report), options.seed, options.rng_seed)


def _target(options: argparse.Namespace) -> Melody | None:
    """Return the target of a morph, or None if none is given."""
    if options.to is None:
        return None
    from mer.io import load_melody

    return load_melody(options.to)


def _motif(reading: Reading, index: PhraseIndex) -> Melody:
    if reading.pace_known:
        return reading.melody
    from mer.search.pace import at_best_pace

    return at_best_pace(reading.melody, index)


def _composed(
    options: argparse.Namespace,
    settings: Settings,
    reading: Reading,
    target: Melody | None,
    index: PhraseIndex,
) -> tuple[Brief, list[Composition]]:
    """Return the brief and the pieces composed to it."""
    import numpy as np

    from generate.compose import prepare, retakes, takes
    from generate.plan.brief import at_tempo

    rng = np.random.default_rng(options.rng_seed)
    motif, chords = reading.melody, reading.chords
    if options.keep_bars is not None:
        from generate.markov.infill import parse_bars, prepare_infill

        bars = parse_bars(options.keep_bars, motif.bars)
        if len(bars) == motif.bars:
            raise InputError(f"--keep-bars keeps all {len(bars)} bars; name fewer of them")
        brief, given = prepare_infill(motif, index, settings, bars, chords=chords)
        brief = at_tempo(brief, options.tempo)
        return brief, retakes(given, bars, brief, rng, options.count)
    brief = prepare(motif, index, settings, target=target, chords=chords)
    brief = at_tempo(brief, options.tempo)
    if options.wav is not None:  # said before the work is done, not after it
        from generate.sound.performance import check_length

        ticks = brief.frame.pickup + brief.bars_written * brief.frame.bar_ticks
        check_length(ticks, brief.tempo_bpm)
    return brief, takes(brief, rng, options.count)


def _program(instrument: str | None) -> int:
    from generate.sound.audio import program_of

    return program_of("flute" if instrument is None else instrument)


if __name__ == "__main__":
    sys.exit(main())
