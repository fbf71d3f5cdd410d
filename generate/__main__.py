"""Command line: ``python -m generate --seed motif.mid`` writes new music beside the motif."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generate.options import build_parser, settings_of
from mer.errors import InputError
from mer.terminal import run

if TYPE_CHECKING:
    from generate.harmony.arrangement import Arrangement
    from generate.markov.markov import Rescore
    from generate.piece.composition import Composition
    from generate.plan.brief import Brief
    from generate.sound.audio import Rendering
    from mer.notes.melody import Melody

_FLUTE = 73
_SHOWN_NEIGHBOURS = 8


@dataclass(frozen=True)
class _Targets:
    """The files of one take."""

    midi: Path
    wav: Path | None
    musicxml: Path | None

    def named(self) -> dict[str, str]:
        """Return the paths as text, by kind."""
        paths = {"midi": self.midi, "wav": self.wav, "musicxml": self.musicxml}
        return {kind: path.as_posix() for kind, path in paths.items() if path is not None}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, or 2 if the input cannot be used."""
    options = build_parser().parse_args(arguments)
    return run(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    import numpy as np

    from generate.compose import prepare, retakes, takes
    from generate.harmony.arrangement import arrange, check_pattern
    from generate.report.tables import check_writable, load_index
    from generate.sound.performance import check_length
    from mer.io import read_melody

    settings = settings_of(options)
    check_pattern(options.chords, name="--chords")
    program = _program(options.instrument)
    targets = _targets(options)
    report = Path(options.report) if options.report is not None else None
    check_writable(_paths(targets, report), Path(options.seed))
    second = _second_motif(options, targets, report)
    reading = read_melody(options.seed, track=_track(options.track))
    index, rng = load_index(options.corpus), np.random.default_rng(options.rng_seed)
    motif = reading.melody
    if not reading.pace_known:
        from mer.search.pace import at_best_pace

        motif = at_best_pace(motif, index)
    if options.keep_bars is None:
        brief = prepare(motif, index, settings, target=second)
        if targets[0].wav:  # said before the work is done, not after it
            check_length(brief.frame.length, brief.tempo_bpm)
        pieces = takes(brief, rng, options.count, rescore=_rescore(options, brief))
    else:
        from generate.markov.infill import parse_bars, prepare_infill

        bars = parse_bars(options.keep_bars, motif.bars)
        brief, given = prepare_infill(motif, index, settings, bars)
        rescore = _rescore(options, brief)
        pieces = retakes(given, bars, brief, rng, options.count, rescore=rescore)
    arranged = [arrange(piece.melody, options.chords, program=program) for piece in pieces]
    sounds = [_sound(options, one) for one in arranged] if targets[0].wav else []
    text = _report(options, brief, pieces, targets, arranged) if report is not None else ""
    remarks = [*reading.remarks, *brief.remarks]
    remarks += [remark for sound in sounds[:1] for remark in sound.remarks]
    _write(arranged, targets, sounds)
    if report is not None:
        from generate.report.tables import write_text

        write_text(text, report)
    if not options.quiet:
        _tell(brief, pieces, targets, remarks)
        _tell_chords(arranged)
    return 0


def _second_motif(
    options: argparse.Namespace, targets: Sequence[_Targets], report: Path | None
) -> Melody | None:
    """Return what a morph is to lead to, if it is given."""
    if options.to is None:
        return None
    if options.method != "morph":
        raise InputError(f"--to is {options.to!r}, which only --method morph takes")
    from generate.report.tables import check_writable
    from mer.io import load_melody

    check_writable(_paths(targets, report), Path(options.to))
    return load_melody(options.to)


def _program(instrument: str | None) -> int:
    if instrument is None:
        return _FLUTE
    if _is_number(instrument):
        return int(instrument)
    from generate.sound.audio import INSTRUMENTS

    if instrument.lower() not in INSTRUMENTS:
        known = ", ".join(INSTRUMENTS)
        raise InputError(f"unknown instrument {instrument!r}; known: {known}, or 0 to 127")
    return INSTRUMENTS[instrument.lower()]


def _track(track: str | None) -> int | str | None:
    return int(track) if track is not None and _is_number(track) else track


def _is_number(text: str) -> bool:
    # Python refuses to turn thousands of digits into a number.
    return text.isdecimal() and len(text) < 10


def _targets(options: argparse.Namespace) -> list[_Targets]:
    if not 1 <= options.count <= 100:
        raise InputError(f"--count is {options.count}; 1 to 100 is supported")
    seed = Path(options.seed)
    midi = seed.parent / f"{seed.stem}-generated.mid"
    if options.out is not None:
        midi = Path(options.out)
        if not midi.name:
            raise InputError(f"--out is {options.out!r}, which names no file")
    numbers = [""] if options.count == 1 else [f"-{n:02d}" for n in range(1, options.count + 1)]

    def numbered(path: Path, number: str) -> Path:
        return path.with_name(f"{path.stem}{number}{path.suffix}")

    def beside(chosen: str | None, suffix: str, number: str) -> Path | None:
        if chosen is None:
            return None
        return numbered(Path(chosen) if chosen else midi.with_suffix(suffix), number)

    return [
        _Targets(
            numbered(midi, number),
            beside(options.wav, ".wav", number),
            beside(options.musicxml, ".musicxml", number),
        )
        for number in numbers
    ]


def _paths(targets: Sequence[_Targets], report: Path | None) -> dict[Path, tuple[str, ...]]:
    """Return every file to be written, and the endings that its name may have."""
    paths: list[tuple[Path, tuple[str, ...]]] = [] if report is None else [(report, ())]
    for target in targets:
        paths.append((target.midi, (".mid", ".midi")))
        if target.wav is not None:
            paths.append((target.wav, (".wav",)))
        if target.musicxml is not None:
            paths.append((target.musicxml, (".musicxml", ".xml", ".mxl")))
    twice = [path for path, count in Counter(path for path, _ in paths).items() if count > 1]
    if twice:
        raise InputError(f"{twice[0]} is named for two outputs")
    return dict(paths)


def _rescore(options: argparse.Namespace, brief: Brief) -> Rescore | None:
    if not options.refine:
        return None
    from generate.markov.refining import refiner

    return refiner(brief)


def _sound(options: argparse.Namespace, arranged: Arrangement) -> Rendering:
    from generate.sound.audio import render

    return render(arranged.parts, soundfont=options.soundfont)


def _report(
    options: argparse.Namespace,
    brief: Brief,
    pieces: Sequence[Composition],
    targets: Sequence[_Targets],
    arranged: Sequence[Arrangement],
) -> str:
    from generate.harmony.arrangement import describe_chords
    from generate.report.report import as_json, describe

    outputs = [target.named() for target in targets]
    described = describe(
        brief, pieces, seed_path=options.seed, rng_seed=options.rng_seed, outputs=outputs
    )
    for piece, one in zip(described["pieces"], arranged, strict=True):
        piece["harmony"] = describe_chords(one)
    return as_json(described)


def _write(
    arranged: Sequence[Arrangement], targets: Sequence[_Targets], sounds: Sequence[Rendering]
) -> None:
    from generate.harmony.arrangement import save_arrangement

    for number, (one, target) in enumerate(zip(arranged, targets, strict=True)):
        save_arrangement(one, target.midi)
        if target.musicxml is not None:
            save_arrangement(one, target.musicxml)
        if target.wav is not None:
            from generate.sound.audio import save_wav

            save_wav(sounds[number], target.wav)


def _tell(
    brief: Brief,
    pieces: Sequence[Composition],
    targets: Sequence[_Targets],
    remarks: Sequence[str],
) -> None:
    from generate.report.tables import neighbour_table, summary

    for line in neighbour_table(brief.matches[:_SHOWN_NEIGHBOURS]):
        print(line)
    hidden = len(brief.matches) - _SHOWN_NEIGHBOURS
    if hidden > 0:
        print(f"      and {hidden} more")
    for remark in dict.fromkeys(remarks):
        print(f"note: {remark}")
    for piece, target in zip(pieces, targets, strict=True):
        print(f"{', '.join(target.named().values())}: {summary(brief, piece)}")


def _tell_chords(arranged: Sequence[Arrangement]) -> None:
    from generate.harmony.arrangement import chord_line

    for one in arranged:
        if one.chords:
            print(f"chords ({one.pattern}): {chord_line(one.chords)}")


if __name__ == "__main__":
    sys.exit(main())
