"""Last intervals of a melody -> how much likelier tunes go on so than pieces of the model did.

The model is asked for one note at a time, and was right about each in tunes that people wrote. What
it draws is heard by itself, so that small faults add up: its lines turned back and stood still
more often, and ran on in one direction less often, than tunes do. So each figure of three
intervals, and each of two intervals with the change of length between their last two notes, has a
weight: an exponential correction of a language model by what its own samples have too much and too
little of (Rosenfeld, Chen and Zhu 2001). `benchmarks/train_idioms.py` counts both in pieces and in
tunes, again and again, and writes ``data/idioms.npz``.

References
----------
Rosenfeld, R., Chen, S. and Zhu, X. (2001). Whole-sentence exponential language models: a vehicle
for linguistic-statistical integration. Computer Speech and Language 15(1).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from mer.corpus.corpus import Corpus
from mer.corpus.shipped import data_folder
from mer.corpus.storage import load_arrays, save_arrays
from mer.notes.arrays import Floats, Ints

FILE, KIND, VERSION = "idioms.npz", "weights of idioms", 1
# Wider intervals count as one of twelve semitones.
_WIDEST = 12
INTERVALS = 2 * _WIDEST + 1
# Shorter than the note before, as long, longer.
CHANGES = 3
# Weights are kept in so many steps to the unit, as small numbers.
_STEPS = 32


class Idioms(NamedTuple):
    """Logarithms of weights.

    Parameters
    ----------
    steps
        Shape (25, 25, 25): by the last three intervals, of -12 to 12 semitones.
    held
        Shape (25, 25, 3): by the last two, and whether the last note is shorter than the one
        before, as long, or longer.

    Examples
    --------
    Tunes go on in steps more often than they turn back, say.

    >>> steps, held = np.zeros((25, 25, 25)), np.zeros((25, 25, 3))
    >>> steps[14, 14, 14] = np.log(2.0)
    >>> duration = np.array([480] * 4)
    >>> drawn = np.array([[60, 62, 64]])
    >>> Idioms(steps, held).weights(duration, drawn, np.array([3]), np.array([62, 66])).round(2)
    array([[[1., 2.]]])
    """

    steps: Floats
    held: Floats

    def weights(self, duration: Ints, pitch: Ints, asked: Ints, symbols: Ints) -> Floats:
        """Return the weight of each pitch at some notes.

        Parameters
        ----------
        duration
            Shape (notes,): ticks.
        pitch
            Shape (versions, n): the notes before, and those asked about but the last.
        asked
            Shape (m,): rising numbers of notes that follow each other; the last is at most n.
        symbols
            Shape (pitches,): MIDI numbers.

        Returns
        -------
        numpy.ndarray
            Shape (versions, m, pitches).
        """
        log = np.zeros((len(pitch), len(asked), len(symbols)))
        change = changes(duration)
        for place, note in enumerate(asked.tolist()):
            if note < 2:  # no figure of two intervals ends here
                continue
            last = bounded(symbols - pitch[:, note - 1, None])
            before = bounded(pitch[:, note - 1] - pitch[:, note - 2])[:, None]
            log[:, place] = self.held[before, last, change[note]]
            if note > 2:
                first = bounded(pitch[:, note - 2] - pitch[:, note - 3])[:, None]
                log[:, place] += self.steps[first, before, last]
        return np.exp(log)

    def save(self, path: Path) -> None:
        """Write the weights."""
        arrays = {"steps": self.steps, "held": self.held}
        small = {name: np.round(table * _STEPS).astype(np.int8) for name, table in arrays.items()}
        save_arrays(path, small, {"kind": KIND, "version": VERSION})

    @classmethod
    def load(cls, path: Path) -> Idioms:
        """Return what was written.

        Raises
        ------
        InputError
            If the file is damaged.
        """
        arrays, _ = load_arrays(path, kind=KIND, version=VERSION)
        return cls(arrays["steps"] / _STEPS, arrays["held"] / _STEPS)


def idioms_of(corpus: Corpus) -> Idioms:
    """Return the weights that are shipped, read once for a corpus."""
    known = corpus.attached.get("idioms")
    if not isinstance(known, Idioms):
        known = corpus.attached["idioms"] = Idioms.load(data_folder() / FILE)
    return known


def bounded(interval: Ints) -> Ints:
    """Return intervals counted from 0 for an octave down, wider ones brought in."""
    return np.asarray(np.clip(interval, -_WIDEST, _WIDEST) + _WIDEST)


def changes(duration: Ints) -> Ints:
    """Return 0, 1 or 2 for notes that are shorter than the one before, as long, or longer.

    Examples
    --------
    >>> changes(np.array([480, 240, 240, 960])).tolist()
    [1, 0, 1, 2]
    """
    return np.asarray(np.sign(np.diff(duration, prepend=duration[:1])) + 1)
