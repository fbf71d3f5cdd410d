"""A melody -> the query of a search, or why it is none."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody

MIN_QUERY_NOTES, MAX_QUERY_NOTES = 3, 2000
MAX_MATCHES = 1000


class Query:
    """What a pool is ranked for.

    Parameters
    ----------
    columns
        One sequence.
    number
        Its number, where it is one of the pool: it is then left out of the ranking.
    melody
        As it was given, with the rest before its first note.

    Examples
    --------
    >>> tune = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    >>> query = Query.of(tune)
    >>> len(query), query.number
    (3, None)
    """

    def __init__(
        self, columns: Columns, number: int | None = None, melody: Melody | None = None
    ) -> None:
        self.columns, self.number = columns, number
        self.melody = melody

    @classmethod
    def of(cls, melody: Melody) -> Query:
        """Return the query of a melody from outside the pool."""
        return cls(Columns.from_melodies([melody]), melody=melody)

    def __len__(self) -> int:
        return len(self.columns.pitch)

    @property
    def has_metre(self) -> bool:
        """Whether metre or beat strength is given."""
        strength = self.columns.beat_strength
        given = strength is not None and not np.isnan(strength).any()
        return given or bool(self.columns.meter[0, 1] > 0)


def check_query(query: object, k: int, candidates: int | None = None) -> None:
    """Refuse what is no melody, too short or too long, and numbers that no search takes.

    Raises
    ------
    InputError
        The message says which, and what is supported.
    """
    if not isinstance(query, Melody):
        kind = type(query).__name__
        raise InputError(f"the motif is a {kind}; a Melody is needed, as load_melody returns it")
    if len(query) < MIN_QUERY_NOTES:
        raise InputError(
            f"the motif has {len(query)} note{'s' * (len(query) != 1)}; "
            f"a search needs at least {MIN_QUERY_NOTES}"
        )
    if len(query) > MAX_QUERY_NOTES:
        raise InputError(
            f"the motif has {len(query)} notes; a search takes at most {MAX_QUERY_NOTES}: "
            "choose a passage"
        )
    _check_whole("candidates", 0 if candidates is None else candidates)
    check_k(k)


def check_k(k: int) -> None:
    """Refuse a number of matches that no search takes.

    Raises
    ------
    InputError
        The message says what is supported.
    """
    _check_whole("k", k)
    if not 1 <= k <= MAX_MATCHES:
        raise InputError(f"k is {k}; 1 to {MAX_MATCHES} is supported")


def _check_whole(name: str, number: int) -> None:
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise InputError(f"{name} is {number!r}; a whole number is needed")
