"""One melody + many others -> how similar `mer` finds them, 0 to 1.

The same parts and weights as in `mer.PhraseIndex.search`, for melodies that stand in no index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mer.alignment import Profile, align
from mer.columns import Columns
from mer.index import INSIDE, INSIDE_SCORING, VIEW_WEIGHTS, WEIGHTS, WHOLE, WHOLE_SCORING
from mer.melody import Melody
from mer.shortlist import TermShortlist

Floats = npt.NDArray[np.float64]


class Likeness:
    """Melodies that others are compared with; rare n-grams count for more, as in an index.

    Examples
    --------
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> chord = Melody(pitch=[60, 64, 67, 72], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> Likeness([scale, chord]).of(chord.transpose(2)).round(2).tolist()
    [0.03, 1.0]
    """

    def __init__(self, melodies: Sequence[Melody]) -> None:
        columns = Columns.from_melodies(melodies)
        self._shortlist = TermShortlist.fit(columns, VIEW_WEIGHTS)
        self._pool = Profile.of(columns, metre=False)
        self._rows = np.arange(len(melodies))

    def of(self, melody: Melody) -> Floats:
        """Return how similar each of the melodies is to this one, shape (melodies,)."""
        own = Columns.from_melodies([melody])
        profile = Profile.of(own, metre=False)
        found = self._shortlist.search(own, len(self._rows))
        inside, shift = align(profile, self._pool, self._rows, INSIDE_SCORING)
        whole, _ = align(profile, self._pool, self._rows, WHOLE_SCORING, shifts=shift[:, None])
        similarity = WEIGHTS[INSIDE] * inside.astype(np.float64) + WEIGHTS[WHOLE] * whole
        for name, values in found.views.items():
            similarity[found.numbers] += WEIGHTS[name] * np.clip(values, 0.0, 1.0)
        return similarity
