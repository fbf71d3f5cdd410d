"""Query and candidates -> how well each aligns with the query, and which notes correspond.

Sequence alignment with affine gaps (Needleman and Wunsch 1970; Smith and Waterman 1981; Gotoh
1982), for many candidates at once: one numpy operation per query note covers every note of every
candidate. What a pair of notes earns is the product of closeness in pitch, metrical weight, phrase
position and length, mapped from 0..1 to -1..1, as in van Kranenburg, Volk, Wiering and Veltkamp
(2009). Departures: pitch distance is in semitones after a transposition chosen from
duration-weighted pitch histograms, and the gap costs are affine.

References
----------
van Kranenburg, P., Volk, A., Wiering, F. and Veltkamp, R. C. (2009). Musical models for melody
alignment. ISMIR.
Gotoh, O. (1982). An improved algorithm for matching biological sequences. Journal of Molecular
Biology 162(3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.columns import Columns
from mer.errors import InputError
from mer.metre import metrical_weight
from mer.viewpoints import inter_onset_interval, phrase_position

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Pairs = tuple[tuple[int, int], ...]

MODES = ("global", "local", "inside")
_NEVER = np.float32(-1e9)
_FAR = np.float32(1e6)  # the pitch of padding: close to no note
_BATCH_CELLS = 1 << 16  # candidate notes handled at once: small enough to stay in the cache
_MAX_STRETCH = 1.25  # longest over shortest candidate of a batch: padding costs time
_PITCHES = 128
_MAX_SHIFT = 30


@dataclass(frozen=True)
class Scoring:
    """What corresponding notes earn and what gaps cost.

    Parameters
    ----------
    pitch_band
        Semitones between two notes at which their closeness in pitch reaches 0.
    metre, position, length
        Share, 0 to 1, of metrical weight, phrase position and inter-onset interval: 0 switches one
        off, 1 lets it veto a pair.
    gap_open, gap_extend
        Cost of the first and of each further note left out.
    shifts
        How many transpositions to try for each candidate; 0 compares pitches as they stand.
    mode
        ``"global"`` (all of both), ``"local"`` (the best stretch of both) or ``"inside"`` (all of
        the shorter one, the best stretch of the longer one).
    """

    pitch_band: float = 5.0
    metre: float = 1.0
    position: float = 0.0
    length: float = 0.0
    gap_open: float = 0.8
    gap_extend: float = 0.2
    shifts: int = 3
    mode: str = "global"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InputError(f"unknown alignment mode {self.mode!r}; one of {', '.join(MODES)}")
        if self.gap_open < self.gap_extend:
            raise InputError(
                f"gap_open {self.gap_open} is below gap_extend {self.gap_extend}; "
                f"a first gap must cost at least as much as a further one"
            )


@dataclass(frozen=True, eq=False)
class Profile:
    """What the alignment compares, per note: shape (N,) each, with sequence boundaries."""

    pitch: Floats
    weight: Floats
    position: Floats
    length: Floats
    bounds: Ints
    histogram: Floats

    @classmethod
    def of(cls, columns: Columns) -> Profile:
        """Return the profile of every sequence of `columns`.

        ``histogram`` has shape (S, 128): the share of time on each pitch, scaled to length 1.
        """
        cell = columns.sequence * _PITCHES + columns.pitch.astype(np.int64)
        flat = np.bincount(cell, columns.duration, minlength=_PITCHES * len(columns))
        histogram = flat.astype(np.float32).reshape(len(columns), _PITCHES)
        histogram = histogram / np.linalg.norm(histogram, axis=1, keepdims=True)
        return cls(
            pitch=columns.pitch.astype(np.float32),
            weight=metrical_weight(columns),
            position=phrase_position(columns).astype(np.float32),
            length=np.log2(inter_onset_interval(columns)).astype(np.float32),
            bounds=columns.bounds,
            histogram=histogram,
        )


def best_shifts(query: Profile, histograms: Floats, count: int) -> Ints:
    """Return the `count` transpositions of the query that fit each candidate best.

    Shape (candidates, count), semitones, best first. Two sequences fit where their
    duration-weighted pitch histograms overlap most.
    """
    if count == 0:
        return np.zeros((len(histograms), 1), dtype=np.int64)
    shifts = np.arange(-_MAX_SHIFT, _MAX_SHIFT + 1)
    own = query.histogram[0]
    padded = np.pad(own, _MAX_SHIFT)
    moved = np.stack([padded[_MAX_SHIFT - s : _MAX_SHIFT - s + _PITCHES] for s in shifts])
    overlap = histograms @ moved.T
    best = np.argsort(-overlap, axis=1, kind="stable")[:, :count]
    return np.asarray(shifts[best], dtype=np.int64)


def align(
    query: Profile,
    pool: Profile,
    candidates: npt.ArrayLike,
    scoring: Scoring,
    *,
    shifts: Ints | None = None,
) -> tuple[Floats, Ints]:
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
        local mode: per geometric mean of both lengths), not below 0.
    transposition
        Shape (C,): semitones added to the query.
    """
    chosen = np.asarray(candidates, dtype=np.int64)
    if shifts is None:
        shifts = best_shifts(query, pool.histogram[chosen], scoring.shifts)
    tries = shifts.shape[1]
    lengths = np.repeat((pool.bounds[chosen + 1] - pool.bounds[chosen]), tries)
    sequence, shift = np.repeat(chosen, tries), shifts.reshape(-1)
    earned = np.empty(len(sequence), dtype=np.float32)
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        shortest = int(lengths[order[start]])
        room = max(1, _BATCH_CELLS // shortest)
        part = order[start : start + room]
        part = part[lengths[part] <= shortest * _MAX_STRETCH + 4]
        block = _Block(query, pool, sequence[part], shift[part])
        earned[part] = _fill(block, scoring)[0]
        start += len(part)
    similarity = np.clip(earned / _norm(len(query.pitch), lengths, scoring.mode), 0.0, 1.0)
    table = similarity.reshape(-1, tries)
    best = np.argmax(table, axis=1)
    rows = np.arange(len(chosen))
    return table[rows, best], shifts[rows, best]


def _norm(query_notes: int, lengths: Ints, mode: str) -> Floats:
    norms: dict[str, Any] = {
        "global": np.minimum(query_notes, lengths),
        "local": np.sqrt(query_notes * lengths.astype(np.float64)),
        "inside": np.minimum(query_notes, lengths),
    }
    return np.asarray(norms[mode], dtype=np.float32)


class _Block:
    """Candidates side by side, padded to one length: arrays of shape (notes, candidates)."""

    earned: Floats
    factor: Floats

    def __init__(self, query: Profile, pool: Profile, sequence: Ints, shift: Ints) -> None:
        self.query = query
        self.lengths = pool.bounds[sequence + 1] - pool.bounds[sequence]
        rows = np.arange(int(self.lengths.max()))[:, None]
        notes = pool.bounds[sequence] + np.minimum(rows, self.lengths - 1)
        self.pitch = pool.pitch[notes] - shift.astype(np.float32)
        self.pitch[rows >= self.lengths] = _FAR
        self.weight = pool.weight[notes]
        self.position = pool.position[notes]
        self.length = pool.length[notes]
        self.earned, self.factor = np.empty_like(self.pitch), np.empty_like(self.pitch)

    def earnings(self, note: int, scoring: Scoring) -> Floats:
        """Return what query note `note` earns with every candidate note, -1 to 1.

        The array is overwritten by the next call.
        """
        query, earned, factor = self.query, self.earned, self.factor
        np.subtract(self.pitch, query.pitch[note], out=earned)
        np.abs(earned, out=earned)
        earned *= np.float32(-2.0 / scoring.pitch_band)
        earned += np.float32(2.0)
        np.maximum(earned, np.float32(0.0), out=earned)
        terms = (
            (scoring.metre, self.weight, query.weight[note]),
            (scoring.position, self.position, query.position[note]),
            (scoring.length, self.length, query.length[note]),
        )
        for share, theirs, mine in terms:
            if share:
                np.subtract(theirs, mine, out=factor)
                np.abs(factor, out=factor)
                np.minimum(factor, np.float32(1.0), out=factor)
                factor *= np.float32(-share)
                factor += np.float32(1.0)
                earned *= factor
        earned -= np.float32(1.0)
        return earned


def _fill(
    block: _Block, scoring: Scoring, *, keep: bool = False
) -> tuple[Floats, list[Floats], list[Floats]]:
    """Return the best total of each candidate, and if `keep` the rows of totals and earnings.

    Rows beyond the end of a shorter candidate need no mask: paths lead from lower to higher rows
    only, and a padding note earns nothing that could win.
    """
    notes, count = block.pitch.shape
    opening, extend = np.float32(scoring.gap_open), np.float32(scoring.gap_extend)
    local, inside = scoring.mode == "local", scoring.mode == "inside"
    shorter = inside & (block.lengths < len(block.query.pitch))  # these lie inside the query
    ends = (block.lengths, np.arange(count))
    ramp = (np.arange(notes + 1, dtype=np.float32) * extend)[:, None]
    total = np.zeros((notes + 1, count), dtype=np.float32)
    if not local:
        total[1:] = np.where(inside & ~shorter, np.float32(0.0), extend - opening - ramp[1:])
    candidate_gap = np.full((notes + 1, count), _NEVER, dtype=np.float32)
    spare, running = np.empty_like(total), np.empty_like(total)
    best = total[ends] if inside else np.zeros(count, dtype=np.float32)
    totals, rows = [total.copy()], []
    for note in range(len(block.query.pitch)):
        earned = block.earnings(note, scoring)
        candidate_gap -= extend
        np.subtract(total, opening, out=spare)
        np.maximum(candidate_gap, spare, out=candidate_gap)
        np.add(total[:-1], earned, out=spare[1:])
        spare[0] = np.where(shorter, np.float32(0.0), _NEVER)
        np.maximum(spare, candidate_gap, out=total)
        if local:
            np.maximum(total, np.float32(0.0), out=total)
            np.maximum(best, total.max(axis=0), out=best)
        # The best gap that ends here is a running maximum, since opening costs most.
        np.add(total, ramp, out=running)
        running, spare = _running_maximum(running, spare)
        running[:-1] -= ramp[1:] + (opening - extend)
        np.maximum(total[1:], running[:-1], out=total[1:])
        if inside:
            np.maximum(best, total[ends], out=best)
        if keep:
            totals.append(total.copy())
            rows.append(earned.copy())
    if inside:
        reachable = np.arange(notes + 1)[:, None] <= block.lengths
        whole_query = np.where(reachable, total, _NEVER).max(axis=0)
        best = np.where(shorter, best, whole_query)
    elif not local:
        best = total[ends]
    return best, totals, rows


def _running_maximum(values: Floats, spare: Floats) -> tuple[Floats, Floats]:
    """Return the maximum of each row and all rows above it, and a buffer that is free again.

    Doubling the reach log2(rows) times is several times faster than ``maximum.accumulate``, which
    numpy does not vectorise. Both arguments are overwritten.
    """
    reach = 1
    while reach < len(values):
        spare[:reach] = values[:reach]
        np.maximum(values[reach:], values[:-reach], out=spare[reach:])
        values, spare = spare, values
        reach *= 2
    return values, spare


_TRACE_STARTS: dict[str, Callable[[Floats], tuple[int, int]]] = {
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
    block = _Block(query, pool, np.array([candidate]), np.array([transposition]))
    _, totals, earned = _fill(block, scoring, keep=True)
    notes = int(block.lengths[0])
    table = np.stack([row[: notes + 1, 0] for row in totals])
    mode = scoring.mode
    if mode == "inside" and notes < len(query.pitch):
        mode = "around"
    row, column = _TRACE_STARTS[mode](table)
    pairs: list[tuple[int, int]] = []
    while row > 0 and column > 0:
        here = table[row, column]
        if scoring.mode == "local" and here <= 0.0:
            break
        pair = float(earned[row - 1][column - 1, 0])
        if _near(here, table[row - 1, column - 1] + pair):
            if pair > -1.0:
                pairs.append((row - 1, column - 1))
            row, column = row - 1, column - 1
        else:
            row, column = _skip_gap(table, row, column, scoring)
    return tuple(reversed(pairs))


def _near(a: float, b: float) -> bool:
    # np.isclose takes a hundred times as long for two numbers.
    return abs(a - b) <= 1e-4 + 1e-5 * abs(b)


def _skip_gap(table: Floats, row: int, column: int, scoring: Scoring) -> tuple[int, int]:
    """Return where the gap that ends at this cell was opened."""
    here = table[row, column]
    for size in range(1, max(row, column) + 1):
        cost = scoring.gap_open + (size - 1) * scoring.gap_extend
        if size <= row and _near(here, table[row - size, column] - cost):
            return row - size, column
        if size <= column and _near(here, table[row, column - size] - cost):
            return row, column - size
    return row - 1, column - 1
