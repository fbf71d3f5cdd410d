"""The command ``mer evaluate``: options -> a table of figures."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mer.errors import InputError


def add_evaluate_command(commands: Any) -> None:
    """Add ``evaluate`` to the parser's commands."""
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
        "by-pitch, by-rhythm, by-contour, representations, such as interval; or 'all' "
        "(%(default)s)",
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
    sys.stdout.write(table_as_text(table) + "\n")
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
