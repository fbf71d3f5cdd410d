"""Motif -> compositions: retrieve, bring into the frame, and let a method write.

The one table of methods is `METHODS`; each takes a `Brief` and a random generator, and keeps to the
frame of the brief.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from generate.brief import Brief, prepare
from generate.composition import Composition
from generate.frame import Settings
from mer.errors import InputError
from mer.melody import Melody

if TYPE_CHECKING:
    from mer.index import PhraseIndex

__all__ = ["METHODS", "Settings", "compose", "compose_many", "prepare", "takes"]


# Each method is imported when it is used: the command line starts with one of them.
def _markov(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.markov import compose_markov

    return compose_markov(brief, rng)


def _stitch(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.stitch import compose_stitch

    return compose_stitch(brief, rng)


def _vary(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.variations import compose_vary

    return compose_vary(brief, rng)


def _morph(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.morph import compose_morph

    return compose_morph(brief, rng)


METHODS: dict[str, Callable[[Brief, np.random.Generator], Composition]] = {
    "markov": _markov,
    "stitch": _stitch,
    "vary": _vary,
    "morph": _morph,
}

_LARGEST_COUNT = 100
_RETRIES = 20


def compose(
    motif: Melody,
    index: PhraseIndex,
    settings: Settings,
    rng: np.random.Generator,
    *,
    target: Melody | None = None,
) -> Composition:
    """Return one composition grown from the motif's neighbours.

    Parameters
    ----------
    motif
        At least three notes.
    index
        Where its neighbours are looked up.
    settings
        Method, length, key, range and bounds.
    rng
        Source of all chance: the same state gives the same piece.
    target
        The motif that the method ``morph`` leads to; without one it is a retrieved phrase.

    Raises
    ------
    InputError
        If the motif is too short, or what is asked is impossible; the message says why.
    """
    return takes(prepare(motif, index, settings, target=target), rng, 1)[0]


def compose_many(
    motif: Melody,
    index: PhraseIndex,
    settings: Settings,
    rng: np.random.Generator,
    count: int,
    *,
    target: Melody | None = None,
) -> list[Composition]:
    """Return `count` compositions, all different (see `compose`)."""
    return takes(prepare(motif, index, settings, target=target), rng, count)


def takes(brief: Brief, rng: np.random.Generator, count: int) -> list[Composition]:
    """Return `count` different compositions to one brief, each from its own random stream.

    Raises
    ------
    InputError
        If the method is unknown, or so many different pieces cannot be found.
    """
    if brief.settings.method not in METHODS:
        raise InputError(
            f"unknown method {brief.settings.method!r}; choose one of {', '.join(METHODS)}"
        )
    if not 1 <= count <= _LARGEST_COUNT:
        raise InputError(f"count is {count}; 1 to {_LARGEST_COUNT} is supported")
    method = METHODS[brief.settings.method]
    found: list[Composition] = []
    for stream in rng.spawn(count):
        piece = next(
            (
                candidate
                for candidate in (method(brief, stream) for _ in range(_RETRIES))
                if all(candidate.melody != other.melody for other in found)
            ),
            None,
        )
        if piece is None:
            raise InputError(
                f"only {len(found)} different pieces were found, {count} were asked for; "
                "ask for fewer, more bars, or another method"
            )
        found.append(piece)
    return found
