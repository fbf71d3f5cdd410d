"""The first stage: the best by all representations, as a plain sort finds them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mer.search.stack.proposal import Proposal


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(0, 35), st.data())
def test_the_best_are_those_of_a_plain_sort(values, count, data):
    quick = np.array(values, dtype=np.float32) / 5
    some = data.draw(st.sets(st.integers(0, len(values) - 1)))
    findable = np.array(sorted(some), dtype=np.int64)
    plain = sorted(findable.tolist(), key=lambda number: (-quick[number], number))
    proposal = Proposal({}, quick, findable)
    assert proposal.best().tolist() == plain
    assert proposal.best(count).tolist() == plain[:count]
