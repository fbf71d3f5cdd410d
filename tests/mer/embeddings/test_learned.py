"""The learned vector: shipped weights, size, and what it is meant to be good at."""

import numpy as np
import pytest

from mer.corpus.shipped import data_folder
from mer.embeddings.learned import BUCKETS, FILE, LearnedVector, project_down, term_part
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def random_tune(rng, size=40):
    duration = 240 * rng.integers(1, 4, size)
    pitch = 66 + np.cumsum(rng.integers(-3, 4, size)).clip(-9, 9)
    return Melody(pitch=pitch, onset=np.cumsum(duration) - duration, duration=duration)


def thinned(tune, rng):
    kept = rng.random(len(tune)) > 0.2
    kept[0] = True
    onset = tune.onset[kept]
    duration = np.diff(np.append(onset, tune.onset[-1] + tune.duration[-1]))
    return Melody(pitch=tune.pitch[kept], onset=onset, duration=duration)


@pytest.fixture(scope="module")
def pool():
    rng = np.random.default_rng(3)
    tunes = [random_tune(rng) for _ in range(60)]
    return tunes, LearnedVector().fit(Columns.from_melodies(tunes))


def test_at_most_256_numbers_and_weights_below_5_mb(pool):
    assert pool[1].rows_.shape == (60, 256)
    assert (data_folder() / FILE).stat().st_size < 5_000_000


def test_a_thinned_and_transposed_tune_is_found(pool):
    tunes, vector = pool
    rng = np.random.default_rng(4)
    variants = [thinned(tune, rng).transpose(-4) for tune in tunes]
    best = [int(vector.similarity(Columns.from_melodies([v])).argmax()) for v in variants]
    assert np.mean(np.array(best) == np.arange(60)) > 0.9


def test_directions_are_of_length_one_and_follow_the_pool(pool):
    tunes, vector = pool
    assert vector.axes_.T @ vector.axes_ == pytest.approx(np.eye(256), abs=1e-4)
    by_pool = LearnedVector(prior=0.0).fit(Columns.from_melodies(tunes))
    rows = by_pool._project(Columns.from_melodies(tunes)) - by_pool.mean_
    # 60 sequences span fewer than 256 directions, so nothing is lost.
    assert np.linalg.norm(rows @ by_pool.axes_) == pytest.approx(np.linalg.norm(rows), rel=1e-4)


def test_with_a_strong_prior_vectors_do_not_depend_on_the_pool(pool):
    tunes, _ = pool
    pools = Columns.from_melodies(tunes), Columns.from_melodies(tunes[7:8])
    many, one = (LearnedVector(prior=1e9).fit(columns).rows_ for columns in pools)
    assert np.abs(many[7]) == pytest.approx(np.abs(one[0]), abs=1e-3)


def test_new_sequences_take_the_directions_of_the_pool(pool):
    tunes, vector = pool
    assert vector.transform(Columns.from_melodies(tunes[7:8]))[0] == pytest.approx(
        vector.rows_[7], abs=1e-5
    )


def test_terms_count_what_they_are_told_to(pool):
    columns = Columns.from_melodies(pool[0][:5])
    none, half, all_ = (
        project_down(columns, pool[1].arrays_, term_share=share) for share in (0.0, 0.5, 1.0)
    )
    assert half == pytest.approx((none + all_) / 2, abs=1e-4)
    assert np.abs(all_ - none).max() > 0.1
    windows_alone = LearnedVector(term_share=0.0).fit(columns)
    assert windows_alone.transform(columns) == pytest.approx(windows_alone.rows_, abs=1e-5)


def test_term_weights_are_of_length_one_and_in_the_buckets():
    columns = Columns.from_melodies([random_tune(np.random.default_rng(0)) for _ in range(3)])
    sequence, bucket, weight = term_part(columns, np.ones(BUCKETS, np.float32))
    assert np.bincount(sequence, weights=weight**2) == pytest.approx(np.ones(3), abs=1e-5)
    assert 0 <= bucket.min() <= bucket.max() < BUCKETS


def test_damaged_weights_are_refused(tmp_path):
    damaged = tmp_path / FILE
    damaged.write_bytes((data_folder() / FILE).read_bytes()[:100_000])
    with pytest.raises(InputError, match="damaged"):
        LearnedVector(damaged).fit(Columns.from_melodies([random_tune(np.random.default_rng(0))]))
    with pytest.raises(InputError, match="no mer vector file"):
        LearnedVector(tmp_path / "none.npz").fit(
            Columns.from_melodies([random_tune(np.random.default_rng(0))])
        )
