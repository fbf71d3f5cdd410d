"""Collections, metres and modes -> the tunes of a corpus that have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Flags
from mer.notes.key import MODES, Key
from mer.notes.meter import Meter

PLACES = ("anywhere", "opening", "ending")


@dataclass(frozen=True)
class Filter:
    """What a search is limited to; an empty filter lets every tune pass.

    Parameters
    ----------
    collections
        Names of collections, or parts of names; upper and lower case are the same.
    meters
        Numerators and denominators: 3/4 and 6/8 are told apart. Lists work as well as tuples.
    modes
        Names in `mer.notes.key.MODES`. A tune whose key is not notated has no mode.
    keys
        Keys, or their names, such as ``"D dorian"``.
    place
        ``"opening"`` or ``"ending"`` for first or last phrases only, else ``"anywhere"``.

    Raises
    ------
    InputError
        If a collection is not a text, or a metre, mode, key or place is not valid.

    Examples
    --------
    >>> where = Filter(collections=["o'neill"], meters=[(6, 8)], keys=["D dorian"], place="ending")
    >>> where.meters, str(where.keys[0]), where.place
    (((6, 8),), 'D dorian', 'ending')
    """

    collections: tuple[str, ...] = ()
    meters: tuple[tuple[int, int], ...] = ()
    modes: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    place: str = "anywhere"

    def __post_init__(self) -> None:
        for name in ("collections", "meters", "modes", "keys"):
            given = getattr(self, name)
            if not isinstance(given, tuple | list):
                raise InputError(f"{name} of a filter is {given!r}; give a tuple or list")
            object.__setattr__(self, name, tuple(given))
        object.__setattr__(self, "meters", tuple(map(_checked_meter, self.meters)))
        object.__setattr__(self, "keys", tuple(map(_checked_key, self.keys)))
        if self.place not in PLACES:
            raise InputError(f"unknown place {self.place!r}; choose one of {', '.join(PLACES)}")
        for collection in self.collections:
            if not isinstance(collection, str):
                raise InputError(f"{collection!r} is not the name of a collection")
        for mode in self.modes:
            if mode not in MODES:
                raise InputError(f"unknown mode {mode!r}; choose among {', '.join(MODES)}")

    def tunes(self, corpus: Corpus) -> Flags:
        """Return which tunes of a corpus pass, shape (tunes,).

        Raises
        ------
        InputError
            If no collection of the corpus has such a name, or no tune such a metre.
        """
        return self.of_each([corpus])[0]

    def of_each(self, corpora: Sequence[Corpus]) -> list[Flags]:
        """Return which tunes of several corpora pass, each of shape (tunes,).

        Raises
        ------
        InputError
            If no collection of any has such a name, or no tune such a metre.
        """
        held = sorted({name for corpus in corpora for name in corpus.collections})
        wanted = {name for given in self.collections for name in _named(held, given)}
        if self.meters:
            _check_meters({meter for corpus in corpora for meter in _meters(corpus)}, self.meters)
        return [self._passing(corpus, wanted) for corpus in corpora]

    def _passing(self, corpus: Corpus, collections: set[str]) -> Flags:
        passing = np.ones(len(corpus), dtype=bool)
        if self.collections:
            codes = [n for n, name in enumerate(corpus.collections) if name in collections]
            passing &= np.isin(corpus.texts["collection"], codes)
        if self.meters:
            meter = corpus.tunes.meter.astype(np.int64)
            passing &= np.any([(meter == wanted).all(axis=1) for wanted in self.meters], axis=0)
        if self.modes:
            passing &= np.isin(corpus.tunes.mode, [MODES.index(mode) for mode in self.modes])
        if self.keys:
            given = [(key.tonic, MODES.index(key.mode)) for key in self.keys]
            tonic, mode = corpus.tunes.tonic, corpus.tunes.mode
            passing &= np.any([(tonic == t) & (mode == m) for t, m in given], axis=0)
        return passing

    def phrases(self, corpus: Corpus) -> Flags:
        """Return which phrases of a corpus stand in the place that is asked for, of any tune."""
        new = np.diff(corpus.phrase_tune) != 0
        ends = {"opening": np.append(True, new), "ending": np.append(new, True)}
        return ends.get(self.place, np.ones(corpus.n_phrases, dtype=bool))


def _checked_key(given: object) -> Key:
    if isinstance(given, str):
        return Key.parse(given)
    if not isinstance(given, Key):
        raise InputError(f"{given!r} is no key; give one such as 'D dorian'")
    return given


def _checked_meter(given: object) -> tuple[int, int]:
    meter = Meter.checked(given)
    if min(meter) < 1:
        raise InputError(f"{given!r} is no metre; 6/8 is (6, 8)")
    return meter.numerator, meter.denominator


def _meters(corpus: Corpus) -> set[tuple[int, int]]:
    """Return the metres of a corpus."""
    found = np.unique(corpus.tunes.meter, axis=0).tolist()
    return {(above, below) for above, below in found if below}


def _check_meters(known: set[tuple[int, int]], wanted: tuple[tuple[int, int], ...]) -> None:
    """Refuse a metre that no tune has."""
    for above, below in wanted:
        if (above, below) not in known:
            names = ", ".join(str(Meter(*meter)) for meter in sorted(known)) or "none"
            raise InputError(
                f"no tune in {Meter(above, below)} in this corpus; its metres are {names}"
            )


def _named(collections: Sequence[str], wanted: str) -> list[str]:
    found = [name for name in collections if wanted.casefold() in name.casefold()]
    if not found:
        raise InputError(
            f"no collection {wanted!r} in this corpus; it has {', '.join(collections)}"
        )
    return found
