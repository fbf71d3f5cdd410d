"""Every registered representation: deterministic, harmless, safe, and as invariant as it says."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mer.embeddings import INVARIANCES, REPRESENTATIONS
from mer.notes.columns import Columns
from mer.notes.melody import Melody

NAMES = sorted(REPRESENTATIONS)


def random_tune(rng, size=16):
    length = 240 * rng.integers(1, 5, size)
    onset = np.concatenate([[0], np.cumsum(length)[:-1]])
    pitch = 64 + np.cumsum(rng.integers(-4, 5, size)).clip(-12, 12)
    return Melody(pitch=pitch, onset=onset, duration=length)


def transposed(tune, _):
    return tune.transpose(3)


def faster(tune, _):
    return replace(tune, onset=tune.onset // 2, duration=tune.duration // 2)


def other_octaves(tune, rng):
    return replace(tune, pitch=tune.pitch + 12 * rng.integers(-1, 2, len(tune)))


def other_rhythm(tune, rng):
    length = 240 * rng.integers(1, 9, len(tune))
    onset = np.concatenate([[0], np.cumsum(length)[:-1]])
    return replace(tune, onset=onset, duration=length)


def other_pitches(tune, rng):
    return replace(tune, pitch=64 + rng.integers(-12, 13, len(tune)))


CHANGES = {
    "transposition": transposed,
    "tempo": faster,
    "octave": other_octaves,
    "rhythm": other_rhythm,
    "pitch": other_pitches,
}


@pytest.fixture(scope="module")
def tunes():
    rng = np.random.default_rng(5)
    return [random_tune(rng) for _ in range(40)]


@pytest.fixture(scope="module")
def to_tunes(tunes):
    """Return a function from the name of a representation to it, fitted to the tunes once."""
    return cache(lambda name: fitted(name, tunes))


def fitted(name, tunes):
    return REPRESENTATIONS[name]().fit(Columns.from_melodies(tunes))


def one(tune):
    return Columns.from_melodies([tune])


@pytest.fixture(scope="module")
def rows(tunes, to_tunes):
    """Return a function from the name of a representation to what it says of each tune."""
    return cache(lambda name: [to_tunes(name).similarity(one(tune)) for tune in tunes])


def test_the_tables_name_the_same_representations():
    assert set(INVARIANCES) == set(REPRESENTATIONS)
    assert all(declared <= set(CHANGES) for declared in INVARIANCES.values())


@pytest.mark.parametrize("name", NAMES)
def test_similarity_is_finite_deterministic_and_best_with_oneself(name, tunes):
    first, second = fitted(name, tunes), fitted(name, tunes)
    rows = [first.similarity(one(tune)) for tune in tunes]
    again = [second.similarity(one(tune)) for tune in tunes]
    for number, (row, other) in enumerate(zip(rows, again, strict=True)):
        assert row.shape == (len(tunes),)
        assert np.isfinite(row).all()
        assert row.min() >= 0.0
        assert row.max() <= 1.0 + 1e-5
        assert row[number] == pytest.approx(1.0, abs=1e-4)
        assert np.array_equal(row, other)


@pytest.mark.parametrize("name", NAMES)
def test_the_input_is_left_alone(name, tunes):
    columns = Columns.from_melodies(tunes)
    before = [array.copy() for array in (columns.pitch, columns.onset, columns.duration)]
    REPRESENTATIONS[name]().fit(columns).similarity(columns.take([0]))
    for array, old in zip((columns.pitch, columns.onset, columns.duration), before, strict=True):
        assert np.array_equal(array, old)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_short_input_is_safe(name, size, tunes, to_tunes):
    short = Melody(pitch=[60] * size, onset=np.arange(size) * 480, duration=[480] * size)
    assert np.isfinite(to_tunes(name).similarity(one(short))).all()
    assert np.isfinite(fitted(name, [short]).similarity(one(tunes[0]))).all()


@pytest.mark.parametrize("change", sorted(CHANGES))
@pytest.mark.parametrize("name", NAMES)
def test_it_is_as_invariant_as_it_says_and_no_more(name, change, tunes, rows, to_tunes):
    rng = np.random.default_rng(1)
    changed = [to_tunes(name).similarity(one(CHANGES[change](tune, rng))) for tune in tunes]
    kept = [np.allclose(a, b, atol=1e-5) for a, b in zip(rows(name), changed, strict=True)]
    assert all(kept) if change in INVARIANCES[name] else not all(kept)
