"""Every method of `mer evaluate`, asked through an index, for phrases and for whole tunes."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.corpus.filters import Filter
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.notes.phrases import with_phrases
from mer.search.index import PhraseIndex
from mer.search.stack.methods import METHODS, rank
from mer.search.stack.pool import Pool


def random_corpus(seed, tunes, phrases=4, size=9):
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
    return PhraseIndex.build(random_corpus(1, tunes=20))


@cache
def few(unit):
    return PhraseIndex.build(random_corpus(1, tunes=8), unit=unit)


def test_marks_that_are_given_are_believed_as_evaluate_believes_them(tmp_path):
    """Also where the model would set the same ones, so that they look like guesses."""
    unmarked = [replace(tune.melody, phrase_starts=()) for tune in random_corpus(3, tunes=12)]
    melodies = [with_phrases(melody) for melody in unmarked]
    tunes = [Tune(str(n), "", "songs", melody, marked=True) for n, melody in enumerate(melodies)]
    PhraseIndex.build(Corpus.from_tunes(tunes[:9])).add(tunes[9:]).save(tmp_path / "songs")
    stored = PhraseIndex.load(tmp_path / "songs").corpus
    index = PhraseIndex.build(stored, unit="melody")
    nobody_knows = [Tune(tune.tune_id, "", "songs", tune.melody) for tune in tunes]
    unknown = PhraseIndex.build(Corpus.from_tunes(nobody_knows), unit="melody")
    evaluated = Pool(melodies, marked=True)
    differs = 0
    for number, melody in enumerate(melodies):
        wanted = rank(evaluated, number, "full-noexpand")
        found = [m for m in index.search(melody, 12, method="full-noexpand") if m.number != number]
        assert [match.number for match in found] == wanted.numbers.tolist()
        assert [match.similarity for match in found] == wanted.similarity.tolist()
        others = unknown.search(melody, 12, method="full-noexpand")
        similar = [match.similarity for match in others if match.number != number]
        differs += similar != wanted.similarity.tolist()
    assert differs


@pytest.mark.parametrize("number", [10**6, 80, -1])
def test_a_number_that_there_is_none_of_is_refused(number, index):
    assert index.phrase(79).tune_id == "t19"
    with pytest.raises(InputError, match=f"no phrase {number}; there are 80, from 0 to 79"):
        index.phrase(number)


@pytest.mark.parametrize("unit", ["phrase", "melody"])
@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_ranks_for_a_query_from_outside_and_adds_up(method, unit):
    index, wanted = few(unit), 5
    query = index.phrase(wanted).melody.transpose(3)
    matches = index.search(query, 4, method=method)
    assert len(matches) == 4
    assert sorted((m.similarity for m in matches), reverse=True) == [m.similarity for m in matches]
    for match in matches:
        assert match.similarity == sum(match.contributions.values())
        assert 0.0 <= match.similarity <= 1.0
        assert all(a < len(query) and b < len(match.phrase.melody) for a, b in match.pairs)
        assert "adds up" in match.explain().text()
    # The first hears transposition, the others no pitch.
    if method not in ("summary", "rhythm", "by-rhythm", "by-contour"):
        assert matches[0].number == wanted
        assert matches[0].transposition == -3
    assert len(index.search(query, 3, method=method, distinct=True)) == 3
    assert index.search(query, 9, method=method, where=Filter(modes=("locrian",))) == []


def test_an_unknown_method_is_refused(index):
    with pytest.raises(InputError, match="unknown method 'magic'; known: motif, full"):
        index.search(index.phrase(0).melody, method="magic")
    with pytest.raises(InputError, match="unknown method"):
        index.prepare("magic")


def test_the_default_follows_unit_and_length_of_the_query(index):
    whole = PhraseIndex.build(index.corpus, unit="melody")  # 36 notes each
    tune = index.corpus.tune(2).melody
    assert index.method_for(tune) == "motif"
    assert whole.method_for(tune.cut(0, 17)) == "motif"
    assert whole.method_for(tune.cut(0, 18)) == "full-noexpand"
    assert whole.search(tune, 3) == whole.search(tune, 3, method="full-noexpand")


def test_one_phrase_is_compared_whether_or_not_it_would_be_found(index):
    query = index.phrase(3).melody
    found = index.search(query, len(index), candidates=len(index))
    for match in (found[0], found[-1]):
        assert index.compared(query, match.number) == match


def test_a_motif_inside_a_whole_melody_is_looked_for_at_many_heights():
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        motif = 60 + np.cumsum([0, *rng.integers(-4, 5, 5)])
        pitch = 60 + rng.integers(-12, 13, 60)
        place, higher = int(rng.integers(0, 54)), int(rng.integers(-5, 6))
        pitch[place : place + 6] = motif + higher
        query, melody = (
            Melody(pitch=one, onset=np.arange(len(one)) * 480, duration=np.full(len(one), 480))
            for one in (motif, pitch)
        )
        index = PhraseIndex.build(Corpus.from_tunes([Tune("a", "", "m", melody)]), unit="melody")
        match = index.search(query, 1)[0]
        there = tuple((note, place + note) for note in range(6))
        found += (match.transposition, match.pairs) == (higher, there)
    assert found >= 16
