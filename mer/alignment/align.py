"""Query and candidates -> how well each aligns with the query, and which notes correspond.

Sequence alignment with affine gaps (Needleman and Wunsch 1970; Smith and Waterman 1981), for many
candidates at once. What a pair of notes earns is the product of closeness in pitch, metrical
weight, phrase position and length, mapped from 0..1 to -1..1, as in van Kranenburg, Volk, Wiering
and Veltkamp (2009). Departures: pitch distance is in semitones after a transposition chosen from
duration-weighted pitch histograms, and the gap costs are affine.

References
----------
van Kranenburg, P., Volk, A., Wiering, F. and Veltkamp, R. C. (2009). Musical models for melody
alignment. ISMIR.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.alignment.lattice import ALIGNMENT_MODES, Block, Scoring, best_totals
from mer.alignment.profile import Profile, best_shifts, doublings
from mer.notes.arrays import Ints, Singles

__all__ = [
    "ALIGNMENT_MODES",
    "Pairs",
    "Profile",
    "Scoring",
    "align",
    "align_in_any_notes",
    "align_pairs",
    "best_shifts",
    "trace",
    "traces",
]

Pairs = tuple[tuple[int, int], ...]

_BATCH_CELLS = 1 << 13  # candidate notes handled at once: small enough to stay in the cache
_FEW_CELLS = 1 << 12  # a batch this small costs its steps, and not its cells
_MAX_STRETCH = 1.5  # longest over shortest candidate of a batch: padding costs time
_PLACES = 5  # what single precision leaves of a total over hundreds of notes
_TRACE_CELLS = 1 << 21  # cells of the tables kept at once for tracing back


def align(
    query: Profile,
    pool: Profile,
    candidates: npt.ArrayLike,
    scoring: Scoring,
    *,
    shifts: Ints | None = None,
) -> tuple[Singles, Ints]:
    """Return the similarity of the query with each candidate, and the transposition used.

    Parameters
    ----------
    query
        A profile with one sequence of m notes.
    pool
        A profile with S sequences.
    candidates
        Shape (C,): the sequences of `pool` to align with.
    scoring
        Costs and mode.
    shifts
        Shape (C, tries): the transpositions to try; by default those of `best_shifts`.

    Returns
    -------
    similarity
        Shape (C,), 0 to 1: the alignment's earnings per note of the shorter sequence (for the
        local mode: per geometric mean of both lengths), from the scoring's floor, which is 0, to
        the most that a note can earn, which is 1.
    transposition
        Shape (C,): semitones added to the query.
    """
    chosen = np.asarray(candidates, dtype=np.int64)
    if shifts is None:
        shifts = best_shifts(query, pool, chosen, scoring.shifts)
    tries = shifts.shape[1]
    lengths = pool.bounds[chosen + 1] - pool.bounds[chosen]
    earned = np.empty(shifts.shape, dtype=np.float32)
    for part in _batches(lengths, tries):
        block = Block(query, pool, chosen[part], shifts[part].T, scoring)
        earned[part] = best_totals(block, scoring)[0].reshape(tries, -1).T
    return _best_tries(earned, len(query.pitch), lengths, shifts, scoring)


def align_in_any_notes(
    query: Profile, pool: Profile, scoring: Scoring, shifts: Ints, *, most: int, worth: float
) -> tuple[Singles, Ints, Ints]:
    """Return what `align` returns for a whole pool, in the note values that fit each sequence best.

    Those are as written, or so often doubled or halved that the middle lengths of both sides are
    about the same.

    Parameters
    ----------
    shifts
        Shape (S, tries): the transpositions to try.
    most
        How often notes are doubled or halved at most.
    worth
        What an alignment in other note values counts, beside one in the same.

    Returns
    -------
    similarity, transposition
        Shape (S,) each.
    doubled
        Shape (S,): how often the query's notes were doubled; negative where they were halved.
    """
    doubled = doublings(query, pool, most)
    rows = np.flatnonzero(doubled)
    both = pool.followed_by(pool.in_shorter_notes(doubled).take_all(rows))
    tried = np.concatenate([shifts, shifts[rows]])
    similarity, shift = align(query, both, np.arange(len(tried)), scoring, shifts=tried)
    again, moved = similarity[len(shifts) :] * np.float32(worth), shift[len(shifts) :]
    similarity, shift = similarity[: len(shifts)], shift[: len(shifts)]
    better = again > similarity[rows]
    doubled[rows[~better]] = 0
    similarity[rows[better]], shift[rows[better]] = again[better], moved[better]
    return similarity, shift, doubled


def align_pairs(
    pool: Profile,
    queries: npt.ArrayLike,
    candidates: npt.ArrayLike,
    scoring: Scoring,
    *,
    shifts: Ints | None = None,
) -> tuple[Singles, Ints]:
    """Return what `align` returns, for pairs of sequences of one pool.

    Queries of as many notes are aligned together: where each has few candidates, this is several
    times faster than one query after another. The values are the same to the last bit.

    Parameters
    ----------
    queries, candidates
        Shape (pairs,) each: sequences of `pool`.
    shifts
        Shape (pairs, tries): the transpositions to try; by default those of `best_shifts`.
    """
    own, chosen = np.asarray(queries, dtype=np.int64), np.asarray(candidates, dtype=np.int64)
    if shifts is None:
        shifts = _shifts_of_pairs(pool, own, chosen, scoring.shifts)
    tries = shifts.shape[1]
    every = np.diff(pool.bounds)
    notes, lengths = every[own], every[chosen]
    earned = np.empty(shifts.shape, dtype=np.float32)
    for count in np.unique(notes).tolist():
        alike = np.flatnonzero(notes == count)
        for among in _batches(lengths[alike], tries):
            part = alike[among]
            queried = pool.side_by_side(own[part])
            block = Block(queried, pool, chosen[part], shifts[part].T, scoring)
            earned[part] = best_totals(block, scoring)[0].reshape(tries, -1).T
    return _best_tries(earned, notes, lengths, shifts, scoring)


def _shifts_of_pairs(pool: Profile, queries: Ints, candidates: Ints, count: int) -> Ints:
    shifts = np.zeros((len(queries), max(count, 1)), dtype=np.int64)
    order = np.argsort(queries, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(queries[order])) + 1):
        if len(part):
            own = pool.take(int(queries[part[0]]))
            shifts[part] = best_shifts(own, pool, candidates[part], count)
    return shifts


def _batches(lengths: Ints, tries: int) -> Iterator[Ints]:
    """Yield candidates that are aligned at once, by their lengths: not too many, and alike."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        shortest = int(lengths[order[start]])
        room = max(1, _BATCH_CELLS // (shortest * tries))
        part = order[start : start + room]
        cells = lengths[part] * np.arange(1, len(part) + 1) * tries
        part = part[(lengths[part] <= shortest * _MAX_STRETCH + 4) | (cells <= _FEW_CELLS)]
        yield part
        start += len(part)


def _best_tries(
    earned: Singles, query_notes: int | Ints, lengths: Ints, shifts: Ints, scoring: Scoring
) -> tuple[Singles, Ints]:
    """Return the similarity by the best transposition of each candidate, and that one."""
    floor = np.float32(scoring.floor)
    norm = _norm(query_notes, lengths, scoring.mode)[:, None]
    table = np.round(np.clip((earned / norm - floor) / (1 - floor), 0.0, 1.0), _PLACES)
    best = np.argmax(table, axis=1)
    rows = np.arange(len(table))
    return table[rows, best], shifts[rows, best]


def _norm(query_notes: int | Ints, lengths: Ints, mode: str) -> Singles:
    norms: dict[str, Any] = {
        "global": np.minimum(query_notes, lengths),
        "local": np.sqrt(query_notes * lengths.astype(np.float64)),
        "inside": np.minimum(query_notes, lengths),
    }
    return np.asarray(norms[mode], dtype=np.float32)


_TRACE_STARTS: dict[str, Callable[[Singles], tuple[int, int]]] = {
    "global": lambda table: (table.shape[0] - 1, table.shape[1] - 1),
    "inside": lambda table: (table.shape[0] - 1, int(np.argmax(table[-1]))),
    "around": lambda table: (int(np.argmax(table[:, -1])), table.shape[1] - 1),
    "local": lambda table: divmod(int(np.argmax(table)), table.shape[1]),
}


def trace(
    query: Profile, pool: Profile, candidate: int, transposition: int, scoring: Scoring
) -> Pairs:
    """Return the corresponding notes (query note, candidate note) of the best alignment.

    Note numbers count from 0 in each sequence. Pairs that earn nothing at all (closeness 0) are
    left out: they are placeholders, not correspondences.
    """
    return traces(query, pool, [candidate], [transposition], scoring)[0]


def traces(
    query: Profile,
    pool: Profile,
    candidates: npt.ArrayLike,
    transpositions: npt.ArrayLike,
    scoring: Scoring,
) -> list[Pairs]:
    """Return what `trace` returns, for several candidates and their transpositions at once."""
    chosen = np.asarray(candidates, dtype=np.int64)
    shifts = np.asarray(transpositions, dtype=np.int64)
    longest = (pool.bounds[chosen + 1] - pool.bounds[chosen]).max(initial=1)
    room = max(1, int(_TRACE_CELLS // (longest * len(query.pitch))))
    found: list[Pairs] = []
    for start in range(0, len(chosen), room):
        part = slice(start, start + room)
        block = Block(query, pool, chosen[part], shifts[part], scoring)
        _, totals, earned = best_totals(block, scoring, keep=True)
        table, pairs = np.stack(totals), np.stack(earned)
        for column, notes in enumerate(block.lengths.tolist()):
            found.append(_path(table[:, : notes + 1, column], pairs[:, :, column], scoring))
    return found


def _path(table: Singles, earned: Singles, scoring: Scoring) -> Pairs:
    """Return the pairs on the best path through the totals, shape (m + 1, n + 1)."""
    mode = scoring.mode
    if mode == "inside" and table.shape[1] < table.shape[0]:
        mode = "around"
    row, column = _TRACE_STARTS[mode](table)
    totals, earns = table.tolist(), earned.tolist()  # single numbers of lists are quicker
    pairs: list[tuple[int, int]] = []
    local = scoring.mode == "local"
    while row > 0 and column > 0:
        here = totals[row][column]
        if local and here <= 0.0:
            break
        pair = earns[row - 1][column - 1]
        if _near(here, totals[row - 1][column - 1] + pair):
            row, column = row - 1, column - 1
            if pair > -1.0:
                pairs.append((row, column))
        else:
            row, column = _skip_gap(totals, row, column, scoring)
    return tuple(reversed(pairs))


def _near(a: float, b: float) -> bool:
    # Lifted totals are rounded by more the longer the melodies are. np.isclose would take a hundred
    # times as long for two numbers.
    return abs(a - b) <= 5e-4 + 1e-5 * abs(b)


def _skip_gap(
    totals: list[list[float]], row: int, column: int, scoring: Scoring
) -> tuple[int, int]:
    """Return where the gap that ends at this cell was opened."""
    here = totals[row][column]
    for size in range(1, max(row, column) + 1):
        cost = scoring.gap_open + (size - 1) * scoring.gap_extend
        if size <= row and _near(here, totals[row - size][column] - cost):
            return row - size, column
        if size <= column and _near(here, totals[row][column - size] - cost):
            return row, column - size
    return row - 1, column - 1
