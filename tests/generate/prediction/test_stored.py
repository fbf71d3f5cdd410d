"""A model that was kept is the one that learned."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generate.prediction import MelodyModel
from generate.prediction.stored import load_model, mark_of, save_models
from mer.errors import InputError
from mer.notes.columns import Columns
from mer.notes.melody import Melody


def tunes(count: int, seed: int) -> list[Melody]:
    """Return tunes of 8 to 20 notes in even or dotted rhythm."""
    rng, made = np.random.default_rng(seed), []
    for _ in range(count):
        many = int(rng.integers(8, 21))
        duration = rng.choice([240, 480, 720], many)
        onset = np.append(0, np.cumsum(duration)[:-1])
        made.append(Melody(pitch=rng.integers(55, 75, many), onset=onset, duration=duration))
    return made


@pytest.mark.parametrize("target", ["pitch", "pitch_given_rhythm"])
def test_it_predicts_as_before(tmp_path: Path, target: str) -> None:
    learned, other = MelodyModel(target).fit(tunes(12, 0)), MelodyModel(target).fit(tunes(9, 1))
    save_models(tmp_path / "kept.npz", {"other": other, "learned": learned})
    found = load_model(tmp_path / "kept.npz", "learned", MelodyModel(target), learned.weights_)
    assert found is not None
    assert found.middle_ == learned.middle_
    assert found.alphabet_.tolist() == learned.alphabet_.tolist()
    for melody in tunes(5, 2):
        # At once by the table, and by each memory for itself.
        assert (found.distribution(melody) == learned.distribution(melody)).all()
        alone = found.information_content(melody)
        assert alone.tolist() == learned.information_content(melody).tolist()


def test_a_model_of_other_tunes_is_not_taken(tmp_path: Path) -> None:
    model = MelodyModel().fit(tunes(4, 0))
    save_models(tmp_path / "kept.npz", {"some": model})
    assert load_model(tmp_path / "kept.npz", "others", MelodyModel(), model.weights_) is None


def test_weights_of_other_experts_are_refused(tmp_path: Path) -> None:
    model = MelodyModel().fit(tunes(4, 0))
    save_models(tmp_path / "kept.npz", {"some": model})
    with pytest.raises(InputError, match="weights"):
        load_model(tmp_path / "kept.npz", "some", MelodyModel(), model.weights_[1:])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.npz"):
        load_model(tmp_path / "none.npz", "some", MelodyModel(), np.zeros((1, 1)))


@pytest.mark.parametrize("name", ["pitch", "onset", "duration", "downbeat", "tonic", "mode"])
def test_a_mark_tells_tunes_apart_by_all_that_is_learned(name: str) -> None:
    columns = Columns.from_melodies(tunes(3, 3))
    values = getattr(columns, name).copy()
    values[-1] += 1
    assert mark_of(replace(columns, **{name: values})) != mark_of(columns)
    assert mark_of(columns.take([1, 0, 2])) != mark_of(columns)
