"""Latent semantic vectors against numpy's own decomposition, and at the edges."""

import numpy as np
import pytest

from mer.embeddings import TERMS
from mer.embeddings.lsa import LatentSemantic, chunks, project, weigh_terms
from mer.notes.columns import Columns
from mer.notes.melody import Melody

pytest.importorskip("sklearn")


def tunes(count, seed=0):
    rng = np.random.default_rng(seed)
    return [
        Melody(pitch=60 + rng.integers(0, 8, 20), onset=480 * np.arange(20), duration=[480] * 20)
        for _ in range(count)
    ]


def test_all_axes_keep_every_cosine():
    columns = Columns.from_melodies(tunes(12))
    view = LatentSemantic(TERMS["interval"]).fit(columns)
    sequence, place, weight = weigh_terms(view.terms, columns, view.terms_, view.idf_)
    table = np.zeros((12, len(view.terms_)))
    table[sequence, place] = weight
    assert view.rows_ @ view.rows_.T == pytest.approx(table @ table.T, abs=1e-4)


def test_few_axes_are_those_of_the_singular_value_decomposition():
    columns = Columns.from_melodies(tunes(40))
    view = LatentSemantic(TERMS["interval"], size=4).fit(columns)
    sequence, place, weight = weigh_terms(view.terms, columns, view.terms_, view.idf_)
    table = np.zeros((40, len(view.terms_)))
    table[sequence, place] = weight
    axes = np.linalg.svd(table)[2][:4]
    found = np.linalg.norm(table @ view.components_, axis=0) ** 2
    best = np.linalg.norm(table @ axes.T, axis=0) ** 2
    assert found.sum() > 0.95 * best.sum()


def test_only_the_most_frequent_terms_get_a_column():
    view = LatentSemantic(TERMS["interval"], vocabulary=30).fit(Columns.from_melodies(tunes(20)))
    assert view.components_.shape == (30, 20)
    assert (np.diff(view.terms_.astype(np.float64)) > 0).all()


def test_learned_on_one_pool_and_kept_for_another():
    learned = LatentSemantic(TERMS["interval"], size=8).learn(Columns.from_melodies(tunes(30)))
    pool = Columns.from_melodies(tunes(5, seed=1))
    similarity = learned.keep(pool).similarity(pool.take([2]))
    assert similarity.shape == (5,)
    assert similarity[2] == pytest.approx(1.0)


def test_parts_make_the_whole(monkeypatch):
    columns = Columns.from_melodies(tunes(9))
    view = LatentSemantic(TERMS["interval"], size=4).fit(columns)
    monkeypatch.setattr("mer.embeddings.lsa._NOTES_AT_ONCE", 45)
    monkeypatch.setattr("mer.embeddings.lsa._PAIRS_AT_ONCE", 7)
    assert [len(chunk) for chunk in chunks(columns)] == [2, 2, 2, 2, 1]
    assert view.transform(columns) == pytest.approx(view.rows_, abs=1e-6)


def test_a_sequence_longer_than_a_part_is_a_part(monkeypatch):
    monkeypatch.setattr("mer.embeddings.lsa._NOTES_AT_ONCE", 5)
    assert [len(chunk) for chunk in chunks(Columns.from_melodies(tunes(3)))] == [1, 1, 1]


def test_projection_sums_weighted_components():
    components = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]], dtype=np.float32)
    rows = project(
        np.array([0, 0, 2]), np.array([0, 2, 1]), np.array([2, 1, 0.5], np.float32), components, 3
    )
    assert rows.tolist() == [[5.0, 3.0], [0.0, 0.0], [0.0, 1.0]]


def test_single_notes_have_no_terms_and_no_vector():
    note = Melody(pitch=[60], onset=[0], duration=[480])
    view = LatentSemantic(TERMS["interval"]).fit(Columns.from_melodies([note, note]))
    assert view.similarity(Columns.from_melodies([note])).tolist() == [0.5, 0.5]
