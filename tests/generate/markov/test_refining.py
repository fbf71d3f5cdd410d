"""Choosing among exact draws by the predictive model: better expected, and all else the same."""

import numpy as np
import pytest

from generate.compose import prepare, takes
from generate.markov.refining import refiner
from generate.plan.settings import Settings
from generate.sampling.reweighting import effective_number, resampled
from mer import PhraseIndex, load_melody
from mer.corpus.shipped import data_folder


@pytest.fixture(scope="module")
def brief():
    motif = load_melody(data_folder() / "motifs" / "korobeiniki.mid")
    return prepare(motif, PhraseIndex.load(), Settings())


@pytest.fixture(scope="module")
def rescore(brief):
    return refiner(brief)


def test_what_is_chosen_is_better_expected_and_keeps_to_the_brief(brief, rescore):
    plain = [piece.melody for piece in takes(brief, np.random.default_rng(1), 6)]
    pieces = takes(brief, np.random.default_rng(1), 6, rescore=rescore)
    refined = [piece.melody for piece in pieces]
    bits_a_note = [
        np.mean(rescore(melodies) / [len(melody) for melody in melodies])
        for melodies in (plain, refined)
    ]
    assert bits_a_note[1] < bits_a_note[0] - 0.1
    for piece in pieces:
        assert piece.melody.bars == brief.frame.bars
        assert piece.melody.pitch[-1] % 12 == brief.frame.key.tonic
        assert len(piece.sources) == len(piece.melody)
        run = brief.originality.longest_run(piece.melody, piece.sources)
        assert run.notes <= 8


def test_the_same_seed_gives_the_same_choice(brief, rescore):
    one, other = (
        takes(brief, np.random.default_rng(3), 1, rescore=rescore)[0].melody for _ in range(2)
    )
    assert one == other


def test_equal_models_change_nothing_on_average():
    bits = np.array([3.0, 5.0, 4.0])
    rng = np.random.default_rng(0)
    drawn = np.bincount([resampled(bits, bits, rng) for _ in range(3000)], minlength=3)
    assert np.abs(drawn / 3000 - 1 / 3).max() < 0.04
    assert effective_number(bits, bits) == pytest.approx(3.0)
    assert effective_number(bits, bits - np.array([40.0, 0.0, 0.0])) == pytest.approx(1.0)
