"""Corpus + kind of key -> the predictive model of its tunes, made once for all briefs.

It learns from some hundred tunes whose third is that of the key, or, where there are few of them,
from tunes of all kinds, all brought to the tonic C. Its
weights are not learned here: ``data/expectation.npz`` holds those that were learned once from the
shipped tunes (`benchmarks/train_expectation.py`), for a choice among the notes of the scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generate.plan.habits import spread
from generate.prediction import MelodyModel
from mer.corpus.shipped import data_folder
from mer.corpus.storage import load_arrays
from mer.notes.arrays import Floats

if TYPE_CHECKING:
    from generate.plan.habits import Habits
    from mer.corpus.corpus import Corpus

FILE, KIND, VERSION = "expectation.npz", "weights of experts", 1
TARGET, TONIC = "pitch_given_rhythm", 0
# With fewer tunes of the kind of key that is wanted, it learns from all kinds.
_FEWEST_TUNES, _LEAST_TUNES = 20, 2
# More change what it expects little, and take longer.
LEARNED_TUNES = 400


def expectation_of(corpus: Corpus, known: Habits) -> MelodyModel | None:
    """Return the model of a corpus, its tonic C; None if there are not two tunes to learn from.

    Parameters
    ----------
    known
        The habits of the corpus in keys of the kind that is wanted.

    Raises
    ------
    InputError
        If the file of weights is damaged.
    """
    name = f"expectation of {known.third} semitones"
    made = corpus.attached.get(name)
    if not isinstance(made, MelodyModel):
        every = known.tunes if len(known.tunes) >= _FEWEST_TUNES else np.arange(len(corpus))
        if len(every) < _LEAST_TUNES:
            return None
        model = MelodyModel(TARGET, tonic=TONIC)
        tunes = corpus.columns("melody").take(spread(every, LEARNED_TUNES))
        made = corpus.attached[name] = model.fit(tunes, weights=learned_weights())
    return made


def learned_weights() -> Floats:
    """Return the weights that were learned from the shipped tunes."""
    arrays, _ = load_arrays(data_folder() / FILE, kind=KIND, version=VERSION)
    return arrays["weights"]
