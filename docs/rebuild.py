"""Parsers and docstrings -> the generated parts of docs/command-line.md and docs/api.md.

    python docs/rebuild.py

A generated part stands between `<!-- begin NAME -->` and `<!-- end -->`; what is around it is
written by hand. A test compares the files with what this script would write.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).resolve().parent
PARTS = re.compile(r"(<!-- begin ([\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def command_tables(package: str) -> str:
    """Return the options of `python -m package`, one table for each subcommand."""
    parser = importlib.import_module(f"{package}.__main__").build_parser()
    found = list(tables(parser, f"python -m {package}"))
    if package == "generate":  # its verb may stand anywhere, so that it has no subcommands
        explaining = importlib.import_module("generate.report.explaining")
        found += tables(explaining.build_explain_parser(), "python -m generate explain")
    return "\n".join(found)


def tables(parser: argparse.ArgumentParser, name: str, text: str = "") -> Iterator[str]:
    """Yield Markdown lines for the options of a parser and of the commands below it."""
    rows = [row(action) for action in parser._actions if is_option(action)]
    if rows or parser.get_default("run"):
        yield from (f"### `{name}`", "", " ".join((parser.description or text).split()), "")
    if rows:
        yield from ("| option | meaning |", "|---|---|", *rows, "")
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for command, below in action.choices.items():
                yield from tables(below, f"{name} {command}", sentence(helps.get(command, "")))


def sentence(text: str) -> str:
    """Return a help text as a sentence."""
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."


def is_option(action: argparse.Action) -> bool:
    """Return whether the action is an option or an argument that a user gives a value to."""
    kinds = (argparse._HelpAction, argparse._VersionAction, argparse._SubParsersAction)
    return not isinstance(action, kinds) and action.help is not argparse.SUPPRESS


def row(action: argparse.Action) -> str:
    """Return the table row of an option."""
    value = ""
    if action.nargs != 0:
        named = action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper()
        value = named if isinstance(named, str) else " ".join(named)
    left = (", ".join(action.option_strings), value)
    shown = " ".join(part for part in left if part) + (" ..." if action.nargs == "+" else "")
    if action.nargs == "?":
        shown = shown.replace(value, f"[{value}]")
    return f"| `{escape(shown)}` | {escape(expanded_help(action))} |"


def expanded_help(action: argparse.Action) -> str:
    """Return the help text with `%(default)s` and the like filled in, on one line."""
    values = {key: getattr(value, "__name__", value) for key, value in vars(action).items()}
    if action.choices is not None:
        values["choices"] = ", ".join(map(str, action.choices))
    return " ".join(((action.help or "") % values).split())


def escape(text: str) -> str:
    """Return `text` with the characters that would end a table cell escaped."""
    return text.replace("|", r"\|")


def api_list(package: str) -> str:
    """Return the public names of a package with their signatures and first docstring lines."""
    module = importlib.import_module(package)
    return "\n".join(line for name in sorted(module.__all__) for line in entry(module, name))


def entry(module: ModuleType, name: str) -> Iterator[str]:
    """Yield Markdown lines for one public name and, for a class, its public members."""
    thing = getattr(module, name)
    yield f"- **`{module.__name__}.{name}{signature(thing)}`**: {first_line(thing)}"
    if inspect.isclass(thing):
        for member, value in sorted(vars(thing).items()):
            if not member.startswith("_") and is_documented(value):
                yield f"  - `.{member}{signature(unwrapped(value))}`: {first_line(value)}"


def is_documented(value: object) -> bool:
    """Return whether a member of a class is a method or property, not the default of a field."""
    return isinstance(value, property | classmethod | staticmethod) or inspect.isfunction(value)


def unwrapped(value: object) -> object:
    """Return the function in a class method or static method, anything else as it is."""
    return value.__func__ if isinstance(value, classmethod | staticmethod) else value


def signature(thing: object) -> str:
    """Return the parameters of a callable without types, or nothing for anything else."""
    if not callable(thing) or (inspect.isclass(thing) and issubclass(thing, Exception)):
        return ""
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in inspect.signature(thing).parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return str(inspect.Signature(parameters))


def first_line(thing: object) -> str:
    """Return the first line of the docstring of a function or class, or a word on a constant."""
    if inspect.isclass(thing) or callable(thing) or is_documented(thing):
        return (inspect.getdoc(thing) or "").split("\n")[0]
    if isinstance(thing, Mapping):
        return f"A table of {', '.join(f'`{key}`' for key in thing)}."
    return f"The constant {thing!r}."


WRITERS = {"command": command_tables, "api": api_list}


def rebuilt(text: str) -> str:
    """Return a page with each of its generated parts made anew."""

    def fill(part: re.Match[str]) -> str:
        kind, package = part[2].split(".")
        return f"{part[1]}{WRITERS[kind](package).strip()}\n{part[3]}"

    return PARTS.sub(fill, text)


def main() -> None:
    """Rewrite the generated parts of the pages."""
    for page in (DOCS / "command-line.md", DOCS / "api.md"):
        page.write_text(rebuilt(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(DOCS.parent))
    main()
