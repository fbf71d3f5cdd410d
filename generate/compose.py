"""Motif -> compositions: retrieve neighbours, plan the frame, and let a method write.

What is wanted is a verb (`generate.plan.verbs`); how it is made is a method, and the one table of
methods is `METHODS`. A method is a pair: `prepare` adds to the brief what only this method needs,
and `writer` works out once what all pieces share and returns the function that writes one. Every
method keeps to the frame of the brief.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from generate.piece.composition import Composition
from generate.plan.brief import Brief, Writer, brief_of, with_plan
from generate.plan.settings import Settings
from generate.plan.verbs import check_planned, check_taken, verb_named
from mer.errors import InputError
from mer.io.sheet.sheet import ChordSymbol
from mer.notes.melody import Melody
from mer.notes.names import counted
from mer.search.index import PhraseIndex

if TYPE_CHECKING:
    from generate.piece.given_plan import GivenPlan

__all__ = [
    "METHODS",
    "Method",
    "Settings",
    "compose",
    "compose_many",
    "prepare",
    "retakes",
    "takes",
    "writer_of",
]


class Method(NamedTuple):
    """A way of composing.

    Parameters
    ----------
    prepare
        Returns the brief with what only this method needs.
    writer
        Returns the function that writes one piece to such a brief.
    """

    prepare: Callable[[Brief], Brief]
    writer: Callable[[Brief], Writer]


# Each method is imported when it is used: the command line starts with one of them.
def _markov(brief: Brief) -> Writer:
    from generate.markov.markov import compose_markov

    return lambda rng: compose_markov(brief, rng)


def _stitch(brief: Brief) -> Writer:
    from generate.lines.stitch import stitching

    return stitching(brief)


def _vary(brief: Brief) -> Writer:
    from generate.lines.variations import varying

    return varying(brief)


def _morph(brief: Brief) -> Writer:
    from generate.lines.morph import morphing

    return morphing(brief)


def _with_target(brief: Brief) -> Brief:
    from generate.lines.target import with_destination

    return with_destination(brief)


def _as_it_is(brief: Brief) -> Brief:
    return brief


METHODS: dict[str, Method] = {
    "markov": Method(_as_it_is, _markov),
    "stitch": Method(_as_it_is, _stitch),
    "vary": Method(_as_it_is, _vary),
    "morph": Method(_with_target, _morph),
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
        Verb, length, key, range and bounds.
    rng
        Source of all randomness: the same state gives the same piece.
    target
        The motif that the verb ``morph`` leads to; without one it is a retrieved phrase.

    Raises
    ------
    InputError
        If the motif is too short, or no piece can meet the settings; the message says why.
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


def prepare(
    motif: Melody,
    index: PhraseIndex,
    settings: Settings,
    *,
    target: Melody | None = None,
    chords: Sequence[ChordSymbol] = (),
    plan: GivenPlan | None = None,
) -> Brief:
    """Return the brief that all takes share: the settings, the frame and the neighbours found.

    Parameters
    ----------
    target
        The motif that the verb ``morph`` leads to; the other verbs ignore it.
    chords
        Chord symbols of the motif, on its time line (`mer.io.reading.Reading.chords`). They stand
        wherever the motif is heard; chords in the settings go before them.
    plan
        What is given of the plan (`generate.piece.plan_reader.read_plan`); its bars are those of
        the piece, those of the motif before an answer or a B part included.

    Raises
    ------
    InputError
        If the motif is too short, or does not fit the range; or the verb takes no plan, or what is
        given of it does not fit.
    """
    if plan is not None:
        settings = _planned(settings, plan)
    brief = brief_of(motif, index, settings, target=target, chords=chords)
    if plan is not None:
        try:
            brief = with_plan(brief, plan)
        except InputError as error:
            raise InputError(f"{plan.file}: {error}" if plan.file else str(error)) from None
    return _method(brief).prepare(brief)


def _planned(settings: Settings, plan: GivenPlan) -> Settings:
    """Return the settings with the length of a plan; refuse what the plan says itself."""
    check_taken(settings.verb, ["plan"])
    check_planned({"form": settings.form, "keep-rhythm": settings.keep_rhythm or None})
    bars = len(plan.bars)
    if settings.bars is not None and bars not in (0, settings.bars):
        asked, own = counted(settings.bars, "bar"), counted(bars, "bar")
        raise InputError(f"{asked} are asked for, and the plan has {own}; leave out bars")
    counterpart = verb_named(settings.verb).counterpart
    return replace(settings, bars=bars) if bars and not counterpart else settings


def writer_of(brief: Brief) -> Writer:
    """Return the function that writes one piece to a brief with a generator (see `takes`)."""
    return _method(brief).writer(brief)


def _method(brief: Brief) -> Method:
    return METHODS[verb_named(brief.settings.verb).method]


def takes(brief: Brief, rng: np.random.Generator, count: int) -> list[Composition]:
    """Return `count` different compositions to one brief, each from its own random stream.

    Raises
    ------
    InputError
        If so many different pieces cannot be found.
    """
    return _different(writer_of(brief), rng, count)


def retakes(
    piece: Composition,
    keep_bars: Collection[int],
    brief: Brief,
    rng: np.random.Generator,
    count: int,
) -> list[Composition]:
    """Return `count` different pieces in which some bars are kept.

    See `generate.markov.infill.reroll`.

    Raises
    ------
    InputError
        If a bar is not in the piece, or so many different pieces cannot be found.
    """
    from generate.markov.infill import reroll

    return _different(lambda stream: reroll(piece, keep_bars, brief, stream), rng, count)


def _different(write: Writer, rng: np.random.Generator, count: int) -> list[Composition]:
    if not isinstance(rng, np.random.Generator):
        raise InputError(f"rng is {rng!r}; give a Generator, such as numpy.random.default_rng(0)")
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise InputError(f"count is {count!r}; a whole number is needed")
    if not 1 <= count <= _LARGEST_COUNT:
        raise InputError(f"count is {count}; 1 to {_LARGEST_COUNT} is supported")
    found: list[Composition] = []
    for stream in rng.spawn(count):
        tries = (write(stream) for _ in range(_RETRIES))
        piece = next((p for p in tries if all(p.melody != o.melody for o in found)), None)
        if piece is None:
            raise InputError(
                f"found {len(found)} of the {counted(count, 'different piece')} asked for; "
                "try fewer takes, more bars or another verb"
            )
        found.append(piece)
    return found
