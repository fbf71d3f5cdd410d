"""Optional packages, each imported once for the whole process, by one thread at a time.

Python hands a package whose import fails halfway to any other thread that imports it meanwhile, as
a module that lacks most of its names. And a failing import is repeated at each try: pyfluidsynth
takes a fifth of a second to find that there is no FluidSynth.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib import import_module
from types import ModuleType

_ONE_AT_A_TIME = threading.RLock()


def library(name: str) -> ModuleType | None:
    """Return an optional package, or None where it is not installed or cannot load.

    The answer is remembered; a package that is installed later is found by the next process.

    Parameters
    ----------
    name
        What an import statement calls it.

    Examples
    --------
    >>> library("wave").__name__, library("no_such_package")
    ('wave', None)
    """
    with _ONE_AT_A_TIME:
        return _imported(name)


def forget() -> None:
    """Forget all answers, so that each package is looked for afresh."""
    with _ONE_AT_A_TIME:
        _imported.cache_clear()


@cache
def _imported(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except (ImportError, OSError, AttributeError):  # the last two: its shared library cannot load
        return None
