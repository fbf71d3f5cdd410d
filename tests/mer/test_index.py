"""The index: finding, explaining, saving, and what it refuses."""

import numpy as np
import pytest

from mer.corpus import Corpus, Tune
from mer.errors import InputError
from mer.index import INSIDE, WEIGHTS, PhraseIndex, load_corpus
from mer.melody import Melody


def random_corpus(seed, tunes=40, phrases=4, size=9):
    rng = np.random.default_rng(seed)
    made = []
    for number in range(tunes):
        notes = phrases * size
        pitch = 67 + np.cumsum(rng.integers(-4, 5, notes)).clip(-11, 11)
        length = 240 * rng.integers(1, 5, notes)
        onset = np.concatenate([[0], np.cumsum(length)[:-1]])
        starts = tuple(range(0, notes, size))
        melody = Melody(
            pitch=pitch, onset=onset, duration=length, meter=(4, 4), phrase_starts=starts
        )
        made.append(Tune(f"t{number}", f"Tune {number}", "random", melody))
    return Corpus.from_tunes(made)


@pytest.fixture(scope="module")
def index():
    return PhraseIndex.build(random_corpus(1))


def test_a_transposed_phrase_finds_itself(index):
    rng = np.random.default_rng(2)
    for number in rng.integers(0, len(index), 40):
        phrase = index.phrase(int(number))
        match = index.search(phrase.melody.transpose(int(rng.integers(-6, 7))), k=1)[0]
        assert (match.phrase.tune_id, match.phrase.number) == (phrase.tune_id, phrase.number)
        assert match.similarity == pytest.approx(1.0, abs=1e-4)
        assert match.pairs == tuple((i, i) for i in range(len(phrase.melody)))


def test_a_damaged_phrase_still_finds_itself(index):
    rng = np.random.default_rng(3)
    found = 0
    for number in rng.integers(0, len(index), 40):
        melody = index.phrase(int(number)).melody
        pitch = melody.pitch.copy()
        pitch[rng.integers(len(pitch))] += 2
        keep = np.arange(len(pitch)) != rng.integers(1, len(pitch))
        query = Melody(pitch=pitch[keep], onset=melody.onset[keep], duration=melody.duration[keep])
        found += any(m.number == number for m in index.search(query, k=10))
    assert found >= 36


def test_contributions_add_up_to_the_similarity(index):
    query = index.phrase(3).melody.cut(1, 7)
    matches = index.search(query, k=20)
    assert [m.similarity for m in matches] == sorted((m.similarity for m in matches), reverse=True)
    for match in matches:
        assert set(match.contributions) == set(WEIGHTS)
        assert match.similarity == pytest.approx(sum(match.contributions.values()))
        assert 0.0 <= match.similarity <= 1.0
        assert match.contributions[INSIDE] >= 0.0
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_the_transposition_brings_the_query_to_the_phrase(index):
    phrase = index.phrase(7)
    match = index.search(phrase.melody.transpose(-4), k=1)[0]
    assert match.transposition == 4


@pytest.mark.parametrize("pitch", [[60, 62, 64], [60, 60, 60], [60] * 30, list(range(30, 90))])
def test_any_query_of_three_notes_or_more_is_answered(index, pitch):
    query = Melody(pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch))
    matches = index.search(query, k=5)
    assert len(matches) == 5
    assert all(np.isfinite(match.similarity) for match in matches)


def test_too_short_a_query_is_refused(index):
    with pytest.raises(InputError, match="2 notes; a search needs at least 3"):
        index.search(Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480]))
    with pytest.raises(InputError, match="k is 0"):
        index.search(index.phrase(0).melody, k=0)


def test_more_matches_than_phrases_gives_all_phrases():
    small = PhraseIndex.build(random_corpus(4, tunes=2))
    assert len(small.search(small.phrase(0).melody, k=50)) == len(small) == 8


def test_distinct_leaves_repeats_out():
    tune = random_corpus(5, tunes=1).tune(0)
    twice = [tune, Tune("copy", "Copy", "random", tune.melody.transpose(2))]
    index = PhraseIndex.build(Corpus.from_tunes(twice))
    query = index.phrase(0).melody
    assert {m.phrase.tune_id for m in index.search(query, k=2)} == {"t0", "copy"}
    matches = index.search(query, k=8, distinct=True)
    assert len(matches) == 4
    assert {m.phrase.tune_id for m in matches} == {"t0"}


def test_saved_and_loaded_it_answers_alike(index, tmp_path):
    index.save(tmp_path / "own" / "index.npz")
    query = index.phrase(11).melody.cut(0, 6)
    loaded = PhraseIndex.load(tmp_path / "own")
    assert loaded.search(query, k=10) == index.search(query, k=10)
    assert load_corpus(tmp_path / "own" / "index.npz").tune_id(3) == "t3"


def test_same_corpus_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        PhraseIndex.build(random_corpus(6)).save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_whole_melodies_can_be_the_unit(tmp_path):
    index = PhraseIndex.build(random_corpus(1), unit="melody")
    index.save(tmp_path / "whole.npz")
    index = PhraseIndex.load(tmp_path / "whole.npz")
    query = index.corpus.tune(5).melody.cut(9, 18)
    match = index.search(query, k=1)[0]
    assert (match.phrase.tune_id, match.pairs[0]) == ("t5", (0, 9))


def test_a_damaged_index_is_refused(index, tmp_path):
    path = tmp_path / "index.npz"
    index.save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"index\.npz is damaged"):
        PhraseIndex.load(path)
    random_corpus(1).save(path)
    with pytest.raises(InputError, match="'mer corpus'"):
        PhraseIndex.load(path)
    with pytest.raises(InputError, match="no corpus 'nowhere'"):
        PhraseIndex.load("nowhere")
