"""The commands ``mer index push | status | remove``: a corpus -> segments on PostgreSQL nodes."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mer.corpus.shipped import index_file
from mer.errors import InputError
from mer.notes.names import counted
from mer.search.segments.manifest import open_segments

_URLS = "addresses of all nodes, with commas: postgresql://a/music,postgresql://b/music"


def add_index_commands(commands: Any) -> None:
    """Add ``index push``, ``index status`` and ``index remove`` to the parser's commands."""
    index = commands.add_parser("index", help="keep a corpus on PostgreSQL servers")
    actions = index.add_subparsers(dest="action", required=True, metavar="ACTION")
    push = actions.add_parser(
        "push",
        help="make PostgreSQL servers hold a corpus; what is there already is not sent again",
    )
    push.add_argument("name", help="the corpus: a name, file or folder")
    push.add_argument("urls", metavar="URLS", help=_URLS)
    push.add_argument("--quiet", action="store_true", help="show no progress")
    push.set_defaults(run=_push)
    status = actions.add_parser("status", help="say what PostgreSQL servers hold")
    status.add_argument("urls", metavar="URLS", help=_URLS)
    status.set_defaults(run=_status)
    remove = actions.add_parser("remove", help="remove a corpus, or one segment, from the servers")
    remove.add_argument("urls", metavar="URLS", help=_URLS)
    what = remove.add_mutually_exclusive_group(required=True)
    what.add_argument("--segment", metavar="NAME", help="remove this segment")
    what.add_argument("--all", action="store_true", help="remove all segments")
    remove.set_defaults(run=_remove)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _push(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from mer.search.postgres.pushing import push_segments

    segments = open_segments(index_file(options.name))
    quiet = True if options.quiet else None
    unit = "sequence" if segments.unit == "melody" else segments.unit
    total = sum(len(part.columns) for part in segments.parts)
    with tqdm(total=total, desc="pushing", unit=unit, disable=quiet) as bar:
        pushed = push_segments(segments.parts, options.urls, bar.update)
    _say(
        f"wrote {counted(pushed.written, 'segment')}, {pushed.present:,} there before, "
        f"{pushed.removed:,} removed; the nodes now hold {counted(pushed.size.tunes, 'tune')} and "
        f"{counted(pushed.size.sequences, segments.unit)}: use them with --corpus URLS"
    )
    return 0


def _status(options: argparse.Namespace) -> int:
    from mer.search.postgres.pushing import holdings

    found = list(holdings(options.urls))
    silent = [one for one in found if isinstance(one, InputError)]
    for one in found:
        if isinstance(one, InputError):
            continue
        spare = f", {one.spare} not listed (push again)" if one.spare else ""
        _say(
            f"{one.node}: {counted(one.segments, 'segment')}, {counted(one.size.tunes, 'tune')}, "
            f"{counted(one.size.sequences, 'sequence')}, {one.bytes / 1e6:,.1f} MB{spare}"
        )
    if silent:
        raise silent[0]
    return 0


def _remove(options: argparse.Namespace) -> int:
    from mer.search.postgres.pushing import remove_all, remove_segment

    removed = (
        remove_all(options.urls) if options.all else remove_segment(options.segment, options.urls)
    )
    _say(f"removed {counted(removed, 'segment')}")
    return 0
