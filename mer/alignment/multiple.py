"""Pairwise alignments of several melodies -> all of them in one table, a column for each note.

Progressive alignment with consistency, after T-Coffee (Notredame, Higgins and Heringa 2000): what
two notes count for each other is the weight of the alignments that pair them, directly or by way of
a third melody; the two groups of melodies that have most in common are joined first, by dynamic
programming over their columns. Departures: the weight of an alignment is given by the caller, not
the share of identical residues; and there are no gap costs, as in the original.

References
----------
Notredame, C., Higgins, D. and Heringa, J. (2000). T-Coffee: a novel method for fast and accurate
multiple sequence alignment. Journal of Molecular Biology 302(1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from mer.alignment.pairs import Pairs
from mer.notes.arrays import Floats, Ints

GAP = -1

# (row, other row) -> what each note of one counts for each note of the other.
Weights = dict[tuple[int, int], Floats]


def aligned_together(
    lengths: Sequence[int],
    pairs: Mapping[tuple[int, int], Pairs],
    weights: Mapping[tuple[int, int], float] | None = None,
) -> Ints:
    """Return the notes of several melodies in columns, shape (melodies, columns).

    A row holds the numbers of its notes, each once and in order, and `GAP` where it has none.

    Parameters
    ----------
    lengths
        How many notes each melody has.
    pairs
        (melody, later melody) -> the notes of both that correspond, rising.
    weights
        The same keys -> what the alignment is worth, above 0; by default all are worth as much.

    Examples
    --------
    >>> pairs = {(0, 1): ((0, 0), (1, 2)), (0, 2): ((0, 0), (1, 1)), (1, 2): ((0, 0), (2, 1))}
    >>> aligned_together([2, 3, 2], pairs).tolist()
    [[0, -1, 1], [0, 1, 2], [0, -1, 1]]
    """
    counts = _extended(lengths, pairs, weights or {})
    groups = [np.arange(length, dtype=np.int64)[None, :] for length in lengths]
    members = [[row] for row in range(len(lengths))]
    nearness = _nearness(lengths, counts)
    while len(groups) > 1:
        one, other = max(
            combinations(range(len(groups)), 2),
            key=lambda two: float(nearness[np.ix_(members[two[0]], members[two[1]])].mean()),
        )
        rows, others = members[one], members[other]
        score = _column_score(groups[one], rows, groups[other], others, counts)
        groups[one] = _joined(groups[one], groups[other], score)
        members[one] = [*rows, *others]
        del groups[other], members[other]
    order = np.argsort(members[0], kind="stable") if members else np.zeros(0, dtype=np.int64)
    return groups[0][order] if groups else np.zeros((0, 0), dtype=np.int64)


def _extended(
    lengths: Sequence[int],
    pairs: Mapping[tuple[int, int], Pairs],
    weights: Mapping[tuple[int, int], float],
) -> Weights:
    """Return what notes count for each other, directly and by way of a third melody."""
    partner = {}
    for (one, other), notes in pairs.items():
        there = np.full(lengths[one], GAP, dtype=np.int64)
        back = np.full(lengths[other], GAP, dtype=np.int64)
        for mine, theirs in notes:
            there[mine], back[theirs] = theirs, mine
        partner[one, other], partner[other, one] = there, back
    worth = {(a, b): weights.get((min(a, b), max(a, b)), 1.0) for a, b in partner}
    counts: Weights = {}
    for one, other in combinations(range(len(lengths)), 2):
        table = np.zeros((lengths[one], lengths[other]))
        if (one, other) in partner:
            _add(table, partner[one, other], worth[one, other])
        for third in range(len(lengths)):
            if (one, third) in partner and (third, other) in partner:
                first, second = partner[one, third], partner[third, other]
                through = np.where(first == GAP, GAP, second[first])
                _add(table, through, min(worth[one, third], worth[third, other]))
        counts[one, other], counts[other, one] = table, table.T
    return counts


def _add(table: Floats, partner: Ints, worth: float) -> None:
    rows = np.flatnonzero(partner != GAP)
    table[rows, partner[rows]] += worth


def _nearness(lengths: Sequence[int], counts: Weights) -> Floats:
    """Return how much each two melodies have in common, for a note of the shorter."""
    table = np.zeros((len(lengths), len(lengths)))
    for (one, other), count in counts.items():
        table[one, other] = count.sum() / max(min(lengths[one], lengths[other]), 1)
    return table


def _column_score(
    group: Ints, rows: Sequence[int], other: Ints, others: Sequence[int], counts: Weights
) -> Floats:
    """Return what each column of a group counts for each column of another."""
    score = np.zeros((group.shape[1], other.shape[1]))
    for notes, row in zip(group, rows, strict=True):
        here = np.flatnonzero(notes != GAP)
        for their_notes, their_row in zip(other, others, strict=True):
            there = np.flatnonzero(their_notes != GAP)
            count = counts[row, their_row][np.ix_(notes[here], their_notes[there])]
            score[np.ix_(here, there)] += count
    return score


def _joined(group: Ints, other: Ints, score: Floats) -> Ints:
    """Return both groups in one table, with the columns paired that count most together."""
    height, width = score.shape
    best = np.zeros((height + 1, width + 1))
    for row in range(height):
        # A step down, or a pair; then what a step to the right brings.
        ahead = np.maximum(best[row, 1:], best[row, :-1] + score[row])
        best[row + 1, 1:] = np.maximum.accumulate(ahead)
    places: list[tuple[int, int]] = []
    row, column = height, width
    while row or column:
        here = best[row, column]
        if row and here == best[row - 1, column]:
            row -= 1
            places.append((row, GAP))
        elif column and here == best[row, column - 1]:
            column -= 1
            places.append((GAP, column))
        else:
            row, column = row - 1, column - 1
            places.append((row, column))
    places.reverse()
    chosen = np.array(places, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([_taken(group, chosen[:, 0]), _taken(other, chosen[:, 1])])


def _taken(group: Ints, columns: Ints) -> Ints:
    padded = np.pad(group, ((0, 0), (0, 1)), constant_values=GAP)
    taken: Ints = padded[:, columns]  # GAP is the last column, which is empty
    return taken


def pairs_of(table: Ints, one: int, other: int) -> Pairs:
    """Return which notes of two rows stand in the same column.

    Examples
    --------
    >>> pairs_of(np.array([[0, -1, 1], [0, 1, 2]]), 0, 1)
    ((0, 0), (1, 2))
    """
    both = (table[one] != GAP) & (table[other] != GAP)
    return tuple(zip(table[one, both].tolist(), table[other, both].tolist(), strict=True))
