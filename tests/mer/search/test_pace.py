"""A melody at another pace than the corpus has it."""

import numpy as np
import pytest

from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex
from mer.search.pace import at_best_pace, at_pace


def melody(pitch, unit=240):
    onset = np.arange(len(pitch)) * unit
    return Melody(pitch=pitch, onset=onset, duration=[unit] * len(pitch), tempo_bpm=90.0)


@pytest.fixture(scope="module")
def index():
    rng = np.random.default_rng(3)
    tunes = [melody(60 + rng.integers(-5, 8, 10)) for _ in range(20)]
    return PhraseIndex.build(
        Corpus.from_tunes([Tune(str(n), str(n), "mine", tune) for n, tune in enumerate(tunes)])
    )


@pytest.mark.parametrize("pace", [0.5, 1.0, 2.0])
def test_the_pace_of_the_corpus_is_found(index, pace):
    known = index.phrase(7).melody
    settled = at_best_pace(at_pace(known, pace), index)
    assert settled.onset.tolist() == known.onset.tolist()
    assert settled.tempo_bpm == known.tempo_bpm
    assert index.search(settled, 1)[0].number == 7


def test_what_nobody_knows_stays_a_melody(index):
    heard = melody([60, 73, 61, 75])
    assert at_best_pace(heard, index).pitch.tolist() == heard.pitch.tolist()


@pytest.mark.parametrize("pace", [0.5, 2.0])
def test_it_sounds_the_same(pace):
    tune = melody([60, 62, 64])
    assert at_pace(tune, pace).onset_sec.tolist() == pytest.approx(tune.onset_sec.tolist())


def test_notes_of_one_tick_stay_notes():
    quick = Melody(pitch=[60, 62, 64, 65], onset=[0, 1, 2, 9], duration=[1, 1, 1, 1])
    assert at_pace(quick, 0.5).onset.tolist() == [0, 1, 2, 4]


def test_the_same_pace_changes_nothing():
    tune = Melody(pitch=[60, 62], onset=[0, 480], duration=[480, 480], meter=(3, 4), downbeat=480)
    assert at_pace(tune, 1.0) == tune
    assert at_pace(tune, 2.0).meter is None


def test_too_short_a_query_is_refused(index):
    with pytest.raises(InputError, match="a search needs at least 3"):
        at_best_pace(melody([60, 62]), index)
