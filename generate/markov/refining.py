"""Brief -> the predictive model's opinion of finished melodies, for choosing among exact draws.

The model (`generate.prediction`) learns from the neighbours' tunes and from tunes of the corpus in
keys of the same kind, all brought to the tonic of the piece. It knows much more than the chain that
is sampled: longer contexts, rhythm, metre, and the piece so far. Choosing by it is approximate; see
`generate.sampling.reweighting`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generate.plan.brief import Brief, Rescore
from generate.prediction import MelodyModel
from mer.notes.arrays import Floats
from mer.notes.melody import Melody

# Tunes of the corpus beside the neighbours': more change the choice little and take longer.
_CORPUS_TUNES = 80


def refiner(brief: Brief) -> Rescore:
    """Return the function from melodies to their bits under the predictive model.

    Examples
    --------
    >>> from mer import PhraseIndex, load_melody
    >>> from mer.corpus.shipped import data_folder
    >>> from generate.compose import Settings, prepare
    >>> motif = load_melody(data_folder() / "motifs" / "frere-jacques.mid")
    >>> brief = prepare(motif, PhraseIndex.load(), Settings())
    >>> bits = refiner(brief)([motif, motif.transpose(2)])
    >>> bool(bits[0] < bits[1])
    True
    """
    corpus, tunes = brief.corpus, brief.habits.tunes
    stride = max(1, len(tunes) // _CORPUS_TUNES)
    learned = [corpus.tune(int(number)).melody for number in tunes[::stride]]
    learned += [neighbour.tune.melody for neighbour in brief.neighbours]
    model = MelodyModel("pitch_given_rhythm", tonic=brief.frame.key.tonic)
    model.fit(learned, reach=(brief.frame.low, brief.frame.high))

    def rescore(melodies: Sequence[Melody]) -> Floats:
        return np.array([bits.sum() for bits in model.information_contents(melodies)])

    return rescore
