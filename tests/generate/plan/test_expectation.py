"""The model of a corpus: one for each third, with the weights that are shipped."""

import numpy as np
import pytest

from generate.plan.expectation import (
    LEARNED_TUNES,
    MEMORIES,
    TARGET,
    TONIC,
    expectation_of,
    learned,
    learned_weights,
)
from generate.plan.habits import habits, spread
from generate.prediction import MelodyModel
from generate.prediction.experts import QUICK
from generate.prediction.stored import load_model, mark_of
from mer import PhraseIndex
from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder


def test_one_model_for_each_third() -> None:
    corpus = PhraseIndex.load().corpus
    columns = corpus.columns("melody")
    major, mixolydian, minor = (
        expectation_of(corpus, habits(columns, mode)) for mode in ("major", "mixolydian", "minor")
    )
    assert major is mixolydian
    assert major is not minor
    assert major is not None
    assert major.tonic == 0


def test_it_expects_the_third_that_it_has_learned() -> None:
    corpus = PhraseIndex.load().corpus
    columns = corpus.columns("melody")
    tune = next(
        melody
        for melody in (corpus.tune(number).melody for number in range(40))
        if melody.key is not None and melody.meter is not None
    )
    so_far = tune.transpose(-tune.key.tonic).cut(0, 8)  # type: ignore[union-attr]
    shares = []
    for mode in ("major", "minor"):
        model = expectation_of(corpus, habits(columns, mode))
        assert model is not None
        chances = model.distribution(so_far)
        thirds = [chances[model.alphabet_ % 12 == third].sum() for third in (4, 3)]
        shares.append(thirds[0] / sum(thirds))
    assert shares[0] > shares[1]


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_what_lies_ready_is_what_is_learned(mode: str) -> None:
    corpus = PhraseIndex.load().corpus
    known = habits(corpus.columns("melody"), mode)
    tunes = corpus.columns("melody").take(spread(known.tunes, LEARNED_TUNES))
    weights, model = learned_weights(), MelodyModel(TARGET, tonic=TONIC)
    ready = load_model(data_folder() / MEMORIES, mark_of(tunes), model, weights)
    assert ready is not None, "run: python data/rebuild.py"
    anew = learned(tunes)
    for name in ("names", "dropped"):
        assert getattr(ready.lookup_, name) == getattr(anew.lookup_, name)
    for name in ("keys", "bounds", "symbols", "counts"):
        assert np.array_equal(getattr(ready.lookup_, name), getattr(anew.lookup_, name))
    assert ready.alphabet_.tolist() == anew.alphabet_.tolist()
    assert (ready.middle_, ready.weights_.tolist()) == (anew.middle_, anew.weights_.tolist())


def test_other_tunes_are_learned_from() -> None:
    shipped = PhraseIndex.load().corpus
    corpus = Corpus.from_tunes([shipped.tune(number) for number in range(30)])
    model = expectation_of(corpus, habits(corpus.columns("melody"), "major"))
    assert model is not None
    assert len(model.lookup_.keys) < 100_000


def test_there_is_a_weight_for_each_expert() -> None:
    weights = learned_weights()
    assert len(weights) == len(QUICK[TARGET])
    assert np.isfinite(weights).all()
    assert weights[:, 0].sum() == pytest.approx(1.0, abs=1.0)
