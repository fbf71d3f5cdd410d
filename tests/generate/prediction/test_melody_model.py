from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.prediction import MelodyModel
from generate.prediction.experts import TARGETS
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.melody import Melody


@pytest.fixture(scope="module")
def melodies(corpus: Corpus) -> list[Melody]:
    return [tune.melody for tune in corpus][:24]


@pytest.fixture(scope="module")
def model(melodies: list[Melody]) -> MelodyModel:
    return MelodyModel().fit(melodies[:20])


def walk(steps: list[int]) -> Melody:
    pitch = 64 + np.clip(np.cumsum(steps), -12, 12)
    return Melody(pitch=pitch, onset=np.arange(len(steps)) * 240, duration=[240] * len(steps))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40))
@settings(max_examples=25)
def test_the_next_note_sums_to_one(model: MelodyModel, steps: list[int]) -> None:
    chances = model.distribution(walk(steps))
    assert chances.shape == model.alphabet_.shape
    assert chances.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("thorough", [False, True])
def test_every_target_learns(melodies: list[Melody], target: str, thorough: bool) -> None:
    model = MelodyModel(target, thorough=thorough).fit(melodies[:20])
    found = model.information_contents(melodies[20:])
    assert [len(bits) for bits in found] == [len(melody) for melody in melodies[20:]]
    everything = np.concatenate(found)
    assert (everything >= 0).all()
    assert everything.mean() < np.log2(len(model.alphabet_))


def test_distribution_and_information_content_agree(
    model: MelodyModel, melodies: list[Melody]
) -> None:
    melody = melodies[21]
    bits = model.information_content(melody)
    for place in (1, 5, len(melody) - 1):
        chances = model.distribution(melody.cut(0, place))
        chance = chances[model.alphabet_ == melody.pitch[place]][0]
        assert -np.log2(chance) == pytest.approx(bits[place], abs=1e-4)


def test_one_by_one_equals_all_at_once(model: MelodyModel, melodies: list[Melody]) -> None:
    together = model.information_contents(melodies[20:])
    for melody, bits in zip(melodies[20:], together, strict=True):
        assert model.information_content(melody) == pytest.approx(bits, abs=1e-5)
    assert model.information_contents([]) == []


def test_the_same_again(melodies: list[Melody]) -> None:
    first, second = (MelodyModel().fit(melodies[:20]) for _ in range(2))
    assert (
        first.information_content(melodies[22]) == second.information_content(melodies[22])
    ).all()


def test_the_end_does_not_change_the_beginning(model: MelodyModel, melodies: list[Melody]) -> None:
    melody = melodies[23]
    whole, part = model.information_content(melody), model.information_content(melody.cut(0, 9))
    assert whole[:9] == pytest.approx(part, abs=1e-5)


def test_a_known_tune_surprises_less_than_its_shuffle(
    model: MelodyModel, melodies: list[Melody]
) -> None:
    known = melodies[0]
    pitch = np.random.default_rng(0).permutation(known.pitch)
    mixed = Melody(pitch=pitch, onset=known.onset, duration=known.duration)
    known_bits, mixed_bits = (model.information_content(m).mean() for m in (known, mixed))
    assert known_bits < 0.6 * mixed_bits


def test_training_melodies_can_be_moved_to_one_tonic(melodies: list[Melody]) -> None:
    moved = []
    for melody in melodies:
        assert melody.key is not None
        moved.append(melody.transpose((2 - melody.key.tonic + 5) % 12 - 5))
    asked = moved[23]
    by_model = MelodyModel(tonic=2).fit(melodies[:20]).information_content(asked)
    by_hand = MelodyModel().fit(moved[:20]).information_content(asked)
    assert by_model == pytest.approx(by_hand)


def test_bad_input(model: MelodyModel, melodies: list[Melody]) -> None:
    with pytest.raises(InputError, match="unknown target 'tempo'; choose one of pitch"):
        MelodyModel("tempo").fit(melodies)
    with pytest.raises(InputError, match="1 melodies to learn from; at least 2"):
        MelodyModel().fit(melodies[:1])
    high = Melody(pitch=[127], onset=[0], duration=[480])
    with pytest.raises(InputError, match="pitch 127 is not in the alphabet"):
        model.information_content(high)
    wider = MelodyModel().fit(melodies[:3], reach=(0, 127))
    assert wider.information_content(high).shape == (1,)


def test_chances_of_many_versions_are_those_of_each(melodies: list[Melody]) -> None:
    model = MelodyModel("pitch_given_rhythm").fit(melodies[:20])
    tune = melodies[20]
    versions = [tune, replace(tune, pitch=tune.pitch[::-1]), tune.transpose(2)]
    asked = np.array([2, 5, len(tune) - 1])
    said = model.chances(tune, np.array([version.pitch for version in versions]), asked)
    for row, version in enumerate(versions):
        place = np.searchsorted(model.alphabet_, version.pitch[asked])
        bits = -np.log2(said[row, np.arange(3), place])
        assert bits == pytest.approx(model.information_content(version)[asked], abs=1e-5)


def test_weights_that_were_learned_give_the_same_model(melodies: list[Melody]) -> None:
    learned = MelodyModel("pitch_given_rhythm").fit(melodies[:20])
    again = MelodyModel("pitch_given_rhythm").fit(melodies[:20], weights=learned.weights_)
    bits = learned.information_content(melodies[20])
    assert again.information_content(melodies[20]) == pytest.approx(bits)
    with pytest.raises(InputError, match="the weights have shape"):
        MelodyModel("pitch_given_rhythm").fit(melodies[:20], weights=learned.weights_[1:])
