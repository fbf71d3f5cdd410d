"""A melody of unknown note values + index -> the melody at the note values that match best.

A search compares how long notes are written, not only how they relate, and rightly so for a motif
in notation. But someone who hums does not say whether the beat is a quarter or an eighth. So
`at_best_pace` searches for the melody as it is, twice as slow and twice as fast, and takes the note
values of the best match.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mer.notes.melody import Melody
from mer.search.index import PhraseIndex

PACES = (1.0, 2.0, 0.5)


def at_best_pace(melody: Melody, index: PhraseIndex) -> Melody:
    """Return the melody with its own, half or double note values, whichever the index matches best.

    It sounds the same, because the tempo changes with the note values. This takes three searches.

    Raises
    ------
    InputError
        If there are too few or too many notes to search for.

    Examples
    --------
    >>> from mer.corpus.corpus import Corpus, Tune
    >>> scale = Melody(pitch=[60, 62, 64, 65], onset=[0, 240, 480, 720], duration=[240] * 4)
    >>> index = PhraseIndex.build(Corpus.from_tunes([Tune("s", "Scale", "mine", scale)]))
    >>> heard = Melody(pitch=[60, 62, 64, 65], onset=[0, 480, 960, 1440], duration=[480] * 4)
    >>> at_best_pace(heard, index).onset.tolist()
    [0, 240, 480, 720]
    """
    ways = [at_pace(melody, pace) for pace in PACES]
    found = [index.search(way, 1) for way in ways]
    similarity = [matches[0].similarity if matches else 0.0 for matches in found]
    return ways[int(np.argmax(similarity))]


def at_pace(melody: Melody, pace: float) -> Melody:
    """Return a melody with all notes `pace` times as long, and the tempo as much quicker.

    The metre, if there is one, no longer holds and is left out.

    Examples
    --------
    >>> at_pace(Melody(pitch=[60, 62], onset=[0, 240], duration=[240, 240]), 0.5).onset.tolist()
    [0, 120]
    """
    if pace == 1.0:
        return melody
    onset = np.round(melody.onset * pace).astype(np.int64)
    onset = np.maximum.accumulate(onset - np.arange(len(melody))) + np.arange(len(melody))
    end = np.round(melody.end * pace).astype(np.int64)
    end[:-1] = np.minimum(end[:-1], onset[1:])
    tempo = None if melody.tempo_bpm is None else float(np.clip(melody.tempo_bpm * pace, 1, 1000))
    return replace(
        melody,
        onset=onset,
        duration=np.maximum(end - onset, 1),
        meter=None,
        downbeat=0,
        tempo_bpm=tempo,
    )
