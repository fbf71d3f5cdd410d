"""Plan such as "A A' B A''" + number of bars -> sections: where the motif returns, and how varied.

A letter names material, a prime a variation of it, one more prime a farther one. The first letter
is the motif's. A comma after a section asks for an open ending (second, third or fifth degree), a
full stop for a closed one (the tonic); sections without either run on, except that a pause comes
every four bars and the last section closes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from mer.errors import InputError
from mer.notes.names import counted

OPEN, CLOSED, RUNS_ON = "open", "closed", ""
_MARKS = {",": OPEN, ".": CLOSED, "": RUNS_ON}
_TOKEN = r"([A-Z])('{0,3})([,.]?)"
_PHRASE_BARS = 4
# The usual plans of short pieces, by their least number of bars.
_SHORT_FORMS = ((8, "A A' B A''"), (6, "A B A'"), (4, "A A'"), (1, "A"))
_LONG_FORM = ("A", "A'", "B", "A''", "C", "A'", "B'", "A''")


class Section(NamedTuple):
    """A part of the plan.

    Parameters
    ----------
    letter, primes
        What it is made of, and how far that is varied.
    start, bars
        Its first bar, from 0, and its length in bars.
    ending
        ``"open"``, ``"closed"``, or the empty string where it runs on.
    """

    letter: str
    primes: int
    start: int
    bars: int
    ending: str

    @property
    def name(self) -> str:
        """The section as it is written in a plan."""
        return self.letter + "'" * self.primes

    @property
    def stop(self) -> int:
        """The bar after the last."""
        return self.start + self.bars


def usual_form(bars: int) -> str:
    """Return the plan of a piece for which none is given.

    Examples
    --------
    >>> usual_form(8), usual_form(4), usual_form(24)
    ("A A' B A''", "A A'", "A A' B A'' C A''")
    """
    if bars <= 4 * _PHRASE_BARS:
        return next(form for least, form in _SHORT_FORMS if bars >= least)
    count = bars // _PHRASE_BARS
    names = [_LONG_FORM[number % len(_LONG_FORM)] for number in range(count - 1)]
    # From the second round on, the motif itself is known: it comes varied.
    return " ".join([*names, "A''"])


def plan_form(bars: int, form: str | None = None) -> tuple[Section, ...]:
    """Return the sections of a piece.

    Raises
    ------
    InputError
        If the plan cannot be read, or has more sections than there are bars.

    Examples
    --------
    >>> [(s.name, s.start, s.bars, s.ending) for s in plan_form(8)]
    [('A', 0, 2, ''), ("A'", 2, 2, 'open'), ('B', 4, 2, ''), ("A''", 6, 2, 'closed')]
    """
    text = usual_form(bars) if form is None else form
    tokens = text.replace("’", "'").replace("′", "'").split()
    found = [re.fullmatch(_TOKEN, token) for token in tokens]
    bad = [token for token, match in zip(tokens, found, strict=True) if match is None]
    if bad or not tokens:
        raise InputError(
            f"cannot read the form {text!r}{f' at {bad[0]!r}' if bad else ''}; "
            "write for example \"A A' B A''\""
        )
    if len(tokens) > bars:
        raise InputError(
            f"the form {text!r} has {len(tokens)} sections; the piece has {counted(bars, 'bar')}"
        )
    parts = [match.groups() for match in found if match is not None]
    least, more = divmod(bars, len(parts))
    lengths = [least + (number >= len(parts) - more) for number in range(len(parts))]
    starts = [0, *accumulate(lengths)]
    endings = _endings([_MARKS[mark] for _, _, mark in parts], lengths)
    return tuple(
        Section(letter, len(primes), start, length, ending)
        for (letter, primes, _), start, length, ending in zip(
            parts, starts, lengths, endings, strict=False
        )
    )


def asks_for_close(form: str | None) -> bool:
    """Return whether a plan says itself that the piece closes on the tonic, by a last full stop.

    Examples
    --------
    >>> asks_for_close("A B."), asks_for_close("A. B"), asks_for_close(None)
    (True, False, False)
    """
    return (form or "").rstrip().endswith(".")


def _endings(asked: Sequence[str], lengths: Sequence[int]) -> list[str]:
    """Return how each section ends: as asked, or a pause every four bars, open before closed."""
    endings: list[str] = []
    since, pauses = 0, 0
    for number, (ending, bars) in enumerate(zip(asked, lengths, strict=True)):
        since += bars
        if number == len(lengths) - 1:
            ending = ending or CLOSED
        elif not ending and since >= _PHRASE_BARS:
            ending = OPEN if pauses % 2 == 0 else CLOSED
        if ending:
            since, pauses = 0, pauses + 1
        endings.append(ending)
    return endings
