"""Index + a melody of unknown note values -> matches: searched at half, its own and double pace.

A search compares how long notes are written, not only how they relate, and rightly so for a motif
in notation. But who hums does not say whether the beat is a quarter or an eighth: a recording is
looked for at each of three paces, and the best match of each phrase counts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mer.filters import Filter
from mer.index import PhraseIndex
from mer.match import Match
from mer.melody import Melody

PACES = (1.0, 2.0, 0.5)


def search_at_any_pace(
    index: PhraseIndex,
    query: Melody,
    k: int = 10,
    *,
    distinct: bool = False,
    where: Filter | None = None,
) -> list[Match]:
    """Return the `k` sequences most similar to `query` at one of three paces, best first.

    Takes what `PhraseIndex.search` takes, and three times as long.

    Raises
    ------
    InputError
        As `PhraseIndex.search`.

    Examples
    --------
    >>> from mer.corpus import Corpus, Tune
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 240, 480, 720], duration=[240] * 4)
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("s", "Scale", "mine", scale)]))
    >>> slow = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> round(index.search(slow)[0].similarity, 2)
    0.55
    >>> round(search_at_any_pace(index, slow)[0].similarity, 2)
    1.0
    """
    best: dict[int, Match] = {}
    for pace in PACES:
        for match in index.search(at_pace(query, pace), k, distinct=distinct, where=where):
            known = best.get(match.number)
            if known is None or match.similarity > known.similarity:
                best[match.number] = replace(match, query=query)
    found = sorted(best.values(), key=lambda match: -match.similarity)
    if distinct:  # the same shape may have come in from two paces, by different phrases
        first: dict[int, Match] = {}
        for match in found:
            first.setdefault(int(index.shape[match.number]), match)
        found = list(first.values())
    return found[:k]


def at_pace(melody: Melody, pace: float) -> Melody:
    """Return a melody with all notes `pace` times as long, as pitches and times alone.

    Examples
    --------
    >>> at_pace(Melody(pitch=[60, 62], onset=[0, 240], duration=[240, 240]), 0.5).onset.tolist()
    [0, 120]
    """
    onset = np.maximum(np.round(melody.onset * pace).astype(np.int64), np.arange(len(melody)))
    end = np.round(melody.end * pace).astype(np.int64)
    end[:-1] = np.minimum(end[:-1], onset[1:])
    return Melody(
        pitch=melody.pitch, onset=onset, duration=np.maximum(end - onset, 1), key=melody.key
    )
