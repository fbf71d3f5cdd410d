"""The command ``mer synopsis``: a tune or a file -> its variants in one table, picture and line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mer.corpus.corpus import Tune
from mer.corpus.titles import tune_named
from mer.errors import InputError
from mer.io import LOADERS, SAVERS, read_melody, save_melody
from mer.io.reading import write_text
from mer.search.index import PhraseIndex
from mer.search.sharing.synopsis import LEAST_SAME, VARIANTS, Synopsis, synopsis, variants_of
from mer.search.sharing.synopsis_picture import (
    synopsis_as_json,
    synopsis_as_svg,
    synopsis_as_text,
)
from mer.terminal import add_motif_options, motif_options


def add_synopsis_command(commands: Any) -> None:
    """Add ``synopsis`` to the parser's commands."""
    command = commands.add_parser(
        "synopsis",
        help="lay the variants of a tune side by side",
        description="Lay a tune and its variants side by side, note under note, with the line that "
        "most of them have and how many have each of its notes.",
    )
    command.add_argument(
        "wanted",
        metavar="TUNE",
        help="a tune of the corpus, by its title or id; or a file, as for search",
    )
    command.add_argument(
        "--k", type=int, default=VARIANTS, help="how many tunes at most beside it (%(default)s)"
    )
    command.add_argument(
        "--least",
        type=float,
        default=LEAST_SAME,
        metavar="SHARE",
        help="share of the notes of the shorter tune that must be the same for a variant, 0 to 1 "
        "(%(default)s)",
    )
    command.add_argument(
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, file, or addresses of PostgreSQL servers (default: the "
        "shipped one)",
    )
    add_motif_options(command)
    command.add_argument("--json", action="store_true", help="print JSON instead of text")
    command.add_argument("--svg", metavar="FILE", help="also draw it as an SVG file")
    command.add_argument(
        "--consensus",
        metavar="FILE",
        help=f"also write the line that most variants have ({', '.join(SAVERS)})",
    )
    command.set_defaults(run=_synopsis)


def _synopsis(options: argparse.Namespace) -> int:
    _check_written(options.svg, [".svg"], read=options.wanted)
    _check_written(options.consensus, SAVERS, read=options.wanted)
    index = PhraseIndex.load(options.corpus)
    tune = _tune(options, index)
    found = synopsis(variants_of(tune, index, options.k, least=options.least))
    if len(found.variants) == 1:
        sys.stderr.write(
            f"no tune shares {options.least:.0%} of its notes; --least asks for fewer\n"
        )
    _write(options, found)
    if options.json:
        sys.stdout.write(json.dumps(synopsis_as_json(found), indent=1) + "\n")
    else:
        sys.stdout.write(synopsis_as_text(found) + "\n")
    return 0


def _check_written(name: str | None, endings: Iterable[str], *, read: str) -> None:
    """Refuse a file that cannot be written, before the work is done."""
    if name is None:
        return
    path, ends = Path(name), tuple(endings)
    if path.is_dir():
        raise InputError(f"{name} is a folder; name a file to write")
    if not path.parent.is_dir():
        raise InputError(f"{name}: there is no folder {path.parent}; make it first")
    if path.suffix.lower() not in ends:
        raise InputError(
            f"{name}: must end in {'one of ' if len(ends) > 1 else ''}{', '.join(ends)}"
        )
    if path.exists() and Path(read).exists() and path.samefile(read):
        raise InputError(f"{name}: would overwrite the tune that is read; choose another name")


def _tune(options: argparse.Namespace, index: PhraseIndex) -> Tune | str:
    """Return the tune in a file, or else the id of the one that is named."""
    path = Path(options.wanted)
    if path.suffix.lower() in LOADERS:
        reading = read_melody(path, **motif_options(options))
        for remark in reading.remarks:
            sys.stderr.write(f"{remark}\n")
        return Tune("", reading.melody.title or path.stem, "", reading.melody)
    corpus = index.corpus
    tune_id = corpus.tune_id(tune_named(corpus, options.wanted))
    usual = {"quantise": "auto"}
    for option, value in motif_options(options).items():
        if value != usual.get(option):
            sign = f"--{option.replace('_', '-')}"
            raise InputError(
                f"{sign} goes with a file, and {options.wanted} is a tune of the corpus"
            )
    return tune_id


def _write(options: argparse.Namespace, found: Synopsis) -> None:
    if options.svg is not None:
        write_text(synopsis_as_svg(found), Path(options.svg))
    if options.consensus is not None:
        save_melody(found.consensus(), options.consensus)
