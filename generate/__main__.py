"""Command line: ``python -m generate --seed motif.mid`` writes new music beside the motif."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mer import __version__
from mer.errors import InputError
from mer.terminal import Parser, run

if TYPE_CHECKING:
    from generate.arrangement import Arrangement
    from generate.audio import Rendering
    from generate.brief import Brief
    from generate.composition import Composition
    from generate.frame import Settings
    from mer.melody import Melody

_FLUTE = 73
_SHOWN_NEIGHBOURS = 8


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
        "--seed", required=True, metavar="FILE", help="the motif: MIDI, MusicXML, ABC or kern"
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
    group.add_argument("--tempo", type=float, metavar="BPM", help="quarter notes a minute")
    group.add_argument(
        "--rng-seed", type=int, default=0, metavar="N", help="the same number, the same music"
    )
    group.add_argument("--no-motif", action="store_true", help="do not open with the motif")
    group.add_argument("--no-tonic-end", action="store_true", help="end on any note")


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

    from generate.arrangement import arrange, check_pattern
    from generate.compose import prepare, takes
    from generate.output import check_writable, load_index
    from mer.io import read_melody

    settings = _settings(options)
    check_pattern(options.chords)
    program = _program(options.instrument)
    targets = _targets(options)
    report = Path(options.report) if options.report is not None else None
    check_writable(_paths(targets, report), Path(options.seed))
    second = _second_motif(options, targets, report)
    reading = read_melody(options.seed, track=_track(options.track))
    brief = prepare(reading.melody, load_index(options.corpus), settings, target=second)
    pieces = takes(brief, np.random.default_rng(options.rng_seed), options.count)
    arranged = [arrange(piece.melody, options.chords, program=program) for piece in pieces]
    sounds = [_sound(options, one) for one in arranged] if targets[0].wav else []
    text = _report(options, brief, pieces, targets, arranged) if report is not None else ""
    remarks = [*reading.remarks, *brief.remarks]
    remarks += [remark for sound in sounds[:1] for remark in sound.remarks]
    _write(arranged, targets, sounds)
    if report is not None:
        from generate.output import write_text

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
    from generate.output import check_writable
    from mer.io import load_melody

    check_writable(_paths(targets, report), Path(options.to))
    return load_melody(options.to)


def _settings(options: argparse.Namespace) -> Settings:
    from generate.compose import METHODS, Settings
    from generate.output import note_number
    from mer.key import Key

    if options.method not in METHODS:
        raise InputError(f"--method is {options.method!r}; choose one of {', '.join(METHODS)}")
    if options.rng_seed < 0:
        raise InputError(f"--rng-seed is {options.rng_seed}; at least 0 is needed")
    return Settings(
        method=options.method,
        bars=options.bars,
        k=options.k,
        key=None if options.key is None else Key.parse(options.key),
        low=None if options.low is None else note_number(options.low),
        high=None if options.high is None else note_number(options.high),
        max_copy=options.max_copy,
        tempo_bpm=options.tempo,
        end_on_tonic=not options.no_tonic_end,
        open_with_motif=not options.no_motif,
    )


def _program(instrument: str | None) -> int:
    if instrument is None:
        return _FLUTE
    if _is_number(instrument):
        return int(instrument)
    from generate.audio import INSTRUMENTS

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


def _sound(options: argparse.Namespace, arranged: Arrangement) -> Rendering:
    from generate.audio import render

    return render(arranged.parts, soundfont=options.soundfont)


def _report(
    options: argparse.Namespace,
    brief: Brief,
    pieces: Sequence[Composition],
    targets: Sequence[_Targets],
    arranged: Sequence[Arrangement],
) -> str:
    from generate.arrangement import describe_chords
    from generate.report import as_json, describe

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
    from generate.arrangement import save_arrangement

    for number, (one, target) in enumerate(zip(arranged, targets, strict=True)):
        save_arrangement(one, target.midi)
        if target.musicxml is not None:
            save_arrangement(one, target.musicxml)
        if target.wav is not None:
            from generate.audio import save_wav

            save_wav(sounds[number], target.wav)


def _tell(
    brief: Brief,
    pieces: Sequence[Composition],
    targets: Sequence[_Targets],
    remarks: Sequence[str],
) -> None:
    from generate.output import neighbour_table, summary

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
    from generate.arrangement import chord_line

    for one in arranged:
        if one.chords:
            print(f"chords ({one.pattern}): {chord_line(one.chords)}")


if __name__ == "__main__":
    sys.exit(main())
