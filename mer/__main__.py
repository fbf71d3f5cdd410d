"""Command line: ``mer search | evaluate | check | synopsis | corpus | index``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mer import __version__
from mer.alignment.aspects import BOTH
from mer.corpus.corpus import UNITS
from mer.corpus.filters import PLACES
from mer.errors import InputError
from mer.notes.key import MODES
from mer.notes.names import counted
from mer.terminal import Parser, add_motif_options, leave, motif_options, run

if TYPE_CHECKING:
    from mer.corpus.filters import Filter
    from mer.io.reading import Reading
    from mer.notes.melody import Melody
    from mer.search.index import PhraseIndex
    from mer.search.match import Match


HEARD = ("pitch", "rhythm", "contour")
_NONE_PASSES = "no tune of the corpus passes all these filters"
_NONE_HOLDS = "no tune of the corpus that passes the filters holds these notes"


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = Parser(
        prog="mer", description="Find the phrases nearest a motif in a corpus of real tunes."
    )
    parser.add_argument("--version", action="version", version=f"mer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_search(commands)
    from mer.evaluation.commands import add_evaluate_command

    add_evaluate_command(commands)
    from mer.build.commands.check import add_check_command
    from mer.build.commands.corpus import add_corpus_commands

    add_check_command(commands)
    add_corpus_commands(commands)
    from mer.build.commands.synopsis import add_synopsis_command

    add_synopsis_command(commands)
    from mer.build.commands.index import add_index_commands

    add_index_commands(commands)
    return parser


def _add_search(commands: Any) -> None:
    search = commands.add_parser("search", help="find the phrases nearest to a motif")
    search.add_argument(
        "motif",
        nargs="?",
        help="the motif: MIDI, MusicXML, MEI, ABC, kern, GABC, Volpiano, Plaine & Easie or a "
        "recording; the search uses all its notes, "
        "or those of some bars",
    )
    search.add_argument(
        "--like",
        metavar="TUNE",
        help="in place of a motif: a tune of the corpus, by its title or id; those most like it "
        "are found, whole",
    )
    search.add_argument(
        "--notes",
        metavar="PATTERN",
        help="in place of a motif: notes with gaps, such as 'C4 D ? G * E': ? is any note, * any "
        "notes or none, at most 16; tunes that hold them are found, transposed or not, in any "
        "rhythm",
    )
    search.add_argument(
        "--phrase",
        type=int,
        metavar="N",
        help="with --like: phrase N of that tune, from 1; phrases most like it are found",
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
        help="how to rank: motif, full-noexpand, full, align, inside, ngram, by-pitch, by-rhythm, "
        "by-contour, or a representation, such as interval (default: the best that stays quick)",
    )
    search.add_argument(
        "--by",
        choices=HEARD,
        help="hear nothing but this of the motif and the tunes (default: all)",
    )
    search.add_argument(
        "--exact",
        action="store_true",
        help="find the tunes that hold all notes as they are, transposed or not, at any tempo; "
        "with --by, as they are in that",
    )
    search.add_argument(
        "--at",
        choices=PLACES,
        default=PLACES[0],
        help="search only the first phrase of each tune, or only the last (%(default)s)",
    )
    search.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="KEY",
        help="search only tunes notated in this key, such as 'D dorian'; may be repeated",
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


def _search(options: argparse.Namespace) -> int:
    from mer.search.index import PhraseIndex
    from mer.search.keys import guess_key
    from mer.search.listing import matches_as_json, matches_as_text
    from mer.search.stack.methods import method_named

    _check_search(options)
    if options.by is not None and not options.exact:
        options.method = f"by-{options.by}"
    if options.method is not None:
        method_named(options.method)
    unit = "melody" if options.like is not None and options.phrase is None else "phrase"
    if options.like is None and options.notes is None:
        reading = _reading(options)
        index = PhraseIndex.load(options.corpus)
        if options.exact:
            matches = _holding(options, index, reading.melody)
        else:
            index, matches = _near(options, index, reading)
            unit = index.unit
    else:
        index = PhraseIndex.load(options.corpus)
        wanted = options.like is not None
        matches = _like(options, index) if wanted else _holding(options, index, None)
    if options.guess_key and matches:
        print(f"the motif seems to be in {guess_key(matches[0].query, index)}", file=sys.stderr)
    if options.svg:
        _draw(matches, Path(options.svg))
    if options.json:
        print(json.dumps(matches_as_json(matches), indent=1))
    elif not matches:
        exact = options.exact or options.notes is not None
        print(_NONE_HOLDS if exact else _NONE_PASSES, file=sys.stderr)
    elif options.explain:
        print("\n\n".join(match.explain().text() for match in matches))
    else:
        print(matches_as_text(matches, unit=unit))
    return 0


def _check_search(options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    given = [one for one in (options.motif, options.like, options.notes) if one is not None]
    like, exact = options.like is not None, options.exact or options.notes is not None
    unit = "melody" if options.phrase is None else "phrase"
    refused = {
        "give one of these: the file of a motif, --like with a tune, or --notes": len(given) != 1,
        "--phrase says which phrase of the tune named by --like; add --like": (
            options.phrase is not None and not like
        ),
        "--like searches whole melodies, and with --phrase N phrases": (
            like and options.unit not in (None, unit)
        ),
        "--exact takes the notes of a motif, not --like": options.exact and like,
        "--by says what is heard, and --method how to rank; give one of them": (
            options.by is not None and options.method is not None
        ),
        "--notes compares pitch alone; leave out --by": bool(options.notes and options.by),
        "--method, --unit, --distinct and --guess-key are for a search that ranks": (
            exact and bool(options.method or options.unit or options.distinct or options.guess_key)
        ),
    }
    for said, is_so in refused.items():
        if is_so:
            raise InputError(said)


def _holding(options: argparse.Namespace, index: PhraseIndex, motif: Melody | None) -> list[Match]:
    """Return the tunes that hold the motif, or the typed notes, exactly."""
    from mer.search.sharing.holding import Pattern, holding

    query = Pattern.parse(options.notes) if motif is None else motif
    aspect = options.by or BOTH
    return holding(query, index, options.k, aspect=aspect, where=_filter(options))


def _reading(options: argparse.Namespace) -> Reading:
    """Return the motif as it was read; its remarks are printed."""
    from mer.io import read_melody

    reading = read_melody(options.motif, **motif_options(options))
    for remark in reading.remarks:
        print(remark, file=sys.stderr)
    return reading


def _filter(options: argparse.Namespace) -> Filter:
    from mer.corpus.filters import Filter
    from mer.notes.meter import Meter

    return Filter(
        collections=tuple(options.collection),
        meters=tuple(map(Meter.parse, options.meter)),
        modes=tuple(options.mode),
        keys=tuple(options.key),
        place=options.at,
    )


def _near(
    options: argparse.Namespace, index: PhraseIndex, reading: Reading
) -> tuple[PhraseIndex, list[Match]]:
    """Return the index that was searched, and what is nearest to a motif."""
    from mer.search.pace import at_best_pace

    where = _filter(options)
    motif = reading.melody if reading.pace_known else at_best_pace(reading.melody, index)
    if options.unit not in (None, index.unit):
        print(f"building an index with unit {options.unit!r} first", file=sys.stderr)
        index = index.of_unit(options.unit)
    method = options.method or index.method_for(motif)
    index.prepare(method, progress=True)
    return index, index.search(
        motif, options.k, method=method, distinct=options.distinct, where=where
    )


def _like(options: argparse.Namespace, index: PhraseIndex) -> list[Match]:
    """Return what is most like a tune of the corpus, or like one of its phrases."""
    from mer.corpus.titles import tune_named
    from mer.search.graphs import more_like

    corpus = index.corpus
    return more_like(
        index,
        corpus.tune_id(tune_named(corpus, options.like)),
        options.k,
        phrase=options.phrase,
        method=options.method,
        distinct=options.distinct,
        where=_filter(options),
        progress=True,
    )


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    options = build_parser().parse_args(arguments)
    return run(lambda: int(options.run(options)))


if __name__ == "__main__":
    leave(main)
