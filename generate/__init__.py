"""generate: neighbours of a motif -> new melodies in which every note cites its source.

The public names are imported when they are first used, so that ``import generate`` stays quick. The
functions that share the name of their module are taken from there:
``from generate.compose import compose``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Arrangement": "generate.arrangement",
    "Borrowing": "generate.borrowing",
    "Chord": "generate.chords",
    "Composition": "generate.composition",
    "Fragment": "generate.composition",
    "METHODS": "generate.compose",
    "MelodyModel": "generate.prediction",
    "OPERATORS": "generate.vary",
    "Settings": "generate.frame",
    "Source": "generate.composition",
    "accompany": "generate.accompaniment",
    "arrange": "generate.arrangement",
    "compose_many": "generate.compose",
    "describe": "generate.report",
    "harmonise": "generate.harmony",
    "prepare_infill": "generate.infill",
    "reroll": "generate.infill",
    "retakes": "generate.compose",
    "nearest_tunes": "generate.borrowing",
    "prepare": "generate.compose",
    "refiner": "generate.refining",
    "render": "generate.audio",
    "save_arrangement": "generate.arrangement",
    "save_wav": "generate.audio",
}

__all__ = [
    "METHODS",
    "OPERATORS",
    "Arrangement",
    "Borrowing",
    "Chord",
    "Composition",
    "Fragment",
    "MelodyModel",
    "Settings",
    "Source",
    "accompany",
    "arrange",
    "compose_many",
    "describe",
    "harmonise",
    "nearest_tunes",
    "prepare",
    "prepare_infill",
    "refiner",
    "render",
    "reroll",
    "retakes",
    "save_arrangement",
    "save_wav",
]

if TYPE_CHECKING:
    from generate.accompaniment import accompany
    from generate.arrangement import Arrangement, arrange, save_arrangement
    from generate.audio import render, save_wav
    from generate.borrowing import Borrowing, nearest_tunes
    from generate.chords import Chord
    from generate.compose import METHODS, compose_many, prepare, retakes
    from generate.composition import Composition, Fragment, Source
    from generate.frame import Settings
    from generate.harmony import harmonise
    from generate.infill import prepare_infill, reroll
    from generate.prediction import MelodyModel
    from generate.refining import refiner
    from generate.report import describe
    from generate.vary import OPERATORS


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'generate' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
