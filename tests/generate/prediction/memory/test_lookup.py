import numpy as np
import pytest

from generate.prediction.experts import TARGETS
from generate.prediction.memory.lookup import Lookup, so_far
from generate.prediction.memory.memories import CLASSES, FADING, Evidence, LongTerm, short_term
from generate.prediction.notes import Notes
from generate.prediction.predictor import Predictor
from generate.prediction.views import PITCH_VIEWPOINTS, view
from mer.notes.melody import Melody

ALPHABET = np.arange(58, 72)


def tunes(count: int, seed: int) -> list[Melody]:
    """Return tunes of one to twenty notes that repeat a lot."""
    rng, made = np.random.default_rng(seed), []
    for _ in range(count):
        many = int(rng.integers(1, 21))
        duration = rng.choice([120, 240, 480, 720], many, p=[0.1, 0.6, 0.2, 0.1])
        pitch = rng.choice([60, 62, 63, 67, 70], many, p=[0.4, 0.3, 0.1, 0.1, 0.1])
        onset = np.append(0, np.cumsum(duration)[:-1])
        made.append(Melody(pitch=pitch, onset=onset, duration=duration))
    return made


def assert_same(said: Evidence, alone: Evidence) -> None:
    np.testing.assert_allclose(said.log_probability, alone.log_probability, atol=1e-4)
    assert said.level.tolist() == alone.level.tolist()
    assert said.often.tolist() == alone.often.tolist()


@pytest.mark.parametrize("name", TARGETS)
def test_asking_about_some_notes_equals_predicting_all(name: str) -> None:
    target, learned, notes = TARGETS[name], Notes.of(tunes(12, 0)), Notes.of(tunes(5, 1))
    alphabet = np.unique(target.values(learned)) if name == "duration" else ALPHABET
    levels = 1 + max(viewpoint[1](notes).shape[1] for viewpoint in target.viewpoints.values())
    weights = np.random.default_rng(2).random((len(target.experts), 1 + levels + CLASSES)) / 20
    predictor = Predictor(target, alphabet).fit(learned, weights=weights)
    asked = np.arange(0, len(notes), 2)
    expected = predictor.predict(notes)[asked]
    np.testing.assert_allclose(predictor.before(notes, asked), expected, atol=1e-6)


def test_each_viewpoint_says_the_same_as_by_itself() -> None:
    learned, notes = Notes.of(tunes(12, 3)), Notes.of(tunes(5, 4))
    asked = np.arange(1, len(notes), 2)
    memory, views = {}, {}
    for name, viewpoint in PITCH_VIEWPOINTS.items():
        memory[name] = LongTerm.of(view(learned, ALPHABET, learned.pitch, viewpoint))
        views[name] = view(notes, ALPHABET, notes.pitch, viewpoint, asked=asked)
    together = Lookup.of(memory).consult({name: seen.at(asked) for name, seen in views.items()})
    assert list(together) == list(views)
    for name, said in together.items():
        assert_same(said, memory[name].consult(views[name].at(asked)))
    for fading in FADING.values():
        recalled = so_far(list(views.values()), [fading] * len(views), notes, asked)
        for seen, said in zip(views.values(), recalled, strict=True):
            assert_same(said, short_term(seen, notes, fading=fading, asked=asked))
