"""Query and candidates side by side -> the best alignment of each, by dynamic programming.

The table of all pairs (query note, candidate note) is filled row by row, a row being one query note
against every note of every candidate: some twenty numpy operations a row. Gaps are affine (Gotoh
1982); the best gap that ends at a cell is a running maximum over the row, because the first note of
a gap costs most. Filling along anti-diagonals, which needs no running maximum, was slower: twice as
many and shorter operations.

References
----------
Gotoh, O. (1982). An improved algorithm for matching biological sequences. Journal of Molecular
Biology 162(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mer.errors import InputError
from mer.profile import Floats, Ints, Profile

MODES = ("global", "local", "inside")
_NEVER = np.float32(-1e9)
_FAR = np.float32(1e6)  # the pitch of padding: close to no note


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


class Block:
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


def best_totals(
    block: Block, scoring: Scoring, *, keep: bool = False
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
