"""The path of a script, style sheet or template -> its text."""

from __future__ import annotations

from pathlib import Path

_APP = Path(__file__).resolve().parent.parent


def asset(path: str) -> str:
    """Return the text of a file of the page, named from the folder `app` on.

    Examples
    --------
    >>> "canvas" in asset("explore/map.html")
    True
    """
    return (_APP / path).read_text(encoding="utf-8")
