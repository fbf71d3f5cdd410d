"""The predictive model beside the chain: better expected, and every constraint as before."""

import numpy as np
import pytest

from generate.compose import prepare, retakes, takes
from generate.markov.steering import Expectation
from generate.plan.brief import Brief
from generate.plan.settings import Settings
from mer import PhraseIndex, load_melody
from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody


def brief_for(**wishes: object) -> Brief:
    motif = load_melody(data_folder() / "motifs" / "korobeiniki.mid")
    return prepare(motif, PhraseIndex.load(), Settings(**wishes))  # type: ignore[arg-type]


def bits_a_note(brief: Brief, melodies: list[Melody]) -> float:
    """Return what the notes after the motif cost under the model, on average."""
    shift = -brief.frame.key.tonic
    found = brief.model.information_contents([melody.transpose(shift) for melody in melodies])
    opening = 0 if brief.frame.opening is None else len(brief.frame.opening)
    return float(np.mean([bits[opening:].mean() for bits in found]))


def test_the_model_expects_what_it_steers() -> None:
    steered, plain = brief_for(), brief_for(model="chain")
    pieces = takes(steered, np.random.default_rng(1), 8)
    others = takes(plain, np.random.default_rng(1), 8)
    melodies = [[piece.melody for piece in both] for both in (pieces, others)]
    assert bits_a_note(steered, melodies[0]) < bits_a_note(steered, melodies[1]) - 0.05
    for piece in pieces:
        assert piece.melody.bars == steered.frame.bars
        assert piece.melody.pitch[-1] % 12 == steered.frame.key.tonic
        assert len(piece.sources) == len(piece.melody)
        assert steered.originality.longest_run(piece.melody, piece.sources).notes <= 8


@pytest.mark.parametrize("bound", [3, 4, 5, 6])
def test_short_copies_are_left_out(bound: int) -> None:
    brief = brief_for(max_copy=bound)
    for piece in takes(brief, np.random.default_rng(2), 3):
        assert brief.originality.longest_run(piece.melody, piece.sources).notes <= bound


def test_the_same_seed_gives_the_same_piece() -> None:
    brief = brief_for()
    one, other = (takes(brief, np.random.default_rng(3), 1)[0].melody for _ in range(2))
    assert one == other


def test_a_surprise_bends_the_chain_alone() -> None:
    assert brief_for().is_steered
    assert not brief_for(surprise="calm").is_steered
    assert not brief_for(model="chain").is_steered
    with pytest.raises(InputError, match="unknown model 'oracle'; choose one of mixture, chain"):
        Settings(model="oracle")


def test_expectation_is_the_same_in_every_key_and_octave() -> None:
    model = brief_for().model
    scale = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    drawn = np.array([[0, 2, 4, 2], [4, 3, 2, 1]])
    said = []
    for shift in (0, 3, -12):
        rhythm = Melody(
            pitch=np.full(5, 60 + shift),
            onset=np.arange(5) * 480,
            duration=np.full(5, 480),
            meter=(4, 4),
            key=Key(shift % 12),
        )
        said.append(Expectation(model, rhythm, scale + shift)(drawn, np.array([2, 3, 4])))
    assert said[0].shape == (2, 3, 8)
    assert said[0].sum(axis=2) == pytest.approx(np.ones((2, 3)))
    assert said[1] == pytest.approx(said[0])
    assert said[2] == pytest.approx(said[0])


def test_what_comes_later_says_nothing() -> None:
    model = brief_for().model
    rhythm = Melody(
        pitch=np.full(6, 60), onset=np.arange(6) * 240, duration=np.full(6, 240), key=Key(0)
    )
    expectation = Expectation(model, rhythm, np.arange(60, 73))
    one = expectation(np.array([[0, 2, 4, 5, 7, 9]]), np.array([3]))
    other = expectation(np.array([[0, 2, 4]]), np.array([3]))
    assert one == pytest.approx(other)


def test_what_all_run_into_is_looked_ahead_to() -> None:
    """A bound of 6 where the chain looks back 3: most continuations of a tune are copies."""
    index = PhraseIndex.load()
    for number in (3, 11, 40):
        tune = index.corpus.tune(number).melody
        bar = tune.downbeat + 2 * tune.bar_ticks
        motif = tune.cut(0, int(np.searchsorted(tune.onset, bar)))
        brief = prepare(motif, index, Settings(max_copy=6, bars=8))
        piece = takes(brief, np.random.default_rng(0), 1)[0]
        kept = retakes(piece, [1, 2, 3, 5, 6, 8], brief, np.random.default_rng(1), 2)
        for one in kept:
            assert brief.originality.longest_run(one.melody, one.sources).notes <= 6
