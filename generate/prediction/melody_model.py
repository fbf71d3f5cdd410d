"""Melodies -> `MelodyModel`: how surprising each note of a melody is, ready to use.

For the surprise curve of a page and for choosing among samples. A few hundred tunes are enough:
learning from 150 of 100 notes takes about half a second, a tune then a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generate.prediction.experts import QUICK, TARGETS
from generate.prediction.notes import Notes
from generate.prediction.predictor import Predictor, Scene
from mer.errors import InputError
from mer.notes.arrays import Floats, Ints
from mer.notes.melody import Melody

# Semitones beyond the training melodies in which a pitch can still be asked for.
_MARGIN = 12
_LESSONS = 2500


class MelodyModel:
    """What may come next in a melody, and how surprising what came was.

    Parameters
    ----------
    target
        ``"pitch"`` (from pitches alone), ``"pitch_given_rhythm"`` or ``"duration"``.
    tonic
        Pitch class that all training melodies of known key are transposed to: that of the melodies
        to be asked about. None leaves them where they are.
    thorough
        Whether to use every expert and every training note for the weights: several times as slow,
        and up to five hundredths of a bit better.

    Attributes
    ----------
    alphabet_
        Rising: the MIDI numbers (or ticks) that have a probability.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65, 67], onset=[0, 1, 2, 3, 4], duration=[1] * 5)
    >>> model = MelodyModel().fit([scale] * 3)
    >>> model.information_content(scale).shape
    (5,)
    >>> chances = model.distribution(scale.cut(0, 3))
    >>> int(model.alphabet_[chances.argmax()]), round(float(chances.sum()), 6)
    (65, 1.0)
    """

    def __init__(
        self, target: str = "pitch", *, tonic: int | None = None, thorough: bool = False
    ) -> None:
        self.target = target
        self.tonic = tonic
        self.thorough = thorough

    def fit(
        self, melodies: Sequence[Melody], *, reach: tuple[int, int] | None = None
    ) -> MelodyModel:
        """Learn from melodies and return self.

        Parameters
        ----------
        melodies
            At least two.
        reach
            Lowest and highest pitch that will be asked for, if further out than an octave beyond
            the training melodies.

        Raises
        ------
        InputError
            If there are fewer than two melodies, or no such target.
        """
        if self.target not in TARGETS:
            known = ", ".join(TARGETS)
            raise InputError(f"unknown target {self.target!r}; choose one of {known}")
        if len(melodies) < 2:
            raise InputError(f"{len(melodies)} melodies to learn from; at least 2 are needed")
        target = TARGETS[self.target]
        if not self.thorough:
            target = replace(target, experts=QUICK[self.target])
        notes = Notes.of([self._moved(melody) for melody in melodies])
        self.alphabet_ = _alphabet(target.values(notes), target.noun, reach)
        lessons = None if self.thorough else _LESSONS
        self._predictor = Predictor(target, self.alphabet_, n_lessons=lessons).fit(notes)
        return self

    def _moved(self, melody: Melody) -> Melody:
        if self.tonic is None or melody.key is None:
            return melody
        shift = (self.tonic - melody.key.tonic + 5) % 12 - 5
        inside = melody.pitch.min() + shift >= 0 and melody.pitch.max() + shift <= 127
        return melody.transpose(shift) if inside else melody

    def information_content(self, melody: Melody) -> Floats:
        """Return how surprising each note is, in bits, shape (notes,).

        Raises
        ------
        InputError
            If a value is outside the alphabet.
        """
        return self.information_contents([melody])[0]

    def information_contents(self, melodies: Sequence[Melody]) -> list[Floats]:
        """Return the same for many melodies at once, which is quicker than one by one.

        Raises
        ------
        InputError
            If a value is outside the alphabet.
        """
        if not melodies:
            return []
        scene = Scene.of(Notes.of(melodies), self._predictor.target, self.alphabet_)
        return np.split(self._predictor.bits(scene), scene.notes.columns.bounds[1:-1])

    def distribution(self, so_far: Melody) -> Floats:
        """Return the probability of each value of the alphabet for the next note.

        The next note is taken to begin when the last one ends, and to last as long.

        Parameters
        ----------
        so_far
            The melody up to now.

        Raises
        ------
        InputError
            If a value is outside the alphabet.
        """
        end = int(so_far.end[-1])
        longer = replace(
            so_far,
            pitch=np.append(so_far.pitch, so_far.pitch[-1]),
            onset=np.append(so_far.onset, end),
            duration=np.append(so_far.duration, so_far.duration[-1]),
            beat_strength=None,
        )
        return np.asarray(self._predictor.predict(Notes.of([longer]))[-1])


def _alphabet(values: Ints, noun: str, reach: tuple[int, int] | None) -> Ints:
    """Return the candidates: for pitches the chromatic scale, for durations those that occur."""
    if noun != "pitch":
        return np.unique(values)
    low, high = int(values.min()) - _MARGIN, int(values.max()) + _MARGIN
    if reach is not None:
        low, high = min(low, reach[0]), max(high, reach[1])
    return np.arange(max(low, 0), min(high, 127) + 1)
