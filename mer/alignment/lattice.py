"""Query and candidates side by side -> the best alignment of each, by dynamic programming.

The table of all pairs (query note, candidate note) is filled row by row, a row being one query note
against every note of every candidate: some twenty-five numpy operations a row. Gaps are affine
(Gotoh 1982); the best gap that ends at a cell is a running maximum over the row, because the first
note of a gap costs most. Filling along anti-diagonals, which needs no running maximum, was slower:
twice as many and shorter operations.

The table holds *lifted* totals: the total of a cell, and one `gap_extend` for every note before it.
Drawing out a gap then changes nothing, so no operation is needed for it.

References
----------
Gotoh, O. (1982). An improved algorithm for matching biological sequences. Journal of Molecular
Biology 162(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mer.alignment.profile import Profile
from mer.errors import InputError
from mer.notes.arrays import Ints, Singles

ALIGNMENT_MODES = ("global", "local", "inside")
_NEVER = np.float32(-1e9)
# numpy is quicker with arrays of no dimension than with its own single numbers.
_ONE, _TWO = np.array(1.0, dtype=np.float32), np.array(2.0, dtype=np.float32)
_FAR = np.float32(1e6)  # the pitch of padding: close to no note
_FEW_ROWS = 26  # in so many, of which the last takes part in nothing, the maximum runs row by row


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
    floor
        Earnings per note, -1 to 0, that count as similarity 0; what earns less counts 0 as well.
    """

    pitch_band: float = 5.0
    metre: float = 1.0
    position: float = 0.0
    length: float = 0.0
    gap_open: float = 0.8
    gap_extend: float = 0.2
    shifts: int = 3
    mode: str = "global"
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in ALIGNMENT_MODES:
            raise InputError(
                f"unknown alignment mode {self.mode!r}; one of {', '.join(ALIGNMENT_MODES)}"
            )
        if self.gap_open < self.gap_extend:
            raise InputError(
                f"gap_open {self.gap_open} is below gap_extend {self.gap_extend}; "
                f"a first gap must cost at least as much as a further one"
            )
        if not -1.0 <= self.floor <= 0.0:
            raise InputError(f"floor {self.floor} is not between -1 and 0")


class Recurring:
    """What is computed for notes of the query, kept while another note has the same value.

    Parameters
    ----------
    mine
        The values of the query: shape (notes,), or (notes, columns), where nothing recurs.
    shape
        Of what is computed for each note.
    """

    def __init__(self, mine: Singles, shape: tuple[int, ...]) -> None:
        self.spare = np.empty(shape, dtype=np.float32)
        self.keys = mine.tolist() if mine.ndim == 1 else range(len(mine))
        self.last = {key: note for note, key in enumerate(self.keys)}
        self.kept: dict[float, Singles] = {}

    def find(self, note: int) -> tuple[Singles, bool]:
        """Return the array of a note, and whether it is filled; the next call may overwrite it."""
        key = self.keys[note]
        if self.last[key] == note:
            found = self.kept.pop(key, None)
            return (self.spare, False) if found is None else (found, True)
        if key in self.kept:
            return self.kept[key], True
        made = self.kept[key] = np.empty_like(self.spare)
        return made, False


class Difference:
    """In what notes differ besides pitch: how far, times the share of it in the scoring."""

    def __init__(self, theirs: Singles, mine: Singles, share: float) -> None:
        self.theirs, self.mine = theirs * np.float32(share), mine * np.float32(share)
        widest = max(theirs.max() - mine.min(), mine.max() - theirs.min())
        # numpy compares with an array several times faster than with a single number.
        self.most = np.full_like(theirs, share) if widest > 1.0 else None
        self.likenesses = Recurring(self.mine, theirs.shape)

    def likeness(self, note: int) -> Singles:
        """Return the likeness, 1 - share to 1, with query note `note`, shape (notes, candidates).

        The next call may overwrite it.
        """
        factor, filled = self.likenesses.find(note)
        if not filled:
            np.subtract(self.theirs, self.mine[note], out=factor)
            np.abs(factor, out=factor)
            if self.most is not None:
                np.minimum(factor, self.most, out=factor)
            np.subtract(_ONE, factor, out=factor)
        return factor


class Block:
    """Candidates side by side, padded to one length: arrays of shape (notes, columns).

    Parameters
    ----------
    query
        One sequence, or as many of one length as there are candidates, side by side.
    sequence
        Shape (C,): the candidates.
    shift
        Shape (C,), or (T, C): semitones added to the query. There is a column for each candidate,
        once for every transposition.
    """

    earned: Singles

    def __init__(
        self, query: Profile, pool: Profile, sequence: Ints, shift: Ints, scoring: Scoring
    ) -> None:
        self.query_notes = len(query.pitch)
        shift = np.atleast_2d(shift)
        lengths = pool.bounds[sequence + 1] - pool.bounds[sequence]
        self.lengths = np.tile(lengths, len(shift))
        rows = np.arange(int(lengths.max()))[:, None]
        notes = pool.bounds[sequence] + np.minimum(rows, lengths - 1)
        scale = np.float32(2.0 / scoring.pitch_band)
        self.mine = query.pitch * scale
        if self.mine.ndim > 1:  # a query for each candidate
            self.mine = np.tile(self.mine, len(shift))
        pitch = (pool.pitch[notes][:, None, :] - shift.astype(np.float32)) * scale
        self.pitch = pitch.reshape(len(rows), -1)
        np.copyto(self.pitch, _FAR, where=rows >= self.lengths)
        kinds = (
            (scoring.metre, pool.weight, query.weight),
            (scoring.position, pool.position, query.position),
            (scoring.length, pool.length, query.length),
        )
        self.differences = [
            Difference(theirs[notes], mine, share) for share, theirs, mine in kinds if share
        ]
        self.zeros = np.zeros_like(self.pitch)
        self.earned = np.empty_like(self.pitch)
        self.by_shift = self.earned.reshape(pitch.shape)
        self.closenesses = Recurring(self.mine, self.pitch.shape)

    def earnings(self, note: int, base: Singles) -> Singles:
        """Return what query note `note` earns with every candidate note: base to base + 2.

        The array is overwritten by the next call.
        """
        closeness, filled = self.closenesses.find(note)
        if not filled:
            np.subtract(self.pitch, self.mine[note], out=closeness)
            np.abs(closeness, out=closeness)
            np.subtract(_TWO, closeness, out=closeness)
            np.maximum(closeness, self.zeros, out=closeness)
        # Moving notes up or down changes nothing in what else they are: one likeness serves all
        # transpositions.
        by_shift, earned = closeness.reshape(self.by_shift.shape), self.by_shift
        for difference in self.differences:
            np.multiply(by_shift, difference.likeness(note)[:, None, :], out=earned)
            by_shift = earned
        np.add(by_shift, base, out=earned)
        return self.earned


def best_totals(
    block: Block, scoring: Scoring, *, keep: bool = False
) -> tuple[Singles, list[Singles], list[Singles]]:
    """Return the best total of each candidate, and if `keep` the rows of totals and earnings.

    Rows beyond the end of a shorter candidate need no mask: paths lead from lower to higher rows
    only, and a padding note earns nothing that could win.
    """
    notes, count = block.pitch.shape
    queried = block.query_notes
    extend = np.array(scoring.gap_extend, dtype=np.float32)
    # Of lifted totals: what a gap costs at all.
    opening = np.array(np.float32(scoring.gap_open) - extend)
    base = np.array(_TWO * extend - _ONE)
    local, inside = scoring.mode == "local", scoring.mode == "inside"
    shorter = inside & (block.lengths < queried)  # these lie inside the query
    some_shorter = bool(shorter.any())
    ends = block.lengths * count + np.arange(count)  # the last cell of each column, of all cells
    lift = np.arange(notes + 1, dtype=np.float32)[:, None] * extend
    if local:
        lift = np.repeat(lift, count, axis=1)  # quicker to compare with than a column
    run = RunningMaximum(notes + 1, count)
    opened = run.values  # what is left of each total when a gap opens there
    total = np.empty_like(opened)
    cells = total.reshape(-1)
    total[:] = lift
    if not local:
        total[1:] = np.where(inside & ~shorter, lift[1:], -opening)
    candidate_gap = total - opening
    spare = np.empty_like(total)
    before, after, paired = total[:-1], total[1:], spare[1:]
    lift_of_ends = lift[block.lengths, 0]
    begin = np.where(shorter, lift[0, 0], _NEVER)  # all of what is shorter begins anywhere
    best = cells[ends] - lift_of_ends if some_shorter else np.zeros(count, dtype=np.float32)
    totals, rows = [total - lift] if keep else [], []
    for note in range(queried):
        earned = block.earnings(note, base)
        np.add(before, earned, out=paired)
        lift += extend
        begin += extend
        spare[0] = begin
        np.maximum(spare, candidate_gap, out=total)
        if local:
            np.maximum(total, lift, out=total)
            np.subtract(total, lift, out=spare)
            np.maximum(best, spare.max(axis=0), out=best)
        # A gap in the query right after one in the candidate costs what it costs before that one,
        # where it is counted. So one subtraction serves both.
        np.subtract(total, opening, out=opened)
        np.maximum(candidate_gap, opened, out=candidate_gap)
        # The best gap that ends here is a running maximum, since opening costs most.
        np.maximum(after, run.find()[:-1], out=after)
        if some_shorter:
            lift_of_ends += extend
            np.maximum(best, cells[ends] - lift_of_ends, out=best)
        if keep:
            totals.append(total - lift)
            rows.append(earned - _TWO * extend)
    total = total - lift
    if inside:
        reachable = np.arange(notes + 1)[:, None] <= block.lengths
        whole_query = np.where(reachable, total, _NEVER).max(axis=0)
        best = np.where(shorter, best, whole_query) if some_shorter else whole_query
    elif not local:
        best = total.reshape(-1)[ends]
    return best, totals, rows


class RunningMaximum:
    """The maximum of each row of `values` and all rows above it, again and again.

    Both ways are several times faster than ``maximum.accumulate``, which numpy does not vectorise.
    A few rows are gone through one by one: each stays in the nearest cache. Of many, the reach is
    doubled log2(rows) times; above the first row there are then rows that never win, so that every
    step is one operation on whole arrays.
    """

    def __init__(self, rows: int, columns: int) -> None:
        few = rows <= _FEW_ROWS
        self.reaches = [] if few else [1 << step for step in range((rows - 1).bit_length())]
        self.above = self.reaches[-1] if self.reaches else 0
        shape = (self.above + rows, columns)
        self.arrays = [np.empty(shape, dtype=np.float32) for _ in range(1 if few else 3)]
        for array in self.arrays:
            array[: self.above] = _NEVER
        self.values = self.arrays[0][self.above :]
        self.pairs = list(pairwise(self.values)) if few else []

    def find(self) -> Singles:
        """Return the running maximum of what `values` holds now, which is overwritten."""
        for above, row in self.pairs:
            np.maximum(above, row, out=row)
        source = self.arrays[0]
        free, next_free = self.arrays[-2:] if self.reaches else (source, source)
        for reach in self.reaches:
            stop = len(source) - reach
            np.maximum(
                source[self.above :],
                source[self.above - reach : stop],
                out=free[self.above :],
            )
            source, free, next_free = free, next_free, free
        return source[self.above :]
