"""Columns -> how much each sequence varies in one viewpoint.

References
----------
Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27.
"""

from __future__ import annotations

import numpy as np

from mer.notes.arrays import Floats
from mer.notes.columns import Columns
from mer.notes.viewpoints import UNDEFINED, VIEWPOINTS


def bits(columns: Columns, viewpoint: str) -> Floats:
    """Return the entropy of the elements of one viewpoint in each sequence, shape (S,), in bits.

    0 where all elements are alike, or where there are none; log2(n) where n elements all differ.

    Parameters
    ----------
    viewpoint
        A name in `mer.notes.viewpoints.VIEWPOINTS`.

    Examples
    --------
    Four crotchets hold one ratio of inter-onset intervals, three times; a dotted rhythm two.

    >>> from mer.notes.melody import Melody
    >>> even = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> dotted = Melody(pitch=[60, 62, 64, 65], onset=[0, 720, 960, 1680], duration=[240] * 4)
    >>> bits(Columns.from_melodies([even, dotted]), "ioi_ratio").round(3).tolist()
    [0.0, 0.918]
    """
    values = VIEWPOINTS[viewpoint](columns)
    defined = values != UNDEFINED
    sequence, value = columns.sequence[defined], values[defined]
    order = np.lexsort((value, sequence))
    sequence, value = sequence[order], value[order]
    new = np.ones(len(value), dtype=bool)
    new[1:] = (value[1:] != value[:-1]) | (sequence[1:] != sequence[:-1])
    at = np.flatnonzero(new)
    owner = sequence[at]
    total = np.bincount(sequence, minlength=len(columns)).astype(np.float64)
    share = np.diff(np.append(at, len(value))) / total[owner]
    found = np.bincount(owner, weights=-share * np.log2(share), minlength=len(columns))
    return found.astype(np.float64)
