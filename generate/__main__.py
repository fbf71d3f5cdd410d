"""Command line: ``python -m generate --seed motif.mid`` writes new music beside the motif.

``python -m generate answer --seed motif.mid`` names what is made of it; `continue` goes without.
`_run` goes from options to settings, a brief, pieces and files, in this order.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generate.plan.verbs import (
    KEPT,
    PLANNED,
    TAKEN_BY,
    USUAL_VERB,
    check_kept,
    check_planned,
    check_taken,
    verb_named,
)
from generate.report.arranging import (
    arranged_pieces,
    check_arrangement_options,
    said_of_chords,
)
from generate.report.options import add_file_options, add_music_options
from mer import __version__
from mer.errors import InputError
from mer.terminal import Parser, leave, motif_options, run

if TYPE_CHECKING:
    from generate.piece.composition import Composition
    from generate.piece.given_plan import GivenPlan
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
    if (given := sys.argv[1:] if arguments is None else [*arguments])[:1] == ["explain"]:
        from generate.compose import takes
        from generate.report.explaining import explain

        return explain(given[1:], _brief, lambda brief, rng: takes(brief, rng, 1)[0])
    # Intermixed, so that the verb may stand anywhere.
    options = build_parser().parse_intermixed_args(arguments)
    return run(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    from generate.report.writing import Finished, titled, write_all
    from generate.sound.instruments import program_of
    from mer.io import read_melody
    from mer.search.index import PhraseIndex

    settings = settings_of(options)
    check_arrangement_options(options)
    program = program_of("flute" if options.instrument is None else options.instrument)
    outputs, target, plan = _outputs(options), _target(options), _plan(options)
    reading = read_melody(options.seed, **motif_options(options))
    index = PhraseIndex.load(options.corpus)
    brief, pieces = _composed(options, settings, reading, (target, plan), index)
    melodies = titled(pieces, reading.melody.title or Path(options.seed).stem)
    arranged = arranged_pieces(options, brief, pieces, melodies, program)
    finished = [Finished(*one) for one in zip(pieces, arranged, outputs, strict=True)]
    drawn, report = _picture(options), _report_file(options)
    heard = write_all(brief, finished, soundfont=options.soundfont, report=report, picture=drawn)
    if options.print_plan:
        from generate.piece.plan_text import plan_text

        print("\n".join(plan_text(p.planned, brief.frame.meter) for p in pieces if p.planned))
    elif not options.quiet:
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
    add_file_options(parser.add_argument_group("files"))
    add_music_options(parser.add_argument_group("music"))
    return parser


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
    if options.plan is not None:
        check_planned({name: _given(options, name) for name in PLANNED}, sign="--")
    for name in ("print-plan", "plan-picture"):
        if _given(options, name) is not None:
            _check_printed(options, name)
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


def _check_printed(options: argparse.Namespace, asked: str) -> None:
    """Refuse to print or draw a plan where there is none, or several."""
    counterpart = verb_named(options.verb).counterpart
    for name in ("keep-bars", "form", "keep-rhythm"):
        if _given(options, name) is not None and not (counterpart and name == "keep-rhythm"):
            raise InputError(f"--{asked}: a piece with --{name} has no plan; leave out one")
    if options.count != 1:
        raise InputError(f"--{asked} shows one plan; --count is {options.count}")


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
    check_outputs(outputs, None if report is None else report.path, kept, picture=_picture(options))
    return outputs


def _picture(options: argparse.Namespace) -> Path | None:
    return None if options.plan_picture is None else Path(options.plan_picture)


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


def _plan(options: argparse.Namespace) -> GivenPlan | None:
    """Return the plan that is given, or None."""
    if options.plan is None:
        return None
    from generate.piece.plan_reader import load_plan

    return load_plan(options.plan)


def _motif(reading: Reading, index: PhraseIndex) -> Melody:
    if reading.pace_known:
        return reading.melody
    from mer.search.pace import at_best_pace

    return at_best_pace(reading.melody, index)


def _brief(
    reading: Reading,
    index: PhraseIndex,
    settings: Settings,
    also: tuple[Melody | None, GivenPlan | None] = (None, None),
) -> Brief:
    """Return the brief of what was read, for a piece and for its explanation alike.

    Parameters
    ----------
    also
        The target of a morph, and the plan that is given.
    """
    from generate.compose import prepare

    target, plan = also
    motif, chords = _motif(reading, index), reading.chords
    return prepare(motif, index, settings, target=target, chords=chords, plan=plan)


def _composed(
    options: argparse.Namespace,
    settings: Settings,
    reading: Reading,
    also: tuple[Melody | None, GivenPlan | None],
    index: PhraseIndex,
) -> tuple[Brief, list[Composition]]:
    """Return the brief and the pieces composed to it.

    Parameters
    ----------
    also
        The target of a morph, and the plan that is given.
    """
    import numpy as np

    from generate.compose import retakes, takes
    from generate.plan.brief import at_tempo

    rng = np.random.default_rng(options.rng_seed)
    if options.keep_bars is not None:
        from generate.markov.infill import parse_bars, prepare_infill

        motif, chords = _motif(reading, index), reading.chords
        bars = parse_bars(options.keep_bars, motif.bars)
        if len(bars) == motif.bars:
            raise InputError(f"--keep-bars keeps all {len(bars)} bars; name fewer of them")
        brief, given = prepare_infill(motif, index, settings, bars, chords=chords)
        brief = at_tempo(brief, options.tempo)
        return brief, retakes(given, bars, brief, rng, options.count)
    brief = _brief(reading, index, settings, also)
    brief = at_tempo(brief, options.tempo)
    if options.wav is not None:  # said before the work is done, not after it
        from generate.sound.performance import check_length

        ticks = brief.frame.pickup + brief.bars_written * brief.frame.bar_ticks
        check_length(ticks, brief.tempo_bpm)
    return brief, takes(brief, rng, options.count)


if __name__ == "__main__":
    leave(main)
