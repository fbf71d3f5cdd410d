"""Several melodies in one table: hand-aligned variants, properties, brute force for two of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mer.alignment.multiple import GAP, _joined, aligned_together, pairs_of

# Variants aligned by hand; a dot is a gap. Pairs are what stands in the same column.
FAMILIES = {
    "an upbeat and a passing note": ["CDEFG.A", "CDE.G.A", ".DEFGAA"],
    "one left out twice": ["CDEFG", "C.EFG", "CD.FG"],
    "another ending": ["CDEFGA..", "CDEF..BC", "CDEFGA.."],
    "one alone": ["CDE"],
    "the same": ["CDEC", "CDEC", "CDEC"],
}


def by_hand(rows):
    table = np.full((len(rows), len(rows[0])), GAP)
    for row, letters in enumerate(rows):
        places = [place for place, letter in enumerate(letters) if letter != "."]
        table[row, places] = np.arange(len(places))
    return table


def all_pairs(table):
    return {two: pairs_of(table, *two) for two in combinations(range(len(table)), 2)}


@pytest.mark.parametrize("name", FAMILIES)
def test_variants_aligned_by_hand(name):
    wanted = by_hand(FAMILIES[name])
    found = aligned_together((wanted != GAP).sum(axis=1).tolist(), all_pairs(wanted))
    assert all_pairs(found) == all_pairs(wanted)
    assert found.shape == wanted.shape


def test_a_third_mends_what_two_have_wrong():
    # One alignment is a note late; the way through each of the others says otherwise.
    right = by_hand(["CDEF"] * 4)
    pairs = all_pairs(right) | {(0, 1): ((0, 1), (1, 2), (2, 3))}
    assert aligned_together([4] * 4, pairs).tolist() == right.tolist()


def test_what_is_worth_more_wins():
    pairs = {(0, 1): ((0, 0),), (1, 2): ((0, 0),), (0, 2): ((0, 1),)}
    light = {(0, 1): 1.0, (1, 2): 1.0, (0, 2): 5.0}
    assert pairs_of(aligned_together([1, 1, 2], pairs, light), 0, 2) == ((0, 1),)


@st.composite
def families(draw):
    """Lengths and rising pairs of two to five melodies, consistent or not."""
    lengths = draw(st.lists(st.integers(1, 7), min_size=2, max_size=5))
    pairs = {}
    for one, other in combinations(range(len(lengths)), 2):
        count = draw(st.integers(0, min(lengths[one], lengths[other])))
        mine, theirs = (
            sorted(draw(st.permutations(range(lengths[row])))[:count]) for row in (one, other)
        )
        pairs[one, other] = tuple(zip(mine, theirs, strict=True))
    return lengths, pairs


@given(families())
def test_each_note_stands_once_and_in_order(family):
    lengths, pairs = family
    table = aligned_together(lengths, pairs)
    for row, length in zip(table, lengths, strict=True):
        assert row[row != GAP].tolist() == list(range(length))
    assert ((table != GAP).sum(axis=0) > 0).all()


@given(families())
def test_of_two_melodies_the_pairs_stay(family):
    lengths, pairs = family
    table = aligned_together(lengths[:2], {(0, 1): pairs[0, 1]})
    assert pairs_of(table, 0, 1) == pairs[0, 1]


def most(score):
    """What the best set of rising pairs is worth, by trying all."""
    if 0 in score.shape:
        return 0.0
    return max(
        most(score[1:]),
        most(score[:, 1:]),
        score[0, 0] + most(score[1:, 1:]),
    )


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1000))
def test_joining_is_the_best_there_is(height, width, seed):
    score = np.random.default_rng(seed).integers(0, 4, (height, width)).astype(float)
    table = _joined(np.arange(height)[None], np.arange(width)[None], score)
    worth = sum(score[pair] for pair in pairs_of(table, 0, 1))
    assert worth == most(score)
