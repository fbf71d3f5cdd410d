"""Notes -> a distribution before each note: experts with their memories, and their mixture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generate.prediction.memories import FADING, Evidence, LongTerm, short_term, take
from generate.prediction.mixture import Mixture, Probabilities
from generate.prediction.ngrams import Ints
from generate.prediction.notes import Notes
from generate.prediction.targets import Expert, Target
from generate.prediction.viewpoints import View, view
from mer.errors import InputError

# Evidence that does not depend on what was learned, by expert.
Prepared = Mapping[Expert, Evidence]


@dataclass(frozen=True, eq=False)
class Scene:
    """Notes seen through the viewpoints of a target.

    Parameters
    ----------
    notes
        The notes of whole melodies.
    came
        Shape (N,): place in the alphabet of what came.
    views
        One view for each viewpoint.
    recalled
        What the short-term memories say.
    """

    notes: Notes
    came: Ints
    views: Mapping[str, View]
    recalled: Prepared

    @classmethod
    def of(cls, notes: Notes, target: Target, alphabet: Ints) -> Scene:
        """Return the notes seen through the viewpoints that the experts of `target` use.

        Raises
        ------
        InputError
            If a value is not in the alphabet.
        """
        values = target.values(notes)
        came = np.minimum(np.searchsorted(alphabet, values), len(alphabet) - 1)
        strange = np.flatnonzero(alphabet[came] != values)
        if strange.size:
            raise InputError(f"{target.noun} {values[strange[0]]} is not in the alphabet")
        names = dict.fromkeys(expert.viewpoint for expert in target.experts)
        views = {n: view(notes, alphabet, values, target.viewpoints[n]) for n in names}
        recalled = {
            expert: short_term(views[expert.viewpoint], notes, fading=FADING[expert.memory])
            for expert in target.experts
            if expert.memory in FADING
        }
        return cls(notes, came, views, recalled)

    def take(self, melodies: Ints) -> Scene:
        """Return the scene of some melodies only."""
        columns = self.notes.columns
        chosen = np.concatenate([np.arange(*columns.bounds[m : m + 2]) for m in melodies])
        views = {name: take(seen, chosen) for name, seen in self.views.items()}
        recalled = {expert: said.take(chosen) for expert, said in self.recalled.items()}
        return Scene(Notes(columns.take(melodies)), self.came[chosen], views, recalled)


class Predictor:
    """Distributions of one target before each note of a melody.

    Parameters
    ----------
    target
        What is predicted, and by which experts.
    alphabet
        Rising: the candidates.
    n_lessons
        The weights are learned on about this many notes of the training melodies, or on all.

    Attributes
    ----------
    memory_
        Viewpoint -> what the long-term memory holds.
    mixture_
        The weights.
    """

    def __init__(self, target: Target, alphabet: Ints, *, n_lessons: int | None = None) -> None:
        self.target = target
        self.alphabet = alphabet
        self.n_lessons = n_lessons

    def fit(self, melodies: Notes) -> Predictor:
        """Learn from melodies and return self."""
        return self.fit_scene(Scene.of(melodies, self.target, self.alphabet))

    def fit_scene(self, scene: Scene) -> Predictor:
        """Learn from melodies that were seen before and return self."""
        self.memory_ = {
            expert.viewpoint: LongTerm.of(scene.views[expert.viewpoint])
            for expert in self.target.experts
            if expert.memory not in FADING
        }
        levels = max(len(seen.keys) for seen in scene.views.values())
        came = scene.came[self._asked(scene.notes)]
        self.mixture_ = Mixture(levels).fit(self.lessons(scene), came)
        return self

    def lessons(self, scene: Scene) -> list[Evidence]:
        """Return what each expert says of training melodies, each left out in its turn."""
        asked = self._asked(scene.notes)
        return [self._left_out(expert, scene, asked) for expert in self.target.experts]

    def _asked(self, notes: Notes) -> Ints:
        """Return the notes to learn the weights on: those of every so many-th melody."""
        if self.n_lessons is None or self.n_lessons >= len(notes):
            return np.arange(len(notes))
        stride = -(-len(notes) // self.n_lessons)
        return np.flatnonzero(notes.melody % stride == 0)

    def _left_out(self, expert: Expert, scene: Scene, asked: Ints) -> Evidence:
        if expert.memory in FADING:
            return scene.recalled[expert].take(asked)
        seen = scene.views[expert.viewpoint]
        memory = self.memory_[expert.viewpoint]
        return memory.consult_without_own(seen, scene.notes.melody, asked)

    def predict(self, melodies: Notes) -> Probabilities:
        """Return the probability of each candidate before each note, shape (N, A)."""
        return self.predict_scene(Scene.of(melodies, self.target, self.alphabet))

    def predict_scene(self, scene: Scene) -> Probabilities:
        """Return the same for melodies that were seen before."""
        return self.mixture_.distribution(self.evidence(scene))

    def evidence(self, scene: Scene) -> list[Evidence]:
        """Return what each expert says of melodies that were not learned."""
        return [
            scene.recalled[expert]
            if expert.memory in FADING
            else self.memory_[expert.viewpoint].consult(scene.views[expert.viewpoint])
            for expert in self.target.experts
        ]

    def bits(self, scene: Scene) -> Probabilities:
        """Return the information content of each note in bits, shape (N,)."""
        probability = self.predict_scene(scene)
        return -np.log2(probability[np.arange(len(scene.came)), scene.came])
