"""Command line: ``mer search | corpus | index | evaluate`` (also ``python -m mer``)."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mer import __version__
from mer.corpus.corpus import UNITS
from mer.errors import InputError
from mer.notes.key import MODES
from mer.notes.names import counted
from mer.terminal import Parser, add_motif_options, motif_options, run

if TYPE_CHECKING:
    from mer.search.match import Match


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="mer", description="Find the phrases nearest a motif in a corpus of real tunes."
    )
    parser.add_argument("--version", action="version", version=f"mer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_search(commands)
    _add_evaluate(commands)
    from mer.build.commands import add_corpus_commands

    add_corpus_commands(commands)
    from mer.build.index_commands import add_index_commands

    add_index_commands(commands)
    return parser


def _add_search(commands: Any) -> None:
    search = commands.add_parser("search", help="find the phrases nearest to a motif")
    search.add_argument(
        "motif",
        help="the motif: MIDI, MusicXML, ABC, kern or a recording; the search uses all its notes, "
        "or those of some bars",
    )
    search.add_argument("--k", type=int, default=10, help="how many phrases (default: 10)")
    search.add_argument(
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, file, or addresses of PostgreSQL servers (default: the "
        "shipped one)",
    )
    add_motif_options(search, meter="--motif-meter")
    search.add_argument(
        "--distinct", action="store_true", help="leave out phrases that repeat a better one"
    )
    search.add_argument(
        "--unit", choices=UNITS, help="search phrases, or whole melodies (default: as indexed)"
    )
    search.add_argument(
        "--method",
        metavar="NAME",
        help="how to rank: motif, full-noexpand, full, align, inside, ngram, or a representation, "
        "such as interval (default: the best that stays quick)",
    )
    search.add_argument(
        "--collection",
        action="append",
        default=[],
        metavar="NAME",
        help="search only in this collection (part of its name will do); may be repeated",
    )
    search.add_argument(
        "--meter",
        action="append",
        default=[],
        metavar="N/N",
        help="search only tunes in this metre (not the metre of the motif: --motif-meter); may be "
        "repeated",
    )
    search.add_argument(
        "--mode",
        action="append",
        default=[],
        metavar="MODE",
        help=f"search only tunes notated in this mode ({', '.join(MODES)}); may be repeated",
    )
    search.add_argument(
        "--guess-key",
        action="store_true",
        help="also print, on standard error, the key of the motif, guessed from its notes and the "
        "tunes nearest to it",
    )
    shown = search.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print JSON instead of a table")
    shown.add_argument("--explain", action="store_true", help="print why each match was found")
    search.add_argument(
        "--svg", metavar="FOLDER", help="also draw each match as an SVG file in this folder"
    )
    search.set_defaults(run=_search)


def _add_evaluate(commands: Any) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="measure retrieval on labelled melodies",
        description="Each melody of FILE queries all others; those of its family are relevant.",
    )
    evaluate.add_argument("file", help="labelled melodies, JSON lines (.jsonl or .jsonl.gz)")
    evaluate.add_argument(
        "--method",
        default="full",
        metavar="NAMES",
        help="methods by name, with commas: motif, full-noexpand, full, align, inside, ngram, "
        "representations, such as interval; or 'all' (%(default)s)",
    )
    evaluate.add_argument(
        "--background", metavar="FILE", help="unlabelled melodies to search as well"
    )
    evaluate.add_argument(
        "--relevant", metavar="FILE", help="JSON, id to relevant ids, instead of families"
    )
    evaluate.add_argument(
        "--notes-only",
        action="store_true",
        help="use pitch, onset and duration only: no metre, key, beat strength or phrase marks",
    )
    evaluate.add_argument("--json", metavar="FILE", help="also write the figures as JSON")
    evaluate.add_argument("--quiet", action="store_true", help="show no progress")
    evaluate.set_defaults(run=_evaluate)


def _search(options: argparse.Namespace) -> int:
    from mer.corpus.filters import Filter
    from mer.io import read_melody
    from mer.notes.meter import Meter
    from mer.search.index import PhraseIndex
    from mer.search.keys import guess_key
    from mer.search.listing import matches_as_json, matches_as_text
    from mer.search.pace import at_best_pace
    from mer.search.stack.methods import method_named

    if options.method is not None:
        method_named(options.method)
    where = Filter(
        collections=tuple(options.collection),
        meters=tuple(map(Meter.parse, options.meter)),
        modes=tuple(options.mode),
    )
    reading = read_melody(options.motif, **motif_options(options))
    for remark in reading.remarks:
        print(remark, file=sys.stderr)
    index = PhraseIndex.load(options.corpus)
    motif = reading.melody if reading.pace_known else at_best_pace(reading.melody, index)
    if options.unit not in (None, index.unit):
        print(f"building an index with unit {options.unit!r} first", file=sys.stderr)
        index = index.of_unit(options.unit)
    method = options.method or index.method_for(motif)
    index.prepare(method, progress=True)
    matches = index.search(motif, options.k, method=method, distinct=options.distinct, where=where)
    if options.guess_key:
        print(f"the motif seems to be in {guess_key(motif, index)}", file=sys.stderr)
    if options.svg:
        _draw(matches, Path(options.svg))
    if options.json:
        print(json.dumps(matches_as_json(matches), indent=1))
    elif not matches:
        print("no tune of the corpus passes all these filters", file=sys.stderr)
    elif options.explain:
        print("\n\n".join(match.explain().text() for match in matches))
    else:
        print(matches_as_text(matches, unit=index.unit))
    return 0


def _draw(matches: Sequence[Match], folder: Path) -> None:
    from mer.io.reading import write_bytes
    from mer.search.listing import picture_name

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {folder}: {error.strerror or error}") from error
    for rank, match in enumerate(matches, start=1):
        write_bytes(folder / picture_name(rank, match), match.explain().svg().encode())
    print(f"drew {counted(len(matches), 'match', 'matches')} in {folder}", file=sys.stderr)


def _evaluate(options: argparse.Namespace) -> int:
    from mer.evaluation.table import measure, table_as_json, table_as_text
    from mer.io.reading import write_bytes

    if options.json is not None:
        _check_output(Path(options.json), (options.file, options.background, options.relevant))
    names = options.method.split(",")
    table = measure(
        options.file,
        names,
        background=options.background,
        relevant=options.relevant,
        notes_only=options.notes_only,
        progress=not options.quiet,
    )
    if options.json is not None:
        text = json.dumps(table_as_json(table), indent=1) + "\n"
        write_bytes(Path(options.json), text.encode())
    print(table_as_text(table))
    return 0


def _check_output(path: Path, inputs: Sequence[str | None]) -> None:
    """Refuse a file that cannot be written, or that would overwrite one that is read."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file to write")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    for given in inputs:
        if given is not None and path.exists() and Path(given).exists() and path.samefile(given):
            raise InputError(f"{path}: would overwrite a file that is read; choose another name")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = build_parser().parse_args(arguments)
    return run(lambda: int(options.run(options)))


if __name__ == "__main__":
    sys.exit(main())
