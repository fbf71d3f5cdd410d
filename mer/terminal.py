"""What the command lines share: a parser with one-line errors, and exit statuses for errors."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from mer.errors import InputError

REFUSED = 2
STOPPED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the message and leave with status 2."""
        self.exit(REFUSED, f"error: {_one_line(message)}\n")


def run(command: Callable[[], int]) -> int:
    """Return the exit status of a command: its own, or 2 with one line on stderr.

    Parameters
    ----------
    command
        Does the work; an `InputError` or an `OSError` becomes the line.
    """
    # A title that the terminal cannot show must not stop the command.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    # Nothing here needs numpy's threads for products of matrices, and starting them takes time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        return command()
    except InputError as error:
        print(f"error: {_one_line(str(error))}", file=sys.stderr)  # noqa: T201
        return REFUSED
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror or error}", file=sys.stderr)  # noqa: T201
        return REFUSED
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)  # noqa: T201
        return STOPPED


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
