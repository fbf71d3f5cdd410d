"""Corpus + kind of key -> the predictive model of its tunes, made once for all briefs.

It learns from some hundred tunes whose third is that of the key, or, where there are few of them,
from tunes of all kinds, all brought to the tonic C. Its
weights are not learned here: ``data/expectation.npz`` holds those that were learned once from the
shipped tunes (`benchmarks/train_expectation.py`), for a choice among the notes of the scale. What
the model learns from the shipped tunes lies ready in ``data/memories.npz`` (`data/rebuild.py`);
from any other tunes it learns when it is first asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generate.plan.habits import habits, spread
from generate.prediction import MelodyModel
from generate.prediction.stored import load_model, mark_of, save_models
from mer.corpus.shipped import data_folder
from mer.corpus.storage import load_arrays
from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.key import MODES

if TYPE_CHECKING:
    from generate.plan.habits import Habits
    from mer.corpus.corpus import Corpus

FILE, KIND, VERSION = "expectation.npz", "weights of experts", 1
MEMORIES = "memories.npz"
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
        tunes = _tunes_of(corpus, known)
        if len(tunes) < _LEAST_TUNES:
            return None
        made = corpus.attached[name] = _ready(tunes) or learned(tunes)
    return made


def _tunes_of(corpus: Corpus, known: Habits) -> Columns:
    """Return the tunes to learn from."""
    every = known.tunes if len(known.tunes) >= _FEWEST_TUNES else np.arange(len(corpus))
    return corpus.columns("melody").take(spread(every, LEARNED_TUNES))


def learned(tunes: Columns) -> MelodyModel:
    """Return the model of tunes, learned from them here and now."""
    return MelodyModel(TARGET, tonic=TONIC).fit(tunes, weights=learned_weights())


def _ready(tunes: Columns) -> MelodyModel | None:
    """Return the model of tunes if it is shipped."""
    model = MelodyModel(TARGET, tonic=TONIC)
    return load_model(data_folder() / MEMORIES, mark_of(tunes), model, learned_weights())


def save_memories(corpus: Corpus, path: Path) -> None:
    """Write the models of a corpus, one for each third: what is shipped of the pack.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    columns = corpus.columns("melody")
    taken = [_tunes_of(corpus, habits(columns, mode)) for mode in MODES]
    by_mark = {mark_of(tunes): tunes for tunes in taken if len(tunes) >= _LEAST_TUNES}
    save_models(path, {mark: learned(tunes) for mark, tunes in by_mark.items()})


def learned_weights() -> Floats:
    """Return the weights that were learned from the shipped tunes."""
    arrays, _ = load_arrays(data_folder() / FILE, kind=KIND, version=VERSION)
    return arrays["weights"]
