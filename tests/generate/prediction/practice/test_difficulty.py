"""A teacher's order: steps before leaps, short before long, what is expected before what is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.plan.expectation import expectation_of
from generate.plan.habits import habits
from generate.prediction import MelodyModel
from generate.prediction.practice.difficulty import (
    LEVEL_ENDS,
    LEVELS,
    Difficulty,
    difficulties,
    difficulty,
)
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


def sung(*pitch: int) -> Melody:
    count = len(pitch)
    return Melody(
        pitch=pitch,
        onset=np.arange(count) * 480,
        duration=[480] * count,
        meter=(4, 4),
        key=Key(0),
    )


# From the first lesson on: what comes next is harder than what came before.
LADDER = {
    "three notes and back": sung(60, 62, 64, 62, 60),
    "five notes and back": sung(60, 62, 64, 65, 67, 65, 64, 62, 60),
    "thirds": sung(60, 64, 62, 65, 64, 67, 65, 62, 60),
    "the triad": sung(60, 64, 67, 64, 60, 67, 64, 62, 60),
    "steps for long": sung(60, 62, 64, 65, 67, 65, 64, 62, 60, 62, 64, 65, 67, 65, 64, 62, 60),
    "leaps between strange notes": sung(60, 61, 66, 63, 70, 64, 71, 61, 60),
    "octaves": sung(60, 72, 62, 74, 64, 76, 65, 77, 60),
}
PITCHES = st.lists(st.integers(48, 84), min_size=2, max_size=20)


@pytest.fixture(scope="module")
def model() -> MelodyModel:
    corpus = PhraseIndex.load().corpus
    made = expectation_of(corpus, habits(corpus.columns("melody"), "major"))
    assert made is not None
    return made


def test_the_ladder_is_climbed_in_order(model: MelodyModel) -> None:
    values = [one.value for one in difficulties(list(LADDER.values()), model)]
    assert values == sorted(values)
    assert len(set(values)) == len(values)
    levels = [one.level for one in difficulties(list(LADDER.values()), model)]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (1, LEVELS)


def test_a_strange_note_is_harder_than_an_expected_one(model: MelodyModel) -> None:
    usual, strange = difficulties(
        [sung(60, 62, 64, 65, 67, 65, 64), sung(60, 62, 64, 66, 67, 66, 64)], model
    )
    assert (usual.notes, usual.reach) == (strange.notes, strange.reach)
    assert usual.surprise < strange.surprise


@given(PITCHES, st.integers(1, 19))
def test_a_part_is_never_harder_than_all(pitch: list[int], notes: int) -> None:
    whole = sung(*pitch)
    part = whole.cut(0, min(notes, len(whole)))
    assert difficulty(part).value <= difficulty(whole).value


@given(PITCHES)
def test_steps_are_never_harder_than_what_stands_in_their_place(pitch: list[int]) -> None:
    directions = np.sign(np.diff(pitch))
    steps = sung(*(60 + np.concatenate([[0], np.cumsum(directions)])).tolist())
    assert difficulty(steps).value <= difficulty(sung(*pitch)).value
    # In any key it is as hard.
    assert difficulty(sung(*pitch).transpose(-5)) == difficulty(sung(*pitch))


def test_worked_by_hand() -> None:
    # A third counts as two semitones more than a step, a sixth as seven; a ninth is seven beyond
    # a fifth. Of the bits, those of the second and the third note count: 1.5 and 3.5 too many.
    melody = sung(60, 64, 73)
    found = difficulty(melody, np.array([9.0, 4.0, 6.0]))
    assert found == Difficulty(3, pytest.approx(9 / 3), pytest.approx(6 / 3), pytest.approx(5 / 4))
    assert (
        str(found) == "3 notes, as hard as 9 easy ones: 3 for leaps, 2 for range, 1 for surprises"
    )
    assert [Difficulty(1, end - 1, 0, 0).level for end in LEVEL_ENDS] == [1, 2, 3, 4]
    assert Difficulty(99, 0, 0, 0).level == LEVELS
