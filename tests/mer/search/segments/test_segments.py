"""Adding, removing, splitting: an index that nobody can tell from one built anew."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mer.search.segments.segment
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.embeddings import SETS
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.segments.segment import merged
from mer.search.segments.store import set_similarities
from mer.search.stack.methods import METHODS


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
    title, collection = "Ŧitle" * (number % 3), f"Collection {number % 4}"
    return Tune(f"tüne-{number}", title, collection, melody, marked=number % 5 > 1)


QUERY = Melody(pitch=[60, 64, 62, 67], onset=[0, 480, 960, 1440], duration=[480] * 4)


def assert_same(index, fresh):
    """Nobody can tell the two apart, whichever way the tunes got in and out."""
    assert index.store.size == fresh.store.size
    assert len(index) == len(fresh)
    numbers = np.random.default_rng(1).permutation(len(fresh))
    for one, other in (
        (index.corpus.tunes, fresh.corpus.tunes),
        (index.store.notes(numbers), fresh.store.notes(numbers)),
    ):
        for field in fields(other):
            ours, theirs = getattr(one, field.name), getattr(other, field.name)
            optional = field.name in ("phrase_start", "beat_strength")
            if one is index.corpus.tunes or not optional:
                np.testing.assert_array_equal(ours, theirs, err_msg=field.name)
                assert theirs is None or ours.dtype == theirs.dtype, field.name
    assert index.corpus.collections == fresh.corpus.collections
    assert index.store.collections == fresh.store.collections
    for name, array in fresh.corpus.arrays().items():
        np.testing.assert_array_equal(index.corpus.arrays()[name], array, err_msg=name)
    np.testing.assert_array_equal(index.shape, fresh.shape)
    np.testing.assert_array_equal(index.store.shapes(numbers), fresh.shape[numbers])
    assert index.store.phrases(numbers) == fresh.store.phrases(numbers)
    for name in SETS:
        query = fresh.store.notes(numbers[:1])
        ours, theirs = (set_similarities(one.store, [name], query) for one in (index, fresh))
        np.testing.assert_array_equal(ours[name], theirs[name])
        np.testing.assert_array_equal(
            index.store.sets(name).arrays()["terms_"], fresh.store.sets(name).arrays()["terms_"]
        )
    assert index.pool.has_metre == fresh.pool.has_metre
    tunes = fresh.corpus.tunes
    metred = tunes.beat_strength is not None or bool((tunes.meter[:, 1] > 0).mean() > 0.5)
    assert fresh.pool.has_metre == metred
    marked = [tune.marked for tune in fresh.corpus]
    assert [tune.marked for tune in index.corpus] == marked == fresh.corpus.marked.tolist()
    assert index.store.is_marked == fresh.store.is_marked == (np.mean(marked) > 0.5)
    assert index.search(QUERY, 20) == fresh.search(QUERY, 20)
    assert index.search(QUERY, 5, distinct=True) == fresh.search(QUERY, 5, distinct=True)


def built(numbers, unit):
    return PhraseIndex.build(Corpus.from_tunes(map(made_tune, numbers)), unit=unit)


NUMBERS = st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True)


@settings(max_examples=20)
@given(NUMBERS, st.integers(1, 11), st.sampled_from(["phrase", "melody"]))
def test_added_is_built(numbers, first, unit):
    old, new = numbers[:first], numbers[first:]
    if new:
        assert_same(built(old, unit).add(map(made_tune, new)), built(numbers, unit))


@settings(max_examples=20)
@given(NUMBERS, st.data(), st.sampled_from(["phrase", "melody"]))
def test_removed_is_built(numbers, data, unit):
    gone = data.draw(st.lists(st.sampled_from(numbers), unique=True, max_size=len(numbers) - 1))
    kept = [number for number in numbers if number not in gone]
    removed = built(numbers, unit).remove([made_tune(number).tune_id for number in gone])
    assert_same(removed, built(kept, unit))


@settings(max_examples=15)
@given(NUMBERS, st.data(), st.sampled_from(["phrase", "melody"]))
def test_one_segment_or_many_are_alike(numbers, data, unit):
    most = data.draw(st.integers(1, 6))
    fresh = built(numbers, unit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mer.search.segments.segment, "MOST_SEQUENCES", most)
        split = built(numbers, unit)
    assert max(part.size.tunes for part in split.store.parts) <= most
    assert_same(split, fresh)
    assert merged(split.store.parts).size == fresh.store.size


def test_a_stored_index_grows_to_the_same_bytes(tmp_path):
    built(range(20), "phrase").save(tmp_path / "old.npz")
    old = PhraseIndex.load(tmp_path / "old.npz")
    grown = old.add(map(made_tune, range(20, 30)))
    grown.save(tmp_path / "grown.npz")
    built(range(30), "phrase").save(tmp_path / "fresh.npz")
    assert (tmp_path / "grown.npz").read_bytes() == (tmp_path / "fresh.npz").read_bytes()
    assert len(old.corpus) == 20
    assert len(grown.store.parts) == 2


def test_searches_answer_alike():
    grown = built(range(40), "phrase").add(map(made_tune, range(40, 60)))
    grown = grown.remove(made_tune(number).tune_id for number in range(0, 60, 7))
    fresh = built([number for number in range(60) if number % 7], "phrase")
    for method in METHODS:
        if method != "full":  # neighbour lists of a small pool compare all with all
            ours, theirs = (i.search(QUERY, 20, method=method) for i in (grown, fresh))
            assert ours == theirs, method
    where = Filter(collections=("collection 1",), meters=((3, 4),))
    assert grown.search(QUERY, 9, where=where) == fresh.search(QUERY, 9, where=where) != []
    assert grown.compared(QUERY, 33) == fresh.compared(QUERY, 33)
    with pytest.raises(InputError, match="no tune in 9/8"):
        grown.search(QUERY, where=Filter(meters=((9, 8),)))


def test_a_segment_without_tunes_goes():
    index = built(range(3), "phrase").add([made_tune(7)])
    assert len(index.remove("tüne-7").store.parts) == 1
    again = index.remove("tüne-7").add([made_tune(7)])
    assert_same(again, index)


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
