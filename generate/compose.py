"""Motif -> compositions: retrieve, bring into the frame, and let a method write.

The one table of methods is `METHODS`; each takes a `Brief` and a random generator, and keeps to the
frame of the brief.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from generate.piece.composition import Composition
from generate.plan.brief import Brief, prepare
from generate.plan.frame import Settings
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.notes.names import counted

if TYPE_CHECKING:
    from generate.markov.markov import Rescore
    from mer.search.index import PhraseIndex

__all__ = ["METHODS", "Settings", "compose", "compose_many", "prepare", "retakes", "takes"]


# Each method is imported when it is used: the command line starts with one of them.
def _markov(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.markov.markov import compose_markov

    return compose_markov(brief, rng)


def _stitch(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.lines.stitch import compose_stitch

    return compose_stitch(brief, rng)


def _vary(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.lines.variations import compose_vary

    return compose_vary(brief, rng)


def _morph(brief: Brief, rng: np.random.Generator) -> Composition:
    from generate.lines.morph import compose_morph

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


def takes(
    brief: Brief, rng: np.random.Generator, count: int, *, rescore: Rescore | None = None
) -> list[Composition]:
    """Return `count` different compositions to one brief, each from its own random stream.

    Parameters
    ----------
    rescore
        Returns the bits that a richer model gives to each of several melodies (such as
        `generate.markov.refining.refiner`): the method ``markov`` then draws
        some hundred pieces exactly and chooses among them by these bits, which is approximate (see
        `generate.sampling.reweighting`). The other methods take no notice of it.

    Raises
    ------
    InputError
        If the method is unknown, or so many different pieces cannot be found.
    """
    name = brief.settings.method
    if name not in METHODS:
        raise InputError(f"unknown method {name!r}; choose one of {', '.join(METHODS)}")
    if rescore is not None and name == "markov":
        from generate.markov.markov import compose_markov

        return _different(lambda stream: compose_markov(brief, stream, rescore), rng, count)
    return _different(lambda stream: METHODS[name](brief, stream), rng, count)


def retakes(
    piece: Composition,
    keep_bars: Collection[int],
    brief: Brief,
    rng: np.random.Generator,
    count: int,
    *,
    rescore: Rescore | None = None,
) -> list[Composition]:
    """Return `count` different pieces in which some bars are kept.

    See `generate.markov.infill.reroll`.

    Raises
    ------
    InputError
        If a bar is not in the piece, or so many different pieces cannot be found.
    """
    from generate.markov.infill import reroll

    return _different(
        lambda stream: reroll(piece, keep_bars, brief, stream, rescore=rescore), rng, count
    )


def _different(
    make: Callable[[np.random.Generator], Composition], rng: np.random.Generator, count: int
) -> list[Composition]:
    if not isinstance(rng, np.random.Generator):
        raise InputError(f"rng is {rng!r}; give a Generator, such as numpy.random.default_rng(0)")
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise InputError(f"count is {count!r}; a whole number is needed")
    if not 1 <= count <= _LARGEST_COUNT:
        raise InputError(f"count is {count}; 1 to {_LARGEST_COUNT} is supported")
    found: list[Composition] = []
    for stream in rng.spawn(count):
        tries = (make(stream) for _ in range(_RETRIES))
        piece = next((p for p in tries if all(p.melody != o.melody for o in found)), None)
        if piece is None:
            raise InputError(
                f"only {counted(len(found), 'different piece')} could be found, {count} were "
                "asked for; ask for fewer, more bars, or another method"
            )
        found.append(piece)
    return found
