import numpy as np
import pytest

from generate.sampling.chain import Chain
from generate.sampling.constraints import classes_at, constrained, fixed, of_scale, within_range
from mer.errors import InputError
from mer.notes.key import Key

ALPHABET = np.arange(60, 73)
NOTES = 6
FREE = np.array([False, True, True, True, True, True])
FLAT = Chain((np.full(13, 1 / 13), np.full((13, 13), 1 / 13)))
WEIGHTS = np.ones((NOTES, 13))


def test_all_constraints_hold_in_every_draw() -> None:
    constraints = [
        within_range(ALPHABET, FREE, 62, 69),
        of_scale(ALPHABET, FREE, Key(7).scale, "the key G major"),
        fixed(ALPHABET, NOTES, {0: 61}, "the motif"),
        classes_at(ALPHABET, NOTES, [NOTES - 1], [7], "the last note G"),
    ]
    sampler = constrained(FLAT, WEIGHTS, constraints)
    rng = np.random.default_rng(0)
    for _ in range(100):
        pitch = ALPHABET[list(sampler.draw(rng))]
        assert pitch[0] == 61
        assert pitch[-1] == 67
        assert ((pitch[1:] >= 62) & (pitch[1:] <= 69)).all()
        assert np.isin(pitch[1:] % 12, Key(7).scale).all()


def test_the_conflict_is_named_and_nothing_else() -> None:
    constraints = [
        of_scale(ALPHABET, FREE, Key(0).scale, "the key C major"),
        within_range(ALPHABET, FREE, 62, 66),
        fixed(ALPHABET, NOTES, {0: 61}, "the motif"),
        classes_at(ALPHABET, NOTES, [NOTES - 1], [7], "the last note G"),
    ]
    with pytest.raises(InputError) as refused:
        constrained(FLAT, WEIGHTS, constraints)
    assert str(refused.value) == "impossible together: the range D4 to F#4 and the last note G"


def test_leaps_that_the_chain_lacks_are_a_conflict_too() -> None:
    steps = np.abs(ALPHABET[:, None] - ALPHABET) <= 1
    stepwise = Chain((np.full(13, 1 / 13), steps / steps.sum(axis=1, keepdims=True)))
    constraints = [
        fixed(ALPHABET, NOTES, {0: 60}, "the motif"),
        classes_at(ALPHABET, NOTES, [NOTES - 1], [11], "the last note B"),
    ]
    with pytest.raises(InputError, match="the motif and the last note B"):
        constrained(stepwise, WEIGHTS, constraints)
