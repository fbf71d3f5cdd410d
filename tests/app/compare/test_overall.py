"""How far two representations agree over all phrases: worked by hand, and against plain loops."""

import numpy as np

from app.compare.overall import PAIRS, agreement


def test_the_same_agree_and_turned_rows_too() -> None:
    rows = np.random.default_rng(3).normal(size=(40, 6))
    turned = rows @ np.linalg.qr(np.random.default_rng(4).normal(size=(6, 6)))[0]
    found = agreement(rows, 3 * turned, stride=2)
    assert (found.asked, found.among) == (20, 40)
    assert found.shared == 10
    assert found.without == 0


def test_what_is_shared_is_counted_as_by_hand() -> None:
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=(30, 4)), rng.normal(size=(30, 4))
    shared = []
    for phrase in range(30):
        lists = []
        for rows in (left, right):
            unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
            like = unit @ unit[phrase]
            others = [other for other in np.argsort(-like).tolist() if other != phrase]
            lists.append(set(others[:10]))
        shared.append(len(lists[0] & lists[1]))
    found = agreement(left, right, stride=1)
    assert found.shared == np.mean(shared)
    assert found.without == np.mean([count == 0 for count in shared])
    assert round(found.chance, 2) == 3.45  # 10 of 29, ten times


def test_the_pair_that_one_side_alone_puts_together_comes_first() -> None:
    # By the left, 0 and 1 are one; by the right, 1 is as far from 0 as can be.
    angles = np.linspace(0.2, 1.4, 20)
    left = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    right = left.copy()
    left[1] = left[0]
    right[1] = -right[0]
    found = agreement(left, right, stride=1)
    assert {*found.apart[0][0]} == {0, 1}
    assert len(found.apart[0]) == PAIRS
    assert not {0, 1} & {one for pair in found.apart[0][1:] for one in pair}
