"""`python -m app`: serve the page."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from mer.errors import InputError


def main(arguments: list[str] | None = None) -> int:
    """Serve the page until the process is interrupted; return the exit status."""
    options = build_parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        with tempfile.TemporaryDirectory(prefix="mer-app-") as folder:
            _serve(options, Path(folder))
    except InputError as error:
        print(f"app: {error}", file=sys.stderr)
        return 2
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m app",
        description="Serve the web page: a motif goes in, new music comes out.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to listen on (%(default)s)")
    parser.add_argument("--corpus", help="index file to search instead of the shipped one")
    parser.add_argument("--soundfont", help="soundfont (.sf2 or .sf3) to play with")
    return parser


def _serve(options: argparse.Namespace, folder: Path) -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Set before gradio is imported: no calls home, and every file in one folder that goes with us.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["GRADIO_TEMP_DIR"] = str(folder)

    from app import build_app
    from app.actions import UPLOAD_LIMIT_BYTES
    from app.sessions import Sessions
    from app.style import CSS, theme
    from generate.soundfont import find_soundfont
    from mer.index import PhraseIndex

    soundfont = None if options.soundfont is None else find_soundfont(options.soundfont)
    index = PhraseIndex.load(options.corpus)
    app = build_app(index, soundfont, Sessions(folder / "visitors"))
    try:
        _, address, _ = app.launch(
            server_name=options.host,
            server_port=options.port,
            theme=theme(),
            css=CSS,
            max_file_size=UPLOAD_LIMIT_BYTES,
            ssr_mode=False,
            show_error=True,
            strict_cors=True,
            footer_links=["api"],
            run_history=False,
            quiet=True,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise InputError(
            f"cannot listen on {options.host} port {options.port}; choose another with --port"
        ) from error
    print(f"Open {address} in a browser; Ctrl-C stops it.", flush=True)
    stop.wait()
    app.close(verbose=False)


if __name__ == "__main__":
    sys.exit(main())
