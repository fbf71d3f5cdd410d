"""Notes -> a distribution before each note: experts with their memories, and their mixture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from generate.prediction.experts import Expert, Target
from generate.prediction.memory.lookup import Lookup, so_far
from generate.prediction.memory.memories import FADING, Evidence, LongTerm, short_term
from generate.prediction.mixture import Mixture
from generate.prediction.notes import Notes
from generate.prediction.views import LONGEST, View, some_views, view
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints

# Notes, those n that are asked about -> the candidates that there are, shape (n, A).
Possible = Callable[[Notes, Ints], Flags]
# Evidence that does not depend on what was learned, by expert.
Prepared = Mapping[Expert, Evidence]


class Scene(NamedTuple):
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
        What the short-term memories say; empty until `recall` is called.
    """

    notes: Notes
    came: Ints
    views: Mapping[str, View]
    recalled: Prepared

    @classmethod
    def of(cls, notes: Notes, target: Target, alphabet: Ints, *, options: bool = True) -> Scene:
        """Return the notes seen through the viewpoints that the experts of `target` use.

        Parameters
        ----------
        options
            Whether the candidates will be asked about, not only what came.

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
        views = {
            name: view(notes, alphabet, values, target.viewpoints[name], options=options)
            for name in names
        }
        return cls(notes, came, views, {})

    def recall(self, experts: Iterable[Expert]) -> Scene:
        """Return the scene with what the short-term memories among `experts` say."""
        recalled = {
            expert: short_term(
                self.views[expert.viewpoint], self.notes, fading=FADING[expert.memory]
            )
            for expert in experts
            if expert.memory in FADING
        }
        return self._replace(recalled=recalled)

    def take(self, melodies: Ints) -> Scene:
        """Return the scene of some melodies only."""
        columns = self.notes.columns
        chosen = np.concatenate([np.arange(*columns.bounds[m : m + 2]) for m in melodies])
        views = {name: seen.take(chosen) for name, seen in self.views.items()}
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
        The weights are learned on about this many notes of the training melodies, or on all (None).

    Attributes
    ----------
    memory_
        Viewpoint -> what the long-term memory holds; in one table it is `lookup_`.
    mixture_
        The weights.
    """

    def __init__(self, target: Target, alphabet: Ints, *, n_lessons: int | None = None) -> None:
        self.target = target
        self.alphabet = alphabet
        self.n_lessons = n_lessons

    def fit(
        self,
        melodies: Notes,
        possible: Possible | None = None,
        *,
        weights: Floats | None = None,
    ) -> Predictor:
        """Learn from melodies and return self (see `fit_scene`)."""
        scene = Scene.of(melodies, self.target, self.alphabet, options=weights is None)
        return self.fit_scene(scene, possible, weights=weights)

    def fit_scene(
        self, scene: Scene, possible: Possible | None = None, *, weights: Floats | None = None
    ) -> Predictor:
        """Learn from melodies that were seen before and return self.

        Parameters
        ----------
        possible
            Which candidates the choice is among at each note, where not all are: the weights are
            then the best ones for that choice.
        weights
            Weights that were learned before, for the same experts.

        Raises
        ------
        InputError
            If they are not of the shape that is needed.
        """
        self.memory_ = {
            expert.viewpoint: LongTerm.of(scene.views[expert.viewpoint])
            for expert in self.target.experts
            if expert.memory not in FADING
        }
        levels = max(seen.levels for seen in scene.views.values())
        if weights is not None:
            self.mixture_ = Mixture(levels).with_weights(weights, len(self.target.experts))
            return self
        asked = self.lesson_notes(scene)
        came, lessons, allowed = scene.came[asked], self.lessons(scene), None
        if possible is not None:
            allowed = possible(scene.notes, asked)
            inside = np.flatnonzero(allowed[np.arange(len(came)), came])
            came, allowed = came[inside], allowed[inside]
            lessons = [said.take(inside) for said in lessons]
        self.mixture_ = Mixture(levels).fit(lessons, came, possible=allowed)
        return self

    def recall(self, lookup: Lookup, weights: Floats) -> Predictor:
        """Take what was learned before, in place of learning it again, and return self.

        Raises
        ------
        InputError
            If the weights are not of the shape that is needed.
        """
        self.lookup_ = lookup
        self.mixture_ = Mixture(LONGEST + 1).with_weights(weights, len(self.target.experts))
        return self

    def lesson_notes(self, scene: Scene) -> Ints:
        """Return the training notes that the weights are learned on."""
        return np.flatnonzero(np.isin(scene.notes.melody, self._asked(scene.notes)))

    def lessons(self, scene: Scene) -> list[Evidence]:
        """Return what each expert says of training melodies, each left out in its turn."""
        asked = self.lesson_notes(scene)
        part = scene.take(self._asked(scene.notes))
        if not part.recalled:
            part = part.recall(self.target.experts)
        return [
            part.recalled[expert]
            if expert.memory in FADING
            else self.memory_[expert.viewpoint].consult_without_own(
                scene.views[expert.viewpoint], scene.notes.melody, asked
            )
            for expert in self.target.experts
        ]

    def _asked(self, notes: Notes) -> Ints:
        """Return the melodies to learn the weights on: every so many-th."""
        enough = len(notes) if self.n_lessons is None else self.n_lessons
        return np.arange(0, len(notes.columns), max(1, -(-len(notes) // enough)))

    def predict(self, melodies: Notes) -> Floats:
        """Return the probability of each candidate before each note, shape (N, A)."""
        return self.predict_scene(Scene.of(melodies, self.target, self.alphabet))

    def predict_scene(self, scene: Scene) -> Floats:
        """Return the same for melodies that were seen before."""
        return self.mixture_.distribution(self.evidence(scene))

    def before(self, notes: Notes, asked: Ints) -> Floats:
        """Return the probability of each candidate before some notes, shape (asked, A).

        Quicker than `predict` where few are asked about.
        """
        values = self.target.values(notes)
        short = [expert for expert in self.target.experts if expert.memory in FADING]
        counted = {expert.viewpoint for expert in short}
        wanted = {name: self.target.viewpoints[name] for name in (*self.lookup_.names, *counted)}
        views = some_views(notes, self.alphabet, values, wanted, counted, asked)
        said = self.lookup_.consult({name: views[name].at(asked) for name in self.lookup_.names})
        recalled = so_far(
            [views[expert.viewpoint] for expert in short],
            [FADING[expert.memory] for expert in short],
            notes,
            asked,
        )
        of_short = dict(zip(short, recalled, strict=True))
        return self.mixture_.distribution(
            [
                of_short[expert] if expert in of_short else said[expert.viewpoint]
                for expert in self.target.experts
            ]
        )

    @cached_property
    def lookup_(self) -> Lookup:
        """The memories in one table."""
        return Lookup.of(self.memory_)

    @cached_property
    def memory_(self) -> dict[str, LongTerm]:
        """Viewpoint -> what the long-term memory holds."""
        return self.lookup_.memories()

    def evidence(self, scene: Scene) -> list[Evidence]:
        """Return what each expert says of melodies that were not learned."""
        if not scene.recalled:
            scene = scene.recall(self.target.experts)
        return [
            scene.recalled[expert]
            if expert.memory in FADING
            else self.memory_[expert.viewpoint].consult(scene.views[expert.viewpoint])
            for expert in self.target.experts
        ]

    def bits(self, scene: Scene) -> Floats:
        """Return the information content of each note in bits, shape (N,)."""
        probability = self.predict_scene(scene)
        return -np.log2(probability[np.arange(len(scene.came)), scene.came])
