"""The model of a corpus: one for each third, with the weights that are shipped."""

import numpy as np
import pytest

from generate.plan.expectation import TARGET, expectation_of, learned_weights
from generate.plan.habits import habits
from generate.prediction.experts import QUICK
from mer import PhraseIndex


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


def test_there_is_a_weight_for_each_expert() -> None:
    weights = learned_weights()
    assert len(weights) == len(QUICK[TARGET])
    assert np.isfinite(weights).all()
    assert weights[:, 0].sum() == pytest.approx(1.0, abs=1.0)
