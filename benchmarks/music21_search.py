"""Melodies -> the ranking of music21.search, as a baseline on the same melodies.

music21 writes each melody as a string, one character per note, and compares strings with the ratio
of ``difflib.SequenceMatcher`` (`music21.search.base.approximateNoteSearch`). Its strings of
diatonic intervals, `translateDiatonicStreamToString`, and of pitches alone,
`translateStreamToStringNoRhythm`, are both measured.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from mer.notes.melody import Melody


def strings(melodies: list[Melody], kind: str) -> list[str]:
    """Return one string per melody, as music21.search writes it.

    Parameters
    ----------
    melodies
        What is to be compared.
    kind
        Name of a function of `music21.search.base` that makes a string of a stream.
    """
    from music21 import note, search, stream

    translate: Callable[[Any], str] = getattr(search.base, kind)
    texts = []
    for melody in melodies:
        part = stream.Stream()
        for pitch, onset, length in zip(
            melody.pitch.tolist(), melody.onset_quarter, melody.duration_quarter, strict=True
        ):
            part.insert(float(onset), note.Note(pitch, quarterLength=float(length)))
        texts.append(translate(part.notes.stream()))
    return texts


def similarities(texts: list[str]) -> npt.NDArray[np.float64]:
    """Return the ratio of each pair of strings, shape (S, S)."""
    table = np.zeros((len(texts), len(texts)))
    matcher = SequenceMatcher()
    for column, other in enumerate(texts):
        matcher.set_seq2(other)
        for row, text in enumerate(texts):
            matcher.set_seq1(text)
            table[row, column] = matcher.ratio()
    return table
