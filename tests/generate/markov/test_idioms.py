"""Weights of figures: worked out by hand, and found again in what is drawn with them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.markov.idioms import CHANGES, INTERVALS, Idioms, bounded, changes, idioms_of
from generate.sampling.chain import Chain
from generate.sampling.particles import grow
from generate.sampling.sampler import Sampler
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints

UP, SAME, DOWN = 14, 12, 10  # two semitones up, none, two down


def empty() -> Idioms:
    return Idioms(np.zeros((INTERVALS,) * 3), np.zeros((INTERVALS, INTERVALS, CHANGES)))


def test_weights_worked_out_by_hand() -> None:
    idioms = empty()
    idioms.steps[UP, DOWN, UP] = np.log(0.5)
    idioms.held[DOWN, UP, 2] = np.log(3.0)
    duration = np.array([240, 240, 240, 480])
    versions = np.array([[60, 62, 60], [60, 60, 60]])
    weights = idioms.weights(duration, versions, np.array([3]), np.array([60, 62]))
    # After C D C, D on a longer note: both weights; after C C C neither is known.
    assert weights == pytest.approx(np.array([[[1.0, 1.5]], [[1.0, 1.0]]]))
    even = idioms.weights(np.full(4, 240), versions, np.array([3]), np.array([60, 62]))
    assert even == pytest.approx(np.array([[[1.0, 0.5]], [[1.0, 1.0]]]))


def test_the_first_notes_have_no_figures() -> None:
    idioms = empty()
    idioms.steps[:], idioms.held[:] = 1.0, 2.0
    drawn = np.array([[60, 62, 64]])
    weights = idioms.weights(np.full(4, 480), drawn, np.arange(4), np.array([60]))
    assert weights[0, :, 0] == pytest.approx(np.exp([0.0, 0.0, 2.0, 3.0]))


@given(st.integers(-127, 127))
def test_wide_intervals_count_as_an_octave(interval: int) -> None:
    place = int(bounded(np.array(interval)))
    assert place == min(max(interval, -12), 12) + 12


def test_changes_of_length() -> None:
    assert changes(np.array([480, 480, 120, 960, 960])).tolist() == [1, 1, 0, 2, 1]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    idioms = empty()
    idioms.steps[1, 2, 3], idioms.held[4, 5, 1] = -1.25, 0.5
    idioms.save(tmp_path / "idioms.npz")
    again = Idioms.load(tmp_path / "idioms.npz")
    assert np.array_equal(again.steps, idioms.steps)
    assert np.array_equal(again.held, idioms.held)
    (tmp_path / "bad.npz").write_bytes(b"no archive")
    with pytest.raises(InputError, match=r"bad\.npz"):
        Idioms.load(tmp_path / "bad.npz")


def test_the_shipped_weights_are_read_once(corpus: Corpus) -> None:
    idioms = idioms_of(corpus)
    assert idioms_of(corpus) is idioms
    assert idioms.steps.shape == (INTERVALS,) * 3
    assert idioms.held.shape == (INTERVALS, INTERVALS, CHANGES)


def test_figures_are_drawn_as_often_as_their_weight_says() -> None:
    """Of two pitches a tone apart, turning back at once is a third as likely as standing still."""
    idioms = empty()
    for first in (UP, DOWN):
        idioms.steps[:, first, UP + DOWN - first] = np.log(1 / 3)
    symbols, notes = np.array([60, 62]), 60
    sampler = Sampler(Chain((np.full(2, 0.5),)), np.ones((notes, 2)))

    def model(drawn: Ints, asked: Ints) -> Floats:
        weights = idioms.weights(np.full(notes, 480), symbols[drawn], asked, symbols)
        return np.asarray(weights / weights.sum(axis=2, keepdims=True))

    crowd = grow(sampler, model, np.random.default_rng(0), count=2000)
    step = np.diff(crowd.drawn)
    weight = np.exp(crowd.log_weight)[:, None]
    after = (step[:, 1:-1] != 0) * weight
    back = after * (step[:, 2:] == -step[:, 1:-1])
    assert back.sum() / after.sum() == pytest.approx(1 / 4, abs=0.05)
