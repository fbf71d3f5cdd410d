"""`python -m app`: serve the page."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from app.listen.judgements import load_judgements, report
from app.serve.serving import Serving, serve
from app.visitor.limits import PER_MINUTE
from mer.terminal import Parser, run

AUTH_VARIABLE = "MER_APP_AUTH"


def main(arguments: list[str] | None = None) -> int:
    """Serve the page until the process is interrupted; return the exit status."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    return run(lambda: _report(options) if options.listen_report else _serve(options))


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    usual = Serving()
    parser = Parser(
        prog="python -m app",
        description="Serve the web page: a motif goes in, new music comes out.",
    )
    parser.add_argument(
        "--host",
        default=usual.host,
        help="address to listen on; 0.0.0.0 for all that the machine has (%(default)s)",
    )
    parser.add_argument(
        "--port", type=int, default=usual.port, metavar="N", help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--share",
        action="store_true",
        help="make a public link, through Gradio's servers: needs the internet",
    )
    parser.add_argument(
        "--auth",
        metavar="USER:PASSWORD",
        help=f"ask visitors for these (or set {AUTH_VARIABLE}, which other users cannot see)",
    )
    parser.add_argument(
        "--max-upload-mb",
        type=float,
        default=usual.upload_mb,
        metavar="MB",
        help="largest file that can be uploaded; a motif has 2, a recording 12 at most, whatever "
        "is said here (%(default)g)",
    )
    parser.add_argument(
        "--queue",
        type=int,
        default=usual.waiting,
        metavar="N",
        help="how many actions may wait for their turn (%(default)s)",
    )
    parser.add_argument(
        "--per-minute",
        type=int,
        default=PER_MINUTE,
        metavar="N",
        help="how often one visitor may compose, check or ask for an exercise within a minute "
        "(%(default)s)",
    )
    parser.add_argument(
        "--corpus",
        metavar="NAME",
        help="a corpus by name, folder, file, or addresses of PostgreSQL servers (default: the "
        "shipped one)",
    )
    parser.add_argument("--soundfont", metavar="FILE", help="soundfont (.sf2 or .sf3) to play with")
    parser.add_argument(
        "--mcp",
        action="store_true",
        help="also offer the functions as MCP tools, at /gradio_api/mcp/",
    )
    parser.add_argument(
        "--listen",
        metavar="FOLDER",
        help="serve a listening test instead, real tune or new piece; answers go to FOLDER",
    )
    parser.add_argument(
        "--listen-report",
        metavar="FILE",
        help="say how often listeners were right, from such a file, and serve nothing",
    )
    return parser


def _report(options: argparse.Namespace) -> int:
    print(report(load_judgements(Path(options.listen_report))))
    return 0


def _serve(options: argparse.Namespace) -> int:
    wanted = Serving(
        host=options.host,
        port=options.port,
        corpus=options.corpus,
        soundfont=options.soundfont,
        share=options.share,
        auth=options.auth or os.environ.get(AUTH_VARIABLE) or None,
        upload_mb=options.max_upload_mb,
        waiting=options.queue,
        per_minute=options.per_minute,
        mcp=options.mcp,
        listen=options.listen,
    )
    serve(wanted, lambda line: print(line, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
