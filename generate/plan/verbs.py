"""Verb -> what is made of a motif: how long it is, whether the motif stands in it, what it takes.

One word says what is wanted, and each has one method (`generate.compose.METHODS`) that does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from mer.errors import InputError
from mer.notes.names import counted

MOST_BARS = 128
PHRASE_BARS, FEWEST_BARS = 4, 8


class Verb(NamedTuple):
    """What is made of a motif.

    Parameters
    ----------
    method
        A name in `generate.compose.METHODS`: how it is made.
    opens
        Whether the motif stands at the beginning unless something else is asked for.
    counterpart
        Whether a counterpart of the motif's own length is written; else a piece of any length.
    leads
        Whether it leads to another motif.
    """

    method: str
    opens: bool = True
    counterpart: bool = False
    leads: bool = False


VERBS: MappingProxyType[str, Verb] = MappingProxyType(
    {
        "continue": Verb("markov"),
        "answer": Verb("markov", opens=False, counterpart=True),
        "b-part": Verb("markov", counterpart=True),
        "vary": Verb("vary"),
        "morph": Verb("morph", leads=True),
        "stitch": Verb("stitch"),
    }
)
USUAL_VERB = "continue"
# What goes on over the chords of a song; a B part, a morph and a row of phrases leave them.
GOING_ON = ("continue", "answer", "vary")
# Those that draw their notes one by one.
DRAWING = tuple(name for name, verb in VERBS.items() if verb.method == "markov")
_GROWING = tuple(name for name, verb in VERBS.items() if not verb.counterpart)
# What not every verb takes, by the name of the option.
TAKEN_BY: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "bars": _GROWING,
        "form": ("continue",),
        "keep-bars": ("continue",),
        "plan": DRAWING,
        "print-plan": DRAWING,
        "plan-picture": DRAWING,
        "to": ("morph",),
        **dict.fromkeys(
            ("scale", "cadence", "first", "last", "surprise", "keep-rhythm", "model"), DRAWING
        ),
    }
)
# What is the piece's own where some of its bars are kept.
KEPT = ("bars", "form", "key", "with-motif", "plan")
# What a plan that is given says itself.
PLANNED = ("form", "keep-rhythm")


def verb_named(name: str) -> Verb:
    """Return a verb.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if name not in VERBS:
        raise InputError(f"unknown verb {name!r}; choose one of {', '.join(VERBS)}")
    return VERBS[name]


def check_taken(verb: str, options: Iterable[str], *, sign: str = "") -> None:
    """Refuse options that a verb does not take.

    Parameters
    ----------
    options
        Names of those that are asked for.
    sign
        What stands before an option in the message.

    Raises
    ------
    InputError
        If there is such an option; the message names the verbs that take it.

    Examples
    --------
    >>> check_taken("answer", ["scale"])
    >>> check_taken("answer", ["bars"])
    Traceback (most recent call last):
    mer.errors.InputError: bars goes with continue, vary, morph or stitch, not with answer
    """
    for option in options:
        _check_among(f"{sign}{option}", verb, TAKEN_BY.get(option, tuple(VERBS)))


def check_drawing(verb: str) -> None:
    """Refuse to explain a piece of a verb that draws no note from the chain.

    Raises
    ------
    InputError
        If it does not; the message names the verbs that do.

    Examples
    --------
    >>> check_drawing("stitch")
    Traceback (most recent call last):
    mer.errors.InputError: explain goes with continue, answer or b-part, not with stitch
    """
    _check_among("explain", verb, DRAWING)


def _check_among(what: str, verb: str, verbs: Sequence[str]) -> None:
    if verb not in verbs:
        *others, last = verbs
        named = f"{', '.join(others)} or {last}" if others else last
        raise InputError(f"{what} goes with {named}, not with {verb}")


def check_kept(options: Mapping[str, object], *, sign: str = "") -> None:
    """Refuse what would change a piece of which bars are kept.

    Parameters
    ----------
    options
        What is asked for by the names in `KEPT`; None for nothing.
    sign
        What stands before an option in the message.

    Raises
    ------
    InputError
        If something is asked for.

    Examples
    --------
    >>> check_kept({"bars": None, "form": "A B"})
    Traceback (most recent call last):
    mer.errors.InputError: keep-bars keeps the piece as it is; leave out form
    """
    _refuse_beside("keep-bars keeps the piece as it is", options, sign)


def check_planned(options: Mapping[str, object], *, sign: str = "") -> None:
    """Refuse what a plan that is given says itself.

    Parameters
    ----------
    options
        What is asked for by the names in `PLANNED`; None for nothing.
    sign
        What stands before an option in the message.

    Raises
    ------
    InputError
        If something is asked for.

    Examples
    --------
    >>> check_planned({"form": "A B A"})
    Traceback (most recent call last):
    mer.errors.InputError: plan says what returns and in which rhythm; leave out form
    """
    _refuse_beside("plan says what returns and in which rhythm", options, sign)


def _refuse_beside(said: str, options: Mapping[str, object], sign: str) -> None:
    for option, value in options.items():
        if value is not None:
            named = "no-motif" if value is False else option
            raise InputError(f"{sign}{said}; leave out {sign}{named}")


def usual_bars(verb: str, motif_bars: int) -> int:
    """Return the length of what a verb makes of a motif, the motif included, in bars.

    A piece hears the motif whole and is at least as long again, in phrases of four bars; a morph
    twice as long, so that there is a way and the other motif at its end. A counterpart is as long
    as the motif, beside it.

    Raises
    ------
    InputError
        If a counterpart of the motif's length is too long.

    Examples
    --------
    >>> [usual_bars("continue", bars) for bars in (1, 2, 3, 4, 5, 8)]
    [8, 8, 8, 8, 12, 16]
    >>> usual_bars("b-part", 6), usual_bars("morph", 4)
    (12, 12)
    """
    bars = max(motif_bars, 1)
    if not verb_named(verb).counterpart:
        phrases = -(-(3 if verb_named(verb).leads else 2) * bars // PHRASE_BARS)
        return min(max(phrases * PHRASE_BARS, FEWEST_BARS), MOST_BARS)
    if 2 * bars > MOST_BARS:
        raise InputError(
            f"the motif has {counted(bars, 'bar')}; {verb} takes one of at most {MOST_BARS // 2}"
        )
    return 2 * bars
