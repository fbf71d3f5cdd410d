"""Every representation as a scikit-learn estimator."""

import numpy as np
import pytest

from mer.embeddings import REPRESENTATIONS
from mer.embeddings.dense import DenseView
from mer.embeddings.histograms import interval_histogram
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody

NAMES = sorted(REPRESENTATIONS)


@pytest.fixture
def columns():
    rng = np.random.default_rng(0)
    tunes = []
    for _ in range(12):
        pitch, duration = 60 + rng.integers(0, 12, 16), 240 * rng.integers(1, 5, 16)
        onset = np.cumsum(duration) - duration
        tunes.append(Melody(pitch=pitch, onset=onset, duration=duration))
    return Columns.from_melodies(tunes)


@pytest.mark.parametrize("name", NAMES)
def test_clone_gives_an_unfitted_copy_with_the_same_parameters(name, columns):
    clone = pytest.importorskip("sklearn.base").clone
    original = REPRESENTATIONS[name]().fit(columns)
    copy = clone(original)
    assert copy is not original
    assert repr(copy) == repr(original)
    assert not [attribute for attribute in vars(copy) if attribute.endswith("_")]
    again = copy.fit(columns).similarity(columns.take([3]))
    assert np.array_equal(again, original.similarity(columns.take([3])))


@pytest.mark.parametrize("name", NAMES)
def test_it_works_in_a_pipeline(name, columns):
    pytest.importorskip("sklearn")
    from sklearn.neighbors import NearestNeighbors
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(REPRESENTATIONS[name](), NearestNeighbors(n_neighbors=1)).fit(columns)
    rows = pipeline[:-1].transform(columns)
    assert rows.shape[0] == len(columns)
    assert rows.dtype == np.float32
    nearest = pipeline[-1].kneighbors(rows, return_distance=False)
    assert nearest.ravel().tolist() == list(range(len(columns)))


@pytest.mark.parametrize("name", NAMES)
def test_products_of_rows_rank_as_similarity_does(name, columns):
    pytest.importorskip("scipy")
    representation = REPRESENTATIONS[name]().fit(columns)
    rows = representation.transform(columns)
    product = rows @ rows.T
    cosine = product if isinstance(product, np.ndarray) else product.toarray()
    for number in range(len(columns)):
        similarity = representation.similarity(columns.take([number]))
        expected = cosine[number]
        matches = np.allclose(similarity, expected, atol=1e-5)
        assert matches or np.allclose(similarity, 0.5 + 0.5 * expected, atol=1e-5)


def test_an_unknown_parameter_is_named():
    with pytest.raises(ValueError, match="DenseView has no parameter 'sise'; it has features"):
        DenseView(interval_histogram).set_params(sise=3)
    assert DenseView(interval_histogram).set_params(standardise=True).standardise


@pytest.mark.parametrize("name", NAMES)
def test_a_list_of_melodies_is_as_good_as_columns(name, columns):
    tunes = [columns.melody(number) for number in range(len(columns))]
    dense = [
        rows.toarray() if hasattr(rows, "toarray") else rows
        for rows in (
            REPRESENTATIONS[name]().fit(tunes).transform(tunes),
            REPRESENTATIONS[name]().fit(columns).transform(columns),
        )
    ]
    assert np.allclose(*dense, atol=1e-6)
    view = REPRESENTATIONS[name]().fit(tunes)
    assert np.allclose(view.similarity(tunes[:1]), view.similarity(columns.take([0])), atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrong", [[60, 62, 64], "tunes", np.zeros((2, 3)), None])
def test_what_is_no_melody_is_refused(name, wrong, columns):
    view = REPRESENTATIONS[name]()
    with pytest.raises(InputError, match="takes a list of melodies or Columns"):
        view.fit(wrong)
    with pytest.raises(InputError, match="takes a list of melodies or Columns"):
        view.fit(columns).transform(wrong)
