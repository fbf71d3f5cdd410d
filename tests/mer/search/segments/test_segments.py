"""Adding and removing: the same index, array by array and byte by byte, as one built anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def made_tune(number):
    """A tune that differs from others in every field that a corpus stores."""
    rng = np.random.default_rng(number)
    notes = int(rng.integers(1, 14))
    length = 120 * rng.integers(1, 5, notes)
    melody = Melody(
        pitch=60 + rng.integers(0, 9, notes),
        onset=np.cumsum(length) - length + 480 * (number % 3),
        duration=length,
        meter=(None, (3, 4), (6, 8))[number % 3],
        key=None if number % 4 == 0 else Key(number % 12, "dorian"),
        tempo_bpm=None if number % 5 else 90.0,
        phrase_starts=(0, notes // 2) if notes > 3 and number % 2 else (),
        beat_strength=rng.random(notes).round(2) if number % 7 == 6 else None,
    )
    return Tune(f"tüne-{number}", "Ŧitle" * (number % 3), f"Collection {number % 4}", melody)


def assert_same(index, fresh):
    for name, array in fresh.corpus.arrays().items():
        assert index.corpus.arrays()[name].tolist() == array.tolist() or np.isnan(array).any(), name
        np.testing.assert_array_equal(index.corpus.arrays()[name], array)
        assert index.corpus.arrays()[name].dtype == array.dtype, name
    assert set(index.corpus.arrays()) == set(fresh.corpus.arrays())
    assert index.corpus.collections == fresh.corpus.collections
    for name, array in fresh.views.arrays().items():
        np.testing.assert_array_equal(index.views.arrays()[name], array)
        assert index.views.arrays()[name].dtype == array.dtype, name
    np.testing.assert_array_equal(index.shape, fresh.shape)


def built(numbers, unit):
    return PhraseIndex.build(Corpus.from_tunes(map(made_tune, numbers)), unit=unit)


NUMBERS = st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True)


@settings(max_examples=60)
@given(NUMBERS, st.integers(1, 11), st.sampled_from(["phrase", "melody"]))
def test_added_is_built(numbers, first, unit):
    old, new = numbers[:first], numbers[first:]
    if new:
        assert_same(built(old, unit).add(map(made_tune, new)), built(numbers, unit))


@settings(max_examples=60)
@given(NUMBERS, st.data(), st.sampled_from(["phrase", "melody"]))
def test_removed_is_built(numbers, data, unit):
    gone = data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=len(numbers) - 1))
    kept = [number for number in numbers if number not in gone]
    removed = built(numbers, unit).remove([made_tune(number).tune_id for number in gone])
    assert_same(removed, built(kept, unit))


def test_more_sequences_than_one_byte_counts():
    few, many = list(range(250)), list(range(300))
    assert_same(built(few, "melody").add(map(made_tune, range(250, 300))), built(many, "melody"))
    ids = [made_tune(number).tune_id for number in range(250, 300)]
    assert_same(built(many, "melody").remove(ids), built(few, "melody"))


def test_a_stored_index_grows_to_the_same_bytes(tmp_path):
    built(range(20), "phrase").save(tmp_path / "old.npz")
    old = PhraseIndex.load(tmp_path / "old.npz")
    old.add(map(made_tune, range(20, 30))).save(tmp_path / "grown.npz")
    built(range(30), "phrase").save(tmp_path / "fresh.npz")
    assert (tmp_path / "grown.npz").read_bytes() == (tmp_path / "fresh.npz").read_bytes()
    assert len(old.corpus) == 20


def test_searches_answer_alike():
    grown = built(range(40), "phrase").add(map(made_tune, range(40, 60)))
    grown = grown.remove(made_tune(number).tune_id for number in range(0, 60, 7))
    fresh = built([number for number in range(60) if number % 7], "phrase")
    query = Melody(pitch=[60, 64, 62, 67], onset=[0, 480, 960, 1440], duration=[480] * 4)
    assert grown.search(query, 20) == fresh.search(query, 20)


def test_what_cannot_be_done_is_refused():
    index = built(range(3), "phrase")
    with pytest.raises(InputError, match="the corpus already has a tune 'tüne-1'; remove it first"):
        index.add([made_tune(1)])
    with pytest.raises(InputError, match="two tunes share the id 'tüne-5'"):
        index.add([made_tune(5), made_tune(5)])
    with pytest.raises(InputError, match="at least one tune"):
        index.add([])
    with pytest.raises(InputError, match="no tune 'x' in this corpus of 3 tunes"):
        index.remove(["tüne-0", "x"])
    with pytest.raises(InputError, match="would leave none"):
        index.remove([made_tune(number).tune_id for number in range(3)])
    assert len(index.remove([]).corpus) == 3
