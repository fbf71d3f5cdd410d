"""The command ``mer check``: a melody, or a folder of them, and a corpus -> what they share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mer.build.music_files import ENDINGS, read_tunes
from mer.build.sources import listed_files
from mer.errors import InputError
from mer.io import read_melody
from mer.io.passage import bar_numbers
from mer.io.reading import write_bytes
from mer.notes.names import counted
from mer.search.index import PhraseIndex
from mer.search.sharing.check import TUNES, check
from mer.search.sharing.telling import (
    check_as_json,
    check_as_text,
    check_row,
    no_proof,
    rows_as_csv,
)
from mer.search.stack.query import check_k
from mer.terminal import add_motif_options, motif_options


def add_check_command(commands: Any) -> None:
    """Add ``check`` to the parser's commands."""
    command = commands.add_parser(
        "check",
        help="say what a melody shares with the tunes of a corpus",
        description="Say which tunes of a corpus share most with a melody, where, note against "
        "note, and how many tunes share as long a run with each other. Of a folder, one row for "
        "each melody in it, as CSV. What is not found in a corpus may be elsewhere.",
    )
    command.add_argument(
        "file",
        help="the melody: a file as for search; or a folder, searched with all folders inside",
    )
    command.add_argument(
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, file, or addresses of PostgreSQL servers (default: the "
        "shipped one)",
    )
    command.add_argument(
        "--k",
        type=int,
        default=TUNES,
        help="how many of the tunes that share most, fewer where no more do (%(default)s)",
    )
    add_motif_options(command)
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print JSON instead of text")
    shown.add_argument("--notes", action="store_true", help="show stretches note against note")
    shown.add_argument(
        "--csv", metavar="FILE", help="of a folder: write the table here, not to standard output"
    )
    command.add_argument("--quiet", action="store_true", help="show no progress")
    command.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    check_k(options.k)
    path = Path(options.file)
    if path.is_dir():
        return _check_folder(options, path)
    if options.csv is not None:
        raise InputError(f"--csv is for a folder of melodies, and {path} is none")
    reading = read_melody(path, **motif_options(options))
    for remark in reading.remarks:
        sys.stderr.write(f"{remark}\n")
    index = PhraseIndex.load(options.corpus)
    found = check(reading.melody, index, k=options.k, bars=bar_numbers(reading))
    if options.json:
        text = json.dumps(check_as_json(found), indent=1)
    else:
        text = check_as_text(found, notes=options.notes)
    sys.stdout.write(text + "\n")
    return 0


def _check_folder(options: argparse.Namespace, folder: Path) -> int:
    asked = motif_options(options)
    if options.json or options.notes:
        raise InputError(f"{folder} is a folder, of which there is a table; name one file instead")
    if any(value not in (None, "auto") for value in asked.values()):
        raise InputError(f"{folder} is a folder; what of a file to take is for one file")
    target = None if options.csv is None else Path(options.csv)
    if target is not None and (target.is_dir() or not target.parent.is_dir()):
        raise InputError(f"{target}: name a file to write, in a folder that is there")
    index = PhraseIndex.load(options.corpus)
    rows = list(_rows(folder, index, options))
    written = rows_as_csv(rows)
    if target is None:
        sys.stdout.write(written)
    else:
        write_bytes(target, written.encode())
    bad = sum(bool(row["problem"]) for row in rows)
    sys.stderr.write(
        f"checked {counted(len(rows) - bad, 'melody', 'melodies')}, {bad:,} not read. "
        f"{no_proof(len(index.corpus))}\n"
    )
    return 0


def _rows(
    folder: Path, index: PhraseIndex, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Yield a row for each tune in the files of a folder, and for each problem."""
    from tqdm import tqdm

    problems: list[str] = []
    closed: list[str] = []
    files = listed_files(folder, problems, closed=closed)
    if not files:
        also = f"; {problems[0]}" if problems else ""
        raise InputError(f"{folder}: no music files in it ({', '.join(ENDINGS)}){also}")
    for name, problem in zip(closed, problems, strict=True):
        yield check_row(name, problem)
    problems.clear()
    quiet = True if options.quiet else None
    for file in tqdm(files, desc="checking", unit="file", leave=False, disable=quiet):
        tunes = list(read_tunes([folder / file.path], folder, "", problems))
        for tune in tunes:
            name = file.name if len(tunes) == 1 else f"{file.name} ({tune.title})"
            try:
                yield check_row(name, check(tune.melody, index, k=options.k))
            except InputError as error:
                yield check_row(name, str(error))
        for problem in problems:
            yield check_row(file.name, problem)
        problems.clear()
