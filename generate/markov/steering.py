"""Rhythm + predictive model -> what is expected of each note, and draws that follow it.

The chain knows what the neighbours do after two or three notes. The model (`generate.prediction`)
knows less of them and more of music: longer contexts, rhythm, metre, and the piece so far.
`generate.sampling.particles` lets both decide, within what the constraints leave possible.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from generate.markov.copying import CopyGuard, draw_original, guarded
from generate.markov.idioms import Idioms
from generate.prediction import MelodyModel
from generate.sampling.automaton import Runs
from generate.sampling.chain import Chain
from generate.sampling.particles import Crowd, grow
from generate.sampling.sampler import Sampler
from mer.errors import InputError
from mer.notes.arrays import Flags, Floats, Ints
from mer.notes.melody import Melody

# Of a long piece the model sees the first note and so many before the one it is asked about: so
# time grows with the length of the piece, and not with its square.
_HORIZON = 160
# How much the model counts beside the chain of the neighbours.
SHARE = 0.5
# How often the particles begin again if all of them ran into copies.
_ROUNDS = 6
# No pitch is ruled out by the model alone.
_LEAST = 1e-9


class Expectation:
    """What the model expects of the notes of one rhythm.

    Parameters
    ----------
    model
        Predicts pitches whose rhythm is known.
    rhythm
        The notes of the piece; their pitches are not looked at.
    symbols
        Shape (pitches,): MIDI numbers to choose from.
    idioms
        Which figures tunes have more often than such pieces.
    """

    def __init__(self, model: MelodyModel, rhythm: Melody, symbols: Ints, idioms: Idioms) -> None:
        self.model, self.rhythm = model, rhythm
        self.symbols, self.idioms = symbols, idioms

    def __call__(self, drawn: Ints, asked: Ints) -> Floats:
        """Return the probability of each symbol at some notes.

        Parameters
        ----------
        drawn
            Shape (versions, n): the notes before, and those asked about but the last.
        asked
            Shape (m,): rising numbers of notes that follow each other; the last is at most n.

        Returns
        -------
        numpy.ndarray
            Shape (versions, m, symbols).
        """
        stop = int(asked[-1]) + 1
        first = max(int(asked[0]) - _HORIZON, 0)
        seen = np.arange(first, stop) if first == 0 else np.append(0, np.arange(first + 1, stop))
        pitch = np.full((len(drawn), stop), self.symbols[0])
        pitch[:, : drawn.shape[1]] = self.symbols[drawn[:, :stop]]
        chances = self.model.chances(
            _only(self.rhythm, seen), pitch[:, seen] + self._shift, asked - stop + len(seen)
        )
        place = np.searchsorted(self.model.alphabet_, self.symbols + self._shift)
        place = np.minimum(place, len(self.model.alphabet_) - 1)
        chances = np.maximum(chances[..., place], _LEAST)
        chances = chances * self.idioms.weights(
            self.rhythm.duration, self.symbols[drawn], asked, self.symbols
        )
        return np.asarray(chances / chances.sum(axis=-1, keepdims=True))

    @cached_property
    def _shift(self) -> int:
        """Semitones to the tonic of the model, in the octave where it knows most."""
        key = self.rhythm.key
        up = 0 if key is None or self.model.tonic is None else self.model.tonic - key.tonic
        middle = float(self.symbols[0] + self.symbols[-1]) / 2 + up
        # Halfway between two octaves it is the upper one: every octave is moved to the same.
        return up + 12 * math.floor((self.model.middle_ - middle) / 12 + 0.5)


def _only(rhythm: Melody, notes: Ints) -> Melody:
    """Return some notes of a rhythm."""
    return Melody(
        pitch=rhythm.pitch[notes],
        onset=rhythm.onset[notes],
        duration=rhythm.duration[notes],
        meter=rhythm.meter,
        key=rhythm.key,
        downbeat=rhythm.downbeat,
    )


def steered(
    chain: Chain,
    weights: Floats,
    guard: CopyGuard,
    expectation: Expectation,
    rng: np.random.Generator,
    stop: int,
) -> Crowd:
    """Return sequences that follow what is expected, none with a forbidden run.

    If all of them run into copies again and again, one that the chain alone draws.

    Parameters
    ----------
    weights
        Shape (notes, symbols): what is possible, and what is preferred.
    stop
        How many notes to draw; what comes after is looked ahead to.

    Raises
    ------
    InputError
        If none is found.
    """
    sampler, whole = guarded(chain, weights, guard)
    met = _Met(guard, known=whole)
    for _ in range(_ROUNDS):
        try:
            forbidden = None if whole and guard.also is None else met
            return grow(sampler, expectation, rng, stop=stop, share=SHARE, forbidden=forbidden)
        except InputError:
            # What all of them ran into is known now, and looked ahead to.
            if not met.runs and guard.also is None:
                raise
            if met.runs:
                sampler = Sampler(chain, weights, runs=met.joined())
    drawn = draw_original(chain, weights, guard, rng, stop=stop)[:, :stop]
    return Crowd(drawn, np.zeros(1), np.ones(stop))


class _Met:
    """Finds forbidden runs, and keeps those that were found.

    Those that are `known` to the sampler are not looked for.
    """

    def __init__(self, guard: CopyGuard, *, known: bool) -> None:
        self.guard, self.known = guard, known
        self.runs: list[Runs] = []

    def __call__(self, drawn: Ints) -> Flags:
        """Return which sequences end a forbidden run."""
        given_up = self.guard.given_up(drawn)
        if self.known:
            return given_up
        copied = self.guard.found_at_end(drawn)
        if copied.any():
            found = np.zeros(drawn.shape, dtype=bool)
            found[:, -1] = copied
            self.runs.append(self.guard.runs(drawn, found))
        return copied | given_up

    def joined(self) -> Runs:
        """Return all that were found."""
        return Runs(
            np.concatenate([runs.ends for runs in self.runs]),
            np.concatenate([runs.symbols for runs in self.runs]),
        )
