"""What the command lines share: options of a motif, errors in one line, exit statuses."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from mer.errors import InputError

# After so many new objects Python looks for those that refer to each other in a circle: its own 700
# is soon reached by imports alone, among which there are none to be found.
_OBJECTS = 250_000
_ALIKE = 0.8  # of letters in common, of options that are suggested
REFUSED = 2
STOPPED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line. Help and usage are drawn up only if somebody asks."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{"formatter_class": _unseen} | named)
        self._given: list[str] = []

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse what is known, and keep what was given: an error looks for words like it."""
        self._given = sys.argv[1:] if args is None else [*args]
        return super().parse_known_args(args, namespace)

    def parse_known_intermixed_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse options and positionals in any order.

        argparse draws up the usage first, for errors to show, which ours do not; so that is done
        only where help may be asked for.
        """
        given = sys.argv[1:] if args is None else args
        if self.usage is not None or any(one.startswith(("-h", "--h")) for one in given):
            return super().parse_known_intermixed_args(args, namespace)
        self.usage = ""
        try:
            return super().parse_known_intermixed_args(args, namespace)
        finally:
            self.usage = None

    def format_help(self) -> str:
        """Return the help, as wide as the terminal."""
        self._shown()
        return super().format_help()

    def format_usage(self) -> str:
        """Return the usage, as wide as the terminal."""
        self._shown()
        return super().format_usage()

    def error(self, message: str) -> NoReturn:
        """Print the message, with options that are written alike, and leave with status 2."""
        self.exit(REFUSED, f"error: {_one_line(message)}{self._instead(message)}\n")

    def _instead(self, message: str) -> str:
        """Return what to try instead of an option that there is not; "" if nothing is alike."""
        given = self._given[: self._given.index("--")] if "--" in self._given else self._given
        unknown = [word.partition("=")[0] for word in given if word.startswith("--")]
        unknown = [word for word in unknown if word in message.replace("=", " ").split()]
        if not message.startswith("unrecognized") or not unknown:
            return ""
        from difflib import get_close_matches

        near = get_close_matches(unknown[0], self._names(given), n=1, cutoff=_ALIKE)
        return f"; did you mean {near[0]}?" if near and near[0] != unknown[0] else ""

    def _names(self, given: Sequence[str]) -> list[str]:
        """Return the options of this parser and of the command that was chosen below it."""
        names = list(self._option_string_actions)
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                chosen = next((word for word in given if word in action.choices), None)
                below = None if chosen is None else action.choices[chosen]
                if isinstance(below, Parser):
                    names += below._names(given)
        return names

    def _shown(self) -> None:
        if self.formatter_class is _unseen:
            self.formatter_class = argparse.HelpFormatter


def add_motif_options(parser: Any, *, meter: str = "--meter") -> None:
    """Add the options that say what of a file is the motif.

    Parameters
    ----------
    parser
        A parser or a group of one.
    meter
        What the option for the motif's metre is called.
    """
    parser.add_argument(
        "--tune", metavar="N", help="tune of a tunebook to take, by number (X:) or title"
    )
    parser.add_argument(
        "--track", metavar="N", help="track, part or voice to take, by number from 1 or by name"
    )
    parser.add_argument(
        "--from-bar",
        type=int,
        metavar="N",
        help="first bar to take, counted from 1 as in the score; a pick-up is bar 0",
    )
    parser.add_argument(
        "--to-bar",
        type=int,
        metavar="N",
        help="last bar to take; a note belongs to the bar in which it begins",
    )
    parser.add_argument(
        meter,
        dest="motif_meter",
        metavar="N/N",
        help="metre of the motif, such as 3/4, whatever the file says",
    )
    parser.add_argument(
        "--quantise",
        default="auto",
        metavar="GRID",
        help="rhythm of a MIDI file: auto, off or a grid such as 1/16 or 1/8T (default: auto)",
    )


def motif_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return what `add_motif_options` read, as `mer.io.read_melody` takes it.

    Examples
    --------
    >>> parser = Parser()
    >>> add_motif_options(parser)
    >>> asked = motif_options(parser.parse_args(["--from-bar", "9", "--meter", "3/4"]))
    >>> asked["from_bar"], asked["to_bar"], asked["meter"]
    (9, None, '3/4')
    """
    names = ("track", "tune", "quantise", "from_bar", "to_bar")
    return {name: getattr(options, name) for name in names} | {"meter": options.motif_meter}


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


def leave(main: Callable[[], int]) -> NoReturn:
    """Run the main function of a process that does nothing else, and end it with its status.

    Python looks for circles of objects less often, and not once more when all memory is given back.
    """
    gc.set_threshold(_OBJECTS)
    status = main()
    gc.freeze()
    sys.exit(status)


def _unseen(prog: str) -> argparse.HelpFormatter:
    """Return what each new option is tried on: with no width given, it imports what measures it."""
    return argparse.HelpFormatter(prog, width=80)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
