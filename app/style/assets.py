"""The path of a script, style sheet or template -> its text, with values put in."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from mer.errors import InputError

_APP = Path(__file__).resolve().parent.parent


def asset(path: str, **values: object) -> str:
    """Return the text of a file of the page.

    Parameters
    ----------
    path
        The file, from the folder `app` on.
    values
        What stands in the text for `$name`: in a script as JSON, elsewhere as escaped text.

    Raises
    ------
    InputError
        If the text has no place for a value.

    Examples
    --------
    >>> "canvas" in asset("explore/map.html")
    True
    >>> '["takes"].includes' in asset("compose/scripts/uncover.js", parts=["takes"])
    True
    """
    text = (_APP / path).read_text(encoding="utf-8")
    for name, value in values.items():
        place = f"${name}"
        if place not in text:
            raise InputError(f"{path} has no place for {place}")
        text = text.replace(place, _written(value, script=path.endswith(".js")))
    return text


def _written(value: object, *, script: bool) -> str:
    return json.dumps(value) if script else escape(str(value))
