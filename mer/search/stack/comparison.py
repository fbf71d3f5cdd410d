"""Second stage: candidates -> how well each aligns with the query. The only caller of `align`.

Four ways to compare. `by_motif` looks for the query inside each candidate (or the candidate inside
the query) and then as a whole; `with_care` compares whole melodies, locally and as a whole, with
what is known of metre and phrases, after a coarse pass has chosen; `locally` and `inside` are one
alignment each. Budgets are counted in pairs of notes, because that is what alignment costs: short
sequences get more candidates for the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mer.alignment.align import (
    Pairs,
    Profile,
    Scoring,
    align,
    align_in_any_notes,
    align_pairs,
    best_shifts,
    traces,
)
from mer.alignment.aspects import ASPECTS, BOTH
from mer.alignment.pairs import filled, notes_of_steps
from mer.alignment.steps import STEPS, STEPS_OF, step_profile
from mer.notes.arrays import Ints, Singles, distinct
from mer.notes.columns import Columns
from mer.search.stack.fusion import Shares, total
from mer.search.stack.pool import Pool
from mer.search.stack.proposal import Proposal
from mer.search.stack.query import Query

LOCALLY, INSIDE, WHOLE = "aligned locally", "aligned inside", "aligned as a whole"

# Of a motif: shares of the inter-onset interval and of pitch were chosen by hand.
INSIDE_SCORING = Scoring(mode="inside", metre=0.0, length=0.3, pitch_band=3.0)
WHOLE_SCORING = replace(INSIDE_SCORING, mode="global")
# A motif is also looked for in notes of half or twice the length, and of a quarter or four times:
# what is found so counts for three tenths less (decision 33).
OTHER_VALUES, MOST_DOUBLED = 0.7, 2
# Of a phrase that is shorter than a motif, its share of the notes counts so (decision 34).
UNANSWERED = 0.5
# Where both sides notate a metre. More gains more, and a wrong metre then costs more than it gains.
MOTIF_METRE_SHARE = 0.2
# Of whole melodies, where one side notates no metre.
LOCAL = Scoring(mode="local", metre=0.0, pitch_band=4.0, shifts=2)
GLOBAL = replace(LOCAL, mode="global", length=0.15)
# Inner metrical weight, and the floor with it, where nobody notates a metre and rhythm tells all it
# can; less where it tells less.
INNER_SHARE, INNER_FLOOR = 0.5, -0.2
# Where both sides notate a metre, or give the strength of beats: lengths say nothing more then, and
# pitches may lie further apart.
METRICAL_LOCAL = replace(LOCAL, metre=0.5, pitch_band=6.0)
METRICAL_GLOBAL = replace(METRICAL_LOCAL, mode="global")
# Where notes are the same or not: a semitone away is nearly the same, a third is not. Narrower
# bands and dearer gaps lost the ends of tunes with .4 of their notes changed
# (`benchmarks/check.py`).
NOTE_FOR_NOTE = Scoring(mode="local", metre=0.0, pitch_band=2.5, shifts=0)
# Of one aspect. No time counts where pitch is compared, and a step is a step.
ASPECT_SCORINGS = {
    "pitch": replace(INSIDE_SCORING, length=0.0),
    **dict.fromkeys(STEPS_OF, STEPS),
}
# Share of phrase position where the phrases are given, and where they are guessed. Notes that stand
# elsewhere in given phrases cost so much that unrelated melodies all fall below 0: hence the floor.
MARKED_SHARE, GUESSED_SHARE = 1.0, 0.3
MARKED_FLOOR = -0.2

# Transpositions tried for each candidate: a whole tune's pitches say little about a short motif's.
_FEWEST_SHIFTS = 3
_MOST_SHIFTS = {"phrase": 3, "melody": 8}
_NOTES_TIMES_SHIFTS = 64
# Of a motif: candidates, and pairs of notes, which bound the time where sequences are long.
_MOST_CANDIDATES, _FEWEST_CANDIDATES = 800, 100
_MOTIF_PAIRS = 16_000_000
# By how much similarities may be off, with room to spare: alignments are rounded to five places.
_ROUNDING = 1e-3
# Of whole melodies, in pairs of notes: for choosing candidates, and for comparing them with care.
COARSE_PAIRS, FINE_PAIRS = 8_000_000, 3_000_000
FEWEST = 50


class Limits(NamedTuple):
    """How many sequences are compared.

    Parameters
    ----------
    least
        At least so many, because so many matches are asked for.
    candidates
        Exactly so many (but not fewer than `least`); None for what the budget allows.
    everything
        Whether to compare the whole pool, with all the care there is.
    complete
        Whether the ranking goes on behind those that were compared.
    best
        How many of the most similar are wanted, where no others are; a comparison may then leave
        out what cannot be among them.
    """

    least: int = 0
    candidates: int | None = None
    everything: bool = False
    complete: bool = True
    best: int | None = None


class Compared(NamedTuple):
    """What an alignment says of the candidates.

    Parameters
    ----------
    numbers
        The sequences that were compared.
    rest
        The others, best first.
    values
        Name of the alignment -> similarity with each of `numbers`, 0 to 1.
    transposition
        Semitones to add to the query, for each of `numbers`.
    doubled
        How often the notes of the query are doubled in length, for each of them; None for never.
    """

    numbers: Ints
    rest: Ints
    values: dict[str, Singles]
    transposition: Ints
    doubled: Ints | None = None


# The shares are those of the alignments in the fused similarity.
Comparison = Callable[[Pool, Query, Proposal, Shares, Limits], Compared]


def by_motif(
    pool: Pool, query: Query, proposed: Proposal, shares: Shares, limits: Limits
) -> Compared:
    """Compare the best proposed inside, and as a whole at the same transposition.

    As a whole a candidate earns no more than inside, where the ends are free. So what is too far
    behind already is not aligned as a whole, where only the best are wanted.
    """
    tries = min(_NOTES_TIMES_SHIFTS // max(len(query), 1), _MOST_SHIFTS[pool.unit])
    tries = max(tries, _FEWEST_SHIFTS)
    count = limits.candidates
    if count is None:
        count = int(
            np.clip(
                _MOTIF_PAIRS / (len(query) * (tries + 1) * pool.mean_notes),
                _FEWEST_CANDIDATES,
                _MOST_CANDIDATES,
            )
        )
    count = len(pool) if limits.everything else max(count, limits.least)
    order = proposed.best(None if limits.complete else count)
    numbers, rest = order[:count], order[count:]
    metre = MOTIF_METRE_SHARE if _both_notate(pool, query) else 0.0
    own = Profile.of(query.columns, metre=metre > 0.0, position=False)
    others = Profile.of(pool.take(numbers), metre=metre > 0.0, position=False)
    shifts = best_shifts(own, others, np.arange(len(numbers)), tries)
    # Tunes repeat their phrases, and share them: what is the same is aligned once.
    first, which = others.alike(shifts)
    others, shifts = others.take_all(first), shifts[first]
    scoring = replace(INSIDE_SCORING, metre=metre)
    inside, shift, doubled = align_in_any_notes(
        own, others, scoring, shifts, most=MOST_DOUBLED, worth=OTHER_VALUES
    )
    answered = inside * _answered(own, others)
    if limits.best is not None and limits.best < len(numbers):
        least = proposed.quick[numbers] + shares[INSIDE] * answered[which]
        most = least + shares[WHOLE] * inside[which]
        wanted = np.partition(least, -limits.best)[-limits.best]
        rows = np.flatnonzero(most >= wanted - _ROUNDING)
        numbers, which = numbers[rows], which[rows]
    rows, whole = distinct(which), np.zeros(len(first), dtype=np.float32)
    in_notes, scoring = others.in_shorter_notes(doubled), replace(WHOLE_SCORING, metre=metre)
    whole[rows], _ = align(own, in_notes, rows, scoring, shifts=shift[rows, None])
    whole[doubled != 0] *= np.float32(OTHER_VALUES)
    values = {INSIDE: answered[which], WHOLE: whole[which]}
    return Compared(numbers, rest, values, shift[which], doubled[which])


def by_aspect(
    pool: Pool,
    query: Query,
    proposed: Proposal,
    shares: Shares,
    limits: Limits,
    *,
    aspect: str,
) -> Compared:
    """Compare the best proposed inside, in one aspect alone."""
    count = len(pool) if limits.everything else limits.candidates
    count = max(count or _MOST_CANDIDATES, limits.least)
    order = proposed.best(None if limits.complete else count)
    numbers, rest = order[:count], order[count:]
    own, others = _in_aspect(query.columns, pool.take(numbers), aspect)
    rows, scoring = np.arange(len(numbers)), ASPECT_SCORINGS[aspect]
    shifts = best_shifts(own, others, rows, scoring.shifts)
    inside, shift = align(own, others, rows, scoring, shifts=shifts)
    return Compared(numbers, rest, {INSIDE: inside * _answered(own, others)}, shift)


def _answered(own: Profile, others: Profile) -> Singles:
    """Return what all of the shorter one counts: less where much of the query has no answer."""
    share = np.diff(others.bounds) / np.float32(len(own.pitch))
    return np.asarray(np.minimum(share, 1) ** UNANSWERED, dtype=np.float32)


def with_care(
    pool: Pool, query: Query, proposed: Proposal, shares: Shares, limits: Limits
) -> Compared:
    """Compare the best proposed coarsely, and the best of these locally and as a whole."""
    order = proposed.best()
    if limits.everything:
        chosen, behind = order, order[:0]
    else:
        least = max(limits.least, limits.candidates or 0)
        count = max(affordable(pool, query, order, COARSE_PAIRS), least)
        chosen, rest = order[:count], order[count:]
        scoring = replace(scorings(pool, query)[WHOLE], shifts=1)
        coarse, _ = align(pool.profile_of(query), pool.profile, chosen, scoring)
        both = {LOCALLY: coarse, WHOLE: coarse}
        fused = proposed.quick[chosen] + total(shares, both)
        chosen = chosen[np.argsort(-fused, kind="stable")]
        count = affordable(pool, query, chosen, FINE_PAIRS)
        count = max(count if limits.candidates is None else limits.candidates, limits.least)
        behind = np.concatenate([chosen[count:], rest])
        chosen = chosen[:count]
    values, shift = careful_values(pool, query, chosen)
    return Compared(chosen, behind, values, shift)


def careful_values(pool: Pool, query: Query, numbers: Ints) -> tuple[dict[str, Singles], Ints]:
    """Return both alignments of the query with whole melodies, and the transpositions."""
    own, scoring = pool.profile_of(query), scorings(pool, query)
    local, shift = align(own, pool.profile, numbers, scoring[LOCALLY])
    whole, _ = align(own, pool.profile, numbers, scoring[WHOLE], shifts=shift[:, None])
    return {LOCALLY: local, WHOLE: whole}, shift


class Comparisons(NamedTuple):
    """Pairs of whole melodies to be aligned locally, with all that this needs: it can be pickled.

    Parameters
    ----------
    profile
        The melodies that occur in a pair.
    first, second
        Shape (pairs,) each: which of them.
    scoring
        Costs.
    """

    profile: Profile
    first: Ints
    second: Ints
    scoring: Scoring

    @classmethod
    def of(cls, pool: Pool, first: Ints, second: Ints) -> Comparisons:
        """Return the comparisons of pairs of a pool."""
        there = np.unique(np.concatenate([first, second]))
        return cls(
            pool.profile.take_all(there),
            np.searchsorted(there, first),
            np.searchsorted(there, second),
            scorings(pool)[LOCALLY],
        )

    def similarity(self) -> Singles:
        """Return how well the melodies align, pair by pair, shape (pairs,), 0 to 1."""
        return align_pairs(self.profile, self.first, self.second, self.scoring)[0]


def locally(
    pool: Pool, query: Query, proposed: Proposal, shares: Shares, limits: Limits
) -> Compared:
    """Compare everything by its best stretch."""
    order, scoring = proposed.best(), scorings(pool, query)[LOCALLY]
    local, shift = align(pool.profile_of(query), pool.profile, order, scoring)
    return Compared(order, order[:0], {LOCALLY: local}, shift)


def inside(
    pool: Pool, query: Query, proposed: Proposal, shares: Shares, limits: Limits
) -> Compared:
    """Compare everything inside, each at its likeliest transposition only."""
    order, scoring = proposed.best(), replace(INSIDE_SCORING, shifts=1)
    found, shift = align(_plain(query.columns), plain_profile(pool), order, scoring)
    return Compared(order, order[:0], {INSIDE: found}, shift)


def plain_profile(pool: Pool) -> Profile:
    """Return what is compared of a pool where metre counts nothing, made once."""
    if "plain profile" not in pool.attached:
        pool.attached["plain profile"] = _plain(pool.columns)
    made = pool.attached["plain profile"]
    assert isinstance(made, Profile)
    return made


def scorings(pool: Pool, query: Query | None = None) -> dict[str, Scoring]:
    """Return how whole melodies are aligned, with what is known of metre and phrases.

    Parameters
    ----------
    query
        What is compared; None for the sequences of the pool with each other.
    """
    position = MARKED_SHARE if pool.has_phrases else GUESSED_SHARE
    if _both_notate(pool, query):
        floor = MARKED_FLOOR if pool.has_phrases else 0.0
        whole = replace(METRICAL_GLOBAL, position=position, floor=floor)
        return {LOCALLY: METRICAL_LOCAL, WHOLE: whole}
    tells = 0.0 if pool.has_metre else pool.rhythm_tells
    metre, floor = INNER_SHARE * tells, INNER_FLOOR * tells
    return {
        LOCALLY: replace(LOCAL, metre=metre),
        WHOLE: replace(GLOBAL, metre=metre, position=position, floor=floor),
    }


def _both_notate(pool: Pool, query: Query | None) -> bool:
    return pool.has_metre and (query is None or query.has_metre)


def affordable(pool: Pool, query: Query, items: Ints, budget: int) -> int:
    """Return how many of `items`, in their order, fit into a budget of pairs of notes."""
    pairs = np.cumsum(pool.columns.lengths[items]) * len(query)
    return max(int(np.searchsorted(pairs, budget)), min(FEWEST, len(items)))


def corresponding(
    pool: Pool,
    query: Query,
    numbers: Ints,
    transposition: Ints | None,
    *,
    doubled: Ints | None = None,
    local: bool = False,
    aspect: str = "",
) -> tuple[list[Pairs], Ints]:
    """Return which notes of the query answer which of each sequence, and the transpositions.

    Parameters
    ----------
    transposition
        What the comparison found; None where the method has compared no notes: then the likeliest
        one is found here.
    doubled
        How often it doubled the notes of the query; None for never.
    local
        Whether the best stretch of both is meant, as with whole melodies; else all of the shorter
        one.
    aspect
        The only one that is compared, if so.
    """
    own, others = _in_aspect(query.columns, pool.take(numbers), aspect)
    others = others if doubled is None else others.in_shorter_notes(doubled)
    rows = np.arange(len(numbers))
    scoring = LOCAL if local else ASPECT_SCORINGS.get(aspect, INSIDE_SCORING)
    if transposition is None:
        shifts = best_shifts(own, others, rows, _FEWEST_SHIFTS)
        _, transposition = align(own, others, rows, scoring, shifts=shifts)
    found = traces(own, others, rows, transposition, scoring)
    return [
        notes_of_steps(pairs) for pairs in found
    ] if aspect in STEPS_OF else found, transposition


def note_for_note(pool: Pool, query: Query, transposition: Ints) -> list[Pairs]:
    """Return which notes of the best stretch of both correspond, for each sequence of a pool.

    Parameters
    ----------
    transposition
        Semitones to add to the query, for each sequence.
    """
    rows = np.arange(len(pool))
    own, others = _plain(query.columns), _plain(pool.columns)
    return [filled(pairs) for pairs in traces(own, others, rows, transposition, NOTE_FOR_NOTE)]


def _in_aspect(query: Columns, others: Columns, aspect: str) -> tuple[Profile, Profile]:
    """Return the profiles of a query and others in which only one aspect is left."""
    if aspect in STEPS_OF:
        return step_profile(query, aspect, first=False), step_profile(others, aspect)
    alone = ASPECTS.get(aspect, ASPECTS[BOTH])
    return _plain(alone(query)), _plain(alone(others))


def _plain(columns: Columns) -> Profile:
    return Profile.of(columns, metre=False, position=False)
