"""Wishes about collection, metre and mode -> the sequences of a corpus that meet them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mer.corpus import Corpus
from mer.errors import InputError
from mer.key import MODES


@dataclass(frozen=True)
class Filter:
    """What a search is limited to. Where nothing is asked for, everything passes.

    Parameters
    ----------
    collections
        Names of collections, or parts of names; upper and lower case are the same.
    meters
        Numerators and denominators: 3/4 and 6/8 are told apart.
    modes
        Names in `mer.key.MODES`. A tune whose key is not notated has no mode.

    Raises
    ------
    InputError
        If a metre or mode is none.

    Examples
    --------
    >>> Filter(collections=("o'neill",), meters=((6, 8), (9, 8)), modes=("dorian",))
    Filter(collections=("o'neill",), meters=((6, 8), (9, 8)), modes=('dorian',))
    """

    collections: tuple[str, ...] = ()
    meters: tuple[tuple[int, int], ...] = ()
    modes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("collections", "meters", "modes"):
            if not isinstance(getattr(self, name), tuple):
                raise InputError(f"{name} of a filter is {getattr(self, name)!r}; give a tuple")
        for meter in self.meters:
            if len(list(meter)) != 2 or min(meter) < 1:
                raise InputError(f"{meter!r} is no metre; 6/8 is (6, 8)")
        for mode in self.modes:
            if mode not in MODES:
                raise InputError(f"unknown mode {mode!r}; choose among {', '.join(MODES)}")

    def tunes(self, corpus: Corpus) -> npt.NDArray[np.bool_]:
        """Return which tunes of a corpus pass, shape (tunes,).

        Raises
        ------
        InputError
            If no collection of the corpus has such a name.
        """
        passing = np.ones(len(corpus), dtype=bool)
        if self.collections:
            wanted = [code for name in self.collections for code in _codes(corpus, name)]
            passing &= np.isin(corpus.texts["collection"], wanted)
        if self.meters:
            meter = corpus.tunes.meter.astype(np.int64)
            passing &= np.any([(meter == wanted).all(axis=1) for wanted in self.meters], axis=0)
        if self.modes:
            passing &= np.isin(corpus.tunes.mode, [MODES.index(mode) for mode in self.modes])
        return passing


def parse_meter(text: str) -> tuple[int, int]:
    """Return the metre written as ``6/8``.

    Raises
    ------
    InputError
        If the text is not two whole numbers with a stroke between them.

    Examples
    --------
    >>> parse_meter("6/8")
    (6, 8)
    """
    above, stroke, below = text.partition("/")
    if not (stroke and above.isdecimal() and below.isdecimal() and int(above) and int(below)):
        raise InputError(f"{text!r} is no metre; write 6/8, say")
    return int(above), int(below)


def _codes(corpus: Corpus, wanted: str) -> list[int]:
    found = [
        code for code, name in enumerate(corpus.collections) if wanted.casefold() in name.casefold()
    ]
    if not found:
        raise InputError(
            f"no collection {wanted!r} in this corpus; it has {', '.join(corpus.collections)}"
        )
    return found
