from typing import Any

import numpy as np
import pytest

from mer.maps.neighbourhoods import Neighbourhoods, trustworthiness
from mer.maps.projection import Projection


def variants() -> tuple[Any, Any]:
    """Return variants of twelve tunes that differ in many directions, and whose each is."""
    rng = np.random.default_rng(1)
    truth = np.repeat(np.arange(12), 15)
    return rng.normal(size=(12, 30))[truth] * 3 + rng.normal(size=(180, 30)), truth


def test_variants_of_a_tune_lie_together() -> None:
    pytest.importorskip("sklearn")
    rows, truth = variants()
    found = Neighbourhoods.fit(rows)
    flat = Projection.fit(rows).project(rows)
    assert trustworthiness(rows, found.places) > trustworthiness(rows, flat) + 0.05
    distance = np.linalg.norm(found.places[:, None] - found.places[None], axis=2)
    np.fill_diagonal(distance, np.inf)
    assert (truth[distance.argmin(axis=1)] == truth).mean() > 0.95
    np.testing.assert_array_equal(Neighbourhoods.fit(rows).places, found.places)


def test_further_rows_lie_among_those_they_are_like() -> None:
    pytest.importorskip("sklearn")
    rows, truth = variants()
    found = Neighbourhoods.fit(rows)
    np.testing.assert_array_equal(found.project(rows[:5]), found.places[:5])
    middle = rows[truth == 3].mean(axis=0, keepdims=True)
    place = found.project(middle)[0]
    assert truth[np.linalg.norm(found.places - place, axis=1).argmin()] == 3


def test_a_further_row_between_two_groups_lies_in_the_larger() -> None:
    rows = np.array([[0.0], [0.1], [0.2], [9.0]])
    places = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [50.0, 50.0]])
    found = Neighbourhoods(rows.astype(np.float32), places)
    assert found.project(np.array([[4.5]]))[0].tolist() in places[:3].tolist()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_rows_and_equal_rows_are_safe(count: int) -> None:
    for rows in (np.eye(3)[:count], np.ones((count, 1))):
        found = Neighbourhoods.fit(rows)
        assert found.places.shape == (count, 2)
        assert np.isfinite(found.project(rows)).all()


def test_equal_rows_beyond_few_are_safe() -> None:
    pytest.importorskip("sklearn")
    found = Neighbourhoods.fit(np.ones((8, 4)))
    assert np.isfinite(found.places).all()
    assert np.isfinite(found.project(np.zeros((2, 4)))).all()


def test_trustworthiness_is_that_of_scikit_learn() -> None:
    manifold = pytest.importorskip("sklearn.manifold")
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(300, 8))
    for places in (rows[:, :2], rng.normal(size=(300, 2))):
        expected = manifold.trustworthiness(rows, places, n_neighbors=7)
        assert trustworthiness(rows, places, nearest=7) == pytest.approx(expected, abs=1e-4)
