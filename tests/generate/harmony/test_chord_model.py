"""Chords as probabilities: what must add up, and what closes a piece in each mode."""

import numpy as np
import pytest

from generate.harmony.chord_model import PARENTS, chord_model, dominants
from generate.harmony.chords import STATES
from mer.errors import InputError
from mer.notes.key import MODE_SCALES


@pytest.mark.parametrize(
    ("mode", "close", "tonic"),
    [
        ("major", ["V", "V7"], "I"),
        ("lydian", ["V", "V7"], "I"),
        ("mixolydian", ["bVII", "v"], "I"),
        ("minor", ["V", "V7"], "i"),
        ("dorian", ["bVII", "v"], "i"),
        ("phrygian", ["bII", "bvii"], "i"),
        ("locrian", ["bII", "bvii"], "i"),
    ],
)
def test_the_chords_that_close_a_piece(mode: str, close: list[str], tonic: str) -> None:
    assert [kind.roman for kind in dominants(mode)] == close
    model = chord_model(mode)
    assert [STATES[state].roman for state in model.dominants] == close
    assert STATES[model.tonic].roman == tonic
    assert PARENTS[mode] == ("major" if tonic == "I" else "minor")


@pytest.mark.parametrize("mode", MODE_SCALES)
def test_probabilities_add_up(mode: str) -> None:
    model = chord_model(mode)
    assert model.start.sum() == pytest.approx(1.0)
    assert model.sound.sum(axis=1) == pytest.approx(np.ones(48))
    assert model.change.sum(axis=1) == pytest.approx(np.ones(48))
    assert np.diag(model.change).tolist() == [0.0] * 48
    for barline in (False, True):
        moves = model.transition(barline)
        assert moves.sum(axis=1) == pytest.approx(np.ones(48))
        assert np.diag(moves) == pytest.approx(np.full(48, model.hold[int(barline)]))
    assert (model.sound > 0).all()
    assert (model.change[~np.eye(48, dtype=bool)] > 0).all()


@pytest.mark.parametrize("mode", MODE_SCALES)
def test_the_tonic_chord_sounds_like_its_own_tones_most(mode: str) -> None:
    model = chord_model(mode)
    tones = STATES[model.tonic].tones
    assert set(np.argsort(-model.sound[model.tonic])[:3].tolist()) == set(tones)


def test_a_mode_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match="unknown mode 'blues'; known: major"):
        chord_model("blues")
