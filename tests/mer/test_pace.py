"""A query at another pace than the phrase was written at."""

import numpy as np
import pytest

from mer.corpus import Corpus, Tune
from mer.errors import InputError
from mer.index import PhraseIndex
from mer.melody import Melody
from mer.pace import at_pace, search_at_any_pace


def melody(pitch, unit=240):
    onset = np.arange(len(pitch)) * unit
    return Melody(pitch=pitch, onset=onset, duration=[unit] * len(pitch))


@pytest.fixture(scope="module")
def index():
    rng = np.random.default_rng(3)
    tunes = [melody(60 + rng.integers(-5, 8, 10)) for _ in range(20)]
    tunes.append(melody(tunes[4].pitch + 2, 480))
    return PhraseIndex.build(
        Corpus.from_tunes([Tune(str(n), str(n), "mine", tune) for n, tune in enumerate(tunes)])
    )


@pytest.mark.parametrize("pace", [0.5, 1.0, 2.0])
def test_the_phrase_is_found_at_every_pace(index, pace):
    query = at_pace(index.phrase(7).melody, pace)
    match = search_at_any_pace(index, query, 3)[0]
    assert match.number == 7
    assert match.similarity == pytest.approx(1.0, abs=1e-4)
    assert match.query == query


def test_each_phrase_comes_once_best_first_and_no_more_than_asked(index):
    matches = search_at_any_pace(index, index.phrase(4).melody, 5)
    assert [match.number for match in matches[:2]] in ([4, 20], [20, 4])
    assert len({match.number for match in matches}) == len(matches) == 5
    similarities = [match.similarity for match in matches]
    assert similarities == sorted(similarities, reverse=True)


def test_distinct_leaves_out_the_same_shape_at_another_pace(index):
    numbers = [
        m.number for m in search_at_any_pace(index, index.phrase(4).melody, 8, distinct=True)
    ]
    assert len({4, 20} & set(numbers)) == 1


def test_notes_of_one_tick_stay_notes():
    quick = Melody(pitch=[60, 62, 64], onset=[0, 1, 2], duration=[1, 1, 1])
    assert at_pace(quick, 0.5).onset.tolist() == [0, 1, 2]


def test_too_short_a_query_is_refused(index):
    with pytest.raises(InputError, match="a search needs at least 3"):
        search_at_any_pace(index, melody([60, 62]))
