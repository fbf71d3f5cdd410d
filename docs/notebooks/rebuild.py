"""Cells in Markdown -> executed notebooks, with their text and pictures inside.

    python docs/notebooks/rebuild.py            # or --check, which compares and writes nothing

A page of `cells` is text with blocks of Python between; each block becomes a cell, and the value of
its last line is shown as a notebook shows it. No notebook server is needed, and no package. Sounds
are what the synthesiser of the machine makes, so that they are not compared.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
_SOUND = re.compile(r"(data:audio/)[^;]*;base64,[A-Za-z0-9+/=]*")
_BLOCK = re.compile(r"```python\n(.*?)```\n?", re.DOTALL)


def cells_of(text: str) -> list[tuple[str, str]]:
    """Return (kind, text) of each cell: markdown and code by turns, empty ones left out."""
    parts = _BLOCK.split(text)
    kinds = ("markdown", "code")
    return [(kinds[n % 2], part.strip()) for n, part in enumerate(parts) if part.strip()]


def lines(text: str) -> list[str]:
    """Return a text as notebooks keep it: lines with their ends."""
    return text.splitlines(keepends=True)


def run(code: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a cell shows: what it prints, and the value of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    shown: list[dict[str, Any]] = []
    if printed.getvalue():
        shown.append({"name": "stdout", "output_type": "stream", "text": lines(printed.getvalue())})
    if value is not None:
        shown.append({"data": pictures(value), "metadata": {}, "output_type": "display_data"})
    return shown


def pictures(value: Any) -> dict[str, list[str]]:
    """Return a value as a notebook shows it."""
    found = {}
    for name, kind in (("_repr_svg_", "image/svg+xml"), ("_repr_html_", "text/html")):
        if hasattr(value, name):
            found[kind] = lines(getattr(value, name)())
    return found or {"text/plain": lines(repr(value))}


def notebook(text: str) -> str:
    """Return an executed notebook as JSON."""
    names: dict[str, Any] = {"__name__": "__main__"}
    made: list[dict[str, Any]] = []
    for number, (kind, written) in enumerate(cells_of(text), start=1):
        cell = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": lines(written)}
        if kind == "code":
            cell |= {"execution_count": number, "outputs": run(written, names)}
        made.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def silent(text: str) -> str:
    """Return a notebook without its sounds."""
    return _SOUND.sub(r"\1", text)


def main() -> int:
    """Write the notebooks, or compare them; the status is 1 if one is out of date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    stale = []
    for page in sorted((FOLDER / "cells").glob("*.md")):
        target = FOLDER / f"{page.stem}.ipynb"
        made = notebook(page.read_text(encoding="utf-8"))
        kept = target.read_text(encoding="utf-8") if target.is_file() else ""
        if silent(kept) == silent(made):
            continue
        if options.check:
            stale.append(target.name)
        else:
            target.write_text(made, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date; run python docs/notebooks/rebuild.py")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
