"""Notes -> `View`: what each expert predicts, and from which context.

A viewpoint has two parts. Its *symbols* are what it predicts: the pitch itself, the interval from
the note before, the distance from the first note ... Every candidate of the alphabet has a symbol,
so that any viewpoint speaks about the same candidates. Its *chain* is the context, nearest first,
and may hold other things than the symbols (a linked viewpoint: Conklin and Witten 1995).

References
----------
Conklin, D. and Witten, I. (1995). Multiple viewpoint systems for music prediction. Journal of New
Music Research 24(1).
Pearce, M. (2005). The construction and evaluation of statistical models of melodic structure in
music perception and composition. PhD thesis, City University, London.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

import numpy as np

from generate.prediction.counts import level_keys
from generate.prediction.notes import NOTHING, Notes
from mer.notes.arrays import Ints, Keys

LONGEST = 8


# Which of the notes are asked about: their numbers, or a slice.
Asked = Ints | slice
ALL = slice(None)
# Notes, those n of them that are asked about, alphabet, candidates (1 or n, A) -> symbols of shape
# (n, A), and how many there are.
Symbols = Callable[[Notes, Asked, Ints, Ints], tuple[Ints, int]]
# Notes -> shape (N, links), nearest link first.
Chain = Callable[[Notes], Ints]


class View:
    """What an expert needs to know of N notes.

    Parameters
    ----------
    symbols
        Shape (N,): the symbol of the note that came.
    options
        Shape (n, A): the symbol that each candidate would have at the notes that are asked about,
        all of them as a rule; no column if nobody will ask.
    size
        How many symbols there are.
    chain
        Shape (N, links): the context, nearest link first.
    """

    def __init__(self, symbols: Ints, options: Ints, size: int, chain: Ints) -> None:
        self.symbols, self.options = symbols, options
        self.size, self.chain = size, chain

    @cached_property
    def keys(self) -> list[Keys]:
        """Shape (N,) for each level: the context (see `level_keys`)."""
        return level_keys(self.chain)

    @property
    def levels(self) -> int:
        """How many levels of contexts there are: none of the links, the first, and so on."""
        return int(self.chain.shape[1]) + 1

    def take(self, notes: Ints) -> View:
        """Return the view of some notes only."""
        return View(self.symbols[notes], self.options[notes], self.size, self.chain[notes])

    def at(self, asked: Ints) -> View:
        """Return a view whose options are those of the notes asked about, with only these."""
        return View(self.symbols[asked], self.options, self.size, self.chain[asked])


def _above(reference: Ints, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return semitones above a reference; where there is none, one symbol for all."""
    reach = int(alphabet[-1] - alphabet[0])
    distance = np.clip(candidates - reference[:, None], -reach, reach) + reach
    return np.where((reference == NOTHING)[:, None], 2 * reach + 1, distance), 2 * reach + 2


def of_value(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return the place of each candidate in the alphabet."""
    places = np.searchsorted(alphabet, candidates)
    return np.broadcast_to(places, (len(notes.pitch[asked]), places.shape[1])), len(alphabet)


def of_interval(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return semitones from the note before."""
    return _above(notes.before(notes.pitch, 1)[asked], alphabet, candidates)


def of_first(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return semitones from the first note of the melody."""
    return _above(notes.before(notes.first, 1)[asked], alphabet, candidates)


def of_highest(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return semitones from the highest note so far."""
    return _above(notes.highest[asked], alphabet, candidates)


def of_contour(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return whether a candidate lies above, below or on the note before."""
    earlier = notes.before(notes.pitch, 1)[asked][:, None]
    return np.where(earlier == NOTHING, 3, np.sign(candidates - earlier) + 1), 4


def of_class(notes: Notes, asked: Asked, alphabet: Ints, candidates: Ints) -> tuple[Ints, int]:
    """Return semitones above the first note, octaves dropped."""
    reference = notes.before(notes.first, 1)[asked][:, None]
    return np.where(reference == NOTHING, 12, (candidates - reference) % 12), 13


def history(notes: Notes, values: Ints, *, start: int = 1, links: int = LONGEST) -> Ints:
    """Return the values of the notes before, nearest first; shape (N, links)."""
    return notes.earlier(values, start, links)


def columns(*links: Ints) -> Ints:
    """Return the chain of the given links, nearest first."""
    return np.stack(links, axis=1)


def _contour_from_first(notes: Notes) -> Ints:
    latest = notes.before(notes.from_first, 1)[:, None]
    return np.hstack([latest, history(notes, notes.contour, links=LONGEST - 1)])


def _room(notes: Notes) -> tuple[Ints, Ints]:
    """Semitones from the note before down to the lowest, and up to the highest note so far."""
    latest = notes.before(notes.pitch, 1)
    return notes.difference(latest, notes.lowest), notes.difference(notes.highest, latest)


def _in_range(notes: Notes) -> Ints:
    return columns(*_room(notes), notes.before(notes.interval, 1))


def _pitch_in_range(notes: Notes) -> Ints:
    before = notes.before
    return columns(before(notes.pitch, 1), *_room(notes), before(notes.interval, 1))


def _below_highest(notes: Notes) -> Ints:
    before = notes.before
    return columns(_room(notes)[1], before(notes.contour, 1), before(notes.interval, 1))


def _scale(notes: Notes) -> Ints:
    before = notes.before
    above = before(notes.from_first % 12, 1)
    return columns(notes.heard, above, before(notes.interval, 1))


def earlier_pitch(steps: int) -> Chain:
    """Return the chain of the pitch some notes ago, then the latest."""
    return lambda notes: columns(notes.before(notes.pitch, steps), notes.before(notes.pitch, 1))


Viewpoint = tuple[Symbols, Chain]

PITCH_VIEWPOINTS: dict[str, Viewpoint] = {
    "pitch": (of_value, lambda notes: history(notes, notes.pitch)),
    "interval": (of_interval, lambda notes: history(notes, notes.interval)),
    "first": (of_first, lambda notes: history(notes, notes.from_first)),
    "contour": (of_contour, lambda notes: history(notes, notes.contour)),
    "contour-first": (of_first, _contour_from_first),
    "range": (of_interval, _in_range),
    "pitch-range": (of_value, _pitch_in_range),
    "highest": (of_highest, _below_highest),
    "scale": (of_class, _scale),
    "skip-3": (of_value, lambda notes: history(notes, notes.pitch, start=3, links=4)),
    "skip-5": (of_value, earlier_pitch(5)),
    "skip-8": (of_value, earlier_pitch(8)),
    "skip-16": (of_value, earlier_pitch(16)),
}


def view(
    notes: Notes,
    alphabet: Ints,
    values: Ints,
    viewpoint: Viewpoint,
    *,
    options: bool = True,
    asked: Asked = ALL,
) -> View:
    """Return what a viewpoint says of `notes`.

    Parameters
    ----------
    notes
        The notes.
    alphabet
        Rising: the candidates.
    values
        Shape (N,): what came.
    viewpoint
        One of the viewpoints of the target.
    options
        Whether the candidates will be asked about, not only what came.
    asked
        Before which notes.
    """
    symbols, chain = viewpoint
    candidates = alphabet if options else alphabet[:0]
    of_candidates, size = symbols(notes, asked, alphabet, candidates[None])
    came = symbols(notes, ALL, alphabet, values[:, None])[0][:, 0]
    return View(came, of_candidates, size, chain(notes))


def some_views(
    notes: Notes,
    alphabet: Ints,
    values: Ints,
    viewpoints: Mapping[str, Viewpoint],
    counted: Collection[str],
    asked: Ints,
) -> dict[str, View]:
    """Return the views of several viewpoints, where few notes are asked about.

    Parameters
    ----------
    notes, alphabet, values
        As for `view`.
    viewpoints
        By their names.
    counted
        In which of them what came will be counted; all symbols are 0 in the others.
    asked
        Before which notes.
    """
    # Viewpoints that differ in their contexts only have the same symbols.
    told = {
        symbols: symbols(notes, asked, alphabet, alphabet[None])
        for symbols in dict.fromkeys(symbols for symbols, _ in viewpoints.values())
    }
    came = {
        symbols: symbols(notes, ALL, alphabet, values[:, None])[0][:, 0]
        for symbols in dict.fromkeys(viewpoints[name][0] for name in counted)
    }
    nothing = np.zeros(len(notes), dtype=np.int64)
    return {
        name: View(came[symbols] if name in counted else nothing, *told[symbols], chain(notes))
        for name, (symbols, chain) in viewpoints.items()
    }
