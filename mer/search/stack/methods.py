"""Named ways to rank a pool for a query: what a search offers and ``mer evaluate`` measures.

A `RankingMethod` says which representations propose, how the proposed are compared, and what each
part counts. Nine names are fixed:

- ``motif``: figures of four notes propose; the best are aligned inside, so that a motif is
  found within a longer melody, and as a whole. What a search for phrases does unless asked.
- ``full-noexpand``: n-grams and learned vector propose; as many as the budget allows are aligned
  once, as a whole, and the best of these with more care, locally and as a whole. What a search for
  whole melodies does unless asked, if the query has at least 16 notes and half as many as the
  melodies have on average; a shorter one is a motif.
- ``full``: the same, then re-scored by neighbour lists (`mer.search.stack.expansion`), which in a
  large pool are those of its neighbour graph, if it has one.
- ``align`` and ``inside``: local alignment, or alignment inside, with every sequence, and no more.
- ``by-pitch``, ``by-rhythm`` and ``by-contour``: a motif is looked for as by ``motif``, but only
  that aspect of it is heard.
- ``ngram``: the weighted mean of the cosines in all n-gram views; rhythm counts for more in pools
  whose rhythm tells more, and only intervals and their contour count in pools without rhythm.

The others are the representations of `mer.embeddings`, each alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mer.embeddings import REPRESENTATIONS
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody
from mer.search.stack.comparison import (
    INSIDE,
    LOCALLY,
    WHOLE,
    Compared,
    Comparison,
    Limits,
    by_aspect,
    by_motif,
    inside,
    locally,
    plain_profile,
    scorings,
    with_care,
)
from mer.search.stack.fusion import Shares, parts_of, similarity_of, with_floor
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import Proposal, propose
from mer.search.stack.query import Query

if TYPE_CHECKING:
    from mer.search.stack.expansion import AllPairs

# Of a motif. Chosen by hand from what `benchmarks/self_retrieval.py` and cut motifs showed:
# alignment inside finds a motif in a longer phrase but cannot tell a whole phrase from a part, and
# alignment as a whole does the opposite.
MOTIF_VIEWS = ("four-note", "three-note")
MOTIF_VIEWS_SHARE = 0.25
MOTIF_ALIGNED: Mapping[str, float] = {INSIDE: 0.45, WHOLE: 0.3}
# A changed note leaves a motif of so few notes no four that are as they were, so three count too;
# three notes hold no four.
FEW_NOTES, FEWEST_NOTES = 6, 4
FEW_NOTES_SHARES: Mapping[str, float] = {"four-note": 0.75, "three-note": 0.25}
# Share of each view in ``ngram`` where rhythm tells little; they add up to 1.
NGRAM_SHARES: Mapping[str, float] = {
    "interval": 0.34,
    "contour": 0.33,
    "interval-rhythm": 0.16,
    "scale-degree": 0.14,
    "rhythm": 0.03,
}
# The share of rhythm grows with what it tells (`Pool.rhythm_tells`), from the first to the second.
RHYTHM_SHARES = (NGRAM_SHARES["rhythm"], 0.23)
# Of whole melodies; with that of the n-grams together they add up to 1.
NGRAM_SHARE = 0.29
VECTOR_SHARE = 0.33
WHOLE_ALIGNED: Mapping[str, float] = {LOCALLY: 0.19, WHOLE: 0.19}
# Of whole melodies in a pool without rhythm, as of chant: notes that are all as long say as much in
# every view, so that alignment counts for more. Chosen on half of the families of
# `benchmarks/chant_families.py`; the shares of a hand-drawn grid differ by less than .01 MAP.
EVEN_NGRAM_SHARES: Mapping[str, float] = {"interval": 0.5, "contour": 0.5}
EVEN_NGRAM_SHARE, EVEN_VECTOR_SHARE = 0.1, 0.15
EVEN_ALIGNED: Mapping[str, float] = {LOCALLY: 0.5, WHOLE: 0.25}

_EMPTY: Mapping[str, float] = {}


class RankingMethod(NamedTuple):
    """A way to rank.

    Parameters
    ----------
    views
        Pool and query -> the share of each representation; they propose. Without a query, those of
        all that may be asked for.
    compare
        How the proposed are compared; None for a method that aligns nothing.
    aligned
        The share of each alignment where rhythm is told, before any floor (see `shares`).
    expand
        Whether neighbour lists re-score.
    aspect
        The only aspect that is heard (a name in `mer.alignment.aspects.ASPECTS`), "" for all.
    """

    views: Callable[[Pool, Query | None], Shares]
    compare: Comparison | None = None
    aligned: Shares = _EMPTY
    expand: bool = False
    aspect: str = ""

    def shares(self, pool: Pool, query: Query | None = None) -> tuple[Shares, Shares]:
        """Return the share of each representation and of each alignment in the similarity.

        Where the alignment as a whole has a floor, its share is longer: what a note earns counts as
        much as it does without one.
        """
        views = self.views(pool, query)
        if self.compare is not with_care:
            return views, self.aligned
        aligned = self.aligned_in(pool)
        floor = scorings(pool, query)[WHOLE].floor
        found = with_floor({**views, **aligned}, WHOLE, floor)
        return {name: found[name] for name in views}, {name: found[name] for name in aligned}

    def aligned_in(self, pool: Pool) -> Shares:
        """Return the share of each alignment in a pool, before any floor."""
        whole = self.compare is with_care
        return EVEN_ALIGNED if whole and not pool.has_rhythm else self.aligned

    def prepare(self, pool: Pool) -> None:
        """Make all that a query needs, so that the first takes no longer than the others."""
        shares, aligned = self.shares(pool)
        for name in shares:
            pool.make_ready(name)
        if self.compare in (with_care, locally):
            _ = pool.profile
        if self.compare is inside:
            plain_profile(pool)
        if self.expand:
            from mer.search.stack.expansion import make_lists

            make_lists(pool, shares, aligned)


class Ranking:
    """A pool in the order of a method.

    Parameters
    ----------
    numbers
        The sequences, best first, the query excepted: all that may be found, or where the limits
        are not `complete` only those that were compared.
    parts
        Name of a part -> what it adds to the similarity of the first of them, shape (compared,).
    transposition
        Semitones to add to the query, shape (compared,); None where no notes were compared.
    doubled
        How often the notes of the query are doubled in length, shape (compared,); None for never.
    """

    def __init__(
        self,
        numbers: Ints,
        parts: dict[str, Floats],
        transposition: Ints | None,
        doubled: Ints | None = None,
    ) -> None:
        self.numbers, self.parts = numbers, parts
        self.transposition, self.doubled = transposition, doubled

    @cached_property
    def similarity(self) -> Floats:
        """The sum of the parts, 0 to 1, exactly; falling, shape (compared,)."""
        return similarity_of(self.parts)

    def take(self, rows: Ints) -> Ranking:
        """Return some of those that were compared, in the order given."""
        moved = None if self.transposition is None else self.transposition[rows]
        doubled = None if self.doubled is None else self.doubled[rows]
        parts = {name: part[rows] for name, part in self.parts.items()}
        return Ranking(self.numbers[rows], parts, moved, doubled)


def ngram_shares(pool: Pool, query: Query | None = None) -> Shares:
    """Return the share of each view in ``ngram``; they add up to 1."""
    if not pool.has_rhythm:
        return EVEN_NGRAM_SHARES
    rhythm = float(np.interp(pool.rhythm_tells, (0.0, 1.0), RHYTHM_SHARES))
    left = (1.0 - rhythm) / (1.0 - NGRAM_SHARES["rhythm"])
    others = {name: share * left for name, share in NGRAM_SHARES.items()}
    return {**others, "rhythm": rhythm}


def melody_shares(pool: Pool, query: Query | None = None) -> Shares:
    """Return the share of each representation where whole melodies are compared with care."""
    share, vector = NGRAM_SHARE, VECTOR_SHARE
    if not pool.has_rhythm:
        share, vector = EVEN_NGRAM_SHARE, EVEN_VECTOR_SHARE
    ngrams = {name: share * part for name, part in ngram_shares(pool).items()}
    return {**ngrams, "vector": vector}


def motif_shares(pool: Pool, query: Query | None = None) -> Shares:
    """Return the share of each representation where a motif is looked for."""
    shares = FEW_NOTES_SHARES
    if query is not None and len(query) >= FEW_NOTES:
        shares = {"four-note": 1.0}
    elif query is not None and len(query) < FEWEST_NOTES:
        shares = {"three-note": 1.0}
    return {name: MOTIF_VIEWS_SHARE * share for name, share in shares.items()}


def _no_shares(pool: Pool, query: Query | None = None) -> Shares:
    return _EMPTY


def aspect_method(aspect: str, view: str) -> RankingMethod:
    """Return the method that hears one aspect alone; its view proposes."""
    views = partial(_alone, name=view, share=MOTIF_VIEWS_SHARE)
    compare = partial(by_aspect, aspect=aspect)
    return RankingMethod(views, compare, {INSIDE: 1.0 - MOTIF_VIEWS_SHARE}, aspect=aspect)


def _alone(pool: Pool, query: Query | None = None, *, name: str, share: float = 1.0) -> Shares:
    return {name: share}


METHODS: dict[str, RankingMethod] = {
    "motif": RankingMethod(motif_shares, by_motif, MOTIF_ALIGNED),
    "full": RankingMethod(melody_shares, with_care, WHOLE_ALIGNED, expand=True),
    "full-noexpand": RankingMethod(melody_shares, with_care, WHOLE_ALIGNED),
    "align": RankingMethod(_no_shares, locally, {LOCALLY: 1.0}),
    "inside": RankingMethod(_no_shares, inside, {INSIDE: 1.0}),
    "ngram": RankingMethod(ngram_shares),
    "by-pitch": aspect_method("pitch", "interval"),
    "by-rhythm": aspect_method("rhythm", "rhythm"),
    "by-contour": aspect_method("contour", "parsons"),
    **{name: RankingMethod(partial(_alone, name=name)) for name in REPRESENTATIONS},
}


def method_named(name: str, *, known: Iterable[str] = ()) -> RankingMethod:
    """Return a method by its name.

    Raises
    ------
    InputError
        If there is none; the message lists all, and what else is `known`.
    """
    if name not in METHODS:
        raise InputError(f"unknown method {name!r}; known: {', '.join([*METHODS, *known])}")
    return METHODS[name]


def rank(
    pool: Pool,
    query: Query | Melody | int,
    method: str,
    *,
    limits: Limits | None = None,
    among: Ints | None = None,
) -> Ranking:
    """Return a pool in the order of a method.

    Parameters
    ----------
    query
        A melody from anywhere, or the number of one of the pool, which is then left out.
    method
        A name in `METHODS`.
    limits
        How many are compared; by default what the method's budget allows.
    among
        The sequences that may be found; by default all.

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> beat = {"onset": [0, 480, 960, 1440], "duration": [480] * 4}
    >>> scale = Melody(pitch=[60, 62, 64, 65], **beat)
    >>> chord = Melody(pitch=[60, 64, 67, 72], **beat)
    >>> pool = Pool([scale, chord, scale.transpose(5)])
    >>> rank(pool, 0, "ngram").numbers.tolist(), rank(pool, chord, "motif").numbers.tolist()
    ([2, 1], [1, 0, 2])
    """
    chosen = method_named(method)
    if isinstance(query, Melody):
        query = Query.of(query)
    elif not isinstance(query, Query):
        query = pool.query(query)
    limits = limits or Limits()
    shares, aligned = chosen.shares(pool, query)
    proposed = propose(pool, query, shares, among)
    pairs = None
    if chosen.expand:
        from mer.search.stack.expansion import expanded, make_lists

        # Shares of the pool, not of the query: the table is the same whoever asks first.
        pairs = make_lists(pool, *chosen.shares(pool))
    compared = _compared(pool, query, chosen, proposed, aligned, limits, pairs)
    numbers = compared.numbers
    values = {name: found[numbers] for name, found in proposed.values.items()}
    parts = parts_of({**aligned, **shares}, {**values, **compared.values})
    if chosen.expand:
        parts = expanded(pool, query, numbers, parts, pairs)
    best = np.argsort(-similarity_of(parts), kind="stable")
    return Ranking(
        np.concatenate([numbers[best], compared.rest]),
        {name: part[best] for name, part in parts.items()},
        None if chosen.compare is None else compared.transposition[best],
        None if compared.doubled is None else compared.doubled[best],
    )


def _compared(
    pool: Pool,
    query: Query,
    method: RankingMethod,
    proposed: Proposal,
    aligned: Shares,
    limits: Limits,
    pairs: AllPairs | None,
) -> Compared:
    if method.compare is None:
        numbers = proposed.best(None if limits.complete else limits.least)
        return Compared(numbers, numbers[:0], {}, numbers[:0])
    if pairs is not None:
        if query.number is not None:
            return pairs.of_member(query, proposed)
        limits = Limits(everything=True)
    return method.compare(pool, query, proposed, aligned, limits)
