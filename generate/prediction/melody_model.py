"""Melodies -> `MelodyModel`: how surprising each note of a melody is, ready to use.

For the surprise curve of a page and for choosing among samples. A few hundred tunes are enough:
learning from 150 of 100 notes takes about half a second, a tune then a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generate.prediction.experts import QUICK, TARGETS, Target
from generate.prediction.memory.lookup import Lookup
from generate.prediction.notes import Notes
from generate.prediction.predictor import Predictor, Scene
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.columns import Columns
from mer.notes.key import MODE_SCALES, MODES
from mer.notes.melody import Melody

# Semitones beyond the training melodies in which a pitch can still be asked for.
_MARGIN = 12


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
    in_scale
        Whether to learn the weights for a choice among the notes of the scale alone: for pitches,
        where the melodies to be asked about keep to their scale.
    lessons
        On about how many training notes the weights are learned, unless on all.

    Attributes
    ----------
    alphabet_
        Rising: the MIDI numbers (or ticks) that have a probability.
    middle_
        Median of the values that were learned from.

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
        self,
        target: str = "pitch",
        *,
        tonic: int | None = None,
        thorough: bool = False,
        in_scale: bool = False,
        lessons: int = 2500,
    ) -> None:
        self.target = target
        self.tonic = tonic
        self.thorough = thorough
        self.in_scale = in_scale
        self.lessons = lessons

    def fit(
        self,
        melodies: Sequence[Melody] | Columns,
        *,
        reach: tuple[int, int] | None = None,
        weights: Floats | None = None,
    ) -> MelodyModel:
        """Learn from melodies and return self.

        Parameters
        ----------
        melodies
            At least two, none of them empty.
        reach
            Lowest and highest pitch that will be asked for, if further out than an octave beyond
            the training melodies.
        weights
            Weights of the experts that were learned before (`weights_` of such a model); learning
            them takes most of the time.

        Raises
        ------
        InputError
            If there are fewer than two melodies, or no such target.
        """
        if self.target not in TARGETS:
            names = ", ".join(TARGETS)
            raise InputError(f"unknown target {self.target!r}; choose one of {names}")
        if len(melodies) < 2:
            raise InputError(f"{len(melodies)} melodies to learn from; at least 2 are needed")
        target = self._asked_of()
        known = melodies if isinstance(melodies, Columns) else Columns.from_melodies(melodies)
        notes = Notes(self._moved(known))
        self.alphabet_ = _alphabet(target.values(notes), target.noun, reach)
        lessons = None if self.thorough else self.lessons
        self._predictor = Predictor(target, self.alphabet_, n_lessons=lessons)
        possible = self._scale_notes if self.in_scale else None
        self._predictor.fit(notes, possible, weights=weights)
        self.middle_ = float(np.median(target.values(notes)))
        return self

    def recall(self, known: Lookup, alphabet: Ints, middle: float, weights: Floats) -> MelodyModel:
        """Take what was learned before, in place of learning it again, and return self.

        Parameters
        ----------
        known
            `lookup_` of the model that learned.
        alphabet, middle, weights
            Its `alphabet_`, `middle_` and `weights_`.

        Raises
        ------
        InputError
            If the weights are not of the shape that is needed.
        """
        self.alphabet_, self.middle_ = alphabet, middle
        self._predictor = Predictor(self._asked_of(), alphabet).recall(known, weights)
        return self

    @property
    def lookup_(self) -> Lookup:
        """What the long-term memories hold."""
        return self._predictor.lookup_

    @property
    def weights_(self) -> Floats:
        """Weights of the experts, shape (experts, 1 + levels + classes of how often)."""
        return self._predictor.mixture_.weights_

    def _asked_of(self) -> Target:
        """Return what is predicted, with the experts that are used."""
        target = TARGETS[self.target]
        return target if self.thorough else target._replace(experts=QUICK[self.target])

    def _scale_notes(self, notes: Notes, asked: Ints) -> Flags:
        """Return which pitches are in the scale of the melody of each note; all if unknown."""
        columns, melody = notes.columns, notes.melody[asked]
        scales = np.ones((len(MODES) + 1, 12), dtype=bool)
        for number, name in enumerate(MODES):
            scales[number] = np.isin(np.arange(12), MODE_SCALES[name])
        degree = (self.alphabet_ - columns.tonic[melody].astype(np.int64)[:, None]) % 12
        return np.asarray(scales[columns.mode[melody].astype(np.int64)[:, None], degree])

    def _moved(self, columns: Columns) -> Columns:
        """Return the melodies in the tonic of the model, but those that would leave MIDI."""
        if self.tonic is None:
            return columns
        shift = (self.tonic - columns.tonic.astype(np.int64) + 5) % 12 - 5
        first = columns.bounds[:-1]
        low = np.minimum.reduceat(columns.pitch, first) + shift
        high = np.maximum.reduceat(columns.pitch, first) + shift
        shift[(columns.tonic < 0) | (low < 0) | (high > 127)] = 0
        pitch = columns.pitch + np.repeat(shift, columns.lengths)
        tonic = np.where(columns.tonic < 0, -1, (columns.tonic + shift) % 12)
        return replace(columns, pitch=pitch.astype(np.uint8), tonic=tonic.astype(np.int8))

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
        return np.asarray(self.chances(longer, longer.pitch[None], np.array([len(so_far)]))[0, 0])

    def chances(self, rhythm: Melody, pitch: Ints, asked: Ints) -> Floats:
        """Return the probability of each value of the alphabet before notes of many versions.

        Parameters
        ----------
        rhythm
            A melody of n notes; what counts is when they begin and how long they last.
        pitch
            Shape (versions, n): the pitches of each version. Those from the last note asked about
            on are never looked at.
        asked
            Shape (m,): numbers of notes.

        Returns
        -------
        numpy.ndarray
            Shape (versions, m, alphabet).
        """
        versions, notes = pitch.shape
        columns = Columns.from_melodies([rhythm]).take(np.zeros(versions, dtype=np.int64))
        inside = np.clip(pitch, self.alphabet_[0], self.alphabet_[-1]).astype(np.uint8)
        rows = np.arange(versions)[:, None] * notes + asked
        said = self._predictor.before(Notes(replace(columns, pitch=inside.ravel())), rows.ravel())
        return said.reshape(versions, len(asked), -1)


def _alphabet(values: Ints, noun: str, reach: tuple[int, int] | None) -> Ints:
    """Return the candidates: for pitches the chromatic scale, for durations those that occur."""
    if noun != "pitch":
        return np.unique(values)
    low, high = int(values.min()) - _MARGIN, int(values.max()) + _MARGIN
    if reach is not None:
        low, high = min(low, reach[0]), max(high, reach[1])
    return np.arange(max(low, 0), min(high, 127) + 1)
