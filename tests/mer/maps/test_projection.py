from typing import Any

import numpy as np
import pytest

from mer.maps.projection import Projection, groups_of


def test_projection_is_the_best_plane() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(200, 6)) * np.array([5.0, 3.0, 1.0, 0.5, 0.2, 0.1])
    found = Projection.fit(rows)
    values = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2
    np.testing.assert_allclose(found.explained, values[:2] / values.sum(), atol=1e-9)
    np.testing.assert_allclose(found.axes.T @ found.axes, np.eye(2), atol=1e-9)
    where = found.project(rows)
    np.testing.assert_allclose(where.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(np.corrcoef(where.T)[0, 1], 0.0, atol=1e-9)


def test_sign_does_not_depend_on_the_order_of_rows() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 4)) * np.array([4.0, 2.0, 1.0, 1.0])
    first, second = Projection.fit(rows), Projection.fit(rows[::-1])
    np.testing.assert_allclose(first.axes, second.axes, atol=1e-8)


def test_rows_of_one_number_and_equal_rows_are_safe() -> None:
    line = Projection.fit(np.arange(5.0)[:, None])
    assert line.project(np.arange(5.0)[:, None]).shape == (5, 2)
    same = Projection.fit(np.ones((4, 3)))
    assert same.explained.tolist() == [0.0, 0.0]
    assert np.abs(same.project(np.ones((4, 3)))).max() == 0.0


def test_groups_are_found_and_the_largest_comes_first() -> None:
    rng = np.random.default_rng(3)
    centres = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0]])
    truth = np.repeat([0, 1, 2], [60, 30, 10])
    rows = centres[truth] + rng.normal(size=(100, 2))
    assert (groups_of(rows, 3, np.random.default_rng(0)) == truth).all()


def test_more_groups_than_different_rows() -> None:
    rows = np.repeat([[0.0], [1.0]], 3, axis=0)
    assert set(groups_of(rows, 5, np.random.default_rng(0)).tolist()) == {0, 1}
    assert groups_of(rows[:1], 4, np.random.default_rng(0)).tolist() == [0]


def test_components_are_those_of_scikit_learn() -> None:
    decomposition = pytest.importorskip("sklearn.decomposition")
    rows = np.random.default_rng(4).normal(size=(60, 8)) * np.arange(1.0, 9.0)
    found, expected = Projection.fit(rows), decomposition.PCA(n_components=2).fit(rows)
    turned = np.sign((found.axes.T * expected.components_).sum(axis=1))
    np.testing.assert_allclose(found.axes.T * turned[:, None], expected.components_, atol=1e-9)
    np.testing.assert_allclose(found.explained, expected.explained_variance_ratio_)
    np.testing.assert_allclose(found.project(rows) * turned, expected.transform(rows), atol=1e-9)


def test_groups_are_as_tight_as_those_of_scikit_learn() -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(6, 4))[rng.integers(0, 6, 240)] * 9 + rng.normal(size=(240, 4))

    def spread(group: Any) -> float:
        parts = [rows[group == number] for number in range(6)]
        return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))

    # Each run of k-means ends in some local minimum; the best of several is compared.
    best = min(spread(groups_of(rows, 6, np.random.default_rng(seed))) for seed in range(8))
    expected = cluster.KMeans(6, n_init=8, random_state=0).fit(rows)
    assert best == pytest.approx(expected.inertia_, rel=1e-6)
