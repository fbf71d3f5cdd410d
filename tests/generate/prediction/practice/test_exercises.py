"""Exercises are real phrases of the level; of the continuations one is the tune's own."""

import numpy as np
import pytest

from generate.plan.expectation import expectation_of
from generate.plan.habits import habits
from generate.prediction.practice.difficulty import LEVELS, difficulty
from generate.prediction.practice.exercises import (
    LONGEST,
    SHORTEST,
    Question,
    draw_exercise,
    draw_question,
)
from mer.corpus.corpus import Corpus, Tune
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody
from mer.search.index import PhraseIndex


@pytest.fixture(scope="module")
def index() -> PhraseIndex:
    return PhraseIndex.load()


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_phrases_are_of_the_level_and_grow_harder(index: PhraseIndex) -> None:
    drawn = {
        level: [draw_exercise(index, level, rng(seed)) for seed in range(6)]
        for level in range(1, LEVELS + 1)
    }
    for level, exercises in drawn.items():
        for one in exercises:
            assert one.difficulty.level == level
            assert one.difficulty == difficulty(one.phrase.melody)
            assert SHORTEST <= len(one.phrase.melody) <= LONGEST
    notes = [np.mean([len(one.phrase.melody) for one in drawn[level]]) for level in (1, 5)]
    leaps = [np.mean([one.difficulty.leaps for one in drawn[level]]) for level in (1, 5)]
    assert notes[0] < notes[1]
    assert leaps[0] < leaps[1]
    again = draw_exercise(index, 3, rng(4))
    assert again.phrase.melody == drawn[3][4].phrase.melody


def real(question: Question) -> Melody:
    return question.choices[question.right]


@pytest.mark.parametrize("level", [1, LEVELS])
def test_one_continuation_is_the_tunes_own(index: PhraseIndex, level: int) -> None:
    for seed in range(4):
        question = draw_question(index, level, rng(seed))
        tune, begins = question.tune.melody, question.begins
        assert len(question.choices) == 3
        assert real(question).pitch.tolist() == tune.pitch[: len(real(question))].tolist()
        assert real(question).onset.tolist() == tune.onset[: len(real(question))].tolist()
        for choice in question.choices:
            assert choice.pitch[:begins].tolist() == tune.pitch[:begins].tolist()
            assert choice.meter == tune.meter
            # Two bars and two bars, whatever the pick-up.
            assert choice.end[-1] <= tune.downbeat + 4 * tune.bar_ticks
            assert choice.onset[begins] == tune.downbeat + 2 * tune.bar_ticks
        others = [one for one in question.choices if one is not real(question)]
        assert all(one.pitch.tolist() != real(question).pitch.tolist() for one in others)


def test_false_continuations_are_more_alike_on_a_higher_level(index: PhraseIndex) -> None:
    def unlike(level: int) -> float:
        found = []
        for seed in range(8):
            question = draw_question(index, level, rng(seed))
            own = set(real(question).onset[question.begins :].tolist())
            found += [
                len(own ^ set(one.onset[question.begins :].tolist())) for one in question.choices
            ]
        return float(np.mean(found))

    assert unlike(LEVELS) < unlike(1) / 2


def test_a_phrase_that_the_model_has_no_note_for_is_graded_without_it(index: PhraseIndex) -> None:
    low = Melody(pitch=[5, 7, 9, 10, 12], onset=range(0, 2400, 480), duration=[480] * 5, key=Key(5))
    deep = PhraseIndex.build(Corpus.from_tunes([Tune("a", "A", "", low)]))
    corpus = index.corpus
    model = expectation_of(corpus, habits(corpus.columns("melody"), "major"))
    found = draw_exercise(deep, 1, rng(0), model)
    assert (found.difficulty.value, found.difficulty.surprise) == (5.0, 0.0)


def test_what_cannot_be_drawn_is_refused(index: PhraseIndex) -> None:
    for level in (0, 6):
        with pytest.raises(InputError, match=f"level is {level}"):
            draw_exercise(index, level, rng(0))
        with pytest.raises(InputError, match=f"level is {level}"):
            draw_question(index, level, rng(0))
    short = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    few = PhraseIndex.build(Corpus.from_tunes([Tune("a", "A", "", short)]))
    with pytest.raises(InputError, match="no phrase of 4 to 24 notes"):
        draw_exercise(few, 1, rng(0))
    with pytest.raises(InputError, match="not three tunes"):
        draw_question(few, 1, rng(0))
